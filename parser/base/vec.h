/* vec.h — growable array of one type.
 *
 *	VEC(uint32_t) ids = {0};
 *	if (vec_push(&ids, 7u) < 0)
 *		…                       (out of memory: the array is unchanged)
 *	ids.at[0], ids.n
 *	vec_clear(&ids);
 *
 * Memory: from mem; grows by half or to what is needed. Elements move when it grows. */
#ifndef PARSER_BASE_VEC_H
#define PARSER_BASE_VEC_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "parser/base/mem.h"

#define VEC(type) \
	struct { \
		type *at; \
		size_t n; \
		size_t cap; \
	}

/* Room for `need` elements of `size` bytes; the new array or NULL. Used by the macros. */
static inline void *vec_grown(void *at, size_t *cap, size_t need, size_t size)
{
	size_t want = *cap + *cap / 2 + 8;
	void *p;

	if (want < need)
		want = need;
	if (want > SIZE_MAX / 2 / size)
		return NULL;
	p = mem_realloc(at, want * size);
	if (p)
		*cap = want;
	return p;
}

static inline int vec_store(void *at_field, void *grown)
{
	if (!grown)
		return -1;
	memcpy(at_field, &grown, sizeof(grown)); /* the field is some T *, not a void * */
	return 0;
}

/* 0 when at least `need` elements fit, else -1. */
#define vec_reserve(v, need) \
	((need) <= (v)->cap ? 0 \
			    : vec_store(&(v)->at, \
				      vec_grown((v)->at, &(v)->cap, (need), sizeof(*(v)->at))))

/* 0, or -1 where memory ran out. */
#define vec_push(v, value) \
	(vec_reserve((v), (v)->n + 1) < 0 ? -1 : ((v)->at[(v)->n++] = (value), 0))

#define vec_clear(v) (mem_free((v)->at), (v)->at = NULL, (v)->n = 0, (v)->cap = 0)

#endif

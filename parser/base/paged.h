/* paged.h — growable array of records that never move.
 *
 *	struct paged gs = {0};
 *	struct g *g = paged_push(&gs, sizeof(*g));	(zeroed; NULL where memory ran out)
 *	paged_at(&gs, gs.n - 1, sizeof(*g)) == g
 *	paged_clear(&gs);
 *
 * Memory: pages of PAGED_RECORDS records from mem. Threads: one array belongs to one thread. */
#ifndef PARSER_BASE_PAGED_H
#define PARSER_BASE_PAGED_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/mem.h"
#include "parser/base/vec.h"

#define PAGED_BITS    8
#define PAGED_RECORDS ((size_t)1 << PAGED_BITS)

struct paged {
	VEC(char *) pages;
	size_t n;
};

static inline void *paged_at(const struct paged *p, size_t i, size_t size)
{
	return p->pages.at[i >> PAGED_BITS] + (i & (PAGED_RECORDS - 1)) * size;
}

static inline void *paged_push(struct paged *p, size_t size)
{
	if (p->n == p->pages.n << PAGED_BITS) {
		char *page;

		if (vec_reserve(&p->pages, p->pages.n + 1) < 0)
			return NULL;
		page = mem_calloc(PAGED_RECORDS, size);
		if (!page)
			return NULL;
		p->pages.at[p->pages.n++] = page;
	}
	return paged_at(p, p->n++, size);
}

static inline void paged_clear(struct paged *p)
{
	size_t i;

	for (i = 0; i < p->pages.n; i++)
		mem_free(p->pages.at[i]);
	vec_clear(&p->pages);
	p->n = 0;
}

#endif

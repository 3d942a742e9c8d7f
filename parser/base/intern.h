/* intern.h — content to small number: equal bytes get an equal id, from 1 up in order of arrival.
 *
 * Used for the strings and the stacks of a whole trace, which every generation repeats.
 *
 * 1. Bytes never move and never go until intern_clear().
 * 2. The numbers depend only on the order of intern_put() calls, not on the seed of the hash.
 *
 * Memory: copies live in an arena. Threads: one table belongs to one thread. */
#ifndef PARSER_BASE_INTERN_H
#define PARSER_BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/arena.h"
#include "parser/base/map.h"
#include "parser/base/vec.h"

struct intern_entry {
	const void *bytes; /* 16-byte aligned */
	uint32_t size;
	uint32_t next; /* another id with the same hash; 0 = none */
};

struct intern {
	VEC(struct intern_entry) entries; /* entries.at[id - 1] */
	struct map of_hash;
	struct arena bytes;
	uint64_t total; /* bytes of all entries */
};

void intern_init(struct intern *in);
void intern_clear(struct intern *in);

/* The id of these bytes, new or known; 0 where memory ran out. */
uint32_t intern_put(struct intern *in, const void *bytes, uint32_t size);

/* Bytes of an id, or NULL and 0 for an id never given. */
const void *intern_get(const struct intern *in, uint32_t id, size_t *size);

#endif

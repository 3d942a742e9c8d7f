/* id_table.h — u64 -> u32 for ids that are given out in runs, as Go gives out goroutine ids.
 *
 *	id >> 4 ─► cache, else hash map ─► page ─► slots[id & 15]
 *
 * Sixteen ids share a page of one cache line, and a small direct cache finds the pages in use
 * without hashing: for a table that every other event asks. Any id is allowed; a value must not be
 * MAP_NONE. Pages that have become empty stay for the next ids of their run; they are swept when
 * they outnumber the others.
 *
 * Memory: 64 bytes a page and a map slot, at most twice what is in use. Threads: one table belongs
 * to one thread. */
#ifndef PARSER_BASE_ID_TABLE_H
#define PARSER_BASE_ID_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"

#define ID_TABLE_BITS  4
#define ID_TABLE_CACHE 256

struct id_page {
	uint32_t slots[1 << ID_TABLE_BITS]; /* MAP_NONE = no such id */
};

struct id_page_info {
	uint64_t key; /* id >> ID_TABLE_BITS */
	uint32_t n;   /* slots in use */
};

struct id_table {
	struct map page_of_key;
	VEC(struct id_page) pages;
	VEC(struct id_page_info) infos; /* one a page */
	size_t n;                       /* ids */
	size_t n_empty;                 /* pages */
	struct {
		uint64_t key; /* UINT64_MAX = none: no id has that key */
		uint32_t page;
	} cache[ID_TABLE_CACHE];
};

void id_table_init(struct id_table *t);
void id_table_clear(struct id_table *t);

/* Insert or overwrite. 0, or -1 where memory ran out. */
int id_table_put(struct id_table *t, uint64_t id, uint32_t value);
void id_table_remove(struct id_table *t, uint64_t id);

/* The page of a key by way of the map, or MAP_NONE; it is in the cache afterwards. */
uint32_t id_table_find_page(struct id_table *t, uint64_t key);

/* The value of `id`, or MAP_NONE. */
static inline __attribute__((always_inline)) uint32_t id_table_get(struct id_table *t, uint64_t id)
{
	uint64_t key = id >> ID_TABLE_BITS;
	uint32_t page = t->cache[key % ID_TABLE_CACHE].page;

	if (t->cache[key % ID_TABLE_CACHE].key != key) {
		page = id_table_find_page(t, key);
		if (page == MAP_NONE)
			return MAP_NONE;
	}
	return t->pages.at[page].slots[id % (1 << ID_TABLE_BITS)];
}

#endif

/* map.h — u64 -> u32 hash map, open addressing.
 *
 * Any key is allowed (0 and 2^64-1 too); a value must not be MAP_NONE. Keys come from hostile
 * input, so the hash is seeded per map; nothing visible depends on the seed because a map is
 * never iterated.
 *
 * 1. At most 5/8 full, linear probing, deletion by shifting back (no tombstones).
 *
 * Memory: one table from mem, doubled when needed. Threads: one map belongs to one thread.
 * The lookup is inline: the ordering makes one or two per event. */
#ifndef PARSER_BASE_MAP_H
#define PARSER_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#define MAP_NONE UINT32_MAX

struct map_slot {
	uint64_t key;
	uint32_t value; /* MAP_NONE = free slot */
};

struct map {
	struct map_slot *slots; /* NULL while empty */
	size_t n;
	size_t mask;    /* slots - 1 */
	unsigned shift; /* 64 - log2(slots) */
	uint64_t seed;
};

void map_init(struct map *m);
void map_clear(struct map *m); /* free everything */
void map_reset(
	struct map *m); /* forget the keys; keep the table unless it is far too large for them */

/* Insert or overwrite. 0, or -1 where memory ran out. */
int map_put(struct map *m, uint64_t key, uint32_t value);
void map_remove(struct map *m, uint64_t key);

static inline size_t map_home(const struct map *m, uint64_t key)
{
	uint64_t h = (key ^ m->seed) * 0x9e3779b97f4a7c15u;

	h ^= h >> 32;
	return (size_t)((h * 0xd6e8feb86659fd93u) >> m->shift);
}

/* The value of `key`, or MAP_NONE. */
static inline uint32_t map_get(const struct map *m, uint64_t key)
{
	size_t i;

	if (m->n == 0)
		return MAP_NONE;
	for (i = map_home(m, key);; i = (i + 1) & m->mask) {
		const struct map_slot *s = &m->slots[i];

		if (s->value == MAP_NONE || s->key == key)
			return s->value;
	}
}

#endif

/* tile_cache.h: answers that never change, the least recently used thrown out by bytes.
 *
 * An answer lives on after it was thrown out for as long as somebody sends it (blob.h).
 * Knows nothing of tiles: a key is any bytes.
 * Memory: at most `bytes`, keys, bookkeeping and what is attached to bodies included.
 * Threads: any; one lock. */
#ifndef SERVER_TILE_CACHE_H
#define SERVER_TILE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reply;
struct tile_cache;

struct tile_cache *tile_cache_create(size_t bytes); /* NULL: out of memory */
void tile_cache_destroy(struct tile_cache *c);

/* Fills *r with a reference to what is kept under `key`. */
bool tile_cache_get(struct tile_cache *c, const void *key, size_t n_key, struct reply *r);

/* Keeps a copy of *r (its body shared) if it has a body and fits. */
void tile_cache_put(struct tile_cache *c, const void *key, size_t n_key, const struct reply *r);

struct tile_cache_stats {
	uint64_t hits, misses;
	size_t bytes, entries;
};

void tile_cache_stats(struct tile_cache *c, struct tile_cache_stats *out);

#endif

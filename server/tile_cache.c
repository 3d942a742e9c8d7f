/* tile_cache.c: chained hash table, entries also on one list from newest to oldest use. */
#include "server/tile_cache.h"

#include <pthread.h>
#include <string.h>
#include <xxhash.h>

#include "parser/base/mem.h"
#include "server/blob.h"
#include "server/reply.h"

#define N_BUCKETS 4096

struct entry {
	struct entry *chain;
	struct entry *newer, *older;
	uint64_t hash;
	size_t bytes;
	struct reply reply;
	size_t n_key;
	unsigned char key[];
};

struct tile_cache {
	/* guards: everything below */
	pthread_mutex_t lock;
	struct entry *buckets[N_BUCKETS];
	struct entry *newest, *oldest;
	size_t cap;
	struct tile_cache_stats stats;
};

struct tile_cache *tile_cache_create(size_t bytes)
{
	struct tile_cache *c = mem_calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	c->cap = bytes;
	return c;
}

static void unlink_locked(struct tile_cache *c, struct entry *x)
{
	*(x->newer ? &x->newer->older : &c->newest) = x->older;
	*(x->older ? &x->older->newer : &c->oldest) = x->newer;
}

static void link_newest_locked(struct tile_cache *c, struct entry *x)
{
	x->newer = NULL;
	x->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = x;
	c->newest = x;
}

static void drop_locked(struct tile_cache *c, struct entry *x)
{
	struct entry **at = &c->buckets[x->hash % N_BUCKETS];

	while (*at != x)
		at = &(*at)->chain;
	*at = x->chain;
	unlink_locked(c, x);
	c->stats.bytes -= x->bytes;
	c->stats.entries--;
	reply_clear(&x->reply);
	mem_free(x);
}

void tile_cache_destroy(struct tile_cache *c)
{
	if (!c)
		return;
	while (c->oldest)
		drop_locked(c, c->oldest);
	pthread_mutex_destroy(&c->lock);
	mem_free(c);
}

static struct entry *find_locked(struct tile_cache *c, uint64_t hash, const void *key, size_t n_key)
{
	struct entry *x = c->buckets[hash % N_BUCKETS];

	while (x && (x->hash != hash || x->n_key != n_key || memcmp(x->key, key, n_key) != 0))
		x = x->chain;
	return x;
}

bool tile_cache_get(struct tile_cache *c, const void *key, size_t n_key, struct reply *r)
{
	uint64_t hash = XXH3_64bits(key, n_key);
	struct entry *x;

	pthread_mutex_lock(&c->lock);
	x = find_locked(c, hash, key, n_key);
	if (x) {
		unlink_locked(c, x);
		link_newest_locked(c, x);
		*r = x->reply;
		blob_ref(r->body);
		c->stats.hits++;
	} else {
		c->stats.misses++;
	}
	pthread_mutex_unlock(&c->lock);
	return x != NULL;
}

void tile_cache_put(struct tile_cache *c, const void *key, size_t n_key, const struct reply *r)
{
	uint64_t hash = XXH3_64bits(key, n_key);
	struct entry *x;

	if (!r->body || r->body->n > c->cap / 4)
		return;
	x = mem_alloc(sizeof(*x) + n_key);
	if (!x)
		return;
	x->hash = hash;
	x->n_key = n_key;
	x->bytes = sizeof(*x) + n_key + sizeof(*r->body) + r->body->n + BLOB_ATTACHED_BYTES;
	x->reply = *r;
	blob_ref(r->body);
	memcpy(x->key, key, n_key);
	pthread_mutex_lock(&c->lock);
	if (find_locked(c, hash, key, n_key)) { /* two asked at once: the first answer stays */
		pthread_mutex_unlock(&c->lock);
		reply_clear(&x->reply);
		mem_free(x);
		return;
	}
	x->chain = c->buckets[hash % N_BUCKETS];
	c->buckets[hash % N_BUCKETS] = x;
	link_newest_locked(c, x);
	c->stats.bytes += x->bytes;
	c->stats.entries++;
	while (c->stats.bytes > c->cap)
		drop_locked(c, c->oldest);
	pthread_mutex_unlock(&c->lock);
}

void tile_cache_stats(struct tile_cache *c, struct tile_cache_stats *out)
{
	pthread_mutex_lock(&c->lock);
	*out = c->stats;
	pthread_mutex_unlock(&c->lock);
}

#include "parser/base/intern.h"

#include <string.h>

void intern_init(struct intern *in)
{
	memset(in, 0, sizeof(*in));
	map_init(&in->of_hash);
	arena_init(&in->bytes, (size_t)1 << 18);
}

void intern_clear(struct intern *in)
{
	vec_clear(&in->entries);
	map_clear(&in->of_hash);
	arena_clear(&in->bytes);
	in->total = 0;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* Seeded: a trace must not be able to choose strings that collide. */
static uint64_t hash(uint64_t seed, const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	uint64_t h = seed ^ size, w;

	for (; size >= 8; p += 8, size -= 8) {
		memcpy(&w, p, 8);
		h = mix(h ^ w ^ 0x9e3779b97f4a7c15u, seed | 0xa0761d6478bd642fu);
	}
	w = 0;
	if (size > 0)
		memcpy(&w, p, size);
	return mix(h ^ w ^ 0xe7037ed1a0b428dbu, seed | 0x8ebc6af09c88c6e3u);
}

uint32_t intern_put(struct intern *in, const void *bytes, uint32_t size)
{
	uint64_t h = hash(in->of_hash.seed, bytes, size);
	uint32_t first = map_get(&in->of_hash, h), id;
	struct intern_entry entry = {.size = size};

	for (id = first == MAP_NONE ? 0 : first; id != 0; id = in->entries.at[id - 1].next) {
		const struct intern_entry *old = &in->entries.at[id - 1];

		if (old->size == size && (size == 0 || memcmp(old->bytes, bytes, size) == 0))
			return id;
	}
	if (in->entries.n >= MAP_NONE - 1)
		return 0;
	entry.next = first == MAP_NONE ? 0 : first;
	entry.bytes = arena_copy(&in->bytes, bytes, size, 0);
	if (!entry.bytes || vec_push(&in->entries, entry) < 0)
		return 0;
	id = (uint32_t)in->entries.n;
	if (map_put(&in->of_hash, h, id) < 0) {
		in->entries.n--;
		return 0;
	}
	in->total += size;
	return id;
}

const void *intern_get(const struct intern *in, uint32_t id, size_t *size)
{
	if (id == 0 || id > in->entries.n) {
		*size = 0;
		return NULL;
	}
	*size = in->entries.at[id - 1].size;
	return in->entries.at[id - 1].bytes;
}

#include "tiles/tile_key.h"

#include <string.h>

static const char letters[] = "PMGFAC";

char view_letter(enum view v)
{
	return letters[v];
}

int view_of_letter(char c)
{
	const char *p = c ? strchr(letters, c) : NULL;

	return p ? (int)(p - letters) : -1;
}

unsigned tile_levels(int64_t span_ns)
{
	unsigned k = 0;

	while (k + 1 < TILE_MAX_LEVELS && span_ns >> (k + TILE_BIN_BITS))
		k++;
	return k + 1;
}

int64_t tile_t0(struct tile_key key)
{
	return (int64_t)(key.x << (key.k + TILE_BIN_BITS));
}

int64_t tile_t1(struct tile_key key)
{
	return (int64_t)((key.x + 1) << (key.k + TILE_BIN_BITS));
}

bool tile_key_is_valid(struct tile_key key, unsigned levels)
{
	return key.view < N_VIEWS && key.r == 0 && key.k < levels &&
		key.x >> (levels - 1 - key.k) == 0;
}

int64_t blob_id(enum blob_kind kind, uint64_t rest)
{
	return (int64_t)((uint64_t)kind << 60 | rest);
}

int64_t block_id(enum view v, uint32_t block)
{
	return blob_id(BLOB_BLOCK, (uint64_t)v << 32 | block);
}

int64_t tile_id(struct tile_key key, unsigned levels)
{
	uint64_t node = (UINT64_C(1) << (levels - 1 - key.k)) + key.x;

	if ((uint64_t)key.y >> (57 - levels))
		return -1;
	return blob_id(BLOB_TILE, (uint64_t)key.view << 57 | (uint64_t)key.y << levels | node);
}

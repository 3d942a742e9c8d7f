/* blobs.h - some blobs of a store in a row of bytes: what fuzz_tables reads and seed_tables writes.
 *
 *	u8 kind (enum blob_kind: meta, table, strings, stacks), u8 a, u8 b, u16 n, n bytes
 *
 * Table: a is its number, b the page, 255 its index. Strings, stacks: a + 256 b is the first of the page. */
#ifndef TESTS_FUZZ_BLOBS_H
#define TESTS_FUZZ_BLOBS_H

#include <stdint.h>

#include "tiles/tile_key.h"

#define BLOBS_KINDS 4
#define BLOBS_INDEX 255

static inline int64_t blobs_id(unsigned kind, unsigned a, unsigned b)
{
	switch (kind % BLOBS_KINDS) {
	case BLOB_META:
		return blob_id(BLOB_META, 0);
	case BLOB_TABLE:
		return blob_id(BLOB_TABLE, (uint64_t)a << 32 | (b == BLOBS_INDEX ? UINT32_MAX : b));
	case BLOB_STRINGS:
		return blob_id(BLOB_STRINGS, a + 256 * b);
	default:
		return blob_id(BLOB_STACKS, a + 256 * b);
	}
}

#endif

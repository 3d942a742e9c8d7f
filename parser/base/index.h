/* index.h — ids of a table -> 1 .. n, where the table's ids are any u64 but 0, mostly dense.
 *
 * An array while ids stay below four times their number, a hash map beyond: a file that claims
 * id 2^60 costs one map slot.
 *
 * Memory: from mem, kept over rebuilds. Threads: one index belongs to one thread. */
#ifndef PARSER_BASE_INDEX_H
#define PARSER_BASE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"

#define INDEX_NONE UINT32_MAX

struct index {
	VEC(uint32_t) dense;
	struct map sparse;
	bool is_dense;
};

void index_init(struct index *ix);
void index_clear(struct index *ix);

/* Replace the content by n ids, each the first field of a record `stride` bytes long.
 * 1, 0 where an id is 0 or comes twice (it is stored in *bad), -1 where memory ran out. */
int index_build(struct index *ix, const void *records, size_t stride, size_t n, uint64_t *bad);

/* 1 + the record's position, 0 for id 0, INDEX_NONE where there is no such id. */
static inline uint32_t index_find(const struct index *ix, uint64_t id)
{
	uint32_t found;

	if (id == 0)
		return 0;
	if (!ix->is_dense)
		return map_get(&ix->sparse, id); /* MAP_NONE is INDEX_NONE */
	if (id >= ix->dense.n)
		return INDEX_NONE;
	found = ix->dense.at[id];
	return found ? found : INDEX_NONE;
}

#endif

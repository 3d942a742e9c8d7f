#include "parser/base/index.h"

#include <string.h>

void index_init(struct index *ix)
{
	memset(ix, 0, sizeof(*ix));
	map_init(&ix->sparse);
}

void index_clear(struct index *ix)
{
	vec_clear(&ix->dense);
	map_clear(&ix->sparse);
}

static uint64_t id_at(const void *records, size_t stride, size_t i)
{
	uint64_t id;

	memcpy(&id, (const char *)records + i * stride, sizeof(id));
	return id;
}

int index_build(struct index *ix, const void *records, size_t stride, size_t n, uint64_t *bad)
{
	uint64_t max = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t id = id_at(records, stride, i);

		max = id > max ? id : max;
	}
	ix->is_dense = max <= (uint64_t)n * 4 + 1024;
	ix->dense.n = 0;
	map_reset(&ix->sparse);
	if (ix->is_dense) {
		if (vec_reserve(&ix->dense, (size_t)max + 1) < 0)
			return -1;
		ix->dense.n = (size_t)max + 1;
		memset(ix->dense.at, 0, ix->dense.n * sizeof(*ix->dense.at));
	}
	for (i = 0; i < n; i++) {
		uint64_t id = id_at(records, stride, i);

		if (index_find(ix, id) != INDEX_NONE) {
			*bad = id;
			return 0;
		}
		if (ix->is_dense)
			ix->dense.at[id] = (uint32_t)(i + 1);
		else if (map_put(&ix->sparse, id, (uint32_t)(i + 1)) < 0)
			return -1;
	}
	return 1;
}

/* assets.c: finds a row of the table that the build made from web/. */
#include "server/assets.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int compare_path(const void *key, const void *row)
{
	return strcmp(key, ((const struct asset *)row)->path);
}

const struct asset *asset_find(const char *path)
{
	return bsearch(path, asset_table, asset_table_n, sizeof(*asset_table), compare_path);
}

size_t asset_count(void)
{
	return asset_table_n;
}

const struct asset *asset_at(size_t i)
{
	assert(i < asset_table_n);
	return &asset_table[i];
}

#include "parser/base/id_table.h"

#include <string.h>

#define SWEEP_FROM 64 /* empty pages that are never too many */

static void forget_cache(struct id_table *t)
{
	size_t i;

	for (i = 0; i < ID_TABLE_CACHE; i++)
		t->cache[i].key = UINT64_MAX;
}

void id_table_init(struct id_table *t)
{
	memset(t, 0, sizeof(*t));
	map_init(&t->page_of_key);
	forget_cache(t);
}

void id_table_clear(struct id_table *t)
{
	map_clear(&t->page_of_key);
	vec_clear(&t->pages);
	vec_clear(&t->infos);
	t->n = t->n_empty = 0;
	forget_cache(t);
}

uint32_t id_table_find_page(struct id_table *t, uint64_t key)
{
	uint32_t page = map_get(&t->page_of_key, key);

	if (page != MAP_NONE) {
		t->cache[key % ID_TABLE_CACHE].key = key;
		t->cache[key % ID_TABLE_CACHE].page = page;
	}
	return page;
}

/* Close the gaps that empty pages leave. No memory is needed: keys only change their value. */
static void sweep(struct id_table *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->pages.n; i++) {
		if (t->infos.at[i].n == 0) {
			map_remove(&t->page_of_key, t->infos.at[i].key);
			continue;
		}
		if (i != n) {
			t->pages.at[n] = t->pages.at[i];
			t->infos.at[n] = t->infos.at[i];
			map_put(&t->page_of_key, t->infos.at[n].key, (uint32_t)n);
		}
		n++;
	}
	t->pages.n = t->infos.n = n;
	t->n_empty = 0;
	forget_cache(t);
}

/* A new, empty page, or MAP_NONE. */
static uint32_t add_page(struct id_table *t, uint64_t key)
{
	uint32_t page;

	if (t->n_empty > SWEEP_FROM && t->n_empty > t->pages.n / 2)
		sweep(t);
	page = (uint32_t)t->pages.n;
	if (vec_reserve(&t->pages, t->pages.n + 1) < 0 ||
		vec_reserve(&t->infos, t->infos.n + 1) < 0 ||
		map_put(&t->page_of_key, key, page) < 0)
		return MAP_NONE;
	memset(&t->pages.at[page], 0xff, sizeof(*t->pages.at)); /* every slot MAP_NONE */
	t->infos.at[page] = (struct id_page_info){.key = key};
	t->pages.n++;
	t->infos.n++;
	t->n_empty++;
	return page;
}

int id_table_put(struct id_table *t, uint64_t id, uint32_t value)
{
	uint64_t key = id >> ID_TABLE_BITS;
	uint32_t page = id_table_find_page(t, key), *slot;

	if (page == MAP_NONE)
		page = add_page(t, key);
	if (page == MAP_NONE)
		return -1;
	slot = &t->pages.at[page].slots[id % (1 << ID_TABLE_BITS)];
	if (*slot == MAP_NONE) {
		t->n++;
		t->n_empty -= t->infos.at[page].n++ == 0;
	}
	*slot = value;
	return 0;
}

void id_table_remove(struct id_table *t, uint64_t id)
{
	uint32_t page = id_table_find_page(t, id >> ID_TABLE_BITS), *slot;

	if (page == MAP_NONE)
		return;
	slot = &t->pages.at[page].slots[id % (1 << ID_TABLE_BITS)];
	if (*slot == MAP_NONE)
		return;
	*slot = MAP_NONE;
	t->n--;
	t->n_empty += --t->infos.at[page].n == 0;
}

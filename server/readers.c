/* readers.c */
#include "server/readers.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "server/cache_room.h"
#include "server/catalog.h"
#include "server/json_writer.h"
#include "server/workers.h"

#define N_NAMES    4096
#define NAME_BYTES 2048 /* longer ones are looked up each time */

/* Direct-mapped: a slot holds the name seen last of those that share it. */
struct name_slot {
	uint32_t id;
	uint32_t n;
	char *bytes;
};

struct name_cache {
	struct name_slot slots[N_NAMES];
};

static void close_reader(struct reader *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; r->names && i < N_NAMES; i++)
		mem_free(r->names->slots[i].bytes);
	mem_free(r->names);
	tables_clear(&r->tables);
	sums_kept_clear(&r->sums);
	if (r->has_goroutines)
		goroutine_table_clear(&r->goroutines);
	text_reader_clear(&r->text);
	tile_reader_destroy(r->tiles);
	store_close(r->store);
	if (r->hold >= 0)
		close(r->hold);
	mem_free(r);
}

static struct reader *open_reader(const struct trace_info *t, unsigned part, struct err *e)
{
	struct reader *r = mem_calloc(1, sizeof(*r));

	if (!r) {
		err_set(e, ERR_MEMORY, -1, "Cannot open a store: out of memory");
		return NULL;
	}
	snprintf(r->id, sizeof(r->id), "%s", t->id);
	r->part = part;
	r->hold = part ? -1 : cache_room_hold(t->store);
	r->store = store_open(part ? t->part_store : t->store, e);
	r->tiles = r->store ? tile_reader_create(r->store, e) : NULL;
	text_reader_init(&r->text, r->store);
	r->names = r->tiles ? mem_calloc(1, sizeof(*r->names)) : NULL;
	if (r->names)
		return r;
	err_set(e, ERR_MEMORY, -1, "Cannot open a store: out of memory");
	close_reader(r);
	return NULL;
}

static bool is_cancelled(void *context)
{
	return work_must_stop(context);
}

struct cancel reader_cancel(struct work *w)
{
	return (struct cancel){is_cancelled, w};
}

/* A snapshot that another one has followed gives its place to that. */
struct reader *readers_get(
	struct readers *rs, const struct trace_info *t, struct work *w, struct err *e)
{
	unsigned part = t->state == TRACE_READY ? 0 : t->part;
	struct reader **slot = &rs->open[0];
	size_t i;

	for (i = 0; i < READERS_OPEN; i++) {
		struct reader **at = &rs->open[i];

		if (*at && strcmp((*at)->id, t->id) == 0) {
			slot = at;
			break;
		}
		if (!*at || (*slot && (*at)->used < (*slot)->used))
			slot = at;
	}
	if (i == READERS_OPEN || (*slot)->part != part) {
		close_reader(*slot);
		*slot = open_reader(t, part, e);
	}
	if (!*slot)
		return NULL;
	(*slot)->used = ++rs->clock;
	tile_reader_set_cancel((*slot)->tiles, reader_cancel(w));
	return *slot;
}

void readers_clear(struct readers *rs)
{
	size_t i;

	for (i = 0; i < READERS_OPEN; i++) {
		close_reader(rs->open[i]);
		rs->open[i] = NULL;
	}
}

int reader_tables(struct reader *r, struct err *e)
{
	if (r->has_tables)
		return 0;
	tables_clear(&r->tables);
	if (tables_get(r->store, &r->tables, e) < 0)
		return -1;
	r->has_tables = true;
	return 0;
}

int reader_goroutines(struct reader *r, struct err *e)
{
	if (r->has_goroutines)
		return 0;
	if (goroutine_table_open(&r->goroutines, r->store, e) < 0) {
		goroutine_table_clear(&r->goroutines);
		return -1;
	}
	r->has_goroutines = true;
	return 0;
}

static void remember(struct name_slot *slot, uint32_t id, const char *s, size_t n)
{
	char *bytes = n <= NAME_BYTES ? mem_realloc(slot->bytes, n ? n : 1) : NULL;

	if (!bytes)
		return;
	if (n)
		memcpy(bytes, s, n);
	*slot = (struct name_slot){id, (uint32_t)n, bytes};
}

int reader_write_name(struct reader *r, struct json_writer *w, uint32_t id, struct err *e)
{
	struct name_slot *slot = &r->names->slots[id % N_NAMES];
	const char *s = "";
	size_t n = 0;

	if (id && slot->id == id) {
		json_text_n(w, slot->bytes, slot->n);
		return 0;
	}
	if (id && text_get_string(&r->text, id, &s, &n, e) < 0)
		return -1;
	json_text_n(w, s, n);
	if (id && n)
		remember(slot, id, s, n);
	return 0;
}

int reader_write_reason(struct reader *r, struct json_writer *w, uint32_t reason, struct err *e)
{
	if (reader_tables(r, e) < 0)
		return -1;
	return reader_write_name(
		r, w, reason < r->tables.reasons.n ? r->tables.reasons.at[reason] : 0, e);
}

/* Events read back from chunks, against the changes they were made from: tiles/event_list.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/base/vec.h"
#include "parser/interval.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "tiles/build.h"
#include "tiles/chunk.h"
#include "tiles/event_list.h"
#include "tiles/goroutine_table.h"
#include "tiles/meta.h"

#define TRACE "tests/traces/good/demo.trace"

static char path[] = "/tmp/event_list_test.XXXXXX";
static struct store *st;
static struct tile_reader *reader;

static int open_store(void **state)
{
	struct err e = ERR_INIT;
	struct source *src = source_open_file(TRACE, &e);
	int fd = mkstemp(path), rc = -1;

	(void)state;
	if (fd >= 0)
		close(fd);
	if (src && build_run(src, path, NULL, &e) == 0) {
		st = store_open(path, &e);
		reader = st ? tile_reader_create(st, &e) : NULL;
		rc = reader ? 0 : -1;
	}
	source_close(src);
	return rc;
}

static int close_store(void **state)
{
	(void)state;
	tile_reader_destroy(reader);
	store_close(st);
	return unlink(path);
}

static struct event_query whole(uint32_t limit)
{
	return (struct event_query){.from = 0,
		.to = tile_reader_meta(reader)->span_ns + 1,
		.after = INT64_MIN,
		.limit = limit,
		.kinds = CLASS_ALL};
}

struct listed {
	struct listed_event *at;
	size_t n, cap;
};

/* All pages of a query in one list. */
static void list_all(struct event_query q, struct listed *all)
{
	struct event_list page = {0};
	struct err e = ERR_INIT;

	do {
		assert_int_equal(event_list_get(reader, &q, &page, &e), 0);
		for (size_t i = 0; i < page.events.n; i++)
			assert_int_equal(vec_push(all, page.events.at[i]), 0);
		if (page.events.n > q.limit)
			assert_int_equal(page.events.at[0].time_ns,
				page.events.at[page.events.n - 1].time_ns);
		if (page.events.n > 0)
			q.after = page.events.at[page.events.n - 1].time_ns;
		else
			assert_false(page.has_next);
	} while (page.has_next);
	event_list_clear(&page);
}

static void goroutines_tell_every_change_once(void **state)
{
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct source *src = source_open_file(TRACE, &e);
	struct trace *tr = trace_open(src, &lim, &e);
	struct interval *iv = interval_create(tr, &e);
	struct listed all = {0};
	const struct change *c;
	size_t i = 0;

	(void)state;
	list_all(whole(EVENT_LIST_MAX), &all);
	while (interval_next(iv, &c, &e) > 0) {
		if (c->lane != LANE_GOROUTINE || c->kind == CHANGE_FUNCTION ||
			c->time_ns == tile_reader_meta(reader)->origin_time_ns)
			continue;
		while (i < all.n && all.at[i].view != VIEW_G)
			i++;
		assert_true(i < all.n);
		assert_int_equal(all.at[i].time_ns, c->time_ns);
		assert_int_equal(all.at[i].g, c->id);
		if (c->kind == CHANGE_STATE)
			assert_int_equal(all.at[i].state, c->state);
		i++;
	}
	for (; i < all.n; i++)
		assert_int_not_equal(all.at[i].view, VIEW_G);
	vec_clear(&all);
	interval_destroy(iv);
	trace_close(tr);
	source_close(src);
}

static void pages_of_any_size_make_the_same_list(void **state)
{
	static const uint32_t limits[] = {1, 2, 7, 100, 4999};
	struct listed whole_list = {0}, paged = {0};
	struct event_query q = whole(EVENT_LIST_MAX);

	(void)state;
	q.from = q.to / 2;
	q.to = q.from + (q.to - q.from) / 64;
	list_all(q, &whole_list);
	assert_true(whole_list.n > 0);
	for (size_t k = 0; k < sizeof(limits) / sizeof(limits[0]); k++) {
		q.limit = limits[k];
		paged.n = 0;
		list_all(q, &paged);
		assert_int_equal(paged.n, whole_list.n);
		for (size_t i = 0; i < paged.n; i++) {
			assert_int_equal(paged.at[i].time_ns, whole_list.at[i].time_ns);
			assert_int_equal(paged.at[i].view, whole_list.at[i].view);
			assert_int_equal(paged.at[i].order, whole_list.at[i].order);
		}
	}
	vec_clear(&whole_list);
	vec_clear(&paged);
}

static void an_event_is_found_by_its_time(void **state)
{
	struct listed all = {0};
	struct event_list found = {0};
	struct err e = ERR_INIT;

	(void)state;
	list_all(whole(EVENT_LIST_MAX), &all);
	for (size_t i = 0; i < all.n; i += all.n / 50 + 1) {
		struct event_query q = whole(100);

		q.has_at = true;
		q.at = all.at[i].time_ns;
		assert_int_equal(event_list_get(reader, &q, &found, &e), 0);
		assert_true(found.events.n > 0);
		for (size_t k = 0; k < found.events.n; k++)
			assert_int_equal(found.events.at[k].time_ns, q.at);
	}
	event_list_clear(&found);
	vec_clear(&all);
}

static void a_place_and_a_goroutine_narrow_the_list(void **state)
{
	struct listed all = {0}, some = {0};
	struct goroutine_table table;
	struct goroutine list[8];
	struct err e = ERR_INIT;
	int n;

	(void)state;
	list_all(whole(EVENT_LIST_MAX), &all);
	assert_int_equal(goroutine_table_open(&table, st, &e), 0);
	n = goroutine_list(&table, GOROUTINE_ANY_GROUP, 0, list, 8, &e);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		struct event_query q = whole(1000);
		size_t wanted = 0, got = 0;
		int64_t origin = tile_reader_meta(reader)->origin_time_ns;

		q.has_place = true;
		q.view = VIEW_G;
		q.block = list[i].block;
		q.rows = 1u << list[i].row;
		q.g = list[i].id;
		some.n = 0;
		list_all(q, &some);
		for (size_t k = 0; k < all.n; k++)
			wanted += all.at[k].view == VIEW_G && all.at[k].g == list[i].id;
		for (size_t k = 0; k < some.n; k++)
			got += some.at[k].time_ns != origin;
		assert_int_equal(got, wanted);
	}
	goroutine_table_clear(&table);
	vec_clear(&all);
	vec_clear(&some);
}

static void kinds_are_filtered(void **state)
{
	struct listed all = {0}, some = {0};
	struct event_query q = whole(EVENT_LIST_MAX);
	size_t births = 0;

	(void)state;
	list_all(q, &all);
	for (size_t i = 0; i < all.n; i++)
		births += all.at[i].kind == CHUNK_BORN;
	q.kinds = CLASS_BORN;
	list_all(q, &some);
	assert_int_equal(some.n, births);
	vec_clear(&all);
	vec_clear(&some);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goroutines_tell_every_change_once),
		cmocka_unit_test(pages_of_any_size_make_the_same_list),
		cmocka_unit_test(an_event_is_found_by_its_time),
		cmocka_unit_test(a_place_and_a_goroutine_narrow_the_list),
		cmocka_unit_test(kinds_are_filtered),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}

/* Hits of a trace, page by page and counted: tiles/search.h. What they are is held against other code by
 * tests/e2e/server_find.sh. */
#include "tiles/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/source.h"
#include "tiles/build.h"
#include "tiles/goroutine_table.h"
#include "tiles/store.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"
#include "tiles/tile.h"

#define TRACE "tests/traces/good/demo.trace"

static char path[] = "/tmp/search_test.XXXXXX";
static struct store *st;
static struct tables tables;
static struct text_reader text;
static struct goroutine_table goroutines;
static struct search_source source;
static struct search_query query;
static struct search_result result;

static int open_store(void **state)
{
	struct err e = ERR_INIT;
	struct source *src = source_open_file(TRACE, &e);
	int fd = mkstemp(path);

	(void)state;
	if (fd >= 0)
		close(fd);
	if (!src || build_run(src, path, NULL, &e) < 0)
		return -1;
	source_close(src);
	st = store_open(path, &e);
	if (!st || tables_get(st, &tables, &e) < 0 || goroutine_table_open(&goroutines, st, &e) < 0)
		return -1;
	text_reader_init(&text, st);
	source = (struct search_source){
		tile_reader_create(st, &e), &text, &tables, &goroutines, {NULL, NULL}};
	return source.tiles ? 0 : -1;
}

static int close_store(void **state)
{
	(void)state;
	search_result_clear(&result);
	tile_reader_destroy(source.tiles);
	text_reader_clear(&text);
	goroutine_table_clear(&goroutines);
	tables_clear(&tables);
	store_close(st);
	return unlink(path);
}

static struct search_request request(const char *words)
{
	struct err e = ERR_INIT;

	assert_int_equal(search_query_parse(&query, words, strlen(words), &e), 0);
	return (struct search_request){.q = &query,
		.to = tile_reader_meta(source.tiles)->span_ns + 1,
		.limit = SEARCH_MOST};
}

/* All of its pages: the hits' begins and places. */
static size_t all_pages(struct search_request r, int64_t *t0, uint64_t *place, size_t most)
{
	struct err e = ERR_INIT;
	size_t n = 0;

	do {
		assert_int_equal(search_get(&source, &r, &result, &e), 0);
		assert_true(result.hits.n <= r.limit);
		for (size_t i = 0; i < result.hits.n && n < most; i++, n++) {
			t0[n] = result.hits.at[i].thing.t0;
			place[n] = result.hits.at[i].place.event;
		}
		r.start = result.next;
	} while (result.has_next);
	return n;
}

static const char *const queries[] = {"main", "state:blocked>1ms", "state:running<5us",
	"kind:region", "frame:lock", "func:main overlaps:stw state:sync"};
#define N_QUERIES (sizeof(queries) / sizeof(*queries))
#define MOST      20000

static void pages_of_any_size_tell_the_same(void **state)
{
	static int64_t t0[MOST], again[MOST];
	static uint64_t place[MOST], place2[MOST];

	(void)state;
	for (size_t i = 0; i < N_QUERIES; i++) {
		struct search_request r = request(queries[i]);
		size_t n = all_pages(r, t0, place, MOST);

		assert_true(n > 0);
		r.limit = 37;
		assert_int_equal(all_pages(r, again, place2, MOST), n);
		assert_memory_equal(t0, again, n * sizeof(*t0));
		assert_memory_equal(place, place2, n * sizeof(*place));
	}
}

static void ranges_side_by_side_tell_each_hit_once(void **state)
{
	static int64_t t0[MOST];
	static uint64_t place[MOST];
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < N_QUERIES; i++) {
		struct search_request r = request(queries[i]);
		size_t n = all_pages(r, t0, place, MOST);
		int64_t span = r.to;
		uint64_t sum = 0;

		for (int64_t from = 0; from < span; from += span / 7) {
			r.from = from;
			r.to = from + span / 7;
			r.n_bins = 13;
			r.start = (struct search_place){0};
			do {
				assert_int_equal(search_get(&source, &r, &result, &e), 0);
				for (unsigned k = 0; k < r.n_bins; k++)
					sum += result.bins[k];
				r.start = result.next;
			} while (result.has_next);
		}
		assert_int_equal(sum, n);
	}
}

static bool always(void *context)
{
	(void)context;
	return true;
}

static void a_search_is_cancelled(void **state)
{
	struct search_request r;
	struct err e = ERR_INIT;

	(void)state;
	r = request("main");
	r.cancel.is_cancelled = always;
	assert_int_equal(search_get(&source, &r, &result, &e), -1);
	assert_int_equal(e.kind, ERR_CANCELLED);
	err_clear(&e);
	r = request("state:sync");
	tile_reader_set_cancel(source.tiles, r.cancel = (struct cancel){always, NULL});
	assert_int_equal(search_get(&source, &r, &result, &e), -1);
	assert_int_equal(e.kind, ERR_CANCELLED);
	tile_reader_set_cancel(source.tiles, (struct cancel){NULL, NULL});
}

static void memory_may_run_out_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_QUERIES; i++) {
		struct search_request r = request(queries[i]);
		int rc = -1;

		for (long n = 1; rc < 0; n += 1 + n / 8) {
			struct err e = ERR_INIT;

			mem_fail_nth(n, 1);
			rc = search_get(&source, &r, &result, &e);
			mem_fail_nth(0, 0);
			if (rc < 0)
				assert_int_equal(e.kind, ERR_MEMORY);
		}
	}
}

static void places_that_are_none_find_nothing(void **state)
{
	struct search_request r = request("state:sync");
	struct err e = ERR_INIT;

	(void)state;
	r.start = (struct search_place){UINT64_MAX >> 4, 5};
	assert_int_equal(search_get(&source, &r, &result, &e), 0);
	assert_int_equal(result.n, 0);
	assert_false(result.has_next);
	r = request("g:999999999");
	assert_int_equal(search_get(&source, &r, &result, &e), 0);
	assert_int_equal(result.n, 0);
	r.limit = 0;
	assert_int_equal(search_get(&source, &r, &result, &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_any_size_tell_the_same),
		cmocka_unit_test(ranges_side_by_side_tell_each_hit_once),
		cmocka_unit_test(a_search_is_cancelled),
		cmocka_unit_test(memory_may_run_out_anywhere),
		cmocka_unit_test(places_that_are_none_find_nothing),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}

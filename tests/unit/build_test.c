/* A whole ingest: tiles/build.h, over real traces, against sums made another way. */
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
#include "parser/interval.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "tiles/build.h"
#include "tiles/goroutine_table.h"
#include "tiles/hist.h"
#include "tiles/meta.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"
#include "tiles/tile.h"
#include "tiles/totals.h"

#define TRACES "tests/traces/good/"

static const char *const traces[] = {TRACES "demo.trace", TRACES "go1.22-mix.trace",
	TRACES "go1.26-tasks.trace", TRACES "go1.26-cpusamples.trace", TRACES "go1.26-swarm.trace",
	TRACES "go1.26-flight.trace"};
#define N_TRACES (sizeof(traces) / sizeof(traces[0]))

static char folder[] = "/tmp/build_test.XXXXXX";
static char store_path[64], other_path[64];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(store_path, sizeof(store_path), "%s/a.store", folder);
	snprintf(other_path, sizeof(other_path), "%s/b.store", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(store_path);
	unlink(other_path);
	return rmdir(folder); /* fails where an ingest left anything behind */
}

/* Ingests; false where the file is not there (not every checkout has every trace). */
static bool ingest(
	const char *trace, const char *path, const struct build_options *o, struct err *e)
{
	struct source *src;
	int rc;

	if (access(trace, R_OK) < 0)
		return false;
	src = source_open_file(trace, e);
	rc = src ? build_run(src, path, o, e) : -1;
	source_close(src);
	assert_int_equal(rc, e->kind == ERR_NONE ? 0 : -1);
	return true;
}

static void ingest_well(const char *trace, const char *path)
{
	struct err e = ERR_INIT;

	if (!ingest(trace, path, NULL, &e))
		skip();
	if (e.kind != ERR_NONE)
		fail_msg("%s: %s", trace, e.msg);
}

struct reading {
	struct store *st;
	struct tile_reader *r;
	const struct meta *meta;
};

static struct reading open_store(void)
{
	struct err e = ERR_INIT;
	struct reading rd;

	rd.st = store_open(store_path, &e);
	assert_non_null(rd.st);
	rd.r = tile_reader_create(rd.st, &e);
	assert_non_null(rd.r);
	rd.meta = tile_reader_meta(rd.r);
	return rd;
}

static void close_store(struct reading *rd)
{
	tile_reader_destroy(rd->r);
	store_close(rd->st);
}

static size_t read_all(const char *path, char **bytes)
{
	FILE *f = fopen(path, "rb");
	long n;

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	*bytes = malloc((size_t)n);
	assert_int_equal(fread(*bytes, 1, (size_t)n, f), n);
	fclose(f);
	return (size_t)n;
}

static void the_same_trace_makes_the_same_bytes(void **state)
{
	char *a, *b;
	size_t n;

	(void)state;
	for (size_t i = 0; i < N_TRACES; i++) {
		ingest_well(traces[i], store_path);
		ingest_well(traces[i], other_path);
		n = read_all(store_path, &a);
		assert_int_equal(read_all(other_path, &b), n);
		assert_memory_equal(a, b, n);
		free(a);
		free(b);
	}
}

/* State times of a block over all tiles of a level. */
static void sum_level(struct reading *rd, enum view view, uint32_t block, unsigned k,
	uint64_t sums[BLOCK_ROWS][N_STATES])
{
	struct tile_key key = {.view = (uint8_t)view, .k = (uint8_t)k, .y = block};
	struct hist h = {0}, *hists = &h;
	struct err e = ERR_INIT;

	memset(sums, 0, sizeof(uint64_t) * BLOCK_ROWS * N_STATES);
	for (; tile_key_is_valid(key, rd->meta->levels) && tile_t0(key) <= rd->meta->span_ns;
		key.x++) {
		assert_int_equal(tile_compute(rd->r, &key, 1, &hists, &e), 0);
		hist_resolve(&h);
		for (unsigned row = 0; row < BLOCK_ROWS; row++) {
			for (unsigned s = 0; s < N_STATES; s++) {
				if (!h.row[row].plane[s])
					continue;
				for (unsigned bin = 0; bin < TILE_BINS; bin++)
					sums[row][s] += h.row[row].plane[s]->ns[bin];
			}
		}
	}
	hist_clear(&h);
}

/* The same from the chunks' intervals, one by one. */
static void sum_chunks(
	struct reading *rd, enum view view, uint32_t block, uint64_t sums[BLOCK_ROWS][N_STATES])
{
	struct err e = ERR_INIT;

	memset(sums, 0, sizeof(uint64_t) * BLOCK_ROWS * N_STATES);
	for (unsigned row = 0; row < BLOCK_ROWS; row++) {
		struct totals t = {0};

		assert_int_equal(totals_add_block(&t, rd->r, view, block, 1u << row, 0, 0,
					 rd->meta->span_ns + 1, &e),
			0);
		totals_sort(&t);
		for (size_t i = 0; i < t.entries.n; i++)
			sums[row][t.entries.at[i].state] += t.entries.at[i].ns;
		totals_clear(&t);
	}
}

static void every_level_adds_up_to_the_chunks(void **state)
{
	static uint64_t of_tiles[BLOCK_ROWS][N_STATES], of_chunks[BLOCK_ROWS][N_STATES];
	const enum view views[] = {VIEW_P, VIEW_M, VIEW_G};
	struct reading rd;

	(void)state;
	for (size_t i = 0; i < N_TRACES; i++) {
		ingest_well(traces[i], store_path);
		rd = open_store();
		for (unsigned v = 0; v < 3; v++) {
			uint32_t step = rd.meta->n_blocks[views[v]] / 4 + 1;

			for (uint32_t b = 0; b < rd.meta->n_blocks[views[v]]; b += step) {
				sum_chunks(&rd, views[v], b, of_chunks);
				for (unsigned k = 0; k < 5 && k < rd.meta->levels; k++) {
					sum_level(&rd, views[v], b, rd.meta->levels - 1 - k,
						of_tiles);
					assert_memory_equal(of_tiles, of_chunks, sizeof(of_tiles));
				}
			}
		}
		close_store(&rd);
	}
}

/* Each goroutine's states fill its life; the groups' sums are those of their goroutines. */
static void records_cover_lives_and_groups(void **state)
{
	enum { CAP = 4096 };
	struct goroutine *list = calloc(CAP, sizeof(*list));
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < N_TRACES; i++) {
		struct goroutine_table table;
		struct tables t = {0};
		struct reading rd;
		uint64_t after = 0, n_all = 0;
		int n;

		ingest_well(traces[i], store_path);
		rd = open_store();
		assert_int_equal(tables_get(rd.st, &t, &e), 0);
		assert_int_equal(goroutine_table_open(&table, rd.st, &e), 0);
		while ((n = goroutine_list(&table, GOROUTINE_ANY_GROUP, after, list, CAP, &e)) >
			0) {
			for (int k = 0; k < n; k++) {
				const struct goroutine *g = &list[k];
				uint64_t sum = 0;

				for (unsigned s = 0; s < N_STATES; s++) {
					sum += g->time_ns[s];
					t.groups.at[g->group].time_ns[s] -= g->time_ns[s];
				}
				assert_int_equal(sum, g->gone_t - g->born_t);
				t.groups.at[g->group].goroutines--;
			}
			n_all += (uint64_t)n;
			after = list[n - 1].id;
		}
		assert_int_equal(n, 0);
		assert_int_equal(n_all, rd.meta->n_goroutines);
		for (size_t g = 0; g < t.groups.n; g++) {
			assert_int_equal(t.groups.at[g].goroutines, 0);
			for (unsigned s = 0; s < N_STATES; s++)
				assert_int_equal(t.groups.at[g].time_ns[s], 0);
		}
		goroutine_table_clear(&table);
		tables_clear(&t);
		close_store(&rd);
	}
	free(list);
}

static bool stop_at_once(void *context)
{
	(void)context;
	return true;
}

static void a_cancelled_ingest_leaves_nothing(void **state)
{
	const struct build_options o = {.cancel = {.is_cancelled = stop_at_once}};
	struct err e = ERR_INIT;

	(void)state;
	unlink(store_path);
	if (!ingest(traces[0], store_path, &o, &e))
		skip();
	assert_int_equal(e.kind, ERR_CANCELLED);
	assert_int_not_equal(access(store_path, F_OK), 0);
	assert_int_equal(mem_used(), 0);
}

static void a_trace_without_an_end_is_kept_with_a_warning(void **state)
{
	struct err e = ERR_INIT, damage = ERR_INIT;
	const struct build_options o = {.damage = &damage};
	struct text_reader text;
	struct tables t = {0};
	struct reading rd;
	const char *s;
	size_t n;

	(void)state;
	if (!ingest(TRACES "go1.26-unfinished.trace", store_path, &o, &e))
		skip();
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(damage.kind, ERR_TRUNCATED);
	rd = open_store();
	assert_int_equal(tables_get(rd.st, &t, &e), 0);
	assert_int_equal(t.warnings.n, 1);
	assert_int_equal(t.gaps.n, 1);
	assert_true(t.gaps.at[0].t0 > 0 && t.gaps.at[0].t1 == -1);
	assert_int_equal(t.gaps.at[0].why, t.warnings.at[0]);
	assert_int_equal(rd.meta->damage, t.warnings.at[0]);
	assert_true(rd.meta->n_generations > 0);
	text_reader_init(&text, rd.st);
	assert_int_equal(text_get_string(&text, t.warnings.at[0], &s, &n, &e), 1);
	assert_true(n > 20 && memcmp(s, "The end of the trace", 20) == 0);
	text_reader_clear(&text);
	tables_clear(&t);
	close_store(&rd);
}

static void a_trace_without_events_is_refused(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	unlink(store_path);
	if (!ingest("tests/traces/bad/header-only.trace", store_path, NULL, &e))
		skip();
	assert_int_equal(e.kind, ERR_TRUNCATED);
	assert_int_not_equal(access(store_path, F_OK), 0);
}

/* Every 1st, 2nd, 3rd, 5th, 8th, ... allocation fails, until an ingest gets through. */
static void failed_allocations_are_errors(void **state)
{
	long n = 1, before = 1, next;
	bool done = false;

	(void)state;
	unlink(store_path);
	while (!done) {
		struct err e = ERR_INIT;

		mem_fail_nth(n, 0);
		if (!ingest(traces[0], store_path, NULL, &e))
			skip();
		done = mem_calls() < n;
		mem_fail_nth(0, 0);
		if (!done)
			assert_int_equal(e.kind, ERR_MEMORY);
		assert_int_equal(access(store_path, F_OK), done ? 0 : -1);
		assert_int_equal(mem_used(), 0);
		next = n + before / 4 + 1;
		before = n;
		n = next;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_trace_makes_the_same_bytes),
		cmocka_unit_test(every_level_adds_up_to_the_chunks),
		cmocka_unit_test(records_cover_lives_and_groups),
		cmocka_unit_test(a_cancelled_ingest_leaves_nothing),
		cmocka_unit_test(a_trace_without_an_end_is_kept_with_a_warning),
		cmocka_unit_test(a_trace_without_events_is_refused),
		cmocka_unit_test(failed_allocations_are_errors),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

/* fuzz_tables.c - any blobs (blobs.h) as the tables of a store: numbers of the whole, columns, strings and stacks.
 *
 * What is read of them is what the server reads: the manifest's tables, ranges from both sides, landmarks, user
 * tasks as a list and as rows, names and stacks by number. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tests/fuzz/blobs.h"
#include "tiles/landmark.h"
#include "tiles/meta.h"
#include "tiles/store.h"
#include "tiles/tables.h"
#include "tiles/task_lane.h"
#include "tiles/task_list.h"
#include "tiles/text_table.h"

#define MEMORY_CAP ((size_t)64 << 20)
#define N_IDS      40

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
	if (!holds)
		abort();
}

/* Of two with one id the first is there. */
static void fill(struct store *st, const uint8_t *bytes, size_t n)
{
	struct bytes b = bytes_of(bytes, n);

	while (bytes_left(&b) >= 5) {
		const uint8_t *head = bytes_take(&b, 5);
		size_t length = (size_t)bytes_le(head + 3, 2);
		const uint8_t *blob;
		struct err e = ERR_INIT;

		if (length > bytes_left(&b))
			length = bytes_left(&b);
		blob = bytes_take(&b, length);
		store_put_plain(st, blobs_id(head[0], head[1], head[2]), blob, length, &e);
	}
}

static void check_tables(struct store *st)
{
	struct tables t = {0};
	struct err e = ERR_INIT;

	must((tables_get(st, &t, &e) < 0) == (e.kind != ERR_NONE));
	tables_clear(&t);
}

/* In the order of their ends, or the other way round; 100 are enough. */
static int take_range(void *context, const struct range *r)
{
	unsigned *n = context;

	(void)r;
	return ++*n == 100;
}

static void check_ranges(struct store *st, const struct meta *m)
{
	static const enum table_number tables[] = {TABLE_GC, TABLE_STW, TABLE_TASKS};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct err e = ERR_INIT, back = ERR_INIT;
		unsigned n = 0;

		must((range_each(st, tables[i], 0, m->span_ns, take_range, &n, &e) < 0) ==
			(e.kind != ERR_NONE));
		n = 0;
		must((range_each_back(st, tables[i], 0, take_range, &n, &back) < 0) ==
			(back.kind != ERR_NONE));
	}
}

static void check_landmarks(struct store *st, const struct meta *m)
{
	struct landmarks l = {0};

	for (unsigned k = 0; k < m->levels; k += 7) {
		struct err e = ERR_INIT;

		must((landmarks_get(st, k, 0, &l, &e) < 0) == (e.kind != ERR_NONE));
	}
	landmarks_clear(&l);
}

static void check_tasks(struct store *st, const struct meta *m)
{
	const struct task_query q = {.to = m->span_ns, .type = 1, .limit = 3};
	struct task_lane_query lane = {.k = (uint8_t)(m->levels - 1), .n_types = 1, .types = {1}};
	struct err e = ERR_INIT, of_list = ERR_INIT, of_lane = ERR_INIT;
	struct task_types types;
	struct task_list list;
	struct task_lane rows;

	task_types_init(&types);
	task_types_make(&types, st, 0, m->span_ns, (struct cancel){0}, &e);
	task_types_clear(&types);
	task_list_init(&list);
	if (task_list_make(&list, st, &q, &of_list) == 0)
		must(list.tasks.n <= q.limit);
	task_list_clear(&list);
	task_lane_init(&rows);
	if (task_lane_make(&rows, st, &lane, &of_lane) == 0)
		must(rows.bars.n <= TASK_LANE_MOST);
	task_lane_clear(&rows);
}

static void check_text(struct store *st)
{
	struct text_reader *r = mem_alloc(sizeof(*r));

	must(r != NULL);
	text_reader_init(r, st);
	for (uint32_t i = 0; i < N_IDS; i++) {
		uint32_t id = i < N_IDS / 2 ? i : i * 1663; /* in the first page, and anywhere */
		const struct trace_frame *frames;
		struct err e = ERR_INIT, of_stack = ERR_INIT;
		const char *s;
		size_t n = 0;

		if (text_get_string(r, id, &s, &n, &e) > 0 && n > 0)
			must(id > 0 && s >= (char *)r->strings.at &&
				s + n <= (char *)r->strings.at + r->strings.n);
		if (text_get_stack(r, id, &frames, &n, &of_stack) > 0)
			must(n <= TEXT_MAX_FRAMES);
	}
	text_reader_clear(r);
	mem_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct err e = ERR_INIT, of_meta = ERR_INIT;
	struct store *st;
	struct meta m;

	mem_set_cap(MEMORY_CAP);
	st = store_create(STORE_IN_MEMORY, &e);
	must(st != NULL);
	fill(st, bytes, n);
	check_tables(st);
	check_text(st);
	if (meta_get(st, &m, &of_meta) < 0)
		m = (struct meta){
			.span_ns = INT64_C(1) << 40, .levels = tile_levels(INT64_C(1) << 40)};
	check_ranges(st, &m);
	check_landmarks(st, &m);
	check_tasks(st, &m);
	store_close(st);
	must(mem_used() == 0);
	return 0;
}

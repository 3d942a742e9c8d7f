/* slab_test.c - slabs: what is read is what was added, whatever the events; damage is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/slab_reader.h"
#include "tiles/slabs.h"
#include "tiles/store.h"

#define N_EVENTS 20000
#define ok(call) assert_true((call) >= 0)

static uint64_t seed;

static uint64_t any(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % below;
}

/* What was added, with the times that it was given, and what that meant for groups. */
struct wrote {
	struct slab_event ev;
	struct slab_change change;
};

static struct wrote wrote[N_EVENTS];

/* A small machine: goroutines that run on procs, which threads hold. Its events come as interval.c
 * tells them, but for some that come as they like. */
struct machine {
	struct slab_writer w;
	struct buf slabs[256];
	unsigned n_slabs, per_slab;
	uint64_t ticks, next_g;
	uint32_t n_g, n_p, n_m, n_blocks, wild; /* one event in `wild` is any */
	uint64_t g_of[512];
	uint32_t thread_of[16], row_on[16]; /* by proc: + 1, 0 none */
	unsigned n;
};

static void seal(struct machine *x)
{
	struct err e = ERR_INIT;

	if (slab_is_empty(&x->w))
		return;
	ok(slab_seal(&x->w, &x->slabs[x->n_slabs], &e));
	x->n_slabs++;
}

static void add(struct machine *x, enum view view, uint32_t row, struct chunk_event ev)
{
	struct wrote *to = &wrote[x->n];
	struct err e = ERR_INIT;

	if (x->n == N_EVENTS)
		return;
	ev.ticks = x->ticks;
	to->ev = (struct slab_event){.ev = ev, .row = row, .view = (uint8_t)view};
	if (x->w.n_records >= x->per_slab || slab_is_full(&x->w))
		seal(x);
	while (view == VIEW_G && x->n_blocks <= row / BLOCK_ROWS) {
		ok(slab_add_block(&x->w, x->n_blocks / 2, x->ticks, &e));
		x->n_blocks++;
	}
	ok(slab_add(&x->w, &to->ev, &to->change, &e));
	x->n++;
}

static struct chunk_event state_of(unsigned state)
{
	return (struct chunk_event){.kind = CHUNK_STATE, .state = (uint8_t)state};
}

static void lane(
	struct machine *x, enum view view, uint32_t row, unsigned state, uint64_t g, uint32_t other)
{
	struct chunk_event ev = state_of(state);

	ev.g = g;
	if (view == VIEW_P)
		ev.m = other;
	else
		ev.p = other;
	add(x, view, row, ev);
}

static void run_on(struct machine *x, uint32_t row, uint32_t p)
{
	struct chunk_event ev = state_of(STATE_RUNNING);
	uint32_t m = x->thread_of[p];

	ev.p = p + 1;
	ev.m = m;
	add(x, VIEW_G, row, ev);
	lane(x, VIEW_P, p, STATE_RUNNING, x->g_of[row], m);
	lane(x, VIEW_M, m - 1, STATE_RUNNING, x->g_of[row], p + 1);
	x->row_on[p] = row + 1;
}

static void leave(struct machine *x, uint32_t p, unsigned state)
{
	uint32_t row = x->row_on[p] - 1, m = x->thread_of[p];
	struct chunk_event ev = state_of(state);

	ev.stack = (uint32_t)any(90);
	ev.reason = (uint32_t)any(9);
	if (state == STATE_NONE) {
		ev = (struct chunk_event){.kind = CHUNK_GONE};
		x->g_of[row] = 0;
	}
	add(x, VIEW_G, row, ev);
	lane(x, VIEW_P, p, STATE_OTHER, 0, m);
	lane(x, VIEW_M, m - 1, STATE_OTHER, 0, p + 1);
	x->row_on[p] = 0;
}

static void wake(struct machine *x, uint32_t row, uint32_t p)
{
	struct chunk_event ev = state_of(STATE_RUNNABLE);

	ev.g = x->row_on[p] ? x->g_of[x->row_on[p] - 1] : any(3) ? 0 : any(1000);
	ev.p = p + 1;
	ev.stack = (uint32_t)any(90);
	add(x, VIEW_G, row, ev);
}

static void bear(struct machine *x, uint32_t row, uint32_t p)
{
	struct chunk_event ev = {.kind = CHUNK_BORN, .stack = 7};

	x->g_of[row] = ev.g = ++x->next_g;
	ev.g2 = x->row_on[p] ? x->g_of[x->row_on[p] - 1] : 0;
	ev.p = p + 1;
	add(x, VIEW_G, row, ev);
	ev.kind = CHUNK_STATE;
	ev.state = STATE_RUNNABLE;
	ev.g = ev.g2;
	add(x, VIEW_G, row, ev);
}

/* Anything at all, in any field. */
static void wild(struct machine *x)
{
	enum view view = (enum view)any(3);
	struct chunk_event ev = {.corr_ns = any(3) ? 0 : (int64_t)any(100000) - 500,
		.g = any(2) ? any(UINT64_MAX) : any(50),
		.reason = (uint32_t)any(UINT32_MAX),
		.stack = (uint32_t)any(UINT32_MAX),
		.p = (uint32_t)any(any(20) ? 20 : UINT32_MAX),
		.m = (uint32_t)any(20),
		.kind = (uint8_t)any(view == VIEW_G ? 4 : 1)};

	if (any(4) == 0) {
		ev.kind = CHUNK_MARK;
		ev.mark = (uint8_t)any(N_MARKS);
		ev.text = (uint32_t)any(70);
		ev.text2 = (uint32_t)any(70);
		ev.task = any(UINT64_MAX);
	} else if (ev.kind == CHUNK_STATE) {
		ev.state = (uint8_t)any(N_STATES);
	} else if (ev.kind == CHUNK_BORN) {
		ev.g2 = any(90);
	}
	x->ticks -= any(8) ? 0 : any(400);
	add(x, view, (uint32_t)any(view == VIEW_G ? x->n_g : view == VIEW_P ? x->n_p : 40), ev);
}

static void step(struct machine *x)
{
	uint32_t p = (uint32_t)any(x->n_p), row = (uint32_t)any(x->n_g);

	x->ticks += any(60);
	if (x->wild && any(x->wild) == 0) {
		wild(x);
	} else if (!x->thread_of[p]) {
		x->thread_of[p] = p + 1;
		lane(x, VIEW_P, p, STATE_OTHER, 0, p + 1);
		lane(x, VIEW_M, p, STATE_OTHER, 0, p + 1);
	} else if (x->row_on[p] && any(3)) {
		leave(x, p, any(9) ? (unsigned)(STATE_RUNNABLE + any(6)) : STATE_NONE);
	} else if (!x->g_of[row]) {
		bear(x, row, p);
	} else if (!x->row_on[p]) {
		run_on(x, row, p);
	} else {
		wake(x, row, p);
	}
}

static void machine_make(struct machine *x, uint64_t number, double rate)
{
	memset(x, 0, sizeof(*x));
	memset(wrote, 0, sizeof(wrote));
	seed = number * 0x9e3779b97f4a7c15u + 1;
	x->n_p = 1 + (uint32_t)any(16);
	x->n_g = 1 + (uint32_t)any(number % 3 ? 512 : 8);
	x->wild = number % 4 == 0 ? 0 : number % 4 == 1 ? 2 : 50;
	x->per_slab = (unsigned)(100 + any(number % 2 ? 500 : 5000));
	x->ticks = 1000000;
	slab_writer_init(&x->w, rate);
	while (x->n < N_EVENTS)
		step(x);
	seal(x);
	assert_true(x->n_slabs < 256);
}

static void machine_clear(struct machine *x)
{
	for (unsigned i = 0; i < x->n_slabs; i++)
		buf_clear(&x->slabs[i]);
	slab_writer_clear(&x->w);
}

/* As the row's columns have it. */
static void assert_event(const struct slab_event *got, const struct slab_event *want)
{
	const struct chunk_event *a = &got->ev, *b = &want->ev;
	unsigned columns = chunk_columns((enum view)want->view, b->kind, b->state);
	bool is_mark = b->kind == CHUNK_MARK;

	assert_int_equal(got->view, want->view);
	assert_int_equal(got->row, want->row);
	assert_true(a->ticks == b->ticks && a->corr_ns == b->corr_ns);
	assert_true(a->kind == b->kind && a->row == b->row && a->mark == (is_mark ? b->mark : 0));
	assert_true(a->state == (b->kind == CHUNK_STATE ? b->state : 0));
	assert_true(a->g == (columns & COLUMN_G ? b->g : 0));
	assert_true(a->g2 == (b->kind == CHUNK_BORN ? b->g2 : 0));
	assert_true(a->stack == (columns & COLUMN_STACK ? b->stack : 0));
	assert_true(a->reason == (columns & COLUMN_REASON ? b->reason : 0));
	assert_true(a->p == (columns & COLUMN_P ? b->p : 0));
	assert_true(a->m == (columns & COLUMN_M ? b->m : 0));
	if (is_mark && b->mark == MARK_LOG)
		assert_true(a->text == b->text && a->text2 == b->text2 && a->task == b->task);
}

static void assert_change(const struct slab_change *a, const struct slab_change *b)
{
	assert_true(a->left == b->left && a->entered == b->entered);
	if (a->left != a->entered)
		assert_true(a->ticks == b->ticks && a->group == b->group);
}

static void test_events_come_back(void **state)
{
	static struct machine x;

	(void)state;
	for (uint64_t number = 1; number <= 24; number++) {
		struct slab_rows rows = {0};
		struct slab_reader r = {0};
		struct err e = ERR_INIT;
		unsigned n = 0;

		machine_make(&x, number, number % 2 ? 1.0 : 15.625);
		for (unsigned i = 0; i < x.n_slabs; i++) {
			struct slab_change change;
			struct slab_event ev;

			ok(slab_open(&r, &rows, x.slabs[i].at, x.slabs[i].n, &e));
			while (slab_next(&r, &ev, &change, &e) > 0) {
				assert_event(&ev, &wrote[n].ev);
				assert_change(&change, &wrote[n].change);
				n++;
			}
			assert_int_equal(e.kind, ERR_NONE);
		}
		assert_int_equal(n, N_EVENTS);
		slab_reader_clear(&r);
		slab_rows_clear(&rows);
		machine_clear(&x);
	}
}

/* From any slab that has rows, and by moves alone. */
static void test_moves_are_those_of_the_events(void **state)
{
	static struct machine x;
	unsigned n_starts = 0;

	(void)state;
	for (uint64_t number = 30; number < 42; number++) {
		struct slab_rows whole = {0}, moved = {0};
		struct slab_reader r = {0}, q = {0};
		struct err e = ERR_INIT;
		uint32_t age;

		machine_make(&x, number, 64.0);
		for (unsigned i = 0; i < x.n_slabs; i++) {
			struct slab_change change, changes[1 + SLAB_ENTAILED];
			struct slab_move moves[1 + SLAB_ENTAILED];
			struct slab_event ev;
			int n;

			ok(slab_age(x.slabs[i].at, x.slabs[i].n, &age, &e));
			n_starts += age == 0;
			ok(slab_open(&r, &whole, x.slabs[i].at, x.slabs[i].n, &e));
			ok(slab_open(&q, &moved, x.slabs[i].at, x.slabs[i].n, &e));
			while ((n = slab_next_moves(&q, moves, changes, &e)) > 0)
				for (int k = 0; k < n; k++) {
					assert_int_equal(slab_next(&r, &ev, &change, &e), 1);
					assert_true(
						ev.view == moves[k].view && ev.row == moves[k].row);
					assert_true(ev.ev.ticks == moves[k].ticks &&
						ev.ev.kind == moves[k].kind);
					if (ev.ev.kind == CHUNK_STATE)
						assert_int_equal(ev.ev.state, moves[k].state);
					if (ev.ev.kind == CHUNK_BORN)
						assert_true(ev.ev.g == moves[k].g);
					assert_change(&changes[k], &change);
				}
			assert_int_equal(n, 0);
			assert_int_equal(slab_next(&r, &ev, &change, &e), 0);
		}
		slab_reader_clear(&r);
		slab_reader_clear(&q);
		slab_rows_clear(&whole);
		slab_rows_clear(&moved);
		machine_clear(&x);
	}
	assert_true(n_starts > 24);
}

/* Nearly all events follow from others: that is what slabs are small by. */
static void test_what_is_entailed_takes_no_room(void **state)
{
	static struct machine x;
	size_t n_records = 0;

	(void)state;
	machine_make(&x, 4, 1.0);
	for (unsigned i = 0; i < x.n_slabs; i++)
		n_records += x.slabs[i].at[8] | (size_t)x.slabs[i].at[9] << 8;
	assert_in_range(n_records, N_EVENTS / 4, N_EVENTS * 6 / 10);
	machine_clear(&x);
}

static void read_damaged(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1); /* so that a byte too far is seen */
	struct slab_change change[1 + SLAB_ENTAILED];
	struct slab_move moves[1 + SLAB_ENTAILED];
	struct slab_rows rows = {.ns_per_tick = 1.0};
	struct slab_reader r = {0};
	struct err e = ERR_INIT;
	struct slab_event ev;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	if (slab_open(&r, &rows, copy, n, &e) == 0)
		while (slab_next(&r, &ev, change, &e) > 0)
			;
	else
		assert_int_equal(e.kind, ERR_DAMAGED);
	if (slab_open(&r, &rows, copy, n, &e) == 0)
		while (slab_next_moves(&r, moves, change, &e) > 0)
			;
	slab_reader_clear(&r);
	slab_rows_clear(&rows);
	free(copy);
}

static void test_damage_is_told(void **state)
{
	static struct machine x;
	struct buf *slab;

	(void)state;
	for (uint64_t number = 50; number < 53; number++) {
		machine_make(&x, number, 1.0);
		slab = &x.slabs[0];
		for (size_t n = 0; n < slab->n; n += 1 + n / 60)
			read_damaged(slab->at, n);
		for (unsigned i = 0; i < 3000; i++) {
			size_t at = any(slab->n);
			uint8_t was = slab->at[at];

			slab->at[at] = (uint8_t)any(256);
			read_damaged(slab->at, slab->n);
			if (any(8))
				slab->at[at] = was;
		}
		machine_clear(&x);
	}
}

/* Slabs asked for in any order, one of them damaged, another missing: whatever fails is told, and what
 * was told before is told again. */
static void test_a_damaged_slab_spoils_no_other(void **state)
{
	static struct machine x;
	unsigned n_told = 0;

	(void)state;
	for (uint64_t number = 80; number < 110; number++) {
		struct store *st;
		struct slabs *slabs;
		struct err e = ERR_INIT;
		size_t n_bytes[256];
		unsigned bad, missing;

		machine_make(&x, number, 1.0);
		memset(n_bytes, 0xff, sizeof(n_bytes));
		bad = (unsigned)any(x.n_slabs);
		missing = (unsigned)any(3 * x.n_slabs);
		for (unsigned i = 0; i < 4; i++)
			x.slabs[bad].at[any(x.slabs[bad].n)] = (uint8_t)any(256);
		st = store_create(STORE_IN_MEMORY, &e);
		slabs = slabs_create(st, &e);
		assert_non_null(slabs);
		for (unsigned i = 0; i < x.n_slabs; i++)
			if (i != missing)
				ok(store_put_plain(st, blob_id(BLOB_SLAB, i), x.slabs[i].at,
					x.slabs[i].n, &e));
		for (unsigned i = 0; i < 200; i++) {
			unsigned at = (unsigned)any(x.n_slabs);
			struct err why = ERR_INIT;
			struct slab_change change;
			struct slab_event ev;
			struct slice slice;

			if (any(2)) {
				if (slabs_slice(slabs, at, VIEW_G, 0, &slice, &why) == 0) {
					assert_true(n_bytes[at] == SIZE_MAX ||
						n_bytes[at] == slice.n_bytes);
					n_bytes[at] = slice.n_bytes;
				}
			} else if (slabs_seek(slabs, at, &why) == 0) {
				for (uint64_t n = any(2000); n > 0; n--)
					if (slabs_next(slabs, &ev, &change, &why) <= 0)
						break;
			}
			assert_true(why.kind == ERR_NONE || why.kind == ERR_DAMAGED);
			n_told += why.kind == ERR_DAMAGED;
		}
		slabs_destroy(slabs);
		store_close(st);
		machine_clear(&x);
	}
	assert_true(n_told > 100);
}

/* A new rate: what is open keeps its T, and its clock to one tick. */
static void test_a_new_rate_keeps_times(void **state)
{
	struct slab_rows rows = {.ns_per_tick = 64.0};
	struct slab_event ev = {.ev = {.ticks = 1000003, .kind = CHUNK_STATE, .state = STATE_OTHER},
		.view = VIEW_P};
	const struct chunk_head *h;
	struct err e = ERR_INIT;

	(void)state;
	ok(slab_rows_add(&rows, VIEW_P, 0, &e));
	slab_rows_apply(&rows, &ev);
	slab_rows_set_rate(&rows, 41.66);
	h = &rows.view[VIEW_P].at[0].head;
	assert_true(chunk_clock(h->ticks, 41.66) + h->corr_ns == 64 * 1000003);
	assert_in_range(chunk_clock(h->ticks, 41.66), 64 * 1000003, 64 * 1000003 + 42);
	slab_rows_clear(&rows);
}

static void test_failed_allocations_are_errors(void **state)
{
	static struct machine x;

	(void)state;
	machine_make(&x, 60, 1.0);
	for (long n = 1; n < 40; n++) {
		struct slab_rows rows = {0};
		struct slab_reader r = {0};
		struct slab_change change;
		struct err e = ERR_INIT;
		struct slab_event ev;
		int rc;

		mem_fail_nth(n, 0);
		rc = slab_open(&r, &rows, x.slabs[0].at, x.slabs[0].n, &e);
		while (rc >= 0 && (rc = slab_next(&r, &ev, &change, &e)) > 0)
			;
		assert_int_equal(rc < 0, mem_calls() >= n);
		mem_fail_nth(0, 0);
		assert_int_equal(e.kind, rc < 0 ? ERR_MEMORY : ERR_NONE);
		slab_reader_clear(&r);
		slab_rows_clear(&rows);
	}
	machine_clear(&x);
	assert_int_equal(mem_used(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_come_back),
		cmocka_unit_test(test_moves_are_those_of_the_events),
		cmocka_unit_test(test_what_is_entailed_takes_no_room),
		cmocka_unit_test(test_damage_is_told),
		cmocka_unit_test(test_a_damaged_slab_spoils_no_other),
		cmocka_unit_test(test_a_new_rate_keeps_times),
		cmocka_unit_test(test_failed_allocations_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* chunk_test.c - chunks: round trips, time that never steps back and damage. */
#include "tests/unit/tile_scene.h"

#include "tiles/chunk_reader.h"

static uint64_t seed = 88172645463325252u;

static uint64_t any(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % below;
}

/* What a reader must give back for it. */
static struct chunk_event stripped(enum view view, const struct chunk_event *ev)
{
	unsigned columns = chunk_columns(view, ev->kind, ev->state);
	struct chunk_event out = {
		.ticks = ev->ticks, .corr_ns = ev->corr_ns, .row = ev->row, .kind = ev->kind};

	out.reason = columns & COLUMN_REASON ? ev->reason : 0;
	out.stack = columns & COLUMN_STACK ? ev->stack : 0;
	out.g = columns & COLUMN_G ? ev->g : 0;
	out.p = columns & COLUMN_P ? ev->p : 0;
	out.m = columns & COLUMN_M ? ev->m : 0;
	if (ev->kind == CHUNK_STATE)
		out.state = ev->state;
	if (ev->kind == CHUNK_BORN)
		out.g2 = ev->g2;
	if (ev->kind == CHUNK_MARK) {
		out.mark = ev->mark;
		out.text = ev->mark == MARK_SAMPLE ? 0 : ev->text;
		out.text2 = ev->mark == MARK_LOG ? ev->text2 : 0;
		if (ev->mark == MARK_LOG || ev->mark == MARK_REGION_BEGIN ||
			ev->mark == MARK_REGION_END)
			out.task = ev->task;
	}
	return out;
}

static struct chunk_event any_event(uint64_t *ticks, unsigned n_rows)
{
	struct chunk_event ev = {.row = (uint8_t)any(n_rows), .kind = (uint8_t)any(4)};

	*ticks += any(1000);
	ev.ticks = any(20) ? *ticks : *ticks - any(500);
	ev.corr_ns = any(8) ? 0 : (int64_t)any(1u << 20) - (1 << 19);
	ev.g = any(2) ? any(1000) : any(UINT64_MAX);
	ev.g2 = any(50);
	ev.task = any(UINT64_MAX);
	ev.reason = (uint32_t)any(20);
	ev.stack = (uint32_t)any(UINT32_MAX);
	ev.text = (uint32_t)any(UINT32_MAX);
	ev.text2 = (uint32_t)any(99);
	ev.p = (uint32_t)any(9);
	ev.m = (uint32_t)any(9);
	ev.state = ev.kind == CHUNK_STATE ? (uint8_t)any(N_STATES) : 0;
	ev.mark = ev.kind == CHUNK_MARK ? (uint8_t)any(N_MARKS) : 0;
	return ev;
}

static void assert_event(const struct chunk_event *a, const struct chunk_event *b)
{
	assert_true(a->ticks == b->ticks && a->corr_ns == b->corr_ns && a->g == b->g &&
		a->g2 == b->g2 && a->task == b->task && a->reason == b->reason &&
		a->stack == b->stack && a->text == b->text && a->text2 == b->text2 &&
		a->p == b->p && a->m == b->m && a->row == b->row && a->kind == b->kind &&
		a->state == b->state && a->mark == b->mark);
}

static void assert_head(const struct chunk_head *a, const struct chunk_head *b)
{
	assert_true(a->corr_ns == b->corr_ns && a->g == b->g && a->occupant == b->occupant &&
		a->born_ticks == b->born_ticks && a->reason == b->reason && a->stack == b->stack &&
		a->p == b->p && a->m == b->m && a->state == b->state);
}

static void read_back(const struct buf *bytes, const struct chunk_event *wrote, uint32_t n,
	struct chunk_head *head)
{
	static struct chunk_reader r;
	struct chunk_event ev;
	struct err e = ERR_INIT;

	ok(chunk_open(&r, bytes->at, bytes->n, &e));
	assert_int_equal(r.n_events, n);
	for (unsigned i = 0; i < r.n_rows; i++)
		assert_head(&r.head[i], &head[i]);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(chunk_next(&r, &ev, &e), 1);
		assert_event(&ev, &wrote[i]);
		chunk_head_apply(&head[ev.row], &ev);
	}
	assert_int_equal(chunk_next(&r, &ev, &e), 0);
	for (unsigned i = 0; i < r.n_rows; i++)
		assert_head(&r.head[i], &head[i]);
}

static void test_events_come_back_as_they_were_put(void **state)
{
	static struct chunk_event wrote[CHUNK_EVENTS];
	struct chunk_pool pool = {0};
	struct buf bytes = {0};
	struct err e = ERR_INIT;

	(void)state;
	for (unsigned view = VIEW_P; view <= VIEW_G; view++) {
		struct chunk_head head[BLOCK_ROWS] = {0};
		uint64_t ticks = 1000000, last[BLOCK_ROWS] = {0};
		struct chunk_writer w;
		struct chunk_span span;

		chunk_writer_init(&w, &pool, (enum view)view, 5, 64.0);
		for (unsigned chunk = 0; chunk < 6; chunk++) {
			uint32_t n = chunk == 2 ? CHUNK_EVENTS : 1 + (uint32_t)any(600);

			for (uint32_t i = 0; i < n; i++) {
				struct chunk_event ev = any_event(&ticks, chunk < 3 ? 7 : 32);

				ok(chunk_add(&w, &ev, &e));
				wrote[i] = stripped((enum view)view, &ev);
				if (ev.ticks < last[ev.row]) { /* T stays */
					wrote[i].corr_ns -= 64 * (int64_t)(last[ev.row] - ev.ticks);
					wrote[i].ticks = last[ev.row];
				}
				last[ev.row] = wrote[i].ticks;
			}
			assert_int_equal(chunk_is_full(&w), n == CHUNK_EVENTS);
			bytes.n = 0;
			ok(chunk_seal(&w, &bytes, &span, &e));
			assert_int_equal(span.n_events, n);
			read_back(&bytes, wrote, n, head);
		}
		chunk_writer_clear(&w);
	}
	chunk_pool_clear(&pool);
	buf_clear(&bytes);
}

static void test_groups_come_back_as_they_were_put(void **state)
{
	static struct group_event wrote[CHUNK_EVENTS];
	static struct chunk_reader r;
	uint64_t alive[BLOCK_ROWS][N_STATES] = {0}, ticks = 500;
	struct chunk_pool pool = {0};
	struct chunk_writer w;
	struct chunk_span span;
	struct buf bytes = {0};
	struct err e = ERR_INIT;
	struct group_event ev;

	(void)state;
	chunk_writer_init(&w, &pool, VIEW_F, 0, 1.0);
	for (unsigned chunk = 0; chunk < 4; chunk++) {
		for (unsigned i = 0; i < 1000; i++) {
			ev = (struct group_event){
				.ticks = ticks += any(9), .row = (uint8_t)any(20)};
			ev.left = (uint8_t)any(N_STATES);
			ev.entered = (uint8_t)(1 + any(N_STATES - 1));
			if (ev.left && alive[ev.row][ev.left] == 0)
				ev.left = 0;
			if (ev.left)
				alive[ev.row][ev.left]--;
			alive[ev.row][ev.entered]++;
			ok(chunk_add_group(&w, &ev, &e));
			wrote[i] = ev;
		}
		bytes.n = 0;
		ok(chunk_seal(&w, &bytes, &span, &e));
		ok(chunk_open(&r, bytes.at, bytes.n, &e));
		for (unsigned i = 0; i < 1000; i++) {
			assert_int_equal(chunk_next_group(&r, &ev, &e), 1);
			assert_true(ev.ticks == wrote[i].ticks && ev.row == wrote[i].row &&
				ev.left == wrote[i].left && ev.entered == wrote[i].entered);
		}
		assert_int_equal(chunk_next_group(&r, &ev, &e), 0);
		assert_memory_equal(r.alive, alive, sizeof(alive));
	}
	chunk_writer_clear(&w);
	chunk_pool_clear(&pool);
	buf_clear(&bytes);
}

static int read_all(const uint8_t *data, size_t n)
{
	static struct chunk_reader r;
	static int64_t t[COUNTER_SAMPLES];
	static uint64_t value[COUNTER_SAMPLES];
	uint8_t *copy = malloc(n ? n : 1);
	struct chunk_event ev;
	struct group_event group;
	int rc;

	memcpy(copy, data, n);
	rc = chunk_open(&r, copy, n, NULL);
	if (rc == 0 && r.view == VIEW_C)
		rc = chunk_read_counter(&r, t, value, NULL);
	else if (rc == 0 && r.view == VIEW_F)
		while ((rc = chunk_next_group(&r, &group, NULL)) > 0)
			;
	else if (rc == 0)
		while ((rc = chunk_next(&r, &ev, NULL)) > 0)
			;
	free(copy);
	return rc;
}

static void damage(struct tile_reader *r, enum view view)
{
	struct buf b = {0};
	struct err e = ERR_INIT;

	ok(tile_get_chunk_plain(r, view, 0, 0, &b, &e));
	assert_int_equal(read_all(b.at, b.n), 0);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(read_all(b.at, n), -1);
	for (unsigned i = 0; i < 3000; i++) {
		size_t at = any(any(2) ? b.n : b.n < 200 ? b.n : 200);
		uint8_t was = b.at[at];

		b.at[at] = (uint8_t)any(256);
		read_all(b.at, b.n); /* any answer, but no crash */
		b.at[at] = was;
	}
	buf_clear(&b);
}

static void test_damaged_chunks_are_refused(void **state)
{
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s;

	(void)state;
	scene_make(&s, STORE_IN_MEMORY, 3, 700, 9, 64.0);
	r = tile_reader_create(s.st, &e);
	for (unsigned v = VIEW_P; v <= VIEW_F; v++)
		damage(r, (enum view)v);
	tile_reader_destroy(r);
	scene_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_come_back_as_they_were_put),
		cmocka_unit_test(test_groups_come_back_as_they_were_put),
		cmocka_unit_test(test_damaged_chunks_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* snapshot_test.c - a forked process goes on with a copy of a store, and the store with itself. */
#include "tests/unit/tile_scene.h"

#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tiles/partials.h"
#include "tiles/snapshot.h"
#include "tiles/store.h"

#define N_BEFORE 300 /* blobs that a snapshot has of the ingest, ... */
#define N_AFTER  200 /* ... and that the ingest puts later */
#define N_OWN    50  /* what the snapshot adds */

static char folder[64], path[128], part[128];
static unsigned n_told;

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/snapshot_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/trace.tiles", folder);
	snprintf(part, sizeof(part), "%s/part", folder);
	n_told = 0;
	return 0;
}

static size_t each_file(bool removes)
{
	char pattern[160];
	glob_t found;
	size_t n = 0;

	snprintf(pattern, sizeof(pattern), "%s/*", folder);
	if (glob(pattern, 0, NULL, &found) == 0) {
		n = found.gl_pathc;
		for (size_t i = 0; removes && i < n; i++)
			unlink(found.gl_pathv[i]);
	}
	globfree(&found);
	return n;
}

static int remove_folder(void **state)
{
	(void)state;
	each_file(true);
	return rmdir(folder);
}

/* Blob `i` of either process: of a size and content that depend on it. */
static void put(struct store *st, unsigned i)
{
	struct err e = ERR_INIT;
	uint8_t bytes[3000];
	size_t n = 1 + i * 37 % sizeof(bytes);

	memset(bytes, (int)(i % 251), n);
	if (store_put(st, blob_id(BLOB_SLAB, i), bytes, n, &e) < 0)
		fail_msg("%s", e.msg);
}

static void check(const char *name, unsigned n_first, unsigned own)
{
	struct err e = ERR_INIT;
	struct store *st = store_open(name, &e);
	struct buf out = {0};

	assert_non_null(st);
	assert_int_equal(store_check(st, &e), 0);
	for (unsigned i = 0; i < n_first + N_AFTER; i++) {
		int found = store_get(st, blob_id(BLOB_SLAB, i), &out, &e);

		assert_int_equal(found, i < n_first);
		if (found)
			assert_int_equal(out.n, 1 + i * 37 % 3000);
	}
	for (unsigned i = 0; i < own; i++)
		assert_int_equal(store_get(st, blob_id(BLOB_SLAB, 10000 + i), &out, &e), 1);
	buf_clear(&out);
	store_close(st);
}

/* In the process of a snapshot: what an ingest does at its end. */
static int finish(void *context, struct err *e)
{
	for (unsigned i = 0; i < N_OWN; i++)
		put(context, 10000 + i);
	return store_publish(context, e);
}

static int finish_badly(void *context, struct err *e)
{
	put(context, 10000);
	return err_set(e, ERR_IO, -1, "Cannot go on");
}

static int never_finish(void *context, struct err *e)
{
	(void)context;
	while (pause() < 0)
		;
	return err_set(e, ERR_INTERNAL, -1, "Cannot be");
}

static void published(void *context, unsigned number)
{
	(void)context;
	assert_int_equal(number, ++n_told);
}

static const struct snapshot_options options = {.path = part, .published = published};

/* Until the process under way has ended. */
static void wait_end(struct snapshots *s)
{
	while (s->pid) {
		usleep(1000);
		snapshots_look(s, 0, 100);
	}
}

/* A store of N_BEFORE + N_AFTER blobs, with a snapshot between them or without. */
static void ingest(const char *name, struct snapshots *s, unsigned at)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(name, &e);

	assert_non_null(st);
	for (unsigned i = 0; i < N_BEFORE + N_AFTER; i++) {
		if (s && i == at)
			snapshots_take(s, st, finish, st);
		put(st, i);
	}
	if (s)
		wait_end(s);
	assert_int_equal(store_begin(st, &e), 0);
	assert_int_equal(store_publish(st, &e), 0);
	store_close(st);
}

static bool is_same(const char *a, const char *b)
{
	FILE *x = fopen(a, "rb"), *y = fopen(b, "rb");
	int c = 0, d = 0;

	assert_non_null(x);
	assert_non_null(y);
	while (c == d && c != EOF) {
		c = getc(x);
		d = getc(y);
	}
	fclose(x);
	fclose(y);
	return c == d;
}

static void snapshot_has_what_was_put_before_it(void **state)
{
	struct snapshots s;
	char plain[160];

	(void)state;
	snprintf(plain, sizeof(plain), "%s/plain.tiles", folder);
	snapshots_init(&s, &options);
	ingest(path, &s, N_BEFORE);
	ingest(plain, NULL, 0);
	assert_int_equal(n_told, 1);
	check(part, N_BEFORE, N_OWN);
	check(path, N_BEFORE + N_AFTER, 0);
	assert_true(is_same(path, plain));
	ingest(path, &s, 10); /* a second one in place of the first */
	assert_int_equal(n_told, 2);
	check(part, 10, N_OWN);
	snapshots_clear(&s);
	assert_int_equal(each_file(false), 3);
}

static void failing_snapshot_leaves_nothing(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(path, &e);
	struct snapshots s;

	(void)state;
	assert_non_null(st);
	snapshots_init(&s, &options);
	put(st, 1);
	snapshots_take(&s, st, finish_badly, st);
	assert_true(s.pid > 0);
	wait_end(&s);
	assert_int_equal(n_told, 0);
	assert_int_equal(each_file(false), 1); /* the store that is written */
	snapshots_take(&s, st, never_finish, st);
	assert_int_equal(each_file(false), 2);
	snapshots_clear(&s);
	assert_int_equal(each_file(false), 1);
	put(st, 2);
	assert_int_equal(store_publish(st, &e), 0);
	store_close(st);
	assert_int_equal(each_file(false), 1);
}

static void killed_snapshot_is_swept(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(path, &e);
	struct snapshots s;

	(void)state;
	assert_non_null(st);
	snapshots_init(&s, &options);
	put(st, 1);
	snapshots_take(&s, st, never_finish, st);
	assert_int_equal(partials_remove(path), 0); /* both are held */
	store_copy_clear(&s.copy, false);
	assert_int_equal(partials_remove(path), 0); /* by the process, too */
	kill(s.pid, SIGKILL);
	wait_end(&s);
	assert_int_equal(partials_remove(path), 1);
	store_close(st);
	assert_int_equal(each_file(false), 0);
}

static void store_in_memory_and_late_copies_are_refused(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = store_create(STORE_IN_MEMORY, &e);
	struct store_copy copy;
	struct snapshots s;

	(void)state;
	assert_int_equal(store_copy_make(st, part, &copy, &e), -1);
	store_close(st);
	st = store_create(path, &e);
	assert_int_equal(store_begin(st, &e), 0);
	snapshots_init(&s, &options);
	snapshots_take(&s, st, finish, st);
	assert_int_equal(s.pid, 0);
	assert_false(snapshots_look(&s, 0, 100));
	store_close(st);
	assert_int_equal(each_file(false), 0);
}

static void none_is_due_in_the_last_tenth(void **state)
{
	static const struct snapshot_options none = {0};
	struct snapshots s;

	(void)state;
	snapshots_init(&s, &none);
	s.next_ns = 0;
	assert_false(snapshots_look(&s, 10, 100));
	snapshots_init(&s, &options);
	assert_false(snapshots_look(&s, 7, 100)); /* it has just begun */
	s.next_ns = 0;
	assert_true(snapshots_look(&s, 7, -1)); /* nobody knows how long it is */
	assert_true(snapshots_look(&s, 89, 100));
	assert_false(snapshots_look(&s, 90, 100));
}

/* Whatever each takes: a fifth of the next one is new, and one runs half of the time at most. */
static void each_adds_a_fifth_and_all_are_bounded(void **state)
{
	const int64_t second = 1000000000;

	(void)state;
	for (int64_t share = 0; share <= 200;
		share += 10) { /* of the time read so far, in percent */
		int64_t begun = second, ran = 0;

		for (unsigned i = 0; i < 20 && begun < 100000 * second; i++) {
			int64_t done = begun + begun / 100 * share;
			int64_t due = snapshots_due(0, begun, done);

			assert_true(due >= begun + begun / 4);
			assert_true(due - begun <= begun / 4 + 1 || due - done <= done - begun);
			ran += done - begun;
			begun = due;
			assert_true(2 * ran <= begun);
		}
	}
	assert_true(snapshots_due(0, 0, 1) >= second / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			snapshot_has_what_was_put_before_it, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			failing_snapshot_leaves_nothing, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			killed_snapshot_is_swept, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			store_in_memory_and_late_copies_are_refused, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			none_is_due_in_the_last_tenth, make_folder, remove_folder),
		cmocka_unit_test(each_adds_a_fifth_and_all_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* store_test.c - the file: nothing before publish, the same bytes each time, foreign files refused. */
#include "tests/unit/tile_scene.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tiles/partials.h"
#include "tiles/pyramid.h"
#include "tiles/tile_codec.h"

static char folder[64];
static char path[128];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/store_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/a trace #1?%%.tsc", folder);
	return 0;
}

static int remove_folder(void **state)
{
	char pattern[160];
	glob_t found;

	(void)state;
	snprintf(pattern, sizeof(pattern), "%s/*", folder);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	globfree(&found);
	return rmdir(folder);
}

static size_t n_files(void)
{
	char pattern[160];
	glob_t found;
	size_t n;

	snprintf(pattern, sizeof(pattern), "%s/*", folder);
	n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	globfree(&found);
	return n;
}

static struct store *filled(struct err *e)
{
	struct store *st = store_create(path, e);
	char data[1000];

	scene_ok(st != NULL, e, __LINE__);
	for (int64_t i = 0; i < 300; i++) {
		memset(data, (int)i, sizeof(data));
		assert_int_equal(
			store_put(st, blob_id(BLOB_SLAB, (uint64_t)i), data, (size_t)(3 * i), e),
			0);
	}
	return st;
}

static void test_nothing_is_there_before_publish(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = filled(&e);
	struct stat info;

	(void)state;
	assert_int_equal(stat(path, &info), -1);
	assert_int_equal(n_files(), 1);
	assert_int_equal(partials_remove(path), 0); /* still written to */
	store_close(st);
	assert_int_equal(n_files(), 0);

	st = filled(&e);
	ok(store_publish(st, &e));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(store_bytes(st), info.st_size);
	store_close(st);
	assert_int_equal(n_files(), 1);
}

static void test_blobs_come_back_as_they_were_put(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = filled(&e);
	struct buf b = {0};
	int64_t found;

	(void)state;
	ok(store_put_plain(st, blob_id(BLOB_STRINGS, 7), "hello", 5, &e));
	ok(store_publish(st, &e));
	store_close(st);
	st = store_open(path, &e);
	scene_ok(st != NULL, &e, __LINE__);
	for (int64_t i = 0; i < 300; i++) {
		assert_int_equal(store_get(st, blob_id(BLOB_SLAB, (uint64_t)i), &b, &e), 1);
		assert_int_equal(b.n, 3 * i);
		if (b.n)
			assert_true(b.at[0] == (uint8_t)i && b.at[b.n - 1] == (uint8_t)i);
	}
	assert_int_equal(store_get(st, blob_id(BLOB_SLAB, 300), &b, &e), 0);
	assert_int_equal(store_get_plain(st, blob_id(BLOB_STRINGS, 7), &b, &e), 1);
	assert_memory_equal(b.at, "hello", 5);
	assert_int_equal(store_find_last(st, blob_id(BLOB_STRINGS, 0), blob_id(BLOB_STRINGS, 99),
				 &found, &e),
		1);
	assert_true(found == blob_id(BLOB_STRINGS, 7));
	assert_int_equal(
		store_find_last(st, blob_id(BLOB_STRINGS, 0), blob_id(BLOB_STRINGS, 6), &found, &e),
		0);
	ok(store_check(st, &e));
	assert_int_equal(store_get_plain(st, blob_id(BLOB_SLAB, 9), &b, &e), -1); /* no frame */
	assert_int_equal(e.kind, ERR_DAMAGED);
	store_close(st);
	buf_clear(&b);
}

static void test_left_overs_are_removed(void **state)
{
	char name[256];
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "%s.partial.0123456789abcdef", path);
	fd = open(name, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_int_equal(partials_remove(path), 1);
	assert_int_equal(n_files(), 0);
}

static void overwrite(long at, const void *data, size_t n)
{
	FILE *f = fopen(path, "r+b");

	fseek(f, at, SEEK_SET);
	fwrite(data, 1, n, f);
	fclose(f);
}

static enum err_kind open_fails_with(void)
{
	struct err e = ERR_INIT;
	struct store *st = store_open(path, &e);

	if (st)
		store_close(st);
	return e.kind;
}

static void test_foreign_files_are_refused(void **state)
{
	struct err e = ERR_INIT;
	struct store *st;

	(void)state;
	assert_int_equal(open_fails_with(), ERR_NOT_FOUND);
	st = filled(&e);
	ok(store_publish(st, &e));
	store_close(st);
	assert_int_equal(open_fails_with(), ERR_NONE);
	overwrite(60, "\0\0\0\7", 4); /* user_version */
	assert_int_equal(open_fails_with(), ERR_VERSION);
	overwrite(68, "\1\1\1\1", 4); /* application_id */
	assert_int_equal(open_fails_with(), ERR_FORMAT);
	overwrite(0, "go 1.22 trace\0\0\0", 16);
	assert_int_equal(open_fails_with(), ERR_FORMAT);
}

static void test_a_changed_byte_is_found(void **state)
{
	struct err e = ERR_INIT;
	struct store *st = filled(&e);

	(void)state;
	ok(store_publish(st, &e));
	store_close(st);
	overwrite(16 * 4096 - 10, "x", 1);
	st = store_open(path, &e);
	scene_ok(st != NULL, &e, __LINE__);
	assert_int_equal(store_check(st, &e), -1);
	assert_int_equal(e.kind, ERR_DAMAGED);
	store_close(st);
}

static char *whole_file(size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *data = malloc(64 << 20);

	*n = fread(data, 1, 64 << 20, f);
	fclose(f);
	return data;
}

static void test_same_trace_same_file(void **state)
{
	static const struct pyramid_options none;
	size_t n[2];
	char *data[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct err e = ERR_INIT;
		struct scene s;

		scene_make(&s, path, 7, 300000, 9, 64.0);
		ok(pyramid_build(s.st, NULL, &none, &e));
		ok(store_publish(s.st, &e));
		scene_clear(&s);
		data[i] = whole_file(&n[i]);
	}
	assert_int_equal(n[0], n[1]);
	assert_memory_equal(data[0], data[1], n[0]);
	free(data[0]);
	free(data[1]);
}

/* Every page of a store damaged in turn: an answer or an error, and never a crash. */
static void test_damaged_stores_do_not_crash(void **state)
{
	struct err e = ERR_INIT;
	struct scene s;
	size_t n;
	char *data;

	(void)state;
	scene_make(&s, path, 9, 20000, 9, 64.0);
	ok(store_publish(s.st, &e));
	scene_clear(&s);
	data = whole_file(&n);
	for (unsigned i = 0; i < 150; i++) {
		size_t at = (size_t)(i * 7919u * 131u) % n;
		struct err why = ERR_INIT;
		struct buf b = {0};
		struct store *st;
		struct tile_reader *r;

		overwrite((long)at, "\x5a\xff\xff\xff\x01\x80", n - at < 6 ? n - at : 6);
		st = store_open(path, &why);
		r = st ? tile_reader_create(st, &why) : NULL;
		for (unsigned v = 0; r && v < N_VIEWS; v++) {
			struct tile_key key = {.view = (uint8_t)v, .k = 10};

			tile_get(r, key, &b, NULL);
		}
		tile_reader_destroy(r);
		store_close(st);
		buf_clear(&b);
		overwrite((long)at, data + at, n - at < 6 ? n - at : 6);
	}
	free(data);
}

static void test_frames_are_bounded(void **state)
{
	struct codec c = {0};
	struct buf frame = {0}, plain = {0};
	struct err e = ERR_INIT, why = ERR_INIT;
	char *zeros = calloc(1, 20 << 20);

	(void)state;
	ok(codec_compress(&c, zeros, 20 << 20, &frame, &e));
	ok(codec_decompress(&c, frame.at, frame.n, 20 << 20, &plain, &e));
	assert_int_equal(plain.n, 20 << 20);
	/* Frame header descriptor: content size there, checksum; window byte: exponent <= 13 = 8 MiB. */
	assert_true(frame.at[4] & 4 && (frame.at[4] & 32 || (frame.at[5] >> 3) <= 13));
	assert_int_equal(codec_decompress(&c, frame.at, frame.n, (20 << 20) - 1, &plain, &why), -1);
	assert_int_equal(why.kind, ERR_LIMIT);
	for (size_t n = 0; n < frame.n; n++) {
		uint8_t *copy = malloc(n ? n : 1);

		memcpy(copy, frame.at, n);
		assert_int_equal(codec_decompress(&c, copy, n, 20 << 20, &plain, NULL), -1);
		free(copy);
	}
	assert_int_equal(buf_append(&frame, "x", 1), 0); /* junk behind */
	assert_int_equal(codec_decompress(&c, frame.at, frame.n, 20 << 20, &plain, NULL), -1);
	free(zeros);
	buf_clear(&frame);
	buf_clear(&plain);
	codec_clear(&c);
}

/* Every truncation of a tile is refused, without a byte read behind its end. */
static void test_truncated_tiles_are_refused(void **state)
{
	struct tile_key key = {.view = VIEW_G, .k = 4};
	struct hist h = {0};
	struct buf b = {0};
	struct err e = ERR_INIT;
	struct tile_view v;

	(void)state;
	hist_reset(&h, 0, 4);
	ok(hist_enter(&h, 3, STATE_RUNNING, 100, &e));
	hist_leave(&h, 3, STATE_RUNNING, 1, 900);
	assert_non_null(hist_mark(&h, 31, STATE_SYNC, 4000, &e));
	ok(tile_encode_hist(key, &h, &b, &e));
	ok(tile_decode(b.at, b.n, &v, &e));
	for (size_t n = 0; n < b.n; n++) {
		uint8_t *copy = malloc(n ? n : 1);

		memcpy(copy, b.at, n);
		assert_int_equal(tile_decode(copy, n, &v, NULL), -1);
		free(copy);
	}
	hist_clear(&h);
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_nothing_is_there_before_publish, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			test_blobs_come_back_as_they_were_put, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			test_left_overs_are_removed, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			test_foreign_files_are_refused, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			test_a_changed_byte_is_found, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			test_same_trace_same_file, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			test_damaged_stores_do_not_crash, make_folder, remove_folder),
		cmocka_unit_test(test_frames_are_bounded),
		cmocka_unit_test(test_truncated_tiles_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* cache_room_test.c: what was used longest ago goes first; what is kept, held, or no store, stays. */
#include "server/cache_room.h"

#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "parser/base/log.h"
#include "tiles/tile_key.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR);
	strcpy(folder, "/tmp/cache_room_test.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char pattern[80];
	glob_t found;

	(void)state;
	snprintf(pattern, sizeof(pattern), "%s/*", folder);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	globfree(&found);
	return rmdir(folder);
}

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* The store of the trace whose id is this digit only. */
static const char *store_name(char digit, int version)
{
	static char name[80];
	char id[33];

	memset(id, digit, 32);
	id[32] = '\0';
	snprintf(name, sizeof(name), "%s.v%d.tiles", id, version);
	return name;
}

static void put(const char *name, long bytes, long used_s)
{
	const struct timespec t[2] = {{.tv_sec = used_s}, {.tv_nsec = UTIME_NOW}};
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, bytes), 0);
	assert_int_equal(futimens(fd, t), 0);
	close(fd);
}

static void put_store(char digit, long bytes, long used_s)
{
	put(store_name(digit, TILE_VERSION), bytes, used_s);
}

static bool is_there(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

static bool has_store(char digit)
{
	return is_there(store_name(digit, TILE_VERSION));
}

static bool is_kept(void *context, const char *id)
{
	return id[0] == *(const char *)context;
}

static size_t make(int64_t most, int64_t bytes, const char *kept)
{
	const struct cache_room room = {folder, most, is_kept, (void *)(uintptr_t)kept};

	return cache_room_make(&room, bytes);
}

static void test_oldest_first(void **state)
{
	(void)state;
	put_store('a', 100, 3000);
	put_store('b', 100, 1000);
	put_store('c', 100, 2000);
	assert_int_equal(make(300, 0, ""), 0);
	assert_int_equal(make(300, 100, ""), 1);
	assert_false(has_store('b'));
	assert_int_equal(make(300, 300, ""), 2);
	assert_int_equal(make(300, 300, ""), 0);
}

static void test_no_bound(void **state)
{
	(void)state;
	put_store('a', 1000, 1);
	assert_int_equal(make(0, INT64_MAX, ""), 0);
	assert_true(has_store('a'));
}

/* A trace larger than all there may be is read all the same. */
static void test_more_than_there_is(void **state)
{
	(void)state;
	put_store('a', 1000, 1);
	assert_int_equal(make(100, INT64_MAX, ""), 1);
}

static void test_kept(void **state)
{
	(void)state;
	put_store('a', 100, 1000);
	put_store('b', 100, 2000);
	assert_int_equal(make(100, 0, "a"), 1);
	assert_true(has_store('a'));
	assert_int_equal(make(50, 0, "a"), 0);
}

/* To use a store is to hold it, and makes it the one used last. */
static void test_held(void **state)
{
	int one, two;

	(void)state;
	put_store('a', 100, 1000);
	put_store('b', 100, 2000);
	one = cache_room_hold(path_of(store_name('a', TILE_VERSION)));
	two = cache_room_hold(path_of(store_name('a', TILE_VERSION)));
	assert_true(one >= 0 && two >= 0);
	close(one);
	assert_int_equal(make(50, 0, ""), 1);
	assert_true(has_store('a'));
	close(two);
	put_store('c', 100, 2000);
	assert_int_equal(make(100, 0, ""), 1);
	assert_true(has_store('a'));
	assert_int_equal(make(50, 0, ""), 1);
	assert_int_equal(cache_room_hold(path_of(store_name('a', TILE_VERSION))), -1);
}

static void test_only_stores(void **state)
{
	static const char *const others[] = {"notes.txt",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.v3.tiles.new",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.v3.tiles.new.partial.1",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.v03.tiles",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.v3.tiles", "aaaa.v3.tiles"};
	const size_t n = sizeof(others) / sizeof(others[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		put(others[i], 1000, 1);
	assert_int_equal(make(1, 0, ""), 0);
	for (size_t i = 0; i < n; i++)
		assert_true(is_there(others[i]));
}

/* Those of older versions count; the name stays until that of this version goes. */
static void test_versions(void **state)
{
	static const char name[] = "dddddddddddddddddddddddddddddddd.name";

	(void)state;
	put(store_name('d', 1), 100, 1000);
	put_store('d', 100, 2000);
	put(name, 5, 1000);
	assert_int_equal(make(100, 0, ""), 1);
	assert_true(has_store('d') && is_there(name));
	assert_int_equal(make(50, 0, ""), 1);
	assert_false(is_there(name));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_oldest_first), TEST(test_no_bound),
		TEST(test_more_than_there_is), TEST(test_kept), TEST(test_held),
		TEST(test_only_stores), TEST(test_versions)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tile_cache_test.c: bounded by bytes, the oldest goes first, what is sent outlives it. */
#include "server/tile_cache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "parser/base/mem.h"
#include "server/blob.h"
#include "server/reply.h"

#define N_BYTES 1000
#define ROOM(n) ((size_t)(n) * (N_BYTES + BLOB_ATTACHED_BYTES + 400)) /* for about n answers */

static struct reply reply_of(int fill)
{
	struct reply r = {.status = 200};
	char bytes[N_BYTES];

	memset(bytes, fill, sizeof(bytes));
	r.body = blob_copy(bytes, sizeof(bytes));
	assert_non_null(r.body);
	return r;
}

static void put(struct tile_cache *c, int number)
{
	struct reply r = reply_of(number);
	char key[16];

	snprintf(key, sizeof(key), "%d", number);
	tile_cache_put(c, key, strlen(key), &r);
	reply_clear(&r);
}

static bool has(struct tile_cache *c, int number)
{
	struct reply r = {0};
	char key[16];
	bool found;

	snprintf(key, sizeof(key), "%d", number);
	found = tile_cache_get(c, key, strlen(key), &r);
	if (found)
		assert_int_equal(r.body->bytes[N_BYTES - 1], (unsigned char)number);
	reply_clear(&r);
	return found;
}

static void test_bounded_by_bytes(void **state)
{
	struct tile_cache *c = tile_cache_create(ROOM(8));
	struct tile_cache_stats s;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		put(c, i);
		tile_cache_stats(c, &s);
		assert_true(s.bytes <= ROOM(8));
	}
	assert_true(s.entries >= 5 && s.entries < 10);
	assert_true(has(c, 99));
	assert_false(has(c, 0));
	tile_cache_destroy(c);
}

static void test_least_recently_used_goes(void **state)
{
	struct tile_cache *c = tile_cache_create(ROOM(8));
	int i;

	(void)state;
	put(c, 1);
	for (i = 2; i < 50; i++) {
		assert_true(has(c, 1)); /* used: stays */
		put(c, i);
	}
	assert_false(has(c, 2));
	tile_cache_destroy(c);
}

static void test_answer_outlives_its_entry(void **state)
{
	struct tile_cache *c = tile_cache_create(ROOM(8));
	struct reply r = {0};
	int i;

	(void)state;
	put(c, 7);
	assert_true(tile_cache_get(c, "7", 1, &r));
	for (i = 100; i < 150; i++)
		put(c, i);
	assert_false(has(c, 7));
	tile_cache_destroy(c);
	assert_int_equal(r.body->bytes[0], 7);
	reply_clear(&r);
}

static void test_too_large_is_not_kept(void **state)
{
	struct tile_cache *c = tile_cache_create(N_BYTES * 2);

	(void)state;
	put(c, 1);
	assert_false(has(c, 1));
	tile_cache_destroy(c);
}

static atomic_int n_detached;

static void detach(void *thing)
{
	(void)thing;
	atomic_fetch_add(&n_detached, 1);
}

/* What is attached to a body is one thing, goes with the body, and no sooner than who uses it. */
static void test_attached_goes_with_the_body(void **state)
{
	struct tile_cache *c = tile_cache_create(ROOM(8));
	struct reply r = {0};
	int things[2];
	void *first = &things[0], *second = &things[1];

	(void)state;
	put(c, 7);
	assert_true(tile_cache_get(c, "7", 1, &r));
	assert_null(blob_attached(r.body));
	blob_attach(r.body, &first, detach);
	assert_ptr_equal(blob_attached(r.body), &things[0]);
	blob_attach(r.body, &second, detach); /* two at once: the first stays */
	assert_ptr_equal(second, &things[0]);
	assert_int_equal(atomic_load(&n_detached), 1);
	tile_cache_destroy(c);
	assert_int_equal(atomic_load(&n_detached), 1);
	assert_ptr_equal(blob_attached(r.body), &things[0]);
	reply_clear(&r);
	assert_int_equal(atomic_load(&n_detached), 2);
}

static void *use(void *cls)
{
	int i;

	for (i = 0; i < 2000; i++) {
		if (!has(cls, i % 23))
			put(cls, i % 23);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct tile_cache *c = tile_cache_create(ROOM(16));
	pthread_t threads[4];
	size_t used = mem_used();
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use, c), 0);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	tile_cache_destroy(c);
	assert_true(mem_used() < used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounded_by_bytes),
		cmocka_unit_test(test_least_recently_used_goes),
		cmocka_unit_test(test_answer_outlives_its_entry),
		cmocka_unit_test(test_too_large_is_not_kept),
		cmocka_unit_test(test_attached_goes_with_the_body),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

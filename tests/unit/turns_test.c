/* turns_test.c: an answer that lacks memory waits for one that has it, is tried once more, and no more. */
#include "server/turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "parser/base/err.h"
#include "server/call.h"
#include "server/reply.h"
#include "server/workers.h"

static struct turns turns;
static struct workers *pool; /* what work asks whether to stop */
static atomic_bool is_taken; /* all of the memory, by one answer */
static atomic_bool goes_on;  /* that answer may end */
static atomic_int n_runs, n_rests;

static void rest(struct call *c)
{
	(void)c;
	atomic_fetch_add(&n_rests, 1);
}

static void take_all(struct call *c)
{
	(void)c;
	atomic_store(&is_taken, true);
	while (!atomic_load(&goes_on))
		usleep(1000);
	atomic_store(&is_taken, false);
}

/* Lets the other one end when it has failed first. */
static void need_some(struct call *c)
{
	atomic_fetch_add(&n_runs, 1);
	c->reply->lacks_memory = atomic_load(&is_taken);
	atomic_store(&goes_on, true);
}

static void need_much(struct call *c)
{
	atomic_fetch_add(&n_runs, 1);
	c->reply->lacks_memory = true;
}

static void run(void (*handler)(struct call *c), struct reply *r, int64_t limit_ns)
{
	struct work w = {.deadline_ns = work_now_ns() + limit_ns, .pool = pool};
	struct call c = {.work = &w, .reply = r};

	turns_run(&turns, handler, rest, &c);
}

static void *run_take_all(void *arg)
{
	struct reply r = {0};

	(void)arg;
	run(take_all, &r, INT64_C(60000000000));
	return NULL;
}

static int begin(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	turns_init(&turns);
	pool = workers_create(1, 1, NULL, NULL, &e);
	atomic_store(&is_taken, false);
	atomic_store(&goes_on, false);
	atomic_store(&n_runs, 0);
	atomic_store(&n_rests, 0);
	return pool ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(turns.n_made, 0);
	turns_clear(&turns);
	workers_stop(pool);
	workers_destroy(pool);
	return 0;
}

/* Another answer, which has taken all memory by now. */
static pthread_t begin_other(void)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run_take_all, NULL), 0);
	while (!atomic_load(&is_taken))
		usleep(1000);
	return thread;
}

static void test_waits_for_the_other(void **state)
{
	struct reply r = {0};
	pthread_t thread = begin_other();

	(void)state;
	run(need_some, &r, INT64_C(60000000000));
	assert_false(r.lacks_memory);
	assert_int_equal(atomic_load(&n_runs), 2);
	pthread_join(thread, NULL);
	assert_int_equal(atomic_load(&n_rests), 3);
}

static void test_alone_is_told_at_once(void **state)
{
	struct reply r = {0};

	(void)state;
	run(need_much, &r, INT64_C(60000000000));
	assert_true(r.lacks_memory);
	assert_int_equal(atomic_load(&n_runs), 1);
}

static void test_is_tried_once_more_only(void **state)
{
	struct reply r = {0};
	pthread_t thread = begin_other();

	(void)state;
	run(need_much, &r, INT64_C(60000000000)); /* waits for as long as one waits */
	assert_true(r.lacks_memory);
	assert_int_equal(atomic_load(&n_runs), 2);
	atomic_store(&goes_on, true);
	pthread_join(thread, NULL);
}

static void *run_need_much(void *arg)
{
	struct reply r = {0};

	(void)arg;
	for (int i = 0; i < 20; i++)
		run(need_much, &r, INT64_C(60000000000));
	return NULL;
}

/* Those that fail by each other end all the same. */
static void test_failing_by_each_other(void **state)
{
	pthread_t threads[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_need_much, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_in_range(atomic_load(&n_runs), 80, 160);
}

/* Whose time is over does not wait. */
static void test_late_is_told(void **state)
{
	struct reply r = {0};
	pthread_t thread = begin_other();

	(void)state;
	run(need_much, &r, -1);
	assert_true(r.lacks_memory);
	assert_int_equal(atomic_load(&n_runs), 1);
	atomic_store(&goes_on, true);
	pthread_join(thread, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_waits_for_the_other),
		TEST(test_alone_is_told_at_once), TEST(test_is_tried_once_more_only),
		TEST(test_failing_by_each_other), TEST(test_late_is_told)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

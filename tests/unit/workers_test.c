/* workers_test.c: each work runs once, also when it is late or the pool stops. */
#include "server/workers.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "parser/base/err.h"

#define N_WORK 500

struct task {
	struct work work; /* first */
	atomic_int *gate; /* NULL, or: run until it is 1 or the work must stop */
	atomic_int runs, was_stopped, was_ready;
};

static void run_task(struct work *w, unsigned worker)
{
	const struct timespec tick = {0, 1000000};
	struct task *t = (struct task *)w;

	(void)worker;
	assert_int_equal(atomic_load(&t->was_ready), 1);
	while (t->gate && !atomic_load(t->gate) && !work_must_stop(w))
		nanosleep(&tick, NULL);
	atomic_store(&t->was_stopped, work_must_stop(w));
	atomic_fetch_add(&t->runs, 1);
}

static void make_ready(struct work *w)
{
	atomic_store(&((struct task *)w)->was_ready, 1);
}

static bool push(struct workers *p, struct task *t, atomic_int *gate, int64_t limit_ns)
{
	memset(t, 0, sizeof(*t));
	t->gate = gate;
	t->work.run = run_task;
	t->work.deadline_ns = work_now_ns() + limit_ns;
	return workers_push(p, &t->work, make_ready);
}

static void count_closed(void *cls, unsigned worker)
{
	(void)worker;
	atomic_fetch_add((atomic_int *)cls, 1);
}

static void test_each_runs_once(void **state)
{
	static struct task tasks[N_WORK];
	atomic_int closed = 0;
	struct err e = ERR_INIT;
	struct workers *p = workers_create(4, N_WORK, count_closed, &closed, &e);
	int i;

	(void)state;
	assert_non_null(p);
	for (i = 0; i < N_WORK; i++)
		assert_true(push(p, &tasks[i], NULL, INT64_C(60000000000)));
	workers_stop(p);
	for (i = 0; i < N_WORK; i++)
		assert_int_equal(atomic_load(&tasks[i].runs), 1);
	assert_int_equal(atomic_load(&closed), 4);
	assert_false(push(p, &tasks[0], NULL, 1));
	workers_destroy(p);
}

static void test_full_queue_refuses(void **state)
{
	static struct task tasks[8];
	atomic_int gate = 0;
	struct err e = ERR_INIT;
	struct workers *p = workers_create(1, 2, NULL, NULL, &e);
	int i, taken = 0;

	(void)state;
	for (i = 0; i < 8; i++) {
		bool is_taken = push(p, &tasks[i], &gate, INT64_C(60000000000));

		assert_int_equal(atomic_load(&tasks[i].was_ready), is_taken);
		taken += is_taken;
	}
	assert_in_range(taken, 2, 3); /* two wait, one may run */
	atomic_store(&gate, 1);
	workers_stop(p);
	workers_destroy(p);
}

static void test_deadline_and_stop(void **state)
{
	static struct task late, endless, queued;
	atomic_int never = 0;
	struct err e = ERR_INIT;
	struct workers *p = workers_create(1, 8, NULL, NULL, &e);
	int64_t begun = work_now_ns();

	(void)state;
	assert_true(push(p, &late, &never, 20000000));
	assert_true(push(p, &endless, &never, INT64_C(60000000000)));
	assert_true(push(p, &queued, &never, INT64_C(60000000000)));
	while (!atomic_load(&late.runs))
		sched_yield();
	workers_stop(p);
	assert_true(atomic_load(&late.was_stopped));
	assert_true(atomic_load(&endless.was_stopped));
	assert_int_equal(atomic_load(&queued.runs), 1);
	assert_true(work_now_ns() - begun < INT64_C(30000000000));
	workers_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_runs_once),
		cmocka_unit_test(test_full_queue_refuses),
		cmocka_unit_test(test_deadline_and_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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
	atomic_int runs, was_stopped, was_ready, is_gone;
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

static void prepare(struct task *t, atomic_int *gate, int64_t limit_ns)
{
	memset(t, 0, sizeof(*t));
	t->gate = gate;
	t->work.run = run_task;
	t->work.deadline_ns = work_now_ns() + limit_ns;
}

static bool push(struct workers *p, struct task *t, atomic_int *gate, int64_t limit_ns)
{
	prepare(t, gate, limit_ns);
	return workers_push(p, &t->work, make_ready);
}

static bool push_long(struct workers *p, struct task *t, atomic_int *gate)
{
	prepare(t, gate, INT64_C(60000000000));
	t->work.is_long = true;
	return workers_push(p, &t->work, make_ready);
}

/* Until it ran; nothing here takes long but what is stuck. */
static void wait_run(struct task *t)
{
	const struct timespec tick = {0, 1000000};
	int64_t end = work_now_ns() + INT64_C(20000000000);

	while (!atomic_load(&t->runs) && work_now_ns() < end)
		nanosleep(&tick, NULL);
	assert_int_equal(atomic_load(&t->runs), 1);
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

/* Long work fills all threads but one and half the queue; short work goes on as if it were not there. */
static void test_long_work_leaves_room(void **state)
{
	static struct task longs[16], shorts[6];
	atomic_int gate = 0;
	struct err e = ERR_INIT;
	struct workers *p = workers_create(3, 8, NULL, NULL, &e);
	int i, taken = 0;

	(void)state;
	for (i = 0; i < 16; i++)
		taken += push_long(p, &longs[i], &gate);
	assert_in_range(taken, 4, 6); /* four wait, two may run */
	for (i = 0; i < 6; i++) {
		assert_true(push(p, &shorts[i], NULL, INT64_C(60000000000)));
		wait_run(&shorts[i]);
	}
	for (i = 0; i < 16; i++)
		assert_int_equal(atomic_load(&longs[i].runs), 0);
	atomic_store(&gate, 1);
	workers_stop(p);
	for (i = 0; i < 16; i++)
		assert_int_equal(atomic_load(&longs[i].runs), atomic_load(&longs[i].was_ready));
	workers_destroy(p);
}

/* One thread alone takes all, in the order it came. */
static void test_one_thread_takes_all(void **state)
{
	static struct task tasks[6];
	atomic_int gate = 1;
	struct err e = ERR_INIT;
	struct workers *p = workers_create(1, 12, NULL, NULL, &e);
	int i;

	(void)state;
	for (i = 0; i < 6; i++)
		assert_true(i % 2 ? push_long(p, &tasks[i], &gate)
				  : push(p, &tasks[i], &gate, INT64_C(60000000000)));
	for (i = 0; i < 6; i++)
		wait_run(&tasks[i]);
	for (i = 1; i < 6; i++)
		assert_true(tasks[i - 1].work.turn < tasks[i].work.turn);
	workers_stop(p);
	workers_destroy(p);
}

static bool is_gone(struct work *w)
{
	return atomic_load(&((struct task *)w)->is_gone);
}

/* Work that nobody waits for any more frees its thread, and is not begun where it still waits. */
static void test_unwanted_work_ends(void **state)
{
	static struct task running, waiting, next;
	atomic_int never = 0;
	struct err e = ERR_INIT;
	struct workers *p = workers_create(1, 8, NULL, NULL, &e);

	(void)state;
	prepare(&running, &never, INT64_C(60000000000));
	prepare(&waiting, &never, INT64_C(60000000000));
	running.work.is_unwanted = waiting.work.is_unwanted = is_gone;
	assert_true(workers_push(p, &running.work, make_ready));
	assert_true(workers_push(p, &waiting.work, make_ready));
	assert_true(push(p, &next, NULL, INT64_C(60000000000)));
	atomic_store(&waiting.is_gone, 1);
	assert_int_equal(atomic_load(&running.runs) + atomic_load(&next.runs), 0);
	atomic_store(&running.is_gone, 1);
	wait_run(&next);
	assert_true(atomic_load(&running.was_stopped) && atomic_load(&waiting.was_stopped));
	assert_false(atomic_load(&next.was_stopped));
	workers_stop(p);
	workers_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_runs_once),
		cmocka_unit_test(test_full_queue_refuses),
		cmocka_unit_test(test_deadline_and_stop),
		cmocka_unit_test(test_long_work_leaves_room),
		cmocka_unit_test(test_one_thread_takes_all),
		cmocka_unit_test(test_unwanted_work_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

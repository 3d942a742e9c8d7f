#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>

#include "parser/ahead.h"
#include "parser/base/crew.h"
#include "parser/base/mem.h"
#include "parser/limits.h"

static const struct limits limits = LIMITS_DEFAULT;

/* A reader of `n` generations, the last of them followed by the end or by an error. */
struct script {
	uint64_t n, at;
	bool fails;
	struct generation *before;
};

static int read_script(void *context, struct generation *g, struct err *e)
{
	struct script *s = context;

	assert_ptr_not_equal(g, s->before);
	s->before = g;
	if (s->at < s->n) {
		g->number = ++s->at;
		return 1;
	}
	return s->fails ? err_set(e, ERR_DAMAGED, 42, "Cannot read on") : 0;
}

struct hand {
	pthread_t thread;
	void (*task)(void *arg);
	void *arg;
};

static void *hand_main(void *arg)
{
	struct hand *h = arg;

	h->task(h->arg);
	return NULL;
}

static void *start(void *context, void (*task)(void *arg), void *arg)
{
	struct hand *h = context;

	h->task = task;
	h->arg = arg;
	assert_int_equal(pthread_create(&h->thread, NULL, hand_main, h), 0);
	return h;
}

static void join(void *context, void *thread)
{
	struct hand *h = thread;

	assert_ptr_equal(context, thread);
	pthread_join(h->thread, NULL);
}

static void *start_none(void *context, void (*task)(void *arg), void *arg)
{
	(void)context;
	(void)task;
	(void)arg;
	return NULL;
}

static void take_all(struct ahead *a, const struct script *s)
{
	struct err e = ERR_INIT;
	struct generation *g;
	uint64_t i;

	for (i = 1; i <= s->n; i++) {
		assert_int_equal(ahead_next(a, &g, &e), 1);
		assert_int_equal(g->number, i);
	}
	assert_int_equal(ahead_next(a, &g, &e), s->fails ? -1 : 0);
	assert_int_equal(e.kind, s->fails ? ERR_DAMAGED : ERR_NONE);
	assert_int_equal(e.offset, s->fails ? 42 : -1);
}

static void test_generations_come_in_order_and_then_the_end(void **state)
{
	uint64_t n;

	(void)state;
	for (n = 0; n < 6; n++) {
		struct script s = {.n = n, .fails = n % 2 == 1};
		struct hand h;
		const struct crew crew = {.start = start, .join = join, .context = &h};
		struct ahead a;

		ahead_init(&a, &limits, read_script, &s);
		ahead_start(&a, &crew);
		take_all(&a, &s);
		ahead_clear(&a);
	}
	assert_int_equal(mem_used(), 0);
}

static void test_stops_at_any_time(void **state)
{
	uint64_t taken, i;

	(void)state;
	for (taken = 0; taken < 4; taken++) {
		struct script s = {.n = 5};
		struct hand h;
		const struct crew crew = {.start = start, .join = join, .context = &h};
		struct err e = ERR_INIT;
		struct generation *g;
		struct ahead a;

		ahead_init(&a, &limits, read_script, &s);
		ahead_start(&a, &crew);
		for (i = 0; i < taken; i++)
			assert_int_equal(ahead_next(&a, &g, &e), 1);
		ahead_clear(&a);
		assert_true(s.at >= taken && s.at <= taken + 1);
	}
}

static int read_in_place(void *context, struct generation *g, struct err *e)
{
	struct script *s = context;

	s->before = NULL;
	return read_script(context, g, e);
}

static void test_reads_by_itself_where_there_is_no_thread(void **state)
{
	const struct crew none = {.start = start_none, .join = join};
	struct script s = {.n = 3, .fails = true};
	struct ahead a;

	(void)state;
	ahead_init(&a, &limits, read_in_place, &s);
	ahead_start(&a, &none);
	take_all(&a, &s);
	ahead_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generations_come_in_order_and_then_the_end),
		cmocka_unit_test(test_stops_at_any_time),
		cmocka_unit_test(test_reads_by_itself_where_there_is_no_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

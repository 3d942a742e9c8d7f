#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/event_text.h"
#include "parser/event.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "trace_writer.h"

enum { P_RUN = 1, P_IDLE_ = 2, P_SYS = 3, P_LOST = 4 }; /* status numbers of the format */
enum { G_RUNNABLE_ = 1, G_RUN = 2, G_SYS = 3, G_WAIT = 4 };

static struct limits limits = LIMITS_DEFAULT; /* strict, see main() */

/* All events of what was written, as text; *e holds how it ended. */
static char *events_of(const struct trace_writer *w, const struct limits *lim, struct err *e)
{
	struct source *src = source_open_memory(w->bytes, w->n, e);
	struct trace *tr = src ? trace_open(src, lim, e) : NULL;
	struct text text = {0};
	char *copy;
	struct event ev;

	while (tr && trace_next(tr, &ev, e) > 0) {
		if (event_text_write(tr, &ev, &text) < 0) {
			err_set(e, ERR_MEMORY, -1, "text");
			break;
		}
	}
	copy = calloc(1, text.len + 1);
	assert_non_null(copy);
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	text_clear(&text);
	trace_close(tr);
	source_close(src);
	assert_int_equal(mem_used(), 0);
	return copy;
}

static void expect(const struct trace_writer *w, const char *want, enum err_kind kind)
{
	struct err e = ERR_INIT;
	char *got = events_of(w, &limits, &e);

	assert_string_equal(got, want);
	assert_int_equal(e.kind, kind);
	free(got);
}

static void finish(struct trace_writer *w)
{
	tw_clock(w, 26, 1, 1000000000);
	tw_end_generation(w);
}

#define SYNC "M=-1 P=-1 G=-1 Sync Time=1 N=1 Trace=1 Mono=5 Wall=2023-11-14T22:13:20.5Z\n"

/* Thread 2's clock is behind: its GoStart stands before the GoUnblock that allows it. */
static void test_sequence_numbers_beat_clocks(void **state)
{
	struct trace_writer w = {0};

	(void)state;
	tw_header(&w, 26);
	tw_batch(&w, 1, 1, 100);
	TW(&w, EV_PROC_STATUS, 0, 0, P_RUN);
	TW(&w, EV_GO_STATUS, 0, 10, 1, G_RUN);
	TW(&w, EV_GO_STATUS, 0, 11, UINT64_MAX, G_WAIT);
	TW(&w, EV_GO_UNBLOCK, 50, 11, 1, 0);
	tw_end(&w);
	tw_batch(&w, 1, 2, 100);
	TW(&w, EV_PROC_STATUS, 1, 1, P_RUN);
	TW(&w, EV_GO_START, 9, 11, 2);
	tw_end(&w);
	finish(&w);
	expect(&w,
		SYNC
		"M=1 P=-1 G=-1 StateTransition Time=100 ProcID=0 Undetermined->Running "
		"Reason=\"\"\n"
		"M=1 P=0 G=-1 StateTransition Time=101 GoID=10 Undetermined->Running Reason=\"\"\n"
		"M=1 P=0 G=10 StateTransition Time=102 GoID=11 Undetermined->Waiting Reason=\"\"\n"
		"M=2 P=-1 G=-1 StateTransition Time=103 ProcID=1 Undetermined->Running "
		"Reason=\"\"\n"
		"M=1 P=0 G=10 StateTransition Time=150 GoID=11 Waiting->Runnable Reason=\"\"\n"
		"M=2 P=1 G=-1 StateTransition Time=151 GoID=11 Runnable->Running Reason=\"\"\n"
		"M=-1 P=-1 G=-1 Sync Time=152 N=2\n",
		ERR_NONE);
	tw_clear(&w);
}

/* A stolen P: the thread in the system call may only come back after the steal. */
static void test_syscall_end_waits_for_the_steal(void **state)
{
	struct trace_writer w = {0};

	(void)state;
	tw_header(&w, 26);
	tw_batch(&w, 1, 1, 100);
	TW(&w, EV_PROC_STATUS, 0, 0, P_RUN);
	TW(&w, EV_GO_STATUS, 0, 10, 1, G_RUN);
	TW(&w, EV_GO_SYSCALL_BEGIN, 1, 1, 0);
	TW(&w, EV_GO_SYSCALL_END_BLOCKED, 1);
	tw_end(&w);
	tw_batch(&w, 1, 2, 200);
	TW(&w, EV_PROC_STEAL, 0, 0, 2, 1);
	TW(&w, EV_PROC_START, 0, 0, 3);
	tw_end(&w);
	finish(&w);
	expect(&w,
		SYNC
		"M=1 P=-1 G=-1 StateTransition Time=100 ProcID=0 Undetermined->Running "
		"Reason=\"\"\n"
		"M=1 P=0 G=-1 StateTransition Time=101 GoID=10 Undetermined->Running Reason=\"\"\n"
		"M=1 P=0 G=10 StateTransition Time=102 GoID=10 Running->Syscall Reason=\"\"\n"
		"M=2 P=-1 G=-1 StateTransition Time=200 ProcID=0 Running->Idle Reason=\"\"\n"
		"M=1 P=-1 G=10 StateTransition Time=201 GoID=10 Syscall->Runnable Reason=\"\"\n"
		"M=2 P=-1 G=-1 StateTransition Time=202 ProcID=0 Idle->Running Reason=\"\"\n"
		"M=-1 P=-1 G=-1 Sync Time=203 N=2\n",
		ERR_NONE);
	tw_clear(&w);
}

/* GoSwitch is three events; strings, stacks and a CPU sample on the way. */
static void test_switch_gives_three_events_and_samples_fall_between(void **state)
{
	struct trace_writer w = {0};

	(void)state;
	tw_header(&w, 26);
	tw_batch(&w, 1, 1, 100);
	TW(&w, EV_PROC_STATUS, 0, 0, P_RUN);
	TW(&w, EV_GO_STATUS, 0, 10, 1, G_RUN);
	TW(&w, EV_GO_CREATE_BLOCKED, 5, 11, 1, 0);
	TW(&w, EV_GO_SWITCH, 10, 11, 1);
	TW(&w, EV_GO_BLOCK, 5, 2, 1);
	tw_end(&w);
	tw_batch(&w, 1, 1, 90);
	tw_byte(&w, EV_STRINGS);
	tw_string(&w, 1, "main.f");
	tw_string(&w, 2, "chan \"receive\"");
	tw_string(&w, 3, "/f.go");
	tw_end(&w);
	tw_batch(&w, 1, 1, 90);
	tw_byte(&w, EV_STACKS);
	tw_stack(&w, 1, 0xabc, 1, 3);
	tw_end(&w);
	tw_batch(&w, 1, 1, 90);
	tw_byte(&w, EV_CPU_SAMPLES);
	TW(&w, EV_CPU_SAMPLE, 107, 1, 0, 0, 1);
	tw_end(&w);
	finish(&w);
	expect(&w,
		SYNC
		"M=1 P=-1 G=-1 StateTransition Time=100 ProcID=0 Undetermined->Running "
		"Reason=\"\"\n"
		"M=1 P=0 G=-1 StateTransition Time=101 GoID=10 Undetermined->Running Reason=\"\"\n"
		"M=1 P=0 G=10 StateTransition Time=105 GoID=11 NotExist->Waiting Reason=\"\"\n"
		"TransitionStack=\n\tmain.f @ 0xabc\n\t\t/f.go:10\n\n"
		"M=1 P=0 G=-1 StackSample Time=107\nStack=\n\tmain.f @ 0xabc\n\t\t/f.go:10\n\n"
		"M=1 P=0 G=10 StateTransition Time=115 GoID=11 Waiting->Runnable Reason=\"\"\n"
		"M=1 P=0 G=10 StateTransition Time=116 GoID=10 Running->Waiting Reason=\"\"\n"
		"M=1 P=0 G=-1 StateTransition Time=117 GoID=11 Runnable->Running Reason=\"\"\n"
		"M=1 P=0 G=11 StateTransition Time=120 GoID=11 Running->Waiting "
		"Reason=\"chan \\\"receive\\\"\"\n"
		"TransitionStack=\n\tmain.f @ 0xabc\n\t\t/f.go:10\n\n"
		"Stack=\n\tmain.f @ 0xabc\n\t\t/f.go:10\n\n"
		"M=-1 P=-1 G=-1 Sync Time=121 N=2\n",
		ERR_NONE);
	tw_clear(&w);
}

static void test_event_that_can_never_come_is_an_error(void **state)
{
	struct trace_writer w = {0};

	(void)state;
	tw_header(&w, 26);
	tw_batch(&w, 1, 1, 100);
	TW(&w, EV_GO_START, 0, 11, 1);
	tw_end(&w);
	finish(&w);
	expect(&w, SYNC, ERR_DAMAGED);
	tw_clear(&w);
}

static void test_misnested_region_is_an_error(void **state)
{
	struct trace_writer w = {0};

	(void)state;
	tw_header(&w, 26);
	tw_batch(&w, 1, 1, 100);
	TW(&w, EV_PROC_STATUS, 0, 0, P_RUN);
	TW(&w, EV_GO_STATUS, 0, 10, 1, G_RUN);
	TW(&w, EV_USER_REGION_BEGIN, 1, 0, 0, 0);
	TW(&w, EV_USER_REGION_END, 1, 7, 0, 0);
	tw_end(&w);
	finish(&w);
	expect(&w,
		SYNC
		"M=1 P=-1 G=-1 StateTransition Time=100 ProcID=0 Undetermined->Running "
		"Reason=\"\"\n"
		"M=1 P=0 G=-1 StateTransition Time=101 GoID=10 Undetermined->Running Reason=\"\"\n"
		"M=1 P=0 G=10 RegionBegin Time=102 Task=0 Type=\"\"\n",
		ERR_DAMAGED);
	tw_clear(&w);
}

/* Threads that wait for each other forever must not cost more than the budget. */
static void test_stuck_threads_meet_the_budget(void **state)
{
	struct limits lim = LIMITS_DEFAULT;
	struct trace_writer w = {0};
	struct err e = ERR_INIT;
	uint64_t m, i;

	(void)state;
	lim.order_tries_peak = 10000;
	tw_header(&w, 26);
	for (m = 0; m < 500; m++) {
		tw_batch(&w, 1, 100 + m, 50);
		TW(&w, EV_GO_START, 0, 999, 1);
		tw_end(&w);
	}
	tw_batch(&w, 1, 1, 100);
	TW(&w, EV_PROC_STATUS, 0, 0, P_RUN);
	for (i = 0; i < 1000; i++)
		TW(&w, EV_HEAP_ALLOC, 1, i);
	tw_end(&w);
	finish(&w);
	free(events_of(&w, &lim, &e));
	assert_int_equal(e.kind, ERR_LIMIT);
	tw_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequence_numbers_beat_clocks),
		cmocka_unit_test(test_syscall_end_waits_for_the_steal),
		cmocka_unit_test(test_switch_gives_three_events_and_samples_fall_between),
		cmocka_unit_test(test_event_that_can_never_come_is_an_error),
		cmocka_unit_test(test_misnested_region_is_an_error),
		cmocka_unit_test(test_stuck_threads_meet_the_budget),
	};

	setenv("TZ", "UTC", 1);
	limits.stops_at_damage = true;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

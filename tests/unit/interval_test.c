/* Events into changes of lanes: parser/interval.h. The trace is played by this file: a script of
 * events, and what they must become, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/interval.h"
#include "parser/trace.h"

static const char *const strings[] = {"", "sync", "network", "preempted", "GC (dedicated)",
	"main.main", "main.worker", "forever", "request", "GC mark termination", "web"};
enum {
	S_NONE,
	S_SYNC,
	S_NETWORK,
	S_PREEMPTED,
	S_DEDICATED,
	S_MAIN,
	S_WORKER,
	S_FOREVER,
	S_REQUEST,
	S_TERMINATION,
	S_WEB
};

static const struct trace_frame frames[] = {{0, 0, S_NONE, S_NONE}, {1, 1, S_WORKER, S_NONE}};

static struct event script[64];
static size_t script_n, script_at;
static struct initial_status initial[8];
static size_t initial_n;

/* As many as follow, a Sync alone. */
int trace_take(struct trace *tr, const struct event **events, size_t *n, struct err *e)
{
	(void)tr;
	(void)e;
	if (script_at == script_n)
		return 0;
	*events = &script[script_at];
	*n = 0;
	do {
		++*n;
	} while (script[script_at++].kind != EVENT_SYNC && script_at < script_n &&
		script[script_at].kind != EVENT_SYNC);
	return 1;
}

const struct initial_status *trace_initial(struct trace *tr, size_t *n)
{
	(void)tr;
	*n = initial_n;
	return initial;
}

const char *trace_string(const struct trace *tr, uint32_t id, size_t *len)
{
	(void)tr;
	*len = strlen(strings[id]);
	return strings[id];
}

/* Stack 0 is none, every other one ends in main.worker. */
const struct trace_frame *trace_stack(const struct trace *tr, uint32_t id, size_t *n)
{
	(void)tr;
	*n = id ? 2 : 0;
	return frames;
}

double trace_ns_per_tick(const struct trace *tr)
{
	(void)tr;
	return 1.0;
}

uint64_t trace_generation(const struct trace *tr)
{
	(void)tr;
	return 1;
}

/* The next event of the script, at the next moment, in the context (g, p, m). */
static struct event *at(unsigned kind, int64_t g, int64_t p, int64_t m)
{
	struct event *ev = &script[script_n++];

	*ev = (struct event){.kind = (uint8_t)kind, .g = g, .p = p, .m = m};
	ev->time = (int64_t)script_n * 10;
	ev->clock_ns = ev->time;
	ev->clock = (uint64_t)ev->time;
	return ev;
}

static struct event *go(int64_t id, unsigned from, unsigned to, int64_t g, int64_t p, int64_t m)
{
	struct event *ev = at(EVENT_STATE_TRANSITION, g, p, m);

	ev->transition = (struct event_transition){
		.id = id, .resource = RESOURCE_GOROUTINE, .from = (uint8_t)from, .to = (uint8_t)to};
	return ev;
}

static struct event *proc(int64_t id, unsigned from, unsigned to, int64_t g, int64_t p, int64_t m)
{
	struct event *ev = go(id, from, to, g, p, m);

	ev->transition.resource = RESOURCE_PROC;
	return ev;
}

static void begin(void)
{
	script_n = 0;
	script_at = 0;
	initial_n = 0;
	at(EVENT_SYNC, NO_ID, NO_ID, NO_ID)->sync.n = 1;
}

/* Proc 0 on thread 7 with nothing on it, known since the Sync. */
static void one_proc(void)
{
	initial[initial_n++] = (struct initial_status){
		.m = 7, .p = NO_ID, .g = NO_ID, .resource = RESOURCE_PROC, .state = PROC_RUNNING};
}

static const char *const kind_names[N_CHANGE_KINDS] = {"sync", "born", "gone", "function", "state",
	"log", "label", "sample", "region", "region-end", "range", "range-end", "task", "task-end",
	"metric"};

/* "30 G1 state sync reason=sync g=2 p=0 m=7 stack=5": zero fields are left out. */
static int print_change(char *dst, size_t cap, const struct change *c)
{
	static const char lanes[] = "GPMT";
	int n = snprintf(dst, cap, "%lld %c%llu %s", (long long)c->time_ns, lanes[c->lane],
		(unsigned long long)c->id, kind_names[c->kind]);

#define FIELD(cond, ...) \
	do { \
		if (cond) \
			n += snprintf(dst + n, cap - (size_t)n, __VA_ARGS__); \
	} while (0)
	FIELD(c->kind == CHANGE_STATE, " %s", state_name(c->state));
	FIELD(c->range, " %s", range_kind_name(c->range));
	FIELD(c->flag, " flag");
	FIELD(c->reason, " reason=%s", strings[c->reason]);
	FIELD(c->kind != CHANGE_STATE && c->text, " text=%s", strings[c->text]);
	FIELD(c->kind != CHANGE_STATE && c->text2, " text2=%s", strings[c->text2]);
	FIELD(c->g, " g=%llu", (unsigned long long)c->g);
	FIELD(c->p != NO_ID, " p=%lld", (long long)c->p);
	FIELD(c->m != NO_ID, " m=%lld", (long long)c->m);
	FIELD(c->stack, " stack=%u", c->stack);
	FIELD(c->kind != CHANGE_STATE && c->task, " task=%llu", (unsigned long long)c->task);
	FIELD(c->kind == CHANGE_METRIC, " %s", change_metric_name(c->metric));
	FIELD(c->kind != CHANGE_STATE && c->value, " value=%llu", (unsigned long long)c->value);
#undef FIELD
	return n + snprintf(dst + n, cap - (size_t)n, "\n");
}

/* What follows it, as the changes of their own that they stand for. */
static int print_followers(char *dst, size_t cap, const struct change *c)
{
	static const enum lane_kind lanes[] = {LANE_PROC, LANE_THREAD};
	int n = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct change f = *c;

		if (!(c->follows & 1u << i))
			continue;
		f.kind = CHANGE_STATE;
		f.lane = (uint8_t)lanes[i];
		f.id = (uint64_t)(lanes[i] == LANE_PROC ? c->p : c->m);
		f.state = (uint8_t)change_follower(c, lanes[i], &f.g);
		f.stack = f.reason = 0;
		n += print_change(dst + n, cap - (size_t)n, &f);
	}
	return n;
}

/* Runs the script; after the Sync it must become exactly these lines. */
static void expect(const char *lines)
{
	char got[8192] = "";
	size_t n = 0;
	struct err e = ERR_INIT;
	struct interval *iv = interval_create(NULL, &e);
	const struct change *c;

	assert_non_null(iv);
	assert_int_equal(interval_next(iv, &c, &e), 1);
	assert_int_equal(c->kind, CHANGE_SYNC);
	while (interval_next(iv, &c, &e) > 0) {
		n += (size_t)print_change(got + n, sizeof(got) - n, c);
		n += (size_t)print_followers(got + n, sizeof(got) - n, c);
	}
	interval_destroy(iv);
	assert_string_equal(got, lines);
	assert_int_equal(mem_used(), 0);
}

static void a_goroutine_lives(void **state)
{
	(void)state;
	begin();
	one_proc();
	go(1, GO_NOT_EXIST, GO_RUNNABLE, NO_ID, 0, 7)->transition.stack = 3;
	go(1, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	go(1, GO_RUNNING, GO_WAITING, 1, 0, 7)->transition.reason = S_SYNC;
	script[script_n - 1].stack = 5;
	go(1, GO_WAITING, GO_RUNNABLE, 2, 1, 8)->stack = 6;
	go(1, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	go(1, GO_RUNNING, GO_RUNNABLE, 1, 0, 7)->transition.reason = S_PREEMPTED;
	go(1, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	go(1, GO_RUNNING, GO_NOT_EXIST, 1, 0, 7);
	expect("10 P0 state other p=0 m=7\n"
	       "10 M7 state other p=0 m=7\n"
	       "20 G1 born flag text=main.worker p=0 m=7\n"
	       "20 G1 state runnable p=0 m=7\n"
	       "30 G1 state running p=0 m=7\n"
	       "30 P0 state running g=1 p=0 m=7\n"
	       "30 M7 state running g=1 p=0 m=7\n"
	       "40 G1 state sync reason=sync p=0 m=7 stack=5\n"
	       "40 P0 state other p=0 m=7\n"
	       "40 M7 state other p=0 m=7\n"
	       "50 G1 state runnable g=2 p=1 m=8 stack=6\n"
	       "60 G1 state running p=0 m=7\n"
	       "60 P0 state running g=1 p=0 m=7\n"
	       "60 M7 state running g=1 p=0 m=7\n"
	       "70 G1 state runnable reason=preempted p=0 m=7\n"
	       "70 P0 state other p=0 m=7\n"
	       "70 M7 state other p=0 m=7\n"
	       "80 G1 state running p=0 m=7\n"
	       "80 P0 state running g=1 p=0 m=7\n"
	       "80 M7 state running g=1 p=0 m=7\n"
	       "90 G1 gone g=1 p=0 m=7\n"
	       "90 P0 state other p=0 m=7\n"
	       "90 M7 state other p=0 m=7\n");
}

static void a_proc_is_taken_from_a_system_call(void **state)
{
	(void)state;
	begin();
	one_proc();
	go(1, GO_NOT_EXIST, GO_RUNNABLE, NO_ID, 0, 7);
	go(1, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	go(1, GO_RUNNING, GO_SYSCALL, 1, 0, 7)->stack = 5;
	proc(0, PROC_RUNNING, PROC_IDLE, NO_ID, NO_ID, 9); /* by sysmon */
	proc(0, PROC_IDLE, PROC_RUNNING, NO_ID, NO_ID, 8);
	go(1, GO_SYSCALL, GO_RUNNABLE, 1, NO_ID, 7);
	expect("10 P0 state other p=0 m=7\n"
	       "10 M7 state other p=0 m=7\n"
	       "20 G1 born flag p=0 m=7\n"
	       "20 G1 state runnable p=0 m=7\n"
	       "30 G1 state running p=0 m=7\n"
	       "30 P0 state running g=1 p=0 m=7\n"
	       "30 M7 state running g=1 p=0 m=7\n"
	       "40 G1 state syscall p=0 m=7 stack=5\n"
	       "40 P0 state syscall g=1 p=0 m=7\n"
	       "40 M7 state syscall g=1 p=0 m=7\n"
	       "50 P0 state none p=0\n"
	       "50 M7 state syscall g=1 m=7\n"
	       "60 P0 state other p=0 m=8\n"
	       "60 M8 state other p=0 m=8\n"
	       "70 G1 state runnable m=7\n"
	       "70 M7 state none m=7\n");
}

/* GoSwitch comes as three transitions. */
static void a_coroutine_is_switched_to(void **state)
{
	(void)state;
	begin();
	one_proc();
	go(1, GO_NOT_EXIST, GO_RUNNABLE, NO_ID, 0, 7);
	go(2, GO_NOT_EXIST, GO_WAITING, NO_ID, 0, 7);
	go(1, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	go(2, GO_WAITING, GO_RUNNABLE, 1, 0, 7);
	go(1, GO_RUNNING, GO_WAITING, 1, 0, 7);
	go(2, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	expect("10 P0 state other p=0 m=7\n"
	       "10 M7 state other p=0 m=7\n"
	       "20 G1 born flag p=0 m=7\n"
	       "20 G1 state runnable p=0 m=7\n"
	       "30 G2 born flag p=0 m=7\n"
	       "30 G2 state other p=0 m=7\n"
	       "40 G1 state running p=0 m=7\n"
	       "40 P0 state running g=1 p=0 m=7\n"
	       "40 M7 state running g=1 p=0 m=7\n"
	       "50 G2 state runnable g=1 p=0 m=7\n"
	       "60 G1 state other p=0 m=7\n"
	       "60 P0 state other p=0 m=7\n"
	       "60 M7 state other p=0 m=7\n"
	       "70 G2 state running p=0 m=7\n"
	       "70 P0 state running g=2 p=0 m=7\n"
	       "70 M7 state running g=2 p=0 m=7\n");
}

/* A cgo callback on a thread of C: created and destroyed in a system call. */
static void a_goroutine_comes_from_c(void **state)
{
	(void)state;
	begin();
	go(5, GO_NOT_EXIST, GO_SYSCALL, NO_ID, NO_ID, 9);
	proc(0, PROC_IDLE, PROC_RUNNING, 5, NO_ID, 9);
	go(5, GO_SYSCALL, GO_RUNNABLE, 5, 0, 9);
	go(5, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 9);
	go(5, GO_RUNNING, GO_SYSCALL, 5, 0, 9);
	proc(0, PROC_RUNNING, PROC_IDLE, 5, 0, 9);
	go(5, GO_SYSCALL, GO_NOT_EXIST, 5, NO_ID, 9);
	expect("20 G5 born flag m=9\n"
	       "20 G5 state syscall m=9\n"
	       "20 M9 state syscall g=5 m=9\n"
	       "30 P0 state other p=0 m=9\n"
	       "30 M9 state syscall g=5 p=0 m=9\n"
	       "40 G5 state runnable p=0 m=9\n"
	       "40 M9 state other p=0 m=9\n"
	       "50 G5 state running p=0 m=9\n"
	       "50 P0 state running g=5 p=0 m=9\n"
	       "50 M9 state running g=5 p=0 m=9\n"
	       "60 G5 state syscall p=0 m=9\n"
	       "60 P0 state syscall g=5 p=0 m=9\n"
	       "60 M9 state syscall g=5 p=0 m=9\n"
	       "70 P0 state none p=0\n"
	       "70 M9 state syscall g=5 m=9\n"
	       "80 G5 gone g=5 m=9\n"
	       "80 M9 state none m=9\n");
}

static void workers_and_assists_have_states_of_their_own(void **state)
{
	(void)state;
	begin();
	one_proc();
	go(1, GO_NOT_EXIST, GO_RUNNABLE, NO_ID, 0, 7);
	go(1, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	at(EVENT_LABEL, 1, 0, 7)->label =
		(struct event_label){.id = 1, .label = S_DEDICATED, .resource = RESOURCE_GOROUTINE};
	go(1, GO_RUNNING, GO_WAITING, 1, 0, 7)->transition.reason = S_FOREVER;
	go(1, GO_WAITING, GO_RUNNABLE, NO_ID, 0, 7);
	go(1, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	at(EVENT_RANGE_BEGIN, 1, 0, 7)->range = (struct event_range){
		.id = 1, .name = RANGE_MARK_ASSIST, .resource = RESOURCE_GOROUTINE};
	at(EVENT_RANGE_END, 1, 0, 7)->range = script[script_n - 1].range;
	script[script_n - 1].range = script[script_n - 2].range;
	expect("10 P0 state other p=0 m=7\n"
	       "10 M7 state other p=0 m=7\n"
	       "20 G1 born flag p=0 m=7\n"
	       "20 G1 state runnable p=0 m=7\n"
	       "30 G1 state running p=0 m=7\n"
	       "30 P0 state running g=1 p=0 m=7\n"
	       "30 M7 state running g=1 p=0 m=7\n"
	       "40 G1 label text=GC (dedicated) g=1 p=0 m=7\n"
	       "40 G1 state gc p=0 m=7\n"
	       "40 P0 state gc g=1 p=0 m=7\n"
	       "40 M7 state gc g=1 p=0 m=7\n"
	       "50 G1 state sleep reason=forever p=0 m=7\n"
	       "50 P0 state other p=0 m=7\n"
	       "50 M7 state other p=0 m=7\n"
	       "60 G1 state runnable p=0 m=7\n"
	       "70 G1 state running p=0 m=7\n"
	       "70 P0 state running g=1 p=0 m=7\n"
	       "70 M7 state running g=1 p=0 m=7\n"
	       "80 G1 range GC mark assist g=1 p=0 m=7\n"
	       "80 G1 state assist p=0 m=7\n"
	       "80 P0 state assist g=1 p=0 m=7\n"
	       "80 M7 state assist g=1 p=0 m=7\n"
	       "90 G1 range-end GC mark assist g=1 p=0 m=7\n"
	       "90 G1 state running p=0 m=7\n"
	       "90 P0 state running g=1 p=0 m=7\n"
	       "90 M7 state running g=1 p=0 m=7\n");
}

/* Statuses hold since the Sync; when they come they say nothing new, but later names count. */
static void what_lived_before_is_told_at_the_sync(void **state)
{
	const struct initial_status on_m7 = {.m = 7, .p = 0, .g = NO_ID};

	(void)state;
	begin();
	initial[0] = on_m7;
	initial[0].id = 1;
	initial[0].resource = RESOURCE_GOROUTINE;
	initial[0].state = GO_RUNNING;
	initial[0].start_func = S_MAIN;
	initial[1] = (struct initial_status){.id = 2,
		.m = NO_ID,
		.p = NO_ID,
		.g = NO_ID,
		.stack = 4,
		.resource = RESOURCE_GOROUTINE,
		.state = GO_WAITING};
	initial[2] = on_m7;
	initial[2].id = 0;
	initial[2].p = NO_ID;
	initial[2].g = 1;
	initial[2].resource = RESOURCE_PROC;
	initial[2].state = PROC_RUNNING;
	initial[3] = (struct initial_status){.id = 1,
		.m = NO_ID,
		.p = NO_ID,
		.g = NO_ID,
		.resource = RESOURCE_PROC,
		.state = PROC_IDLE};
	initial_n = 4;
	proc(0, PROC_UNDETERMINED, PROC_RUNNING, NO_ID, NO_ID, 7);
	go(1, GO_UNDETERMINED, GO_RUNNING, NO_ID, 0, 7);
	go(2, GO_UNDETERMINED, GO_WAITING, NO_ID, 0, 7)->transition.stack = 4;
	at(EVENT_SYNC, NO_ID, NO_ID, NO_ID)->sync.is_last = true;
	expect("10 G1 born text=main.main p=0 m=7\n"
	       "10 G1 state running p=0 m=7\n"
	       "10 M7 state running g=1 p=0 m=7\n"
	       "10 G2 born\n"
	       "10 G2 state other stack=4\n"
	       "10 P0 state running g=1 p=0 m=7\n"
	       "10 P1 state none p=1\n"
	       "40 G2 function text=main.worker p=0 m=7\n");
}

static void ranges_and_marks_travel_along(void **state)
{
	struct event *ev;

	(void)state;
	begin();
	one_proc();
	go(1, GO_NOT_EXIST, GO_RUNNABLE, NO_ID, 0, 7);
	go(1, GO_RUNNABLE, GO_RUNNING, NO_ID, 0, 7);
	at(EVENT_RANGE_ACTIVE, NO_ID, 0, 7)->range = (struct event_range){.name = RANGE_GC_MARK};
	at(EVENT_RANGE_ACTIVE, NO_ID, 0, 7)->range = (struct event_range){.name = RANGE_GC_MARK};
	at(EVENT_RANGE_BEGIN, 1, 0, 7)->range = (struct event_range){.id = 1,
		.reason = S_TERMINATION,
		.name = RANGE_STOP_THE_WORLD,
		.resource = RESOURCE_GOROUTINE};
	ev = at(EVENT_RANGE_END, 1, 0, 7);
	ev->range = ev[-1].range;
	at(EVENT_RANGE_END, 1, 0, 7)->range = (struct event_range){.name = RANGE_GC_MARK};
	at(EVENT_RANGE_END, NO_ID, 0, 7)->range = (struct event_range){
		.id = 0, .swept = 8192, .name = RANGE_GC_SWEEP, .resource = RESOURCE_PROC};
	at(EVENT_TASK_BEGIN, 1, 0, 7)->task = (struct event_task){3, NO_TASK, S_REQUEST};
	at(EVENT_REGION_BEGIN, 1, 0, 7)->region = (struct event_region){3, S_WEB};
	at(EVENT_LOG, 1, 0, 7)->log = (struct event_log){3, S_WEB, S_REQUEST};
	at(EVENT_STACK_SAMPLE, 99, 0, 7)->stack = 8; /* of a goroutine that is gone */
	at(EVENT_METRIC, 1, 0, 7)->metric =
		(struct event_metric){.value = 4096, .name = METRIC_HEAP_OBJECTS};
	expect("10 P0 state other p=0 m=7\n"
	       "10 M7 state other p=0 m=7\n"
	       "20 G1 born flag p=0 m=7\n"
	       "20 G1 state runnable p=0 m=7\n"
	       "30 G1 state running p=0 m=7\n"
	       "30 P0 state running g=1 p=0 m=7\n"
	       "30 M7 state running g=1 p=0 m=7\n"
	       "40 T0 range GC concurrent mark phase flag p=0 m=7\n"
	       "60 T0 range stop-the-world text=GC mark termination g=1 p=0 m=7\n"
	       "70 T0 range-end stop-the-world text=GC mark termination g=1 p=0 m=7\n"
	       "80 T0 range-end GC concurrent mark phase g=1 p=0 m=7\n"
	       "90 P0 range-end GC incremental sweep p=0 m=7 value=8192\n"
	       "100 T0 task text=request g=1 p=0 m=7 task=3\n"
	       "110 G1 region text=web g=1 p=0 m=7 task=3\n"
	       "120 G1 log text=web text2=request g=1 p=0 m=7 task=3\n"
	       "130 M7 sample g=99 p=0 m=7 stack=8\n"
	       "140 T0 metric g=1 p=0 m=7 /memory/classes/heap/objects:bytes value=4096\n");
}

static void reasons_have_states(void **state)
{
	(void)state;
	assert_int_equal(state_of_reason("sync", 4), STATE_SYNC);
	assert_int_equal(state_of_reason("sync.(*Cond).Wait", 17), STATE_SYNC);
	assert_int_equal(state_of_reason("synctest", 8), STATE_OTHER);
	assert_int_equal(state_of_reason("select", 6), STATE_CHAN);
	assert_int_equal(state_of_reason("network", 7), STATE_NET);
	assert_int_equal(state_of_reason("forever", 7), STATE_SLEEP);
	assert_int_equal(state_of_reason("", 0), STATE_OTHER);
}

static void every_failed_allocation_is_an_error(void **state)
{
	int rc = -1;

	(void)state;
	for (long n = 1; rc < 0; n++) {
		struct err e = ERR_INIT;
		struct interval *iv;
		const struct change *c;

		a_goroutine_lives(state);
		script_at = 0;
		mem_fail_nth(n, 0);
		iv = interval_create(NULL, &e);
		while (iv && (rc = interval_next(iv, &c, &e)) > 0) {
		}
		mem_fail_nth(0, 0);
		assert_int_equal(e.kind, rc < 0 ? ERR_MEMORY : ERR_NONE);
		interval_destroy(iv);
		assert_int_equal(mem_used(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_goroutine_lives),
		cmocka_unit_test(a_proc_is_taken_from_a_system_call),
		cmocka_unit_test(a_coroutine_is_switched_to),
		cmocka_unit_test(a_goroutine_comes_from_c),
		cmocka_unit_test(workers_and_assists_have_states_of_their_own),
		cmocka_unit_test(what_lived_before_is_told_at_the_sync),
		cmocka_unit_test(ranges_and_marks_travel_along),
		cmocka_unit_test(reasons_have_states),
		cmocka_unit_test(every_failed_allocation_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "parser/event_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "parser/base/quote.h"
#include "parser/event.h"
#include "parser/spec.h"
#include "parser/trace.h"

/* Room that the fixed part of any event needs: names, numbers, punctuation. */
#define LINE_MAX_BYTES 1024

static const char *const kind_names[EVENT_N_KINDS] = {
	[EVENT_BAD] = "Bad",
	[EVENT_SYNC] = "Sync",
	[EVENT_METRIC] = "Metric",
	[EVENT_LABEL] = "Label",
	[EVENT_STACK_SAMPLE] = "StackSample",
	[EVENT_RANGE_BEGIN] = "RangeBegin",
	[EVENT_RANGE_ACTIVE] = "RangeActive",
	[EVENT_RANGE_END] = "RangeEnd",
	[EVENT_TASK_BEGIN] = "TaskBegin",
	[EVENT_TASK_END] = "TaskEnd",
	[EVENT_REGION_BEGIN] = "RegionBegin",
	[EVENT_REGION_END] = "RegionEnd",
	[EVENT_LOG] = "Log",
	[EVENT_STATE_TRANSITION] = "StateTransition",
	[EVENT_EXPERIMENTAL] = "Experimental",
};

static const char *const go_states[GO_N_STATES] = {
	[GO_UNDETERMINED] = "Undetermined",
	[GO_NOT_EXIST] = "NotExist",
	[GO_RUNNABLE] = "Runnable",
	[GO_RUNNING] = "Running",
	[GO_WAITING] = "Waiting",
	[GO_SYSCALL] = "Syscall",
};

static const char *const proc_states[PROC_N_STATES] = {
	[PROC_UNDETERMINED] = "Undetermined",
	[PROC_NOT_EXIST] = "NotExist",
	[PROC_RUNNING] = "Running",
	[PROC_IDLE] = "Idle",
};

static const char *const resources[] = {
	[RESOURCE_NONE] = "None",
	[RESOURCE_GOROUTINE] = "Goroutine",
	[RESOURCE_PROC] = "Proc",
	[RESOURCE_THREAD] = "Thread",
};

static const char *const metrics[METRIC_N_NAMES] = {
	[METRIC_GOMAXPROCS] = "/sched/gomaxprocs:threads",
	[METRIC_HEAP_OBJECTS] = "/memory/classes/heap/objects:bytes",
	[METRIC_HEAP_GOAL] = "/gc/heap/goal:bytes",
};

static const char *const ranges[RANGE_N_NAMES] = {
	[RANGE_STOP_THE_WORLD] = "stop-the-world",
	[RANGE_GC_MARK] = "GC concurrent mark phase",
	[RANGE_GC_SWEEP] = "GC incremental sweep",
	[RANGE_MARK_ASSIST] = "GC mark assist",
};

const char *event_kind_name(unsigned kind)
{
	return kind_names[kind < EVENT_N_KINDS ? kind : EVENT_BAD];
}

const char *event_state_name(unsigned resource, unsigned state)
{
	if (resource == RESOURCE_GOROUTINE)
		return state < GO_N_STATES ? go_states[state] : "Bad";
	return state < PROC_N_STATES ? proc_states[state] : "Bad";
}

const char *event_resource_name(unsigned resource)
{
	return resource <= RESOURCE_THREAD ? resources[resource] : "Bad";
}

const char *event_metric_name(unsigned name)
{
	return name < METRIC_N_NAMES ? metrics[name] : "Bad";
}

const char *event_range_name(unsigned name)
{
	return name < RANGE_N_NAMES ? ranges[name] : "Bad";
}

static void put_value(struct text *t, uint64_t v)
{
	TEXT(t, "Value{Uint64(");
	text_u64(t, v);
	TEXT(t, ")}");
}

static void put_scope(struct text *t, unsigned resource, int64_t id)
{
	text_name(t, event_resource_name(resource));
	if (resource == RESOURCE_NONE)
		return;
	TEXT(t, "(");
	text_i64(t, id);
	TEXT(t, ")");
}

/* A trace's string, quoted; asks for room itself, and again for the rest of the line. */
static int put_quoted(struct text *t, const struct trace *tr, uint32_t id)
{
	const char *s;
	size_t n;

	s = trace_string(tr, id, &n);
	if (text_room(t, QUOTE_MAX(n) + LINE_MAX_BYTES) < 0)
		return -1;
	t->len += quote_go(t->data + t->len, s, n);
	return 0;
}

static int put_stack(struct text *t, const struct trace *tr, uint32_t id)
{
	const struct trace_frame *f;
	size_t n_frames, n, i;
	const char *s;

	f = trace_stack(tr, id, &n_frames);
	for (i = 0; i < n_frames; i++, f++) {
		s = trace_string(tr, f->func, &n);
		if (text_room(t, n + LINE_MAX_BYTES) < 0)
			return -1;
		TEXT(t, "\t");
		text_bytes(t, s, n);
		TEXT(t, " @ 0x");
		text_hex(t, f->pc);
		s = trace_string(tr, f->file, &n);
		if (text_room(t, n + LINE_MAX_BYTES) < 0)
			return -1;
		TEXT(t, "\n\t\t");
		text_bytes(t, s, n);
		TEXT(t, ":");
		text_u64(t, f->line);
		TEXT(t, "\n");
	}
	return text_room(t, LINE_MAX_BYTES);
}

static int put_transition(struct text *t, const struct trace *tr, const struct event_transition *s)
{
	if (s->resource == RESOURCE_GOROUTINE)
		TEXT(t, " GoID=");
	else
		TEXT(t, " ProcID=");
	text_i64(t, s->id);
	TEXT(t, " ");
	text_name(t, event_state_name(s->resource, s->from));
	TEXT(t, "->");
	text_name(t, event_state_name(s->resource, s->to));
	TEXT(t, " Reason=");
	if (put_quoted(t, tr, s->reason) < 0)
		return -1;
	if (!s->has_stack)
		return 0;
	TEXT(t, "\nTransitionStack=\n");
	return put_stack(t, tr, s->stack);
}

static int put_range(struct text *t, const struct trace *tr, const struct event *ev)
{
	const struct event_range *r = &ev->range;

	TEXT(t, " Name=");
	if (r->name == RANGE_STOP_THE_WORLD) {
		size_t mark;

		TEXT(t, "\"stop-the-world (");
		mark = t->len;
		if (put_quoted(t, tr, r->reason) < 0)
			return -1;
		/* One literal in Go: drop the inner pair of quotes. */
		memmove(t->data + mark, t->data + mark + 1, t->len - mark - 2);
		t->len -= 2;
		TEXT(t, ")\"");
	} else {
		TEXT(t, "\"");
		text_name(t, event_range_name(r->name));
		TEXT(t, "\"");
	}
	TEXT(t, " Scope=");
	put_scope(t, r->resource, r->id);
	if (ev->kind != EVENT_RANGE_END)
		return 0;
	TEXT(t, " Attributes=[");
	if (r->name == RANGE_GC_SWEEP) {
		TEXT(t, "\"bytes swept\"=");
		put_value(t, r->swept);
		TEXT(t, " \"bytes reclaimed\"=");
		put_value(t, r->reclaimed);
	}
	TEXT(t, "]");
	return 0;
}

#define CALENDAR_SEC (INT64_C(146097) * 86400)       /* 400 years */
#define GO_FIRST_SEC (-INT64_C(9223371966579724800)) /* before it Go's time is 2^64 s later */

/* RFC 3339 in the local time zone, with as many decimals as are not zero, as Go formats it. */
static void put_wall(struct text *t, int64_t sec, uint32_t nsec)
{
	time_t when = (time_t)sec;
	int64_t cycles = 0;
	char buf[96];
	struct tm tm;
	size_t n;
	long off;

	if (!localtime_r(&when, &tm)) { /* a year beyond its int: the calendar repeats */
		bool wraps = sec < GO_FIRST_SEC;

		cycles = wraps ? (int64_t)((uint64_t)sec / CALENDAR_SEC) : sec / CALENDAR_SEC;
		when = (time_t)((uint64_t)sec - (uint64_t)cycles * CALENDAR_SEC);
		if (!localtime_r(&when, &tm)) {
			TEXT(t, "(out of range)");
			return;
		}
	}
	n = (size_t)snprintf(buf, sizeof(buf), "%04ld-%02d-%02dT%02d:%02d:%02d.%09" PRIu32,
		tm.tm_year + 1900L + 400 * cycles, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		tm.tm_sec, nsec);
	while (buf[n - 1] == '0')
		n--;
	if (buf[n - 1] == '.')
		n--;
	text_bytes(t, buf, n);
	off = tm.tm_gmtoff / 60;
	if (off == 0) {
		TEXT(t, "Z");
		return;
	}
	n = (size_t)snprintf(buf, sizeof(buf), "%c%02ld:%02ld", off < 0 ? '-' : '+',
		(off < 0 ? -off : off) / 60, (off < 0 ? -off : off) % 60);
	text_bytes(t, buf, n);
}

static void put_sync(struct text *t, const struct event_sync *s)
{
	TEXT(t, " N=");
	text_u64(t, s->n);
	if (!s->has_snapshot)
		return;
	TEXT(t, " Trace=");
	text_i64(t, s->trace_ns);
	TEXT(t, " Mono=");
	text_u64(t, s->mono_ns);
	TEXT(t, " Wall=");
	put_wall(t, s->wall_sec, s->wall_nsec);
}

static void put_experimental(struct text *t, const struct event *ev)
{
	const struct spec *spec = &spec_table[ev->type];
	unsigned i;

	TEXT(t, " Name=");
	text_name(t, spec_name(ev->type));
	TEXT(t, " Args=[");
	for (i = 0; i < ev->experimental.n_args; i++) {
		if (i > 0)
			TEXT(t, ", ");
		text_name(t, spec->args[i]);
		TEXT(t, "=");
		put_value(t, ev->experimental.args[i]);
	}
	TEXT(t, "]");
}

static int put_task(struct text *t, const struct trace *tr, const struct event_task *task)
{
	TEXT(t, " ID=");
	text_u64(t, task->id);
	TEXT(t, " Parent=");
	text_u64(t, task->parent);
	TEXT(t, " Type=");
	return put_quoted(t, tr, task->type);
}

static int put_log(struct text *t, const struct trace *tr, const struct event_log *log)
{
	TEXT(t, " Task=");
	text_u64(t, log->task);
	TEXT(t, " Category=");
	if (put_quoted(t, tr, log->category) < 0)
		return -1;
	TEXT(t, " Message=");
	return put_quoted(t, tr, log->message);
}

static int put_details(struct text *t, const struct trace *tr, const struct event *ev)
{
	switch ((enum event_kind)ev->kind) {
	case EVENT_STATE_TRANSITION:
		return put_transition(t, tr, &ev->transition);
	case EVENT_METRIC:
		TEXT(t, " Name=\"");
		text_name(t, event_metric_name(ev->metric.name));
		TEXT(t, "\" Value=");
		put_value(t, ev->metric.value);
		return 0;
	case EVENT_LABEL:
		TEXT(t, " Label=");
		if (put_quoted(t, tr, ev->label.label) < 0)
			return -1;
		TEXT(t, " Resource=");
		put_scope(t, ev->label.resource, ev->label.id);
		return 0;
	case EVENT_RANGE_BEGIN:
	case EVENT_RANGE_ACTIVE:
	case EVENT_RANGE_END:
		return put_range(t, tr, ev);
	case EVENT_TASK_BEGIN:
	case EVENT_TASK_END:
		return put_task(t, tr, &ev->task);
	case EVENT_REGION_BEGIN:
	case EVENT_REGION_END:
		TEXT(t, " Task=");
		text_u64(t, ev->region.task);
		TEXT(t, " Type=");
		return put_quoted(t, tr, ev->region.type);
	case EVENT_LOG:
		return put_log(t, tr, &ev->log);
	case EVENT_EXPERIMENTAL:
		put_experimental(t, ev);
		return 0;
	case EVENT_SYNC:
		put_sync(t, &ev->sync);
		return 0;
	case EVENT_BAD:
	case EVENT_STACK_SAMPLE:
	case EVENT_N_KINDS:
		break;
	}
	return 0;
}

int event_text_write(const struct trace *tr, const struct event *ev, struct text *t)
{
	size_t start = t->len;

	if (text_room(t, LINE_MAX_BYTES) < 0)
		return -1;
	TEXT(t, "M=");
	text_i64(t, ev->m);
	TEXT(t, " P=");
	text_i64(t, ev->p);
	TEXT(t, " G=");
	text_i64(t, ev->g);
	TEXT(t, " ");
	text_name(t, event_kind_name(ev->kind));
	TEXT(t, " Time=");
	text_i64(t, ev->time);
	if (put_details(t, tr, ev) < 0)
		goto fail;
	if (ev->stack != 0 || ev->kind == EVENT_STACK_SAMPLE) {
		TEXT(t, "\nStack=\n");
		if (put_stack(t, tr, ev->stack) < 0)
			goto fail;
	}
	TEXT(t, "\n");
	return 0;
fail:
	t->len = start;
	return -1;
}

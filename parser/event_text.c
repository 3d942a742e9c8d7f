#include "parser/event_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "parser/base/mem.h"
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

void text_clear(struct text *t)
{
	mem_free(t->data);
	t->data = NULL;
	t->len = t->cap = 0;
}

static int room(struct text *t, size_t n)
{
	size_t cap = t->cap + t->cap / 2 + n;
	char *p;

	if (t->cap - t->len >= n)
		return 0;
	p = mem_realloc(t->data, cap);
	if (!p)
		return -1;
	t->data = p;
	t->cap = cap;
	return 0;
}

/* The writers below append where room() has been asked for. */

static void put_bytes(struct text *t, const char *s, size_t n)
{
	memcpy(t->data + t->len, s, n);
	t->len += n;
}

#define PUT(t, literal) put_bytes(t, literal, sizeof(literal) - 1)

static void put_name(struct text *t, const char *s)
{
	put_bytes(t, s, strlen(s));
}

static void put_u64(struct text *t, uint64_t v)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char buf[20], *p = buf + sizeof(buf);

	for (; v >= 100; v /= 100) {
		p -= 2;
		memcpy(p, pairs + v % 100 * 2, 2);
	}
	if (v >= 10) {
		p -= 2;
		memcpy(p, pairs + v * 2, 2);
	} else {
		*--p = (char)('0' + v);
	}
	put_bytes(t, p, (size_t)(buf + sizeof(buf) - p));
}

static void put_i64(struct text *t, int64_t v)
{
	if (v < 0)
		t->data[t->len++] = '-';
	put_u64(t, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static void put_hex(struct text *t, uint64_t v)
{
	char buf[16], *p = buf + sizeof(buf);

	do {
		*--p = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v != 0);
	put_bytes(t, p, (size_t)(buf + sizeof(buf) - p));
}

static void put_value(struct text *t, uint64_t v)
{
	PUT(t, "Value{Uint64(");
	put_u64(t, v);
	PUT(t, ")}");
}

static void put_scope(struct text *t, unsigned resource, int64_t id)
{
	put_name(t, event_resource_name(resource));
	if (resource == RESOURCE_NONE)
		return;
	PUT(t, "(");
	put_i64(t, id);
	PUT(t, ")");
}

/* A trace's string, quoted; asks for room itself, and again for the rest of the line. */
static int put_quoted(struct text *t, const struct trace *tr, uint32_t id)
{
	const char *s;
	size_t n;

	s = trace_string(tr, id, &n);
	if (room(t, QUOTE_MAX(n) + LINE_MAX_BYTES) < 0)
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
		if (room(t, n + LINE_MAX_BYTES) < 0)
			return -1;
		PUT(t, "\t");
		put_bytes(t, s, n);
		PUT(t, " @ 0x");
		put_hex(t, f->pc);
		s = trace_string(tr, f->file, &n);
		if (room(t, n + LINE_MAX_BYTES) < 0)
			return -1;
		PUT(t, "\n\t\t");
		put_bytes(t, s, n);
		PUT(t, ":");
		put_u64(t, f->line);
		PUT(t, "\n");
	}
	return room(t, LINE_MAX_BYTES);
}

static int put_transition(struct text *t, const struct trace *tr, const struct event_transition *s)
{
	if (s->resource == RESOURCE_GOROUTINE)
		PUT(t, " GoID=");
	else
		PUT(t, " ProcID=");
	put_i64(t, s->id);
	PUT(t, " ");
	put_name(t, event_state_name(s->resource, s->from));
	PUT(t, "->");
	put_name(t, event_state_name(s->resource, s->to));
	PUT(t, " Reason=");
	if (put_quoted(t, tr, s->reason) < 0)
		return -1;
	if (!s->has_stack)
		return 0;
	PUT(t, "\nTransitionStack=\n");
	return put_stack(t, tr, s->stack);
}

static int put_range(struct text *t, const struct trace *tr, const struct event *ev)
{
	const struct event_range *r = &ev->range;

	PUT(t, " Name=");
	if (r->name == RANGE_STOP_THE_WORLD) {
		size_t mark;

		PUT(t, "\"stop-the-world (");
		mark = t->len;
		if (put_quoted(t, tr, r->reason) < 0)
			return -1;
		/* One literal in Go: drop the inner pair of quotes. */
		memmove(t->data + mark, t->data + mark + 1, t->len - mark - 2);
		t->len -= 2;
		PUT(t, ")\"");
	} else {
		PUT(t, "\"");
		put_name(t, event_range_name(r->name));
		PUT(t, "\"");
	}
	PUT(t, " Scope=");
	put_scope(t, r->resource, r->id);
	if (ev->kind != EVENT_RANGE_END)
		return 0;
	PUT(t, " Attributes=[");
	if (r->name == RANGE_GC_SWEEP) {
		PUT(t, "\"bytes swept\"=");
		put_value(t, r->swept);
		PUT(t, " \"bytes reclaimed\"=");
		put_value(t, r->reclaimed);
	}
	PUT(t, "]");
	return 0;
}

/* RFC 3339 in the local time zone, with as many decimals as are not zero, as Go formats it. */
static void put_wall(struct text *t, int64_t sec, uint32_t nsec)
{
	time_t when = (time_t)sec;
	char buf[96];
	struct tm tm;
	size_t n;
	long off;

	if (!localtime_r(&when, &tm)) {
		PUT(t, "(out of range)");
		return;
	}
	n = (size_t)snprintf(buf, sizeof(buf), "%04ld-%02d-%02dT%02d:%02d:%02d.%09" PRIu32,
		tm.tm_year + 1900L, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		nsec);
	while (buf[n - 1] == '0')
		n--;
	if (buf[n - 1] == '.')
		n--;
	put_bytes(t, buf, n);
	off = tm.tm_gmtoff / 60;
	if (off == 0) {
		PUT(t, "Z");
		return;
	}
	n = (size_t)snprintf(buf, sizeof(buf), "%c%02ld:%02ld", off < 0 ? '-' : '+',
		(off < 0 ? -off : off) / 60, (off < 0 ? -off : off) % 60);
	put_bytes(t, buf, n);
}

static void put_sync(struct text *t, const struct event_sync *s)
{
	PUT(t, " N=");
	put_u64(t, s->n);
	if (!s->has_snapshot)
		return;
	PUT(t, " Trace=");
	put_i64(t, s->trace_ns);
	PUT(t, " Mono=");
	put_u64(t, s->mono_ns);
	PUT(t, " Wall=");
	put_wall(t, s->wall_sec, s->wall_nsec);
}

static void put_experimental(struct text *t, const struct event *ev)
{
	const struct spec *spec = &spec_table[ev->type];
	unsigned i;

	PUT(t, " Name=");
	put_name(t, spec_name(ev->type));
	PUT(t, " Args=[");
	for (i = 0; i < ev->experimental.n_args; i++) {
		if (i > 0)
			PUT(t, ", ");
		put_name(t, spec->args[i]);
		PUT(t, "=");
		put_value(t, ev->experimental.args[i]);
	}
	PUT(t, "]");
}

static int put_task(struct text *t, const struct trace *tr, const struct event_task *task)
{
	PUT(t, " ID=");
	put_u64(t, task->id);
	PUT(t, " Parent=");
	put_u64(t, task->parent);
	PUT(t, " Type=");
	return put_quoted(t, tr, task->type);
}

static int put_log(struct text *t, const struct trace *tr, const struct event_log *log)
{
	PUT(t, " Task=");
	put_u64(t, log->task);
	PUT(t, " Category=");
	if (put_quoted(t, tr, log->category) < 0)
		return -1;
	PUT(t, " Message=");
	return put_quoted(t, tr, log->message);
}

static int put_details(struct text *t, const struct trace *tr, const struct event *ev)
{
	switch ((enum event_kind)ev->kind) {
	case EVENT_STATE_TRANSITION:
		return put_transition(t, tr, &ev->transition);
	case EVENT_METRIC:
		PUT(t, " Name=\"");
		put_name(t, event_metric_name(ev->metric.name));
		PUT(t, "\" Value=");
		put_value(t, ev->metric.value);
		return 0;
	case EVENT_LABEL:
		PUT(t, " Label=");
		if (put_quoted(t, tr, ev->label.label) < 0)
			return -1;
		PUT(t, " Resource=");
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
		PUT(t, " Task=");
		put_u64(t, ev->region.task);
		PUT(t, " Type=");
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

	if (room(t, LINE_MAX_BYTES) < 0)
		return -1;
	PUT(t, "M=");
	put_i64(t, ev->m);
	PUT(t, " P=");
	put_i64(t, ev->p);
	PUT(t, " G=");
	put_i64(t, ev->g);
	PUT(t, " ");
	put_name(t, event_kind_name(ev->kind));
	PUT(t, " Time=");
	put_i64(t, ev->time);
	if (put_details(t, tr, ev) < 0)
		goto fail;
	if (ev->stack != 0 || ev->kind == EVENT_STACK_SAMPLE) {
		PUT(t, "\nStack=\n");
		if (put_stack(t, tr, ev->stack) < 0)
			goto fail;
	}
	PUT(t, "\n");
	return 0;
fail:
	t->len = start;
	return -1;
}

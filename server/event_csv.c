/* event_csv.c: an event as a record of RFC 4180; its words are written down in event_print.h. */
#include "server/event_print.h"

#include <stdbool.h>

#include "parser/event.h"
#include "parser/event_text.h"
#include "parser/spec.h"
#include "parser/trace.h"
#include "server/csv.h"

/* Every record has all of them; columns may come at the end, none will go. */
static const char head[] = "time,kind,g,p,m,resource,id,from,to,reason,name,value,task,parent,"
			   "message,stack\r\n";

/* The fields of a record, but for the first five and the stack; empty unless set. */
struct record {
	const char *resource, *from, *to;
	uint32_t reason, message; /* strings of the trace */
	const char *name;         /* n_name bytes */
	size_t n_name;
	int64_t id;
	uint64_t task, parent;
	bool has_id, has_task, has_parent;
	char value[256];
};

int event_csv_head(struct text *out)
{
	if (text_room(out, sizeof(head)) < 0)
		return -1;
	TEXT(out, head);
	return 0;
}

static int put_string(struct text *t, const struct trace *tr, uint32_t id)
{
	const char *s;
	size_t n;

	s = trace_string(tr, id, &n);
	return csv_field(t, s, n);
}

static int put_frame(struct text *t, const struct trace *tr, const struct trace_frame *f)
{
	const char *s;
	size_t n;

	s = trace_string(tr, f->func, &n);
	if (csv_inner(t, s, n) < 0)
		return -1;
	TEXT(t, " (");
	s = trace_string(tr, f->file, &n);
	if (csv_inner(t, s, n) < 0)
		return -1;
	TEXT(t, ":");
	text_u64(t, f->line);
	TEXT(t, ")");
	return 0;
}

static int put_stack(struct text *t, const struct trace *tr, uint32_t stack)
{
	size_t n, i;
	const struct trace_frame *f = trace_stack(tr, stack, &n);

	if (n == 0)
		return 0;
	TEXT(t, "\"");
	for (i = 0; i < n; i++) {
		if (i > 0)
			TEXT(t, "; ");
		if (put_frame(t, tr, &f[i]) < 0)
			return -1;
	}
	TEXT(t, "\"");
	return 0;
}

static void put_id(struct text *t, int64_t id)
{
	if (id != NO_ID)
		text_i64(t, id);
	TEXT(t, ",");
}

static void set_resource(struct record *r, unsigned resource, int64_t id)
{
	r->resource = event_resource_name(resource);
	r->id = id;
	r->has_id = resource != RESOURCE_NONE;
}

static void set_name(struct record *r, const struct trace *tr, uint32_t string)
{
	r->name = trace_string(tr, string, &r->n_name);
}

static void set_own_name(struct record *r, const char *name)
{
	r->name = name;
	r->n_name = strlen(name);
}

static void set_task(struct record *r, uint64_t task)
{
	r->task = task;
	r->has_task = true;
}

/* Name and number of each argument, with blanks between them: "a=1 b=2". */
static void set_values(
	struct record *r, const char *const *names, const uint64_t *values, unsigned n)
{
	struct text t = {.data = r->value, .cap = sizeof(r->value)}; /* 4 of 20 + 20 bytes fit */
	unsigned i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			TEXT(&t, " ");
		text_name(&t, names[i]);
		TEXT(&t, "=");
		text_u64(&t, values[i]);
	}
	t.data[t.len] = '\0';
}

static void set_value(struct record *r, uint64_t value)
{
	struct text t = {.data = r->value, .cap = sizeof(r->value)};

	text_u64(&t, value);
	t.data[t.len] = '\0';
}

static int set_range(
	struct record *r, struct event_printer *p, const struct trace *tr, const struct event *ev)
{
	static const char *const names[] = {"swept", "reclaimed"};
	const uint64_t values[] = {ev->range.swept, ev->range.reclaimed};

	if (event_print_range_name(&p->scratch, tr, ev) < 0)
		return -1;
	r->name = p->scratch.data;
	r->n_name = p->scratch.len;
	set_resource(r, ev->range.resource, ev->range.id);
	if (ev->kind == EVENT_RANGE_END && ev->range.name == RANGE_GC_SWEEP)
		set_values(r, names, values, 2);
	return 0;
}

static void set_transition(struct record *r, const struct event_transition *s)
{
	set_resource(r, s->resource, s->id);
	r->from = event_state_name(s->resource, s->from);
	r->to = event_state_name(s->resource, s->to);
	r->reason = s->reason;
}

static int set_details(
	struct record *r, struct event_printer *p, const struct trace *tr, const struct event *ev)
{
	switch ((enum event_kind)ev->kind) {
	case EVENT_STATE_TRANSITION:
		set_transition(r, &ev->transition);
		break;
	case EVENT_METRIC:
		set_own_name(r, event_metric_name(ev->metric.name));
		set_value(r, ev->metric.value);
		break;
	case EVENT_LABEL:
		set_resource(r, ev->label.resource, ev->label.id);
		set_name(r, tr, ev->label.label);
		break;
	case EVENT_RANGE_BEGIN:
	case EVENT_RANGE_ACTIVE:
	case EVENT_RANGE_END:
		return set_range(r, p, tr, ev);
	case EVENT_TASK_BEGIN:
	case EVENT_TASK_END:
		set_task(r, ev->task.id);
		set_name(r, tr, ev->task.type);
		r->parent = ev->task.parent;
		r->has_parent = ev->task.parent != NO_TASK;
		break;
	case EVENT_REGION_BEGIN:
	case EVENT_REGION_END:
		set_task(r, ev->region.task);
		set_name(r, tr, ev->region.type);
		break;
	case EVENT_LOG:
		set_task(r, ev->log.task);
		set_name(r, tr, ev->log.category);
		r->message = ev->log.message;
		break;
	case EVENT_SYNC:
		set_value(r, ev->sync.n);
		break;
	case EVENT_EXPERIMENTAL:
		set_own_name(r, spec_name(ev->type));
		set_values(r, spec_table[ev->type].args, ev->experimental.args,
			ev->experimental.n_args);
		break;
	case EVENT_BAD:
	case EVENT_STACK_SAMPLE:
	case EVENT_N_KINDS:
		break;
	}
	return 0;
}

static void put_optional(struct text *t, const char *s)
{
	if (s)
		text_name(t, s);
	TEXT(t, ",");
}

/* From `resource` up to `to`. */
static void put_change(struct text *t, const struct record *r)
{
	put_optional(t, r->resource);
	if (r->has_id)
		text_i64(t, r->id);
	TEXT(t, ",");
	put_optional(t, r->from);
	put_optional(t, r->to);
}

static int put_record(struct text *t, const struct trace *tr, const struct record *r)
{
	put_change(t, r);
	if (put_string(t, tr, r->reason) < 0)
		return -1;
	TEXT(t, ",");
	if (csv_field(t, r->name ? r->name : "", r->n_name) < 0)
		return -1;
	TEXT(t, ",");
	put_optional(t, r->value);
	if (r->has_task)
		text_u64(t, r->task);
	TEXT(t, ",");
	if (r->has_parent)
		text_u64(t, r->parent);
	TEXT(t, ",");
	if (put_string(t, tr, r->message) < 0)
		return -1;
	TEXT(t, ",");
	return 0;
}

int event_csv_write(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *out)
{
	struct record r = {0};

	if (set_details(&r, p, tr, ev) < 0 || text_room(out, CSV_SPARE) < 0)
		return -1;
	text_i64(out, ev->time);
	TEXT(out, ",");
	put_optional(out, event_kind_name(ev->kind));
	put_id(out, ev->g);
	put_id(out, ev->p);
	put_id(out, ev->m);
	if (put_record(out, tr, &r) < 0 || put_stack(out, tr, ev->stack) < 0)
		return -1;
	TEXT(out, "\r\n");
	return 0;
}

/* event_json.c: an event as one line of JSON; its words are written down in event_print.h. */
#include "server/event_print.h"

#include "parser/event.h"
#include "parser/event_text.h"
#include "parser/spec.h"
#include "parser/trace.h"
#include "server/utc.h"

static void put_string(
	struct json_writer *w, const char *key, const struct trace *tr, uint32_t string)
{
	const char *s;
	size_t n;

	s = trace_string(tr, string, &n);
	json_key(w, key);
	json_text_n(w, s, n);
}

static void put_id(struct json_writer *w, const char *key, int64_t id)
{
	if (id != NO_ID)
		json_key_i64_text(w, key, id);
}

static void put_resource(struct json_writer *w, unsigned resource, int64_t id)
{
	json_key_text(w, "resource", event_resource_name(resource));
	if (resource != RESOURCE_NONE)
		json_key_i64_text(w, "id", id);
}

static void put_stack(
	struct json_writer *w, const char *key, const struct trace *tr, uint32_t stack)
{
	size_t n, i;
	const struct trace_frame *f = trace_stack(tr, stack, &n);

	json_key(w, key);
	json_open(w, '[');
	for (i = 0; i < n; i++) {
		json_open(w, '{');
		put_string(w, "func", tr, f[i].func);
		put_string(w, "file", tr, f[i].file);
		json_key_u64(w, "line", f[i].line);
		json_key(w, "pc");
		json_hex_text(w, f[i].pc);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_transition(
	struct json_writer *w, const struct trace *tr, const struct event_transition *s)
{
	put_resource(w, s->resource, s->id);
	json_key_text(w, "from", event_state_name(s->resource, s->from));
	json_key_text(w, "to", event_state_name(s->resource, s->to));
	put_string(w, "reason", tr, s->reason);
}

static int put_range(struct event_printer *p, const struct trace *tr, const struct event *ev)
{
	struct json_writer *w = &p->json;

	if (event_print_range_name(&p->scratch, tr, ev) < 0)
		return -1;
	json_key(w, "name");
	json_text_n(w, p->scratch.data, p->scratch.len);
	put_resource(w, ev->range.resource, ev->range.id);
	if (ev->kind == EVENT_RANGE_END && ev->range.name == RANGE_GC_SWEEP) {
		json_key_u64_text(w, "swept", ev->range.swept);
		json_key_u64_text(w, "reclaimed", ev->range.reclaimed);
	}
	return 0;
}

static void put_task(struct json_writer *w, const struct trace *tr, const struct event_task *t)
{
	json_key_u64_text(w, "task", t->id);
	if (t->parent != NO_TASK)
		json_key_u64_text(w, "parent", t->parent);
	put_string(w, "name", tr, t->type);
}

static void put_sync(struct json_writer *w, const struct event_sync *s)
{
	char wall[UTC_MAX];

	json_key_u64(w, "value", s->n);
	if (!s->has_snapshot)
		return;
	json_key_i64_text(w, "clock", s->trace_ns);
	json_key_u64_text(w, "mono", s->mono_ns);
	json_key_text(w, "wall", utc_format(wall, s->wall_sec, s->wall_nsec));
}

static void put_experimental(struct json_writer *w, const struct event *ev)
{
	unsigned i;

	json_key_text(w, "name", spec_name(ev->type));
	json_key(w, "args");
	json_open(w, '{');
	for (i = 0; i < ev->experimental.n_args; i++)
		json_key_u64_text(w, spec_table[ev->type].args[i], ev->experimental.args[i]);
	json_close(w, '}');
}

static int put_details(struct event_printer *p, const struct trace *tr, const struct event *ev)
{
	struct json_writer *w = &p->json;

	switch ((enum event_kind)ev->kind) {
	case EVENT_STATE_TRANSITION:
		put_transition(w, tr, &ev->transition);
		break;
	case EVENT_METRIC:
		json_key_text(w, "name", event_metric_name(ev->metric.name));
		json_key_u64_text(w, "value", ev->metric.value);
		break;
	case EVENT_LABEL:
		put_resource(w, ev->label.resource, ev->label.id);
		put_string(w, "name", tr, ev->label.label);
		break;
	case EVENT_RANGE_BEGIN:
	case EVENT_RANGE_ACTIVE:
	case EVENT_RANGE_END:
		return put_range(p, tr, ev);
	case EVENT_TASK_BEGIN:
	case EVENT_TASK_END:
		put_task(w, tr, &ev->task);
		break;
	case EVENT_REGION_BEGIN:
	case EVENT_REGION_END:
		json_key_u64_text(w, "task", ev->region.task);
		put_string(w, "name", tr, ev->region.type);
		break;
	case EVENT_LOG:
		json_key_u64_text(w, "task", ev->log.task);
		put_string(w, "name", tr, ev->log.category);
		put_string(w, "message", tr, ev->log.message);
		break;
	case EVENT_SYNC:
		put_sync(w, &ev->sync);
		break;
	case EVENT_EXPERIMENTAL:
		put_experimental(w, ev);
		break;
	case EVENT_BAD:
	case EVENT_STACK_SAMPLE:
	case EVENT_N_KINDS:
		break;
	}
	return 0;
}

int event_json_write(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *out)
{
	struct json_writer *w = &p->json;

	w->n = 0;
	w->comma = false;
	json_open(w, '{');
	json_key_i64_text(w, "time", ev->time);
	json_key_text(w, "kind", event_kind_name(ev->kind));
	put_id(w, "g", ev->g);
	put_id(w, "p", ev->p);
	put_id(w, "m", ev->m);
	if (put_details(p, tr, ev) < 0)
		return -1;
	if (ev->stack != 0)
		put_stack(w, "stack", tr, ev->stack);
	if (ev->kind == EVENT_STATE_TRANSITION && ev->transition.stack != 0 &&
		ev->transition.stack != ev->stack)
		put_stack(w, "transition_stack", tr, ev->transition.stack);
	json_close(w, '}');
	if (w->failed || text_room(out, w->n + 1) < 0)
		return -1;
	text_bytes(out, w->data, w->n);
	TEXT(out, "\n");
	return 0;
}

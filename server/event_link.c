/* event_link.c: an event as a link to its place in the page, written as web/core/link.js reads it.
 *
 * A goroutine that changes its state: the interval that begins with the event, by its T. What is a
 * mark on a goroutine's row: that, at its time, since stores hold no T of it. All other: the time. */
#include "server/event_print.h"

#include "parser/event.h"
#include "parser/event_text.h"

#define AROUND_NS INT64_C(50000) /* of time before and after the event in the picture */
#define LINE_MAX  512

static void put_seconds(struct text *t, int64_t ns)
{
	uint64_t rest = (uint64_t)(ns % 1000000000), unit;

	text_u64(t, (uint64_t)(ns / 1000000000));
	if (rest == 0)
		return;
	TEXT(t, ".");
	for (unit = 100000000; rest > 0; rest %= unit, unit /= 10)
		t->data[t->len++] = (char)('0' + rest / unit);
}

/* Is there an interval of the goroutine in the store that begins here? */
static bool begins_interval(const struct event *ev)
{
	const struct event_transition *s = &ev->transition;

	return ev->kind == EVENT_STATE_TRANSITION && s->resource == RESOURCE_GOROUTINE &&
		s->from != GO_UNDETERMINED && s->to != GO_NOT_EXIST && s->from != s->to;
}

/* Is it a mark of its goroutine's row? Pauses and sweeps are told elsewhere. */
static bool is_mark(const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_LABEL:
	case EVENT_STACK_SAMPLE:
	case EVENT_REGION_BEGIN:
	case EVENT_REGION_END:
	case EVENT_LOG:
		return ev->g > 0;
	case EVENT_RANGE_BEGIN:
	case EVENT_RANGE_END:
		return ev->g > 0 && ev->range.name == RANGE_MARK_ASSIST;
	default:
		return false;
	}
}

static void put_selection(struct text *t, const struct event *ev, int64_t t_ns)
{
	if (begins_interval(ev)) {
		TEXT(t, "&sel=g");
		text_i64(t, ev->transition.id);
		TEXT(t, "@");
		text_i64(t, ev->time);
	} else if (is_mark(ev)) {
		TEXT(t, "&sel=mark:g");
		text_i64(t, ev->g);
		TEXT(t, "@");
		put_seconds(t, t_ns);
		TEXT(t, "s");
	}
}

/* The first line of the Go text. */
static int put_summary(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *t)
{
	const char *end;
	size_t n;

	p->scratch.len = 0;
	if (event_text_write(tr, ev, &p->scratch) < 0)
		return -1;
	end = memchr(p->scratch.data, '\n', p->scratch.len);
	n = end ? (size_t)(end - p->scratch.data) : p->scratch.len;
	if (text_room(t, n + LINE_MAX) < 0)
		return -1;
	text_bytes(t, p->scratch.data, n);
	TEXT(t, "\n");
	return 0;
}

int event_link_write(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *out)
{
	int64_t t_ns = ev->clock_ns - p->origin_ns;

	if (t_ns < 0)
		t_ns = 0; /* a clock that stands behind that of the first event */
	if (text_room(out, strlen(p->base) + LINE_MAX) < 0)
		return -1;
	text_name(out, p->base);
	TEXT(out, "/t/");
	text_name(out, p->id);
	TEXT(out, "#v=1&t=");
	put_seconds(out, t_ns > AROUND_NS ? t_ns - AROUND_NS : 0);
	TEXT(out, "..");
	put_seconds(out, t_ns + AROUND_NS);
	put_selection(out, ev, t_ns);
	TEXT(out, "\t");
	return put_summary(p, tr, ev, out);
}

/* fuzz_reader.c — any bytes as a trace: every event as text, then every change, by two readings.
 *
 * Beyond what the sanitizers see, it holds the reader to what its headers promise: time rises
 * strictly, ids that events name exist, an error stays, and all memory comes back. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/event_text.h"
#include "parser/interval.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"

#define MEMORY_CAP ((size_t)256 << 20)

static void must(int holds)
{
	if (!holds)
		abort();
}

static void check_event(const struct trace *tr, const struct event *ev, int64_t before)
{
	size_t n;

	must(ev->kind > EVENT_BAD && ev->kind < EVENT_N_KINDS);
	must(ev->time > before);
	must(ev->stack <= trace_n_stacks(tr));
	must(trace_stack(tr, ev->stack, &n) != NULL || n == 0);
	if (ev->kind != EVENT_STATE_TRANSITION)
		return;
	must(ev->transition.stack <= trace_n_stacks(tr));
	must(ev->transition.reason <= trace_n_strings(tr));
}

static void check_initial(struct trace *tr)
{
	size_t n, i;
	const struct initial_status *st = trace_initial(tr, &n);

	for (i = 0; i < n; i++) {
		must(st[i].stack <= trace_n_stacks(tr) && st[i].start_func <= trace_n_strings(tr));
		must(i == 0 || st[i - 1].resource < st[i].resource ||
			(st[i - 1].resource == st[i].resource && st[i - 1].id < st[i].id));
	}
}

static void read_events(struct trace *tr)
{
	struct err e = ERR_INIT;
	struct text text = {0};
	struct event ev;
	int64_t before = INT64_MIN;
	int rc;

	while ((rc = trace_next(tr, &ev, &e)) > 0) {
		check_event(tr, &ev, before);
		before = ev.time;
		if (ev.kind == EVENT_SYNC)
			check_initial(tr);
		if (event_text_write(tr, &ev, &text) == 0)
			text.len = 0;
	}
	must((rc < 0) == (e.kind != ERR_NONE));
	must(trace_next(tr, &ev, &e) == rc);
	text_clear(&text);
}

static void read_changes(struct trace *tr)
{
	struct err e = ERR_INIT;
	struct interval *iv = interval_create(tr, &e);
	const struct change *c;

	while (iv && interval_next(iv, &c, &e) > 0)
		must(c->kind < N_CHANGE_KINDS && c->lane < N_LANES && c->state < N_STATES);
	interval_destroy(iv);
}

static void read_with(void (*reading)(struct trace *tr), const uint8_t *bytes, size_t n)
{
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct source *src = source_open_memory(bytes, n, &e);
	struct trace *tr = src ? trace_open(src, &lim, &e) : NULL;

	if (tr)
		reading(tr);
	else
		must(e.kind != ERR_NONE);
	trace_close(tr);
	source_close(src);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	mem_set_cap(MEMORY_CAP);
	read_with(read_events, bytes, n);
	read_with(read_changes, bytes, n);
	must(mem_used() == 0);
	return 0;
}

/* survey.c */
#include "server/survey.h"

#include <string.h>

#include "parser/base/map.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "server/helper.h"
#include "server/wire_file.h"

static void count_sync(struct survey *s, const struct trace *tr, const struct event *ev)
{
	if (ev->sync.n == 1) {
		s->first_ns = ev->time;
		s->min_clock_ns = s->max_clock_ns = ev->clock_ns;
		s->ns_per_tick = trace_ns_per_tick(tr);
		s->first_generation = trace_generation(tr);
	}
	if (ev->sync.has_snapshot && !s->snapshot.has_snapshot)
		s->snapshot = ev->sync;
	if (!ev->sync.is_last)
		s->n_generations++;
	s->last_generation = trace_generation(tr);
}

/* Who comes into being, or is heard of for the first time. */
static void count_new(struct survey *s, const struct event_transition *t)
{
	if (t->resource == RESOURCE_GOROUTINE)
		s->n_goroutines += t->from == GO_NOT_EXIST || t->from == GO_UNDETERMINED;
	else if (t->resource == RESOURCE_PROC)
		s->n_procs += t->from == PROC_NOT_EXIST || t->from == PROC_UNDETERMINED;
}

static int count_event(
	struct survey *s, const struct trace *tr, struct map *threads, const struct event *ev)
{
	s->kinds[ev->kind < EVENT_N_KINDS ? ev->kind : EVENT_BAD]++;
	s->last_ns = ev->time;
	if (ev->kind == EVENT_SYNC)
		count_sync(s, tr, ev);
	if (ev->kind == EVENT_STATE_TRANSITION)
		count_new(s, &ev->transition);
	if (ev->clock_ns < s->min_clock_ns)
		s->min_clock_ns = ev->clock_ns;
	if (ev->clock_ns > s->max_clock_ns)
		s->max_clock_ns = ev->clock_ns;
	if (ev->m == NO_ID || map_get(threads, (uint64_t)ev->m) != MAP_NONE)
		return 0;
	s->n_threads++;
	return map_put(threads, (uint64_t)ev->m, 1);
}

static int read_events(struct survey *s, struct trace *tr, struct err *e)
{
	const struct trace_gap *gaps;
	struct map threads;
	struct event ev;
	size_t i, n_gaps;
	int rc = 0;

	map_init(&threads);
	while (rc == 0 && trace_next(tr, &ev, &s->damage) > 0)
		rc = count_event(s, tr, &threads, &ev);
	map_clear(&threads);
	gaps = trace_gaps(tr, &n_gaps);
	s->go_minor = trace_go_minor(tr);
	s->file_bytes = trace_bytes_total(tr);
	s->n_events = trace_n_events(tr);
	s->n_strings = trace_n_strings(tr);
	s->n_stacks = trace_n_stacks(tr);
	s->n_skipped = trace_n_skipped(tr);
	s->n_experimental_batches = trace_n_experimental_batches(tr);
	for (i = 0; rc == 0 && i < n_gaps; i++)
		rc = vec_push(&s->gaps, gaps[i]);
	return rc < 0 ? err_set(e, ERR_MEMORY, -1, "Cannot tell: out of memory") : 0;
}

void survey_clear(struct survey *s)
{
	vec_clear(&s->gaps);
}

int survey_read(struct survey *s, const char *path, struct err *e)
{
	const struct limits lim = LIMITS_DEFAULT;
	struct err ignored = ERR_INIT; /* what is wrong with the events says more */
	struct source *src = source_open(path, &lim, e);
	struct trace *tr = src ? trace_open(src, &lim, e) : NULL;
	struct helper helper = {.n_max = helper_threads()};
	const struct crew crew = helper_crew(&helper);
	struct wire_file f;
	int rc = -1;

	memset(s, 0, sizeof(*s));
	err_clear(&s->damage);
	if (tr)
		trace_read_ahead(tr, &crew);
	if (tr)
		rc = read_events(s, tr, e);
	trace_close(tr);
	source_close(src);
	if (rc < 0) {
		survey_clear(s);
		return -1;
	}
	if (strcmp(path, "-") == 0)
		return 0; /* gone: it can be read only once */
	if (wire_file_open(&f, path, &ignored) == 0) {
		s->has_footprint = true;
		wire_file_count(&f, &s->footprint, &ignored);
	}
	wire_file_close(&f);
	return 0;
}

int64_t survey_began_nsec(const struct survey *s)
{
	return (int64_t)s->snapshot.wall_nsec - (s->snapshot.trace_ns - s->first_ns);
}

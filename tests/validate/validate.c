/* validate.c — re-checks the text of `tilescope events` (or `go tool trace -d=parsed`) from stdin: is this a
 * run that a Go scheduler could have had?
 *
 *	validate_events [MINOR] <events.txt      MINOR: of the Go that wrote the trace, 26 where not given
 *
 * Shares no code with the reader: it knows the text, not the trace, and follows every goroutine, proc
 * and thread in a table of its own. What it holds the events to is what Go's own validator does
 * (internal/trace/testtrace/validation.go), and that regions nest:
 *
 *	time          rises strictly
 *	sync          the first event is one; they count up by one
 *	clock         snapshots are there from 1.25 on, and wall, monotonic and trace time rise
 *	metric        its name contains ':'
 *	label         is not empty, and its goroutine is known
 *	state         the old state is the one that was left
 *	undetermined  nothing is after the first sync, and nothing becomes so
 *	thread        who starts to run does so on a thread; one G, one P per thread
 *	death         no range is open on what ends to exist
 *	range         begins once, ends where it began
 *	task          neither id nor parent is the background task; it ends as the type it began as
 *	region        the innermost one ends first
 *	stack         frames are complete; who stops shows the same stack twice
 *	syntax        the text itself
 *
 * Prints "line N: RULE: what" for each break (the first 20) and counts; exit code 1 where there was one. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/validate/things.h"

#define MAX_SHOWN  20
#define FIRST_HASH UINT64_C(14695981039346656037) /* FNV-1a; 0 stands for "no stack" */

struct snapshot {
	bool is_set;
	int64_t trace, wall_sec, wall_nsec;
	uint64_t mono;
};

struct event {
	int64_t m, p, g, time;
	char kind[32];
	char *details; /* of the line, behind the time */
	uint64_t stack, transition_stack;
};

struct check {
	struct things table;
	struct snapshot last;
	int minor;
	size_t line, event_line;
	size_t n_events, n_errors;
	int64_t last_time;
	uint64_t n_syncs;
};

static void broken(struct check *v, const char *rule, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void broken(struct check *v, const char *rule, const char *fmt, ...)
{
	va_list ap;

	if (v->n_errors++ >= MAX_SHOWN)
		return;
	printf("line %zu: %s: ", v->event_line, rule);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* sscanf: a number too large for its type reads as its limit, and breaks a rule then.
 * NOLINTBEGIN(cert-err34-c) */

/* ---- pieces of text ---- */

/* The number behind `key` in the details, as Go prints it. */
static bool number_of(const struct event *ev, const char *key, uint64_t *v)
{
	const char *s = strstr(ev->details, key);
	char *end;

	if (!s)
		return false;
	s += strlen(key);
	*v = *s == '-' ? (uint64_t)strtoll(s, &end, 10) : strtoull(s, &end, 10);
	return end != s;
}

/* The quoted text behind `key`, quotes and escapes as they stand, cut out of the details into buf. */
static bool quoted_of(const struct event *ev, const char *key, char *buf, size_t cap)
{
	const char *s = strstr(ev->details, key), *end;
	size_t n;

	if (!s || s[strlen(key)] != '"')
		return false;
	s += strlen(key);
	for (end = s + 1; *end && *end != '"'; end++) {
		if (*end == '\\' && end[1])
			end++;
	}
	n = (size_t)(end + 1 - s);
	if (!*end || n >= cap)
		return false;
	memcpy(buf, s, n);
	buf[n] = '\0';
	return true;
}

/* "Goroutine(7)", "Proc(0)", "None" behind `key`: kind and id of a thing. */
static bool scope_of(const struct event *ev, const char *key, char *kind, int64_t *id)
{
	const char *s = strstr(ev->details, key);

	if (!s)
		return false;
	s += strlen(key);
	*id = 0;
	*kind = 'W';
	if (strncmp(s, "None", 4) == 0)
		return true;
	*kind = strncmp(s, "Goroutine(", 10) == 0 ? 'G' : strncmp(s, "Proc(", 5) == 0 ? 'P' : 'M';
	s = strchr(s, '(');
	if (!s)
		return false;
	*id = strtoll(s + 1, NULL, 10);
	return true;
}

static bool wall_of(const char *s, int64_t *sec, int64_t *nsec)
{
	struct tm tm = {0};
	int hours = 0, minutes = 0, n = 0, digits;

	if (sscanf(s, "%d-%d-%dT%d:%d:%d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		    &tm.tm_min, &tm.tm_sec, &n) != 6)
		return false;
	s += n;
	*nsec = 0;
	if (*s == '.') {
		for (s++, digits = 0; *s >= '0' && *s <= '9'; s++, digits++)
			*nsec = *nsec * 10 + (*s - '0');
		for (; digits < 9; digits++)
			*nsec *= 10;
	}
	if (*s != 'Z' && sscanf(s + 1, "%d:%d", &hours, &minutes) != 2)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*sec = timegm(&tm) - (*s == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

/* ---- rules ---- */

static void check_sync(struct check *v, const struct event *ev)
{
	struct snapshot now = {0};
	uint64_t n = 0, trace = 0;
	const char *wall = strstr(ev->details, "Wall=");

	if (!number_of(ev, "N=", &n) || n != v->n_syncs + 1)
		broken(v, "sync", "expected number %" PRIu64 ", got %" PRIu64, v->n_syncs + 1, n);
	v->n_syncs = n;
	if (!wall)
		return;
	now.is_set = true;
	if (!number_of(ev, "Trace=", &trace) || !number_of(ev, "Mono=", &now.mono) ||
		!wall_of(wall + 5, &now.wall_sec, &now.wall_nsec))
		broken(v, "syntax", "clock snapshot: %s", ev->details);
	now.trace = (int64_t)trace;
	if (now.trace == 0 || now.mono == 0)
		broken(v, "clock", "a clock of the snapshot stands at zero");
	if (v->last.is_set &&
		(now.trace <= v->last.trace || now.mono <= v->last.mono ||
			now.wall_sec < v->last.wall_sec ||
			(now.wall_sec == v->last.wall_sec && now.wall_nsec <= v->last.wall_nsec)))
		broken(v, "clock", "the snapshot does not rise: %s", ev->details);
	v->last = now;
}

static void check_label(struct check *v, const struct event *ev)
{
	char label[8192], kind;
	int64_t id;

	if (!quoted_of(ev, "Label=", label, sizeof(label)) ||
		!scope_of(ev, "Resource=", &kind, &id)) {
		broken(v, "syntax", "label: %s", ev->details);
		return;
	}
	if (strcmp(label, "\"\"") == 0)
		broken(v, "label", "it is empty");
	if (kind == 'W' || !things_find(&v->table, kind, id))
		broken(v, "label", "of something unknown: %s", ev->details);
}

static bool is_executing(const char *state)
{
	return strcmp(state, "Running") == 0 || strcmp(state, "Syscall") == 0;
}

/* The thing starts to run: on which thread, and is there room? */
static void bind(struct check *v, const struct event *ev, char kind, int64_t id, const char *from)
{
	struct thing *m, *x;
	int64_t *place;

	if (ev->m == NONE) {
		if (v->minor >= 22 || kind != 'G' || strcmp(from, "Undetermined") != 0)
			broken(v, "thread", "%c %" PRId64 " runs on no thread", kind, id);
		return;
	}
	m = things_find_or_add(&v->table, 'M', ev->m);
	place = kind == 'G' ? &m->g : &m->p;
	if (*place != NONE && *place != id) {
		broken(v, "thread", "%c %" PRId64 " runs on thread %" PRId64 ", which has %" PRId64,
			kind, id, ev->m, *place);
	}
	*place = id;
	x = things_find(&v->table, kind, id);
	x->on = ev->m;
	x->bound = true;
}

static void unbind(struct check *v, const struct event *ev, struct thing *x)
{
	struct thing *m = x->bound ? things_find(&v->table, 'M', x->on) : NULL;
	int64_t *place;

	if (x->kind == 'G' && ev->stack != ev->transition_stack)
		broken(v, "stack", "the stacks of a goroutine that stops differ");
	if (!m) {
		if (v->minor >= 22)
			broken(v, "thread", "%c %" PRId64 " stops, and ran on no thread", x->kind,
				x->id);
		return;
	}
	place = x->kind == 'G' ? &m->g : &m->p;
	if (*place != x->id) {
		broken(v, "thread", "%c %" PRId64 " stops, but thread %" PRId64 " has %" PRId64,
			x->kind, x->id, m->id, *place);
	}
	*place = NONE;
	x->bound = false;
}

static void check_transition(struct check *v, const struct event *ev)
{
	char kind = 0, from[16], to[16];
	struct thing *x;
	int64_t id;

	if (sscanf(ev->details, "GoID=%" SCNd64 " %15[A-Za-z]->%15[A-Za-z]", &id, from, to) == 3)
		kind = 'G';
	else if (sscanf(ev->details, "ProcID=%" SCNd64 " %15[A-Za-z]->%15[A-Za-z]", &id, from,
			 to) == 3)
		kind = 'P';
	if (!kind) {
		broken(v, "syntax", "transition: %s", ev->details);
		return;
	}
	if (strcmp(to, "Undetermined") == 0)
		broken(v, "undetermined", "%c %" PRId64 " becomes so", kind, id);
	if (v->n_syncs > 1 && strcmp(from, "Undetermined") == 0)
		broken(v, "undetermined", "%c %" PRId64 " after the first sync", kind, id);
	x = things_find_or_add(&v->table, kind, id);
	if (strcmp(to, "NotExist") == 0 && x->ranges.n > 0)
		broken(v, "death", "%c %" PRId64 " ends in range %s", kind, id, x->ranges.at[0]);
	if (x->state[0] ? strcmp(from, x->state) != 0
			: strcmp(from, "Undetermined") != 0 && strcmp(from, "NotExist") != 0) {
		broken(v, "state", "%c %" PRId64 " was %s, not %s", kind, id,
			x->state[0] ? x->state : "unknown", from);
	}
	memcpy(x->state, to, sizeof(to));
	if (is_executing(to))
		bind(v, ev, kind, id, from);
	else if (is_executing(from))
		unbind(v, ev, x);
	if (strcmp(to, "NotExist") == 0) {
		x = things_find(&v->table, kind, id);
		while (x->regions.n > 0)
			names_remove(&x->regions, x->regions.n - 1);
	}
}

static void check_range(struct check *v, const struct event *ev)
{
	char name[8192], kind;
	struct thing *x;
	int64_t id;
	size_t i;

	if (!quoted_of(ev, "Name=", name, sizeof(name)) || !scope_of(ev, "Scope=", &kind, &id)) {
		broken(v, "syntax", "range: %s", ev->details);
		return;
	}
	x = things_find_or_add(&v->table, kind, id);
	i = names_find(&x->ranges, name);
	if (strcmp(ev->kind, "RangeEnd") == 0) {
		if (i == x->ranges.n)
			broken(v, "range", "it ends and never began: %s", ev->details);
		else
			names_remove(&x->ranges, i);
	} else if (i == x->ranges.n) {
		names_add(&x->ranges, name);
	} else if (strcmp(ev->kind, "RangeBegin") == 0) {
		broken(v, "range", "it begins twice: %s", ev->details);
	}
}

static void check_task(struct check *v, const struct event *ev)
{
	uint64_t id = 0, parent = 0;
	char type[8192];
	struct thing *x;

	if (!number_of(ev, "ID=", &id) || !number_of(ev, "Parent=", &parent) ||
		!quoted_of(ev, "Type=", type, sizeof(type))) {
		broken(v, "syntax", "task: %s", ev->details);
		return;
	}
	x = things_find_or_add(&v->table, 'T', (int64_t)id);
	if (strcmp(ev->kind, "TaskBegin") == 0) {
		if (id == 0 || id == UINT64_MAX || parent == 0)
			broken(v, "task", "the background task begins: %s", ev->details);
		free(x->type);
		x->type = things_must(strdup(type));
		return;
	}
	if (x->type && strcmp(x->type, type) != 0)
		broken(v, "task", "%" PRIu64 " began as %s and ends as %s", id, x->type, type);
	free(x->type);
	x->type = NULL;
}

static void check_region(struct check *v, const struct event *ev)
{
	struct thing *g = things_find_or_add(&v->table, 'G', ev->g);

	if (strcmp(ev->kind, "RegionBegin") == 0)
		names_add(&g->regions, ev->details);
	else if (g->regions.n > 0 && strcmp(g->regions.at[g->regions.n - 1], ev->details) != 0)
		broken(v, "region", "%s ends inside of %s", ev->details,
			g->regions.at[g->regions.n - 1]);
	else if (g->regions.n > 0)
		names_remove(&g->regions, g->regions.n - 1);
}

static void check_metric(struct check *v, const struct event *ev)
{
	char name[256];

	if (!quoted_of(ev, "Name=", name, sizeof(name)) || !strstr(ev->details, "Value="))
		broken(v, "syntax", "metric: %s", ev->details);
	else if (!strchr(name, ':'))
		broken(v, "metric", "no unit in %s", name);
}

static void ignore(struct check *v, const struct event *ev)
{
	(void)v;
	(void)ev;
}

static const struct {
	const char *kind;
	void (*check)(struct check *v, const struct event *ev);
} kinds[] = {
	{"StateTransition", check_transition},
	{"Sync", check_sync},
	{"Metric", check_metric},
	{"Label", check_label},
	{"StackSample", ignore},
	{"RangeBegin", check_range},
	{"RangeActive", check_range},
	{"RangeEnd", check_range},
	{"TaskBegin", check_task},
	{"TaskEnd", check_task},
	{"RegionBegin", check_region},
	{"RegionEnd", check_region},
	{"Log", ignore},
	{"Experimental", ignore},
};

static void check_event(struct check *v, const struct event *ev)
{
	size_t i;

	if (v->n_events++ == 0 && strcmp(ev->kind, "Sync") != 0)
		broken(v, "sync", "the first event is a %s", ev->kind);
	if (v->n_events > 1 && ev->time <= v->last_time)
		broken(v, "time", "%" PRId64 " after %" PRId64, ev->time, v->last_time);
	v->last_time = ev->time;
	/* A sync alone, without a snapshot, is what is left of a trace without a complete generation. */
	if (v->n_events == 2 && v->minor >= 25 && !v->last.is_set)
		broken(v, "clock", "the first sync has no snapshot");
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(ev->kind, kinds[i].kind) == 0) {
			kinds[i].check(v, ev);
			return;
		}
	}
	broken(v, "syntax", "unknown kind %s", ev->kind);
}

/* ---- reading ---- */

struct input {
	char *line;
	size_t cap;
	bool at_end;
};

static void next_line(struct check *v, struct input *in)
{
	ssize_t n = getline(&in->line, &in->cap, stdin);

	in->at_end = n < 0;
	if (in->at_end)
		return;
	v->line++;
	if (n > 0 && in->line[n - 1] == '\n')
		in->line[n - 1] = '\0';
}

static uint64_t hash(uint64_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

/* "\tfunc @ 0xpc", "\t\tfile:line": complete? Go lets the innermost frame off. */
static void check_frame(struct check *v, const char *func, const char *file, size_t at)
{
	const char *pc = strstr(func, " @ 0x"), *colon = strrchr(file, ':'), *next;

	while (pc && (next = strstr(pc + 1, " @ 0x")))
		pc = next;
	if (!pc || !colon || strncmp(file, "\t\t", 2) != 0) {
		broken(v, "syntax", "frame: %s %s", func, file);
		return;
	}
	if (at > 0 &&
		(pc == func + 1 || strtoull(pc + 5, NULL, 16) == 0 || colon == file + 2 ||
			strtoull(colon + 1, NULL, 10) == 0))
		broken(v, "stack", "incomplete frame: %s %s", func, file);
}

/* The frames of a stack, up to and with the empty line behind them. The hash, never 0. */
static uint64_t read_stack(struct check *v, struct input *in)
{
	uint64_t h = FIRST_HASH;
	size_t at = 0;

	for (next_line(v, in); !in->at_end && in->line[0] == '\t'; next_line(v, in)) {
		char *func = things_must(strdup(in->line));

		h = hash(h, func);
		next_line(v, in);
		if (in->at_end)
			broken(v, "syntax", "the text ends inside a stack");
		else
			check_frame(v, func, in->line, at++);
		free(func);
		if (in->at_end)
			break;
		h = hash(h, in->line);
	}
	if (!in->at_end && in->line[0] != '\0')
		broken(v, "syntax", "line %zu ends a stack: %s", v->line, in->line);
	next_line(v, in);
	return h | 1;
}

/* The event that begins at the current line; leaves the line after it. */
static void read_event(struct check *v, struct input *in)
{
	struct event ev = {0};
	int n = 0;

	v->event_line = v->line;
	if (sscanf(in->line,
		    "M=%" SCNd64 " P=%" SCNd64 " G=%" SCNd64 " %31[A-Za-z] Time=%" SCNd64 "%n",
		    &ev.m, &ev.p, &ev.g, ev.kind, &ev.time, &n) != 5) {
		broken(v, "syntax", "no event: %s", in->line);
		next_line(v, in);
		return;
	}
	ev.details = things_must(strdup(in->line + n + (in->line[n] == ' ')));
	next_line(v, in);
	if (!in->at_end && strcmp(in->line, "TransitionStack=") == 0)
		ev.transition_stack = read_stack(v, in);
	if (!in->at_end && strcmp(in->line, "Stack=") == 0)
		ev.stack = read_stack(v, in);
	check_event(v, &ev);
	free(ev.details);
}

int main(int argc, char **argv)
{
	struct check v = {.minor = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 26};
	struct input in = {0};

	next_line(&v, &in);
	while (!in.at_end)
		read_event(&v, &in);
	printf("%zu events, %zu errors\n", v.n_events, v.n_errors);
	things_clear(&v.table);
	free(in.line);
	return v.n_errors > 0;
}

/* NOLINTEND(cert-err34-c) */

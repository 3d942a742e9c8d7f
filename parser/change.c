#include "parser/change.h"

#include <string.h>

#include "parser/event.h"

static const char *const state_names[N_STATES] = {
	[STATE_NONE] = "none",
	[STATE_RUNNING] = "running",
	[STATE_GC] = "gc",
	[STATE_ASSIST] = "assist",
	[STATE_SYSCALL] = "syscall",
	[STATE_RUNNABLE] = "runnable",
	[STATE_SYNC] = "sync",
	[STATE_CHAN] = "chan",
	[STATE_OTHER] = "other",
	[STATE_NET] = "net",
	[STATE_SLEEP] = "sleep",
	[STATE_UNKNOWN] = "unknown",
};

const char *state_name(enum state s)
{
	return (unsigned)s < N_STATES ? state_names[s] : "unknown";
}

/* Reasons of runtime/traceruntime.go; those of the version-1 format are a subset. */
static const struct {
	const char *text;
	enum state state;
} reasons[] = {
	{"sync", STATE_SYNC},
	{"sync.(*Cond).Wait", STATE_SYNC},
	{"chan send", STATE_CHAN},
	{"chan receive", STATE_CHAN},
	{"select", STATE_CHAN},
	{"network", STATE_NET},
	{"sleep", STATE_SLEEP},
	{"forever", STATE_SLEEP},
	{"system goroutine wait", STATE_SLEEP},
	{"GC background sweeper wait", STATE_SLEEP},
};

enum state state_of_reason(const char *reason, size_t n)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (strlen(reasons[i].text) == n && memcmp(reasons[i].text, reason, n) == 0)
			return reasons[i].state;
	}
	return STATE_OTHER;
}

const char *range_kind_name(enum range_kind r)
{
	static const char *const names[N_RANGES] = {
		[RANGE_OTHER] = "",
		[RANGE_GC] = "GC concurrent mark phase",
		[RANGE_STW] = "stop-the-world",
		[RANGE_SWEEP] = "GC incremental sweep",
		[RANGE_ASSIST] = "GC mark assist",
	};

	return (unsigned)r < N_RANGES ? names[r] : "";
}

const char *change_metric_name(unsigned metric)
{
	static const char *const names[METRIC_N_NAMES] = {
		[METRIC_GOMAXPROCS] = "/sched/gomaxprocs:threads",
		[METRIC_HEAP_OBJECTS] = "/memory/classes/heap/objects:bytes",
		[METRIC_HEAP_GOAL] = "/gc/heap/goal:bytes",
	};

	return metric < METRIC_N_NAMES ? names[metric] : "";
}

enum state change_follower(const struct change *c, enum lane_kind lane, uint64_t *g)
{
	bool is_on = c->kind == CHANGE_STATE && state_is_executing(c->state);

	*g = is_on ? c->id : 0;
	if (is_on)
		return (enum state)c->state;
	return lane == LANE_THREAD && c->p == NO_ID ? STATE_NONE : STATE_OTHER;
}

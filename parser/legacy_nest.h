/* legacy_nest.h — do the collections, pauses, sweeps, assists, tasks and regions of a version-1 trace nest?
 *
 * | event | what Go's reader verifies |
 * |---|---|
 * | GCStart, GCSTWStart · Done | none is under way · one is |
 * | GCSweepStart · Done | none on this P · one is |
 * | GCMarkAssistStart | none on this goroutine (a Done may end what began before the trace) |
 * | UserTaskCreate | no open task has the id |
 * | UserRegion that ends | task and type are those of the goroutine's innermost one, if it has any |
 *
 * Of a file that was cut nobody should ask: what a P lacks would be taken for damage.
 *
 * Memory: what is open. Threads: none. Errors: ERR_DAMAGED, with the byte of the event. */
#ifndef PARSER_LEGACY_NEST_H
#define PARSER_LEGACY_NEST_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"

struct err;
struct legacy_event;
struct limits;

/* An open region, on top of another one of its goroutine. */
struct legacy_region {
	uint64_t task, type;
	uint32_t below; /* index, or MAP_NONE */
	uint32_t depth;
};

struct legacy_nest {
	const struct limits *lim;
	bool in_gc, in_stop;
	struct map sweeps, assists, tasks; /* P, goroutine, task: it is open */
	struct map top;                    /* goroutine -> innermost region */
	VEC(struct legacy_region) regions;
	VEC(uint32_t) free_regions;
};

void legacy_nest_init(struct legacy_nest *n, const struct limits *lim);
void legacy_nest_clear(struct legacy_nest *n);

/* To be told of every event, in order. 0, or -1 where it cannot come here. */
int legacy_nest_event(struct legacy_nest *n, const struct legacy_event *ev, struct err *e);

#endif

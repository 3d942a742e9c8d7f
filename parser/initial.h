/* initial.h — what the goroutines, procs and threads of the first generation were doing before
 * the record that says so.
 *
 * A status record may come long after the Sync, when its goroutine is first touched, yet its
 * state has held since. So the batches are read ahead, without ordering: for status records, for
 * creations (which make a status no news), and for a stack of each goroutine, whose outermost
 * frame is the function it started with; from Go 1.23 on most statuses bring one themselves.
 *
 * Later generations bring no such news: Go's reader refuses a status of an unknown goroutine
 * there, and an unknown proc came into being with the change of GOMAXPROCS before its status.
 *
 * Memory: one record per status. Threads: one table belongs to one thread. */
#ifndef PARSER_INITIAL_H
#define PARSER_INITIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "parser/trace.h"

struct err;
struct generation;
struct intern;

struct initial {
	VEC(struct initial_status) statuses;
	struct map of_g, of_p, of_m;
};

void initial_init(struct initial *in);
void initial_clear(struct initial *in);
void initial_reset(struct initial *in); /* no statuses */

/* Read ahead. Damage ends the look at that thread, silently: the ordering will report it. */
int initial_scan(struct initial *in, struct generation *g, struct intern *strings,
	struct intern *stacks, struct err *e);

/* A goroutine that starts with this function is the runtime's own: its name begins with "runtime.",
 * and it is not the main goroutine. */
bool initial_is_system(const struct intern *strings, uint32_t func);

#endif

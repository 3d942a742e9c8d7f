/* legacy.h — a trace of Go 1.11 to 1.21 as a stream of events: what trace.c asks for a version-1 file.
 *
 *	source ► legacy_index ► legacy_cursor ► legacy_order ► legacy_convert ► struct event
 *
 * The whole trace counts as one generation: a Sync, the events, a Sync. The first call reads the
 * file once from front to back (legacy_index.h), the following ones read it again, P by P.
 *
 * 1. Same bytes in, same events out, with the texts and times of Go's reader. Where Go refuses a
 *    file before its first event, what comes before the damage is handed out here.
 * 2. A file that was cut lacks what stands at its end: strings and stacks are empty then, and its
 *    clock is taken for LEGACY_ASSUMED_HZ. What orders is handed out, then a Sync, then the error.
 *
 * Memory: see legacy_index.h, legacy_order.h. Threads: one reader belongs to one thread.
 * Errors: the first; the caller keeps it. */
#ifndef PARSER_LEGACY_H
#define PARSER_LEGACY_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct event;
struct initial_status;
struct intern;
struct legacy;
struct limits;
struct source;

/* Go writes a 64th of the processor's clock on x86; this is 3 GHz. */
#define LEGACY_ASSUMED_HZ 46875000

/* `src`, `lim` and the tables are borrowed. The source stands behind the header. */
struct legacy *legacy_open(struct source *src, const struct limits *lim, int minor,
	struct intern *strings, struct intern *stacks, struct err *e);
void legacy_close(struct legacy *l); /* NULL is fine */

/* The next event: 1, 0 after the last, -1 on error. */
int legacy_next(struct legacy *l, struct event *ev, struct err *e);

/* As trace_initial(): what the trace's first records, up to the first Gomaxprocs, list. A P that is
 * not running yet is idle. 0 or -1. */
int legacy_initial(
	struct legacy *l, const struct initial_status **statuses, size_t *n, struct err *e);

double legacy_ns_per_tick(const struct legacy *l); /* 0 before the first event */
int64_t legacy_bytes_read(const struct legacy *l);

/* How much of it is ordered, 0 to 1, to a piece of the file. */
double legacy_share(const struct legacy *l);

#endif

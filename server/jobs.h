/* jobs.h: traces are read one after another, each by a child process of this program.
 *
 *	catalog: waiting ► /proc/self/exe ingest FILE -o STORE.new --progress-fd=3 ► STORE, ready
 *	                        └─ --snapshots=STORE.new.partial.… ► catalog_set_part()
 *
 * A hostile trace ends its child at worst: limits on memory, time and file size, no privileges
 * to gain, killed with this process. The store gets its final name only when the child succeeded
 * and the trace was the same file before and after. A snapshot of what is read so far lies beside it,
 * locked, for as long as the trace is read: who finds one without a lock may remove it (partials.h).
 * Before a trace is read, room is made for its store; those of the catalog's own traces stay.
 *
 * Threads: one of its own; calls from any. Memory: none per byte read. */
#ifndef SERVER_JOBS_H
#define SERVER_JOBS_H

#include <stdbool.h>
#include <stdint.h>

struct catalog;
struct err;
struct jobs;

struct jobs_options {
	bool takes_snapshots;     /* somebody looks at the catalog while a trace is read */
	const char *cache;        /* folder of the stores; lives as long as the jobs */
	int64_t cache_most_bytes; /* that stores may take there (cache_room.h); 0: no bound */
};

/* Progress on standard error, rewriting a line on a terminal, else a line each 5 s. */
struct jobs *jobs_create(struct catalog *catalog, const struct jobs_options *o, struct err *e);

/* Read this trace of the catalog when its turn comes; then its spool, if any, is closed. */
int jobs_add(struct jobs *j, const char *id, struct err *e);

bool jobs_are_done(struct jobs *j); /* nothing waits, nothing runs */

/* Kill the child, if any; wait for it. NULL is fine. */
void jobs_stop(struct jobs *j);

#endif

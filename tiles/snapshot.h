/* snapshot.h - from time to time what an ingest has so far, as a store of its own.
 *
 *   ingest ── snapshots_take(): fork ──────────────► reads on at once
 *                └──► the rest of a store, as if the trace ended here ► published ► _exit
 *
 * A snapshot is a complete store of the events so far: what reads stores needs to know nothing of it.
 * The first is due 0.1 s after the begin, each next one when a fifth of what it will hold is new, but not before the ingest had as
 * much time alone as the one before took: so they come until the end, and take half of one processor at most. None is begun
 * in the last tenth of the trace: the store itself would be there as soon.
 *
 * 1. What the ingest writes is the same with snapshots and without.
 * 2. What goes wrong in a snapshot is that there is none; the ingest goes on.
 * 3. A snapshot ends with its ingest, however that ends, and leaves at most a file without a lock that
 *    partials_remove() finds.
 *
 * Memory: pages that both processes write to, and what the end of an ingest takes; none is begun
 *         while more than half of the memory that is allowed is in use.
 * Threads: all belong to the ingest's first thread, which no other thread may keep from its store
 *          (relay_flush()). */
#ifndef TILES_SNAPSHOT_H
#define TILES_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tiles/store.h"

struct err;

struct snapshot_options {
	const char *path; /* published there, each over the one before; NULL: none */
	void (*published)(void *context, unsigned number); /* 1, 2, ...; on the ingest's thread */
	void *context;
};

struct snapshots {
	struct snapshot_options o;
	int64_t start_ns, begun_ns, next_ns; /* of the ingest, of the last one; the next is due */
	pid_t pid;                           /* of the one under way; 0 none */
	struct store_copy copy;
	unsigned n_published;
	bool is_over; /* no more */
};

void snapshots_init(struct snapshots *s, const struct snapshot_options *o);

/* When the next one is due, after one that was begun and done then. Pure. */
int64_t snapshots_due(int64_t start_ns, int64_t begun_ns, int64_t done_ns);

/* Tells of one that is done; is the next one due? `total`: -1 where unknown. */
bool snapshots_look(struct snapshots *s, int64_t bytes, int64_t total);

/* Takes one: `finish` runs in a process of its own, on a store that holds all puts so far, and
 * publishes it. Only memory may be touched there: what is open belongs to the ingest. */
void snapshots_take(struct snapshots *s, struct store *st,
	int (*finish)(void *context, struct err *e), void *context);

/* Ends the one under way, if any. */
void snapshots_clear(struct snapshots *s);

#endif

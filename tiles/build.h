/* build.h - runs one trace through the pipeline into a published store.
 *
 *   source ► trace ► interval        │        blocks ► pyramid ► store
 *   pull: interval_next()                     push: blocks_add(), ... seal, publish
 *
 * The only place where the two halves meet.
 *
 * 1. Nothing exists under the store's name unless 0 is returned; then it is whole and immutable.
 * 2. Same trace in, same bytes out, with a crew and without.
 * 3. A trace that is damaged or ends too early yields the store of what came before the damage,
 *    with a warning in it (and options.damage); if nothing came before, that error.
 *
 * Memory:  the reader's, an open slab, one record per live goroutine and per row; nothing per event.
 * Threads: starts none; with snapshots a process now and then. With a crew two more work between call and return; the options' functions
 *          are called on the calling thread alone.
 * Errors:  the first one, from whichever stage; ERR_CANCELLED. */
#ifndef TILES_BUILD_H
#define TILES_BUILD_H

#include <stddef.h>
#include <stdint.h>

#include "tiles/snapshot.h"
#include "tiles/tile.h"

struct crew;
struct err;
struct limits;
struct source;

/* First all is read, then the zoom levels are prepared out of what was read. */
struct build_progress {
	int64_t bytes, total; /* of the trace; total is -1 where unknown */
	uint64_t events;
	uint64_t prepared,
		to_prepare; /* pieces of the zoom levels; to_prepare is 0 while the trace is read */
};

struct build_options {
	const struct limits *limits; /* NULL: defaults */
	struct cancel cancel;        /* asked some thousand times a second */
	const struct crew *crew;     /* threads to work with, up to two; NULL: none */

	void (*progress)(
		void *context, const struct build_progress *p); /* called as often; NULL: never */
	void *progress_context;

	struct snapshot_options snapshots; /* zeroed: none */

	struct err *damage; /* set where the end of the trace was cut off; may be NULL */
};

/* `src` is borrowed; `o` may be NULL. */
int build_run(
	struct source *src, const char *store_path, const struct build_options *o, struct err *e);

#endif

/* landmark.h - what must be seen at every zoom: the longest loud intervals, GC cycles, STW phases.
 *
 * While ingesting, time is cut into slices; per slice and group the longest loud interval that
 * overlaps it is kept (running, gc, assist, syscall, runnable, sync). Slices double in width when there
 * are more than 1,024 or more than the events can pay for.
 *
 * 1. The longest loud interval of a group in the trace, and of every tile not narrower than a
 *    slice, is always found. In a narrower tile it is found where it is the slice's longest.
 * 2. Ties: the earlier T wins. Depends on the intervals alone.
 *
 * Memory: 64 bytes per (slice, group) that has one, at most 262,144. Threads: as the store. */
#ifndef TILES_LANDMARK_H
#define TILES_LANDMARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "parser/interval.h"
#include "tiles/tables.h"
#include "tiles/tile_key.h"

struct err;
struct store;

struct landmark {
	int64_t t0, t1;  /* page time */
	int64_t time_ns; /* T of t0 */
	uint64_t g;      /* the goroutine; 0 none */
	uint32_t group;
	uint32_t block, row; /* in the view G; row within the block */
	uint32_t reason;
	uint8_t state;
};

struct landmark_writer;

struct landmark_writer *landmark_writer_create(struct store *st, struct err *e);
void landmark_writer_destroy(struct landmark_writer *w); /* accepts NULL */

/* A finished interval of a goroutine. Quiet states are ignored. */
int landmark_add(struct landmark_writer *w, const struct landmark *l, struct err *e);

/* n_events of the trace decides how much is kept. */
int landmark_writer_seal(struct landmark_writer *w, uint64_t n_events, struct err *e);

/* GC cycles or STW phases as drawn at one zoom: those shorter than a bin, one per bin. */
struct landmark_range {
	struct range r; /* the longest */
	uint32_t n;     /* how many it stands for */
};

struct landmarks {
	VEC(struct landmark_range) gc, stw;
	VEC(struct landmark) longest; /* by group */
};

/* What overlaps tile (k, x); replaces *out. */
int landmarks_get(struct store *st, unsigned k, uint64_t x, struct landmarks *out, struct err *e);
void landmarks_clear(struct landmarks *l);

#endif

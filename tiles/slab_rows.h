/* slab_rows.h - every row of P, M and G between two events, and what an event most likely entails.
 *
 *   rows --event--> rows'        and        event, rows' ► the events that follow from it
 *
 * A goroutine that starts to run changes three rows: its own, that of its proc and that of its
 * thread. The last two follow from the first nearly always, so that a slab (slab.h) holds only
 * where they do not. Writer and reader keep the same rows and ask the same question.
 *
 * Groups are kept up along the way: how many of their goroutines are in each state.
 *
 * 1. Times of one row, and of one group, never step back: an earlier one is replaced by the last,
 *    and corr is changed with it, so that T = clock + corr stays exact.
 * 2. The same events make the same rows, in the writer and in the reader.
 *
 * Memory: 80 bytes per row ever used, 104 per group. Threads: none. Errors: ERR_MEMORY. */
#ifndef TILES_SLAB_ROWS_H
#define TILES_SLAB_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/bytes.h"
#include "parser/base/vec.h"
#include "tiles/chunk.h"

struct err;

#define SLAB_VIEWS 3 /* VIEW_P, VIEW_M, VIEW_G: those that events are of */

struct slab_row {
	struct chunk_head head;
	uint64_t last_ticks; /* of its last event */
};

struct slab_group {
	uint64_t last_ticks;
	uint64_t alive[N_STATES];
};

struct slab_rows {
	double ns_per_tick;
	VEC(struct slab_row) view[SLAB_VIEWS]; /* G: 32 per block */
	VEC(uint8_t) n_rows_of;                /* by block of G: rows seen so far, 0 .. 32 */
	VEC(uint32_t) group_of;                /* by block of G */
	VEC(uint32_t) on_proc; /* by P row: 1 + the row of G that last ran there, 0 none */
	VEC(struct slab_group) groups;
};

/* One event, where it belongs. */
struct slab_event {
	struct chunk_event ev; /* ev.row: within the block */
	uint32_t row;          /* of the view */
	uint8_t view;
	uint8_t follows; /* FOLLOWS_* of change.h, of the rows ev.p and ev.m; blocks_add() only */
};

/* What of an event moves a row: all that histograms need. */
struct slab_move {
	uint64_t ticks;
	uint64_t g; /* BORN: the goroutine. STATE of P and M: that on it */
	uint32_t row, p, m;
	uint8_t view, kind, state;
};

/* What an event of G means for its group; left == entered: nothing. */
struct slab_change {
	uint64_t ticks; /* not before the group's last */
	uint32_t group;
	uint8_t left, entered;
};

void slab_rows_clear(struct slab_rows *r);
void slab_rows_reset(struct slab_rows *r); /* no rows */

/* Room for a row of P or M, which are numbered by first appearance; for the next block of G. */
int slab_rows_add(struct slab_rows *r, enum view view, uint32_t row, struct err *e);
int slab_rows_add_block(struct slab_rows *r, uint32_t group, struct err *e);

/* Move the row, which is there; move->ticks becomes what the row was given. What a head has besides its
 * state, its begin, its place and its occupant (P, M: goroutine) stays. */
struct slab_change slab_rows_move(struct slab_rows *r, struct slab_move *move);

/* The same with the rest of the head; ticks and corr_ns become what the row was given. */
struct slab_change slab_rows_apply(struct slab_rows *r, struct slab_event *ev);

#define SLAB_ENTAILED 2

/* A state that most likely follows; fields that the state has no column for are of no meaning. */
struct slab_state {
	uint64_t g;
	uint32_t row, p, m, stack;
	uint8_t view, state;
};

/* The states, at most two, that most likely follow the event that was just applied, at its time;
 * m_before: the row's thread before. Of a birth its creator and stack are the caller's to add. */
unsigned slab_rows_entailed(const struct slab_rows *r, enum view view, uint32_t row, unsigned kind,
	unsigned state, uint32_t m_before, struct slab_state out[SLAB_ENTAILED]);

/* A new clock rate: open states keep their T, and their clock to one tick. */
void slab_rows_set_rate(struct slab_rows *r, double ns_per_tick);

/* All of it to bytes and back. Bytes are untrusted: a sticky failure is left in `b`, and the rows are
 * good for a reset only. */
int slab_rows_encode(const struct slab_rows *r, uint64_t base, struct buf *out, struct err *e);
int slab_rows_decode(struct slab_rows *r, uint64_t base, struct bytes *b, struct err *e);

#endif

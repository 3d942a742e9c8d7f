/* slab_code.h - the bytes of a slab: its columns, and what a record may be (TILE_FORMAT.md, section 8).
 *
 * Part of slab.c's and slab_reader.c's inside. */
#ifndef TILES_SLAB_CODE_H
#define TILES_SLAB_CODE_H

#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/slab_rows.h"

#define SLAB_MAGIC        "TSL1"
#define SLAB_COLUMNS      12
#define SLAB_HEADER_BYTES 80

/* Columns. */
enum {
	COL_ROWS,
	COL_OP,
	COL_DT,
	COL_ROW,
	COL_P,
	COL_M,
	COL_ID,
	COL_BORN,
	COL_STACK,
	COL_REASON,
	COL_CORR,
	COL_MARK
};

/* A record's first byte: what it is, in its lower six bits, and which entailed events fail. */
enum {
	OP_G,                        /* + state: the row is told */
	OP_SEATED = OP_G + N_STATES, /* + state: the row is that of who ran on the proc told */
	OP_BORN = OP_SEATED + N_STATES,
	OP_GONE,
	OP_SEATED_GONE,
	OP_P,                            /* + state */
	OP_M = OP_P + N_STATES,          /* + state */
	OP_MARK = OP_M + N_STATES,       /* + view */
	OP_BLOCK = OP_MARK + SLAB_VIEWS, /* no event: one more block of G, of the group told */
	OP_ROW,                          /* + view P or M: no event: one more row */
	N_OPS = OP_ROW + 2,
	OP_FAILS = 0x40, /* << number of the entailed event */
};

/* Who woke, or bore: a code below, or 1 + the P row + 1 of the proc it ran on. */
enum { WHO_TOLD, WHO_NONE, WHO_ON };

/* What numbers are told against. */
struct slab_code {
	uint64_t ticks, id, corr;
	uint32_t row;
	VEC(uint64_t) born; /* by who bore it: the last one born */
};

static inline void slab_code_reset(struct slab_code *code, uint64_t base)
{
	code->ticks = base;
	code->id = code->corr = 0;
	code->row = 0;
	code->born.n = 0;
}

/* The thread that holds a proc (P row + 1), as M row + 1; 0 none. */
static inline uint32_t slab_thread_of(const struct slab_rows *r, uint32_t p)
{
	return p && p <= r->view[VIEW_P].n ? r->view[VIEW_P].at[p - 1].head.m : 0;
}

#endif

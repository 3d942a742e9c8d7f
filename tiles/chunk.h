/* chunk.h - the events of one block of 32 rows into the bytes of chunks.
 *
 *	chunk_add() … chunk_add() until chunk_is_full() ► chunk_seal() ► bytes, struct chunk_span
 *
 * Every event goes into its column at once; nothing is allocated per event. Knows nothing of
 * compression, of stores, and of where rows come from. Bytes: TILE_FORMAT.md, sections 4 and 5.
 *
 * 1. Times of one row never step back: an earlier one is replaced by the row's last, and corr
 *    is changed with it, so that T = clock + corr stays exact.
 * 2. A chunk can be read alone: it starts with the state of each row.
 * 3. Same events in, same bytes out.
 *
 * Memory: eleven growing buffers per open chunk, given back to a pool between chunks.
 * Threads: none; a writer belongs to the calling thread. */
#ifndef TILES_CHUNK_H
#define TILES_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/interval.h"
#include "tiles/buf.h"
#include "tiles/tile_key.h"

struct err;

enum chunk_kind { CHUNK_STATE, CHUNK_BORN, CHUNK_GONE, CHUNK_MARK };

enum mark_kind {
	MARK_LOG,   /* text = category, text2 = message, task */
	MARK_LABEL, /* text */
	MARK_SAMPLE,
	MARK_REGION_BEGIN, /* text = type, task */
	MARK_REGION_END,   /* text = type, task */
	MARK_RANGE_BEGIN,  /* text = Go's range name */
	MARK_RANGE_END,    /* text = Go's range name */
	N_MARKS
};

/* One event of a P, M or G row. Fields that the kind or state has no column for (TILE_FORMAT.md)
 * are ignored when written and 0 when read. */
struct chunk_event {
	uint64_t ticks;
	int64_t corr_ns; /* T - clock_ns */
	uint64_t g;      /* BORN: the goroutine. STATE: G: who woke it, 0 none; P, M: the
	                           goroutine on it. MARK: the goroutine it happened on */
	uint64_t g2;     /* BORN: the creator, 0 none */
	uint64_t task;
	uint32_t reason; /* index into the reasons */
	uint32_t stack;
	uint32_t text, text2; /* strings */
	uint32_t p, m;        /* P row + 1, M row + 1; 0 none */
	uint8_t row;          /* within the block */
	uint8_t kind;         /* enum chunk_kind */
	uint8_t state;        /* STATE: enum state */
	uint8_t mark;         /* MARK: enum mark_kind */
};

/* A row of P, M or G between two events. */
struct chunk_head {
	uint64_t ticks;  /* start of the state */
	int64_t corr_ns; /* of that start */
	uint64_t g;
	uint64_t occupant;   /* G: the goroutine that lives in the row; 0 none */
	uint64_t born_ticks; /* of the occupant */
	uint32_t reason, stack, p, m;
	uint8_t state;
};

/* One event of a group's row: a goroutine leaves a state and enters another; 0 = born, ended. */
struct group_event {
	uint64_t ticks;
	uint8_t row, left, entered;
};

#define CHUNK_STREAMS      11
#define GROUP_STREAMS      4
#define COUNTER_STREAMS    2
#define COUNTER_MAX_UNIT   1000000000 /* ns */
#define CHUNK_HEADER_BYTES 40

/* Spare stream buffers, shared by the writers of one thread. */
struct chunk_pool {
	struct chunk_streams *spare;
	size_t n_spare;
};

struct chunk_writer {
	struct chunk_pool *pool;
	struct chunk_streams *streams; /* NULL while the chunk has no events */
	uint32_t block, number;        /* of the open chunk */
	uint8_t view;                  /* enum view: P, M, G or F */
	uint8_t n_rows;                /* rows seen so far */
	double ns_per_tick;
	uint64_t last_ticks[BLOCK_ROWS];
	union {
		struct chunk_head head[BLOCK_ROWS];   /* P, M, G */
		uint64_t alive[BLOCK_ROWS][N_STATES]; /* F */
	};
};

/* What the index keeps of a sealed chunk. Clock, not page time. */
struct chunk_span {
	int64_t first_ns, last_ns; /* smallest and greatest clock of its events */
	uint32_t n_events;
};

/* clock_ns of ticks as Go computes it; beyond 2^62, where no trace goes, it stays there. */
static inline int64_t chunk_clock(uint64_t ticks, double ns_per_tick)
{
	double ns = (double)ticks * ns_per_tick;

	return ns < 0x1p62 ? (int64_t)ns : INT64_C(1) << 62;
}

/* Columns that an event has besides op, dt and, of STATE, state. */
enum { COLUMN_REASON = 1, COLUMN_STACK = 2, COLUMN_G = 4, COLUMN_P = 8, COLUMN_M = 16 };

extern const uint8_t chunk_state_columns[3][N_STATES]; /* P, M, G */

static inline unsigned chunk_columns(enum view view, unsigned kind, unsigned state)
{
	if (kind == CHUNK_STATE)
		return chunk_state_columns[view][state];
	return kind == CHUNK_GONE ? 0 : COLUMN_STACK | COLUMN_G;
}

/* What an event makes of its row; its unused fields must be 0. */
void chunk_head_apply(struct chunk_head *head, const struct chunk_event *ev);

/* As chunk_head_apply(), without the fields that have no column. Field by field: a copy of an
 * event that was just filled in waits for those stores. */
static inline void chunk_head_set(struct chunk_head *head, const struct chunk_event *ev,
	uint64_t ticks, int64_t corr_ns, unsigned columns)
{
	bool is_state = ev->kind == CHUNK_STATE, is_born = ev->kind == CHUNK_BORN;

	if (ev->kind == CHUNK_MARK)
		return;
	head->ticks = ticks;
	head->corr_ns = corr_ns;
	head->state = is_state ? ev->state : (uint8_t)STATE_NONE;
	head->reason = columns & COLUMN_REASON ? ev->reason : 0;
	head->p = columns & COLUMN_P ? ev->p : 0;
	head->m = columns & COLUMN_M ? ev->m : 0;
	head->stack = is_state && columns & COLUMN_STACK ? ev->stack : 0;
	head->g = is_state && columns & COLUMN_G ? ev->g : 0;
	if (is_state)
		return;
	head->occupant = is_born ? ev->g : 0;
	head->born_ticks = is_born ? ticks : 0;
}

/* What a mark has in column MARK; 3 varints at most, room for which is there. */
void chunk_put_mark(struct buf *b, const struct chunk_event *ev);

void chunk_pool_clear(struct chunk_pool *pool); /* after its writers */

void chunk_writer_init(struct chunk_writer *w, struct chunk_pool *pool, enum view view,
	uint32_t block, double ns_per_tick);
void chunk_writer_clear(struct chunk_writer *w);

/* Add an event; the chunk must not be full. */
int chunk_add(struct chunk_writer *w, const struct chunk_event *ev, struct err *e);
int chunk_add_group(struct chunk_writer *w, const struct group_event *ev, struct err *e);

uint32_t chunk_n_events(const struct chunk_writer *w);

static inline bool chunk_is_full(const struct chunk_writer *w)
{
	return chunk_n_events(w) >= CHUNK_EVENTS;
}

/* Append the open chunk's bytes to `out` and start the next one. The chunk must have events. */
int chunk_seal(struct chunk_writer *w, struct buf *out, struct chunk_span *span, struct err *e);

#endif

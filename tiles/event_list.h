/* event_list.h - the events of a range of time, in the order of Go's time T, read back from slabs.
 *
 *   slabs that touch the range, which are in that order ► events that match ► the first `limit`
 *
 * One event of the trace moves up to three rows (its goroutine, its proc, its thread). Without a
 * place, the goroutine speaks for all three: of procs only what no goroutine tells is listed
 * (start, stop, taken away, marks), of threads only marks; and not the states that already held when
 * the trace began, which all have the T of its first Sync. With a place or a set, all of its rows is listed.
 *
 * 1. Ordered by T, then view, block, row. Events of one T are never torn apart by a page.
 * 2. `after` the last T of a page gives the next page; no event is listed twice or left out.
 *
 * Memory: `limit` events and those of one T. Work: a page reads slabs, from the first that may hold one
 * of its events, until it is full.
 * Threads: as the reader. Errors: of the store; ERR_CANCELLED. */
#ifndef TILES_EVENT_LIST_H
#define TILES_EVENT_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/tile.h"

struct err;
struct row_set;

/* Bits of event_query.kinds. */
enum event_class {
	CLASS_STATE = 1,
	CLASS_BORN = 2,
	CLASS_GONE = 4,
	CLASS_LOG = 8,
	CLASS_LABEL = 16,
	CLASS_SAMPLE = 32,
	CLASS_REGION = 64,
	CLASS_RANGE = 128,
	CLASS_ALL = 255
};

#define EVENT_LIST_MAX 10000 /* the greatest limit */

struct event_query {
	int64_t from, to; /* page time, half open */
	int64_t after;    /* T: only later ones; INT64_MIN: all */
	bool has_at;      /* only the events of T = at; from and to are ignored */
	int64_t at;
	uint32_t limit; /* 1 .. EVENT_LIST_MAX */
	uint8_t kinds;  /* enum event_class, or'ed */
	bool has_place; /* only these rows: */
	enum view view;
	uint32_t block, rows; /* rows: bit per row of the block */
	uint64_t g; /* G: only while this goroutine lives in the row; P, M: only where it is on
	                       the row; 0 any */
	const struct row_set
		*set;  /* only these rows, all that is theirs; NULL: any. Not with has_place */
	uint64_t task; /* only what names this one: logs, regions; 0 any */
	uint32_t p, m; /* row + 1: only what happened there, of what tells so; 0 any */
	struct cancel cancel;
};

struct listed_event {
	int64_t time_ns; /* T */
	int64_t t_ns;    /* page time */
	uint64_t g; /* the goroutine: that lives in the row, or on the proc or thread; 0 none */
	uint64_t other_g; /* BORN: the creator; runnable: who woke it; 0 none */
	uint64_t task;
	uint64_t order; /* of events of one T in one row */
	uint32_t block;
	uint32_t reason; /* index */
	uint32_t stack;
	uint32_t text, text2; /* strings */
	uint32_t p, m;        /* P row + 1, M row + 1; 0 none or not told */
	uint8_t view, row;    /* row within the block */
	uint8_t kind;         /* enum chunk_kind */
	uint8_t state;        /* entered */
	uint8_t from;         /* left */
	uint8_t mark;         /* enum mark_kind */
};

struct event_list {
	VEC(struct listed_event) events;
	bool has_next; /* more match: ask again with after = T of the last one */
};

/* Replaces *out, which is zeroed or was used before. */
int event_list_get(
	struct tile_reader *r, const struct event_query *q, struct event_list *out, struct err *e);
void event_list_clear(struct event_list *l);

#endif

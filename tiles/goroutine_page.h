/* goroutine_page.h - the records of up to 4,096 goroutines <-> bytes, about one byte each.
 *
 *   goroutine_page_encode                        at[0..n) in any order ► bytes
 *   goroutine_page_ids ► _groups ► _rest         bytes ► at[0..n) by id, in three steps: a page
 *                                                that has nothing of what is sought ends early
 *
 * Page: varint shift (zero bits that all times end in), zigzag origin (the least T - t of a birth),
 * then one arithmetic code (range_coder.h) of
 *
 *	ids     per record, by id: difference to the record before
 *	groups  per record: difference to the record before
 *	rest    per record: what goroutine_page.c's record_code() says
 *	rows    per birth, by T: what row_code() says
 *
 * Every number is told as the difference to what is likely, given all that was told before it: a
 * group's last record, the record before, and for rows the rule that gives them out (lane.h): a
 * birth takes the lowest free row of its group, so the ends that lie before it in the page tell
 * which. Without the rule rows would be a third of the page.
 *
 * 1. Records come back as they were put, whatever their values.
 * 2. The bytes depend on the records and, where ids or times are equal, their order.
 *
 * Memory: the struct, 1.4 MB. Threads: none. Pages are untrusted: they may tell any value, never
 * more records than the caller says. */
#ifndef TILES_GOROUTINE_PAGE_H
#define TILES_GOROUTINE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/sort.h"
#include "parser/interval.h"
#include "tiles/range_coder.h"

#define GOROUTINE_PAGE   4096
#define GOROUTINE_LIKELY 1024

struct goroutine {
	uint64_t id;
	uint64_t creator;  /* 0 unknown */
	uint32_t function; /* string, 0 unknown */
	uint32_t group;
	uint32_t block, row;    /* row within the block, 0..31 */
	uint32_t creator_stack; /* 0 unknown */
	bool born_known; /* false: it lived before the trace; born_* is then the trace's start */
	bool is_alive;   /* at the end of the trace; gone_* is then the trace's end */
	int64_t born_t, gone_t;             /* page time */
	int64_t born_time_ns, gone_time_ns; /* T */
	uint64_t time_ns[N_STATES];
};

/* Ways to guess when a goroutine is gone. */
enum goroutine_guess {
	GUESS_RUN,  /* it waits until the one before is gone */
	GUESS_LIFE, /* it lives as long as the last of its group */
	GUESS_WAIT, /* it waits, runs … as long as the one before */
	GUESS_SAME, /* both are gone at once */
	N_GUESSES
};

/* What the last record of a group had, groups being equal modulo GOROUTINE_LIKELY. */
struct goroutine_likely {
	uint64_t function, creator, creator_stack, flags, states, longest;
	uint64_t longest_time;
	uint64_t miss[N_GUESSES];   /* how wrong each guess was; a steady miss costs nothing, so */
	uint32_t spread[N_GUESSES]; /* what counts is how it changes: bits, fading */
};

/* All zero when a page begins. */
struct goroutine_models {
	struct range_number id, group, function, creator, creator_stack, flags, states, longest;
	struct range_number born[2], gone[N_GUESSES][2], time[N_STATES], no_state, corr[2][3];
	struct range_number row, row_skip;
	struct range_bit is_usual[2], is_brother[2][2], is_row_freed[2];
};

struct goroutine_page {
	struct goroutine at[GOROUTINE_PAGE];
	uint32_t n;
	unsigned shift;
	uint64_t origin;
	struct range_coder coder;
	struct goroutine_models models;
	struct goroutine_likely likely[GOROUTINE_LIKELY];
	struct sort_item ids[GOROUTINE_PAGE]; /* records by id: id, index in at */
	/* The rest by number in ids[]. */
	struct sort_item births[GOROUTINE_PAGE], ends[GOROUTINE_PAGE], groups[GOROUTINE_PAGE];
	struct sort_item room[2 * GOROUTINE_PAGE]; /* of a sort */
	uint64_t freed
		[GOROUTINE_PAGE]; /* rows: one heap per group, where its records are in groups[] */
	uint16_t heap_of[GOROUTINE_PAGE];  /* by record: begin of the heap */
	uint16_t heap_n[GOROUTINE_PAGE];   /* by begin */
	uint64_t row_last[GOROUTINE_PAGE]; /* by begin: the row told last */
	bool has_row[GOROUTINE_PAGE];
};

/* Append the page's n records to `out`; what is in page->at is lost. 0, or -1
 * where memory ran out. */
int goroutine_page_encode(struct goroutine_page *page, struct buf *out);

/* The other way: `n` is known from elsewhere; `bytes` stay until the page is done with. */
int goroutine_page_ids(struct goroutine_page *page, uint32_t n, struct bytes bytes); /* at[i].id */
void goroutine_page_groups(struct goroutine_page *page);                             /* .group */
int goroutine_page_rest(struct goroutine_page *page); /* all else; 0, or -1 damaged */

#endif

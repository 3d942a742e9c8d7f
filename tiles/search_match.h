/* search_match.h - does what is known of an interval, an event or a life fulfil a query?
 *
 *   struct search_thing, struct search_query ► yes, no, or "not known before it ends"
 *
 * Names, reasons and stacks are compared once per number and remembered; where GC, stop-the-world and tasks
 * lie is read once, when the matcher is made.
 *
 * 1. A thing that is open has an end not before t1. What is answered of it holds whatever its end will be.
 *
 * Memory: 16 bytes per GC cycle and pause, some 60 per task of a type that is sought, of all of which
 * there may be SEARCH_TASKS, and SEARCH_REMEMBERED answers. Threads: one matcher belongs to one thread.
 * Errors: of the store and of memory; ERR_LIMIT more tasks fit than can be kept. */
#ifndef TILES_SEARCH_MATCH_H
#define TILES_SEARCH_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/search_query.h"
#include "tiles/slabs.h"

struct err;
struct goroutine_table;
struct search_match;
struct tables;
struct text_reader;
struct tile_reader;

#define SEARCH_TASKS      (1u << 21)
#define SEARCH_REMEMBERED (1u << 17)

/* What is searched; borrowed. */
struct search_source {
	struct tile_reader *tiles;
	struct text_reader *text;
	const struct tables *tables;
	struct goroutine_table *goroutines;
	struct cancel cancel; /* asked while tasks are read */
};

/* A state of a goroutine, an event, or a life. */
struct search_thing {
	int64_t t0, t1;   /* page time; of events equal */
	int64_t time_ns;  /* T of t0 */
	uint64_t g;       /* 0 none */
	uint64_t other_g; /* runnable: who woke it; born: the creator; 0 none */
	uint64_t task;
	uint32_t row;      /* of the view */
	uint32_t function; /* string; 0 unknown */
	uint32_t reason;   /* index */
	uint32_t stack;
	uint32_t text, text2; /* strings */
	uint32_t p, m;        /* P row + 1, M row + 1; 0 none */
	uint8_t view;
	uint8_t kind;  /* enum search_kind */
	uint8_t state; /* HIT_STATE */
	bool is_open;
};

enum search_answer { MATCH_NO, MATCH_YES, MATCH_OPEN };

/* `q` and `s` are borrowed. NULL on error. */
struct search_match *search_match_create(
	const struct search_source *s, const struct search_query *q, struct err *e);
void search_match_destroy(struct search_match *m); /* accepts NULL */

/* What nothing that fits can lack; cheap, and asked before a thing is made. group: UINT32_MAX none. */
bool search_match_may(
	const struct search_match *m, uint32_t group, enum search_kind kind, unsigned state);

/* May goroutines of the group, of the block of G, have hits? */
bool search_match_group(const struct search_match *m, uint32_t group);
const uint8_t *search_match_groups(const struct search_match *m); /* a bit each */
bool search_match_block(const struct search_match *m, uint32_t block);

/* Nothing that fits begins at this page time or later: what is sought is too long for it. INT64_MAX: no such bound. */
int64_t search_match_until(const struct search_match *m);

/* The start function of a goroutine: that of its group, or its own: 0, or -1. */
int search_match_function(
	struct search_match *m, uint32_t group, uint64_t g, uint32_t *function, struct err *e);

/* enum search_answer, or -1. */
int search_match_ask(struct search_match *m, const struct search_thing *thing, struct err *e);

#endif

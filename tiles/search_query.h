/* search_query.h - the words of the search box into terms: a small language, and nothing of a store.
 *
 *	query    = term { blank term }                     all of them have to hold
 *	term     = [ "-" ] ( value | key ":" list )        "-": it must not hold; a value alone is func:value
 *	list     = value { "," value } [ bounds ]          one of the values has to hold
 *	bounds   = { ( ">" | "<" ) duration }              of state and dur alone; dur has no values
 *	value    = word | '"' { character | '\"' | '\\' } '"'
 *	duration = number unit { number unit }             1.5s, 10ms, 1m2s; ns us ms s m h
 *
 * A word ends at a blank, a comma or a quote, in state and dur also at > and <.
 *
 * | key | values | holds for |
 * |---|---|---|
 * | func | part of a name, whatever the case of ASCII letters | its goroutine's start function |
 * | g | number, or g and a number | its goroutine |
 * | state | a state's name, blocked = sync, chan, other, net; bounds | an interval in it, so long |
 * | dur, duration | bounds | an interval or a goroutine's life, so long |
 * | reason | part of a reason | an interval with such a reason |
 * | overlaps | gc, stw, 12s-12.5s | what lies, or reaches, into one of these |
 * | task | part of a type | what the goroutine that began such a task did in it; an event with such a task |
 * | region, log, label | part of a text | the begin of such a region; a log's category or message; a label |
 * | frame | part of a function's name | what has it in its stack |
 * | with | number, or g and a number | a wake-up or birth that this goroutine took part in |
 * | p, m | number | what is, or happens, on this processor or thread |
 * | kind | state born gone log label sample region range goroutine | what is of this kind |
 *
 * What may be a hit: `finds`, a bit per kind. Each term that asks for more than a goroutine knows which kinds it
 * can be true of; a hit has to be of a kind that all of them know. Where no such term is there, hits are goroutines.
 * Where all of them have a "-", it is any kind that one of them knows.
 *
 * Memory: the struct. Threads: none. Errors: ERR_USAGE with what is wrong, at which character (from 1), and
 * its byte (from 0) as the offset. */
#ifndef TILES_SEARCH_QUERY_H
#define TILES_SEARCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define SEARCH_BYTES  1024
#define SEARCH_TERMS  32
#define SEARCH_VALUES 64

enum search_key {
	SEARCH_FUNC,
	SEARCH_G,
	SEARCH_STATE,
	SEARCH_DUR,
	SEARCH_REASON,
	SEARCH_OVERLAPS,
	SEARCH_TASK,
	SEARCH_REGION,
	SEARCH_LOG,
	SEARCH_LABEL,
	SEARCH_FRAME,
	SEARCH_WITH,
	SEARCH_P,
	SEARCH_M,
	SEARCH_KIND,
	N_SEARCH_KEYS
};

/* What a hit may be. */
enum search_kind {
	HIT_STATE,
	HIT_BORN,
	HIT_GONE,
	HIT_LOG,
	HIT_LABEL,
	HIT_SAMPLE,
	HIT_REGION,
	HIT_RANGE,
	HIT_GOROUTINE, /* from its birth to its end */
	N_HIT_KINDS
};

#define HIT_BIT(kind) (1u << (kind))

enum search_overlap { OVERLAP_RANGE, OVERLAP_GC, OVERLAP_STW };

struct search_value {
	const char *
		text; /* not terminated; in search_query.text, or .plain where it stood in quotes */
	size_t n;
	uint32_t at;            /* its byte in the query */
	uint64_t number;        /* g, with, p, m; overlaps: enum search_overlap */
	int64_t from_ns, to_ns; /* overlaps a range: page time */
};

struct search_term {
	enum search_key key;
	bool is_not;
	uint16_t states;          /* state: a bit each */
	uint16_t kinds;           /* kind: HIT_BIT() each */
	int64_t more_ns, less_ns; /* more_ns < its duration < less_ns; -1, INT64_MAX: any */
	uint32_t at;              /* its byte */
	uint32_t first, n;        /* values */
};

struct search_query {
	struct search_term terms[SEARCH_TERMS];
	struct search_value values[SEARCH_VALUES];
	uint32_t n_terms, n_values;
	uint32_t finds; /* HIT_BIT() each */
	char text[SEARCH_BYTES];
	size_t n_text;
	char plain[SEARCH_BYTES]; /* what stands in quotes, without them and its backslashes */
	size_t n_plain;
};

/* 0, or -1. `q` points into itself: it must not be copied. */
int search_query_parse(struct search_query *q, const char *text, size_t n, struct err *e);

const char *search_kind_name(enum search_kind kind); /* "state", "born", …; static */

/* Is `part` in the text, whatever the case of ASCII letters? */
bool search_contains(const char *text, size_t n, const char *part, size_t n_part);

#endif

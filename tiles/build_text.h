/* build_text.h - numbers of strings in a store, and the strings and stacks themselves.
 *
 *   store string 1 .. n_fixed          names of ranges, metrics and the counter of goroutines
 *                n_fixed + i           string i of the trace
 *                after those           warnings
 *
 * Part of build.c's inside. Stacks keep their numbers. A string of the trace is known by number
 * long before all of them are, so fixed names come first.
 *
 * Threads: none. Errors: of the store and of memory. */
#ifndef TILES_BUILD_TEXT_H
#define TILES_BUILD_TEXT_H

#include <stdint.h>

struct err;
struct meta;
struct store;
struct tables;
struct trace;

/* The store's number of a string of the trace; 0 stays 0. */
uint32_t build_text_string(uint32_t string);

/* Of the name of a range (enum range_kind), of a metric. */
uint32_t build_text_range(unsigned range);
uint32_t build_text_metric(unsigned metric);

/* Of the counter of goroutines that the ingest makes. */
uint32_t build_text_alive(void);

/* Writes all strings and stacks; adds the warnings to `t`, and the counts and damage to `m`.
 * damage->kind ERR_NONE: the trace is whole. */
int build_text_write(struct store *st, const struct trace *tr, const struct err *damage,
	struct tables *t, struct meta *m, struct err *e);

#endif

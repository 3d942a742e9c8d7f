/* ahead.h — the generations of a trace, each read while the one before it is worked on.
 *
 *	second thread:  read k + 1        read k + 2        …
 *	                    └────► two generations, taken in turn
 *	caller:         ahead_next() = k  (orders it)  ahead_next() = k + 1  …
 *
 * Reading (file, framing, tables, page faults of the buffers) is a quarter of the reader's work. No
 * smaller pieces travel between the threads: handing decoded records over one by one costs as much
 * as decoding them.
 *
 * 1. The same generations and errors, in the same order, with a crew and without, but for want of
 *    memory.
 * 2. After an error or the end nothing more is read.
 *
 * Memory: two generations with a thread of a crew, one without.
 * Threads: the functions belong to one thread. Between ahead_start() and ahead_stop() the read
 * function, and all it reads from, belongs to the crew's. */
#ifndef PARSER_AHEAD_H
#define PARSER_AHEAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "parser/base/err.h"
#include "parser/generation.h"

struct crew;

struct ahead {
	int (*read)(void *context, struct generation *g, struct err *e);
	void *context;
	struct generation gens[2];
	unsigned current; /* the one handed out last, or to be read into next */
	const struct crew *crew;
	void *thread; /* of the crew; NULL: ahead_next() reads */

	/* guards: is_wanted, is_read, stop, rc, error */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_wanted; /* the other generation is to be read */
	bool is_read;   /* it is, or failed: rc, error */
	bool stop;
	int rc;
	struct err error;
};

/* read(context, g, e): the next generation into g: 1, 0 at the end, -1. */
void ahead_init(struct ahead *a, const struct limits *lim,
	int (*read)(void *context, struct generation *g, struct err *e), void *context);
void ahead_clear(struct ahead *a);

/* From now on read on the crew's thread, if it has one; once. `crew` is borrowed. */
void ahead_start(struct ahead *a, const struct crew *crew);

/* Read no further; what the read function works on is the caller's again. Nothing follows. */
void ahead_stop(struct ahead *a);

/* The next generation, in place of the one before: as read(). *g is valid until the next call. */
int ahead_next(struct ahead *a, struct generation **g, struct err *e);

#endif

/* trace_store.h: the store of a trace for a command: what `serve` left in the cache, or made now.
 *
 *	FILE is a store                  ►  FILE
 *	FILE is a trace, "-" or packed   ►  cache/<id>.v3.tiles, read by a child process as serve does
 *
 * Progress of a reading is told on standard error. A signal ends it: ERR_CANCELLED.
 * Threads: the main one. Memory: none that stays but the result. */
#ifndef SERVER_TRACE_STORE_H
#define SERVER_TRACE_STORE_H

#include <stdint.h>

struct err;
struct store;

/* Is the file a store by its content? 1, 0, -1. Standard input is none: SQLite needs a file. */
int trace_store_is(const char *path, struct err *e);

struct trace_store_place {
	const char *cache;  /* where stores are kept; NULL: by environment */
	int64_t most_bytes; /* that they may take there; 0: no bound */
};

struct store *trace_store_open(
	const char *path, const struct trace_store_place *place, struct err *e);

#endif

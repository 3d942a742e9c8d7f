/* catalog.h: the traces this server knows, and how far each is.
 *
 * Invariants: a trace is never removed while the server runs; its id, name and paths never
 * change; a snapshot's path is given once. States go waiting ► reading ► ready or failed.
 * Memory: from mem, per trace. Threads: any; one lock, what is got is a copy. */
#ifndef SERVER_CATALOG_H
#define SERVER_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/err.h"
#include "server/trace_id.h"

struct catalog;

enum trace_state { TRACE_WAITING, TRACE_READING, TRACE_READY, TRACE_FAILED };

struct progress {
	int64_t bytes, total;
	uint64_t events;
	uint64_t prepared,
		to_prepare; /* of the zoom levels, once all is read; before, to_prepare is 0 */
	double events_per_s;
	double left_s; /* of the reading, or of the preparing; below 0: not known yet */
};

/* What the list of traces tells from a store. */
struct trace_facts {
	bool is_known;
	uint32_t go_minor;
	int64_t span_ns, bytes, store_bytes;
	uint64_t n_events;
};

struct trace_info {
	const char *id, *name, *path, *store; /* live as long as the catalog; path "": gone */
	struct trace_stamp stamp;             /* of `path`, when its id was made */
	int spool_fd; /* what keeps `path` there; its job closes it; 0 none */
	enum trace_state state;
	struct trace_facts facts; /* ready, and its store has been opened */
	struct progress progress; /* while reading */
	unsigned part;            /* while reading: number of the last snapshot; 0 none yet */
	const char *part_store;   /* where it lies; lives as long as the catalog */
	struct err error;         /* failed */
};

struct catalog *catalog_create(struct err *e);
void catalog_destroy(struct catalog *c); /* NULL is fine */

/* A new trace, waiting. 1; 0: there is one with this id; -1. */
int catalog_add(struct catalog *c, const struct trace_info *t, struct err *e);

bool catalog_find(struct catalog *c, const char *id, struct trace_info *out);
bool catalog_at(struct catalog *c, size_t i, struct trace_info *out); /* in the order of adding */

void catalog_set_progress(struct catalog *c, const char *id, const struct progress *p);
void catalog_set_part(struct catalog *c, const char *id, unsigned part, const char *store);
void catalog_set_ready(struct catalog *c, const char *id);
void catalog_set_failed(struct catalog *c, const char *id, const struct err *error);
void catalog_set_facts(struct catalog *c, const char *id, const struct trace_facts *facts);

#endif

/* server.h: what all routes share, and the first steps they all take. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/readers.h"
#include "server/turns.h"

struct call;
struct catalog;
struct err;
struct json_writer;
struct tile_cache;
struct trace_info;

struct server {
	struct catalog *catalog;
	struct tile_cache *cache;
	struct readers *readers;  /* one per worker */
	struct turns turns;       /* of answers that lack memory */
	int64_t cache_most_bytes; /* that stores may take on disk; 0: no bound */
};

/* Quick: does the trace of params[0] exist and can its store be read? 0: yes, go on to `run`;
 * 1: no, and the reply says why. */
int server_check_trace(struct call *c);

/* In `run`: the reader of that trace; NULL, and the reply says why. */
struct reader *server_reader(struct call *c);

/* In `run`: the body is what the writer holds, or e's answer where rc < 0. */
void server_reply(struct call *c, struct json_writer *w, int rc, const struct err *e);

/* A table, which the writer has under the key `table`: as JSON, or where the query says format=csv the
 * `columns` of it as CSV (json_csv.h), a page of it that begins with the names of the columns unless the query
 * has `after`. */
void server_reply_table(struct call *c, struct json_writer *w, int rc, const struct err *e,
	const char *table, const char *columns);

/* Does the query say format=csv? -1: it says neither that nor json. */
int server_wants_csv(const struct call *c, bool *csv, struct err *e);

/* A store that cannot be opened: the log is told why, *e what to do about it. */
void server_store_lost(struct err *e);

/* An error while a store was read; what is not the caller's fault is told in the log alone. */
void server_fail(struct call *c, const struct err *e);

/* A query value as a number within [min, max]; `value` stays where there is no such key.
 * -1: it is no such number, e tells which key. */
int server_query_i64(const struct call *c, const char *key, int64_t min, int64_t max,
	int64_t *value, struct err *e);
int server_query_u64(
	const struct call *c, const char *key, uint64_t max, uint64_t *value, struct err *e);

#endif

/* reply.h: an answer before it is HTTP: status, body, how long it may be kept.
 *
 * Filled by routes, turned into a response by http.c. Knows nothing of connections.
 * Memory: one reference to `body`, and `location`; reply_clear() gives it back. Threads: none. */
#ifndef SERVER_REPLY_H
#define SERVER_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/err.h"

struct blob;
struct json_writer;
struct text;

#define TYPE_JSON  "application/json; charset=utf-8"
#define TYPE_BYTES "application/octet-stream"
#define TYPE_CSV   "text/csv; charset=utf-8; header=present"
#define TYPE_LINES "text/csv; charset=utf-8; header=absent"

enum reply_keep {
	KEEP_NOTHING,    /* no-store: state of jobs, lookups, errors */
	KEEP_REVALIDATE, /* no-cache: the page's files */
	KEEP_FOR_EVER    /* immutable: the address names the content */
};

struct reply {
	unsigned status;
	enum reply_keep keep;
	const char *type;  /* static; NULL without body */
	struct blob *body; /* NULL: `fixed` */
	const void *fixed; /* bytes that live as long as the program; NULL: no body */
	size_t n_fixed;
	char etag[40];          /* in its quotes; "" none */
	bool is_zstd;           /* the body is zstd frames */
	bool varies;            /* another Accept-Encoding may get other bytes */
	bool closes;            /* the connection ends with this answer */
	char *location;         /* of a redirect, from mem; NULL none */
	const char *allow;      /* 405: static */
	unsigned retry_after_s; /* 503: 0 none */
	bool lacks_memory;      /* 503: the same may be answered when there is more */
	char next[96];          /* of a table in pages, not as JSON: `after` of the next; "" none */
};

void reply_clear(struct reply *r);

/* Takes the writer's text as the body; 200, or 503 where memory ran out. */
void reply_json(struct reply *r, struct json_writer *w);

/* The same of text of any type, which it takes and leaves empty. */
void reply_text(struct reply *r, const char *type, struct text *t);

/* 302 to the address that the text holds, which it takes and leaves empty. */
void reply_redirect(struct reply *r, struct text *location);

/* An error with its fixed body {"error":{"code","message"}}: `message` is ours, never input. */
void reply_error(struct reply *r, unsigned status, const char *code, const char *message);

/* The same from an error value, with its offset; the status follows from its kind. */
void reply_err(struct reply *r, const struct err *e);

/* Writes {"code","message","offset"} as a value. */
void reply_write_err(struct json_writer *w, const struct err *e);

/* Sets the strong ETag of a body: a hash of its bytes, which differ per encoding. */
void reply_set_etag(struct reply *r, const void *bytes, size_t n);

#endif

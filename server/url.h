/* url.h: a request target into decoded path segments and query pairs, and strict numbers.
 *
 *	/api/v1/traces/ab/events?from=1&g=17  ►  segments {api v1 traces ab events}, from=1, g=17
 *
 * Knows nothing of routes. Pure.
 * Invariants: segments and values are terminated, hold no control bytes; no key comes twice.
 * Memory: all of it lies in struct url and where its caller says. Threads: none. */
#ifndef SERVER_URL_H
#define SERVER_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URL_SEGMENTS 16
#define URL_QUERIES  16

struct url_query {
	const char *key;
	const char *value;
};

struct url {
	const char *segments[URL_SEGMENTS]; /* "/" has one, empty */
	size_t n_segments;
	struct url_query queries[URL_QUERIES];
	size_t n_queries;
};

/* Room for what a target of n bytes decodes to. */
#define URL_TEXT_BYTES(n) ((n) + 1 + URL_SEGMENTS)

/* 0, or -1 for a target that gate_check_target() refuses or that has too many parts. The decoded
 * parts lie in `text`, of URL_TEXT_BYTES(strlen(target)). */
int url_parse(struct url *u, const char *target, char *text);

/* The value of `key`, or NULL. */
const char *url_get(const struct url *u, const char *key);

/* Decimal digits alone, no sign but '-' where negative numbers are allowed, no leading zeros,
 * and within [min, max]. */
bool url_u64(const char *s, uint64_t max, uint64_t *out);
bool url_i64(const char *s, int64_t min, int64_t max, int64_t *out);

/* "1,2,3": up to `cap` numbers; how many, or -1. */
int url_u64_list(const char *s, uint64_t *out, size_t cap);

#endif

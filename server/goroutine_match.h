/* goroutine_match.h: which goroutines `match` of a query means: those with it in their function's name, whatever
 * the case of ASCII letters, and, where it is a number or g and a number, in theirs.
 *
 * Names are compared once per group; of a group without a function one by one: a goroutine may have learnt its
 * own later.
 *
 * Memory: a bit per group, 20 bytes per goroutine that learnt its function late and fits. */
#ifndef SERVER_GOROUTINE_MATCH_H
#define SERVER_GOROUTINE_MATCH_H

#include <stdint.h>

#include "parser/base/map.h"
#include "tiles/goroutine_sums.h"

struct call;
struct err;
struct reader;

/* A zeroed one matches all. */
struct goroutine_match {
	const char *text;
	uint8_t *groups;
	struct map also;
};

/* Narrow `q` to what matches; `m` must outlive it. The reader has its tables. ERR_CANCELLED, ERR_MEMORY, and of
 * the store; then, too, goroutine_match_clear(). */
int goroutine_match_parse(struct call *c, struct reader *r, struct goroutine_match *m,
	struct sums_query *q, struct err *e);
void goroutine_match_clear(struct goroutine_match *m);

#endif

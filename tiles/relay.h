/* relay.h - work handed to a second thread, which does it in the order it was handed over.
 *
 *   relay_push() ► ring of 32 items ► run(context, bytes)
 *
 * Knows nothing of what the work is. Starts no thread: a crew does. Without one the work is done in
 * relay_push(), so that whatever depends on the order of the work alone is the same with both.
 *
 * 1. Items run one at a time, in order.
 * 2. After the first that failed none runs; the next push, or the flush, tells that error.
 *
 * Memory: the bytes of the items in the ring; buffers are passed on, not copied.
 * Threads: push, flush and destroy belong to one thread, what runs to the other. After a flush
 * and before the next push all that the work uses belongs to the first one. */
#ifndef TILES_RELAY_H
#define TILES_RELAY_H

#include <stddef.h>

struct buf;
struct crew;
struct err;
struct relay;

/* `crew` is borrowed; NULL: none. */
struct relay *relay_create(const struct crew *crew, struct err *e);
void relay_destroy(struct relay *r); /* drops what has not run; accepts NULL */

/* Hand over `bytes`, and get an empty buffer for it. `r` may be NULL, as without a crew. */
int relay_push(struct relay *r,
	int (*run)(void *context, const void *bytes, size_t n, struct err *e), void *context,
	struct buf *bytes, struct err *e);

/* Wait until all is done. */
int relay_flush(struct relay *r, struct err *e);

#endif

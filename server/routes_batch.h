/* routes_batch.h: many tiles, chunks and the like in one answer.
 *
 *	batch/G.19.0-2.0-1;C.19.0.0-1?v=3  ►  index │ body │ body │ ...       (API.md, Batches)
 *
 * Each part is what the route of its own answers, status and body, made by that route's handler and kept
 * in the cache under its key: nothing is kept twice. What says to be made of chunks has them before it.
 * As zstd the answer is one frame after the other, those of the store as they lie there.
 *
 * Bounds: 64 pieces; a part that comes after BATCH_BYTES or BATCH_NS is left out, and says so (413): who
 * asks again gets it. The first one always comes.
 * Memory: twice what is sent. Threads: as all routes. */
#ifndef SERVER_ROUTES_BATCH_H
#define SERVER_ROUTES_BATCH_H

struct call;

int quick_batch(struct call *c);
int quick_long_batch(struct call *c);
void run_batch(struct call *c);

#endif

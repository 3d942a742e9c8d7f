/* routes_tile.h: tiles, chunks, counter tiles, rows of goroutines, landmarks: what the page draws from.
 *
 * The body is the stored or computed zstd frame, or its content for who takes no zstd; it is kept
 * in the cache of answers, from where the next one gets it without a worker. */
#ifndef SERVER_ROUTES_TILE_H
#define SERVER_ROUTES_TILE_H

struct call;

int quick_tile(struct call *c);
void run_tile(struct call *c);
int quick_chunk(struct call *c);
void run_chunk(struct call *c);
int quick_counter(struct call *c);
void run_counter(struct call *c);
int quick_rows(struct call *c);
void run_rows(struct call *c);
int quick_landmarks(struct call *c);
void run_landmarks(struct call *c);

#endif

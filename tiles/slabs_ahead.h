/* slabs_ahead.h - the slabs that come next, read by a thread of their own.
 *
 *	slabs_ahead_go(a, n) ► n, n + 1, ... spread ► slabs_ahead_take(a, n), slabs_ahead_take(a, n + 1) ...
 *
 * Part of slabs.c's inside. What cannot be read is not told: who takes then reads it himself, and meets
 * the error.
 *
 * Memory: up to four spread slabs, and a reader. Threads: one of the crew; all functions belong to the
 * thread that made it. The store is read by both. */
#ifndef TILES_SLABS_AHEAD_H
#define TILES_SLABS_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

struct crew;
struct err;
struct slabs_ahead;
struct spread;
struct store;

struct slabs_ahead *slabs_ahead_create(struct store *st, const struct crew *crew, struct err *e);
void slabs_ahead_destroy(struct slabs_ahead *a); /* accepts NULL */

/* Drop what is there; the next slab is this one. */
void slabs_ahead_go(struct slabs_ahead *a, uint64_t number);

/* Exchange *sp for the slab, waiting for it while it is one of the next; false: it is not. */
bool slabs_ahead_take(struct slabs_ahead *a, uint64_t number, struct spread *sp);

#endif

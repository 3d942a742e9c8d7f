/* workers.h: a fixed number of threads that take work from one bounded queue.
 *
 * Work that may take long keeps short work waiting neither for a thread nor for a place: it gets half
 * the queue at most, and where there are two threads one of them never takes it. Else the one that
 * came first goes first.
 *
 * Work is a struct embedded in something of the caller's. It runs exactly once: also when its
 * deadline passed in the queue or the pool stops, so that whoever waits for it gets an answer;
 * then work_must_stop() tells at once.
 *
 * Knows nothing of HTTP or stores. Memory: none per work. Threads: any may push. */
#ifndef SERVER_WORKERS_H
#define SERVER_WORKERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct workers;

struct work {
	struct work *next;
	int64_t deadline_ns; /* CLOCK_MONOTONIC; work_now_ns() + ... */
	bool is_long;
	uint64_t turn; /* set by workers_push(): the least came first */
	/* `worker` is 0 .. n - 1: for what each thread keeps for itself */
	void (*run)(struct work *w, unsigned worker);
	bool (*is_unwanted)(struct work *w); /* NULL, or: has the one who asked gone away? */
	struct workers *pool;                /* set by workers_push() */
};

/* `closed` runs on each worker's thread at its end, with its number. */
struct workers *workers_create(unsigned n, size_t queue, void (*closed)(void *cls, unsigned worker),
	void *cls, struct err *e);

/* False: no place in the queue, or the pool stops; the work was not taken. `ready`, where given, is
 * called after the place in the queue is certain and before a worker can see the work. */
bool workers_push(struct workers *p, struct work *w, void (*ready)(struct work *w));

/* Refuse new work, hurry the rest through, join. Runs the queue empty before it returns. */
void workers_stop(struct workers *p);
void workers_destroy(struct workers *p); /* after workers_stop(); NULL is fine */

/* Should a long computation give up: deadline, pool stopping, nobody waits any more. */
bool work_must_stop(struct work *w);

int64_t work_now_ns(void);

#endif

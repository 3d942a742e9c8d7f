/* turns.h: an answer that lacks memory while others are made waits for its turn, and is tried once more.
 *
 * All answers share one bound on memory (--memory-mib), so that one which takes most of it for a moment
 * would make the others fail. An answer that fails for want of memory gives back what it holds,
 * waits until one of those that were made at the same time has ended, for as long as TURNS_WAIT_NS, and is
 * made again; if that fails, too, that is the answer. One that failed with nobody beside it is not tried
 * again: what it needs is not there. Waiting, it is not counted as being made, so that two which
 * failed by each other do not wait for each other.
 *
 * Memory: none but the caller's struct. Threads: any. */
#ifndef SERVER_TURNS_H
#define SERVER_TURNS_H

#include <pthread.h>
#include <stdint.h>

struct call;

#define TURNS_WAIT_NS INT64_C(2000000000)

struct turns {
	/* guards: n_made, n_ended */
	pthread_mutex_t lock;
	pthread_cond_t ended;
	unsigned n_made;  /* answers that are being made */
	uint64_t n_ended; /* that were; also those that wait for their turn */
};

void turns_init(struct turns *t);
void turns_clear(struct turns *t);

/* Runs the handler; `rest`, after each try, gives back what the worker need not hold. */
void turns_run(
	struct turns *t, void (*run)(struct call *c), void (*rest)(struct call *c), struct call *c);

#endif

/* helper.h: threads for who reads or builds, started when there is work for them.
 *
 *	struct helper h = {.n_max = HELPER_THREADS};
 *	const struct crew crew = helper_crew(&h);
 *
 * Memory: the threads' stacks. Threads: start and join belong to one thread. */
#ifndef SERVER_HELPER_H
#define SERVER_HELPER_H

#include <pthread.h>
#include <stdbool.h>

#include "parser/base/crew.h"

#define HELPER_THREADS 2

struct helper {
	unsigned n_max; /* at once, besides the caller's; at most HELPER_THREADS */
	struct helper_thread {
		pthread_t thread;
		void (*task)(void *arg); /* NULL: not started, or joined */
		void *arg;
	} threads[HELPER_THREADS];
};

struct crew helper_crew(struct helper *h);

/* How many are of use here: all where there is a second processor, which they share well; else none. */
unsigned helper_threads(void);

#endif

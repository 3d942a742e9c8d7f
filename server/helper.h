/* helper.h: a second thread for an ingest, started when the build has work for it.
 *
 *	struct helper h = {0};
 *	const struct crew crew = helper_crew(&h);
 *
 * Memory: its stack. Threads: start and join belong to one thread. */
#ifndef SERVER_HELPER_H
#define SERVER_HELPER_H

#include <pthread.h>
#include <stdbool.h>

#include "tiles/relay.h"

struct helper {
	pthread_t thread;
	void (*task)(void *arg);
	void *arg;
};

struct crew helper_crew(struct helper *h);

/* Is there a second processor for it? */
bool helper_is_useful(void);

#endif

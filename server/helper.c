#include "server/helper.h"

#include <sched.h>
#include <signal.h>

static void *helper_main(void *arg)
{
	struct helper *h = arg;

	h->task(h->arg);
	return NULL;
}

/* The thread takes no signals: they are for the one that looks at what they leave. */
static bool helper_start(void *context, void (*task)(void *arg), void *arg)
{
	struct helper *h = context;
	sigset_t all, before;
	int rc;

	h->task = task;
	h->arg = arg;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&h->thread, NULL, helper_main, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0;
}

static void helper_join(void *context)
{
	struct helper *h = context;

	pthread_join(h->thread, NULL);
}

struct crew helper_crew(struct helper *h)
{
	return (struct crew){.start = helper_start, .join = helper_join, .context = h};
}

bool helper_is_useful(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;
}

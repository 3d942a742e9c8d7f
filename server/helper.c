#include "server/helper.h"

#include <sched.h>
#include <signal.h>

static void *helper_main(void *arg)
{
	struct helper_thread *t = arg;

	t->task(t->arg);
	return NULL;
}

/* A thread takes no signals: they are for the one that looks at what they leave. */
static bool start_thread(struct helper_thread *t)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&t->thread, NULL, helper_main, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0;
}

static void *helper_start(void *context, void (*task)(void *arg), void *arg)
{
	struct helper *h = context;
	struct helper_thread *t = h->threads;

	while (t < h->threads + h->n_max && t->task)
		t++;
	if (t == h->threads + h->n_max)
		return NULL;
	t->task = task;
	t->arg = arg;
	if (start_thread(t))
		return t;
	t->task = NULL;
	return NULL;
}

static void helper_join(void *context, void *thread)
{
	struct helper_thread *t = thread;

	(void)context;
	pthread_join(t->thread, NULL);
	t->task = NULL;
}

struct crew helper_crew(struct helper *h)
{
	return (struct crew){.start = helper_start, .join = helper_join, .context = h};
}

unsigned helper_threads(void)
{
	cpu_set_t set;
	bool has_two = sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;

	return has_two ? HELPER_THREADS : 0;
}

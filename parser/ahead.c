#include "parser/ahead.h"

#include <string.h>

#include "parser/base/crew.h"

void ahead_init(struct ahead *a, const struct limits *lim,
	int (*read)(void *context, struct generation *g, struct err *e), void *context)
{
	memset(a, 0, sizeof(*a));
	a->read = read;
	a->context = context;
	generation_init(&a->gens[0], lim);
	generation_init(&a->gens[1], lim);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
}

void ahead_clear(struct ahead *a)
{
	ahead_stop(a);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	generation_clear(&a->gens[0]);
	generation_clear(&a->gens[1]);
}

/* Wait for the next order: the generation to read into, NULL when there will be none. */
static struct generation *next_order(struct ahead *a)
{
	struct generation *g;

	pthread_mutex_lock(&a->lock);
	while (!a->is_wanted && !a->stop)
		pthread_cond_wait(&a->changed, &a->lock);
	g = a->stop ? NULL : &a->gens[!a->current];
	a->is_wanted = false;
	pthread_mutex_unlock(&a->lock);
	return g;
}

static void serve(void *arg)
{
	struct ahead *a = arg;
	struct generation *g;

	while ((g = next_order(a)) != NULL) {
		struct err e = ERR_INIT;
		int rc = a->read(a->context, g, &e);

		pthread_mutex_lock(&a->lock);
		a->rc = rc;
		a->error = e;
		a->is_read = true;
		pthread_cond_signal(&a->changed);
		pthread_mutex_unlock(&a->lock);
	}
}

void ahead_start(struct ahead *a, const struct crew *crew)
{
	a->is_wanted = true;
	a->crew = crew;
	a->thread = crew->start(crew->context, serve, a);
}

void ahead_stop(struct ahead *a)
{
	if (!a->thread)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	a->crew->join(a->crew->context, a->thread);
	a->thread = NULL;
}

int ahead_next(struct ahead *a, struct generation **g, struct err *e)
{
	int rc;

	*g = &a->gens[a->current];
	if (!a->thread)
		return a->read(a->context, *g, e);
	pthread_mutex_lock(&a->lock);
	while (!a->is_read)
		pthread_cond_wait(&a->changed, &a->lock);
	a->is_read = false;
	a->current = !a->current;
	*g = &a->gens[a->current];
	rc = a->rc;
	if (rc < 0)
		*e = a->error;
	a->is_wanted = rc > 0;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	return rc;
}

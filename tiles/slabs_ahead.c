#include "tiles/slabs_ahead.h"

#include <pthread.h>

#include "parser/base/crew.h"
#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/slabs.h"

#define RING 3

struct slabs_ahead {
	const struct crew *crew;
	void *thread;
	struct slabs *slabs;   /* the thread's */
	struct spread working; /* the thread's */

	/* guards: all below */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct spread ring[RING];
	unsigned first, n;
	uint64_t next; /* slab that is in work, or comes next */
	bool has_go;   /* `next` was set anew: what is in work is not wanted */
	bool is_idle;  /* there is nothing to read */
	bool stop;
};

static void swap(struct spread *a, struct spread *b)
{
	struct spread c = *a;

	*a = *b;
	*b = c;
}

/* The next slab to read; false when there will be none. */
static bool wait_for_work(struct slabs_ahead *a, uint64_t *number)
{
	bool go_on;

	pthread_mutex_lock(&a->lock);
	while (!a->stop && (a->is_idle || a->n == RING))
		pthread_cond_wait(&a->changed, &a->lock);
	*number = a->next;
	a->has_go = false;
	go_on = !a->stop;
	pthread_mutex_unlock(&a->lock);
	return go_on;
}

static void work(void *arg)
{
	struct slabs_ahead *a = arg;
	uint64_t number;

	while (wait_for_work(a, &number)) {
		struct err e = ERR_INIT;
		bool is_read = slabs_spread(a->slabs, number, &a->working, &e) == 0;

		pthread_mutex_lock(&a->lock);
		if (!a->has_go) {
			a->is_idle = !is_read;
			if (is_read) {
				swap(&a->ring[(a->first + a->n++) % RING], &a->working);
				a->next++;
			}
		}
		pthread_cond_signal(&a->changed);
		pthread_mutex_unlock(&a->lock);
	}
}

struct slabs_ahead *slabs_ahead_create(struct store *st, const struct crew *crew, struct err *e)
{
	struct slabs_ahead *a = mem_calloc(1, sizeof(*a));

	if (!a) {
		err_set(e, ERR_MEMORY, -1, "Cannot read ahead: bytes=%zu", sizeof(*a));
		return NULL;
	}
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	a->crew = crew;
	a->is_idle = true;
	a->slabs = slabs_create(st, e);
	if (!a->slabs) {
		slabs_ahead_destroy(a);
		return NULL;
	}
	a->thread = crew->start(crew->context, work, a);
	return a;
}

void slabs_ahead_destroy(struct slabs_ahead *a)
{
	if (!a)
		return;
	if (a->thread) {
		pthread_mutex_lock(&a->lock);
		a->stop = true;
		pthread_cond_signal(&a->changed);
		pthread_mutex_unlock(&a->lock);
		a->crew->join(a->crew->context, a->thread);
	}
	slabs_destroy(a->slabs);
	spread_clear(&a->working);
	for (unsigned i = 0; i < RING; i++)
		spread_clear(&a->ring[i]);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	mem_free(a);
}

void slabs_ahead_go(struct slabs_ahead *a, uint64_t number)
{
	pthread_mutex_lock(&a->lock);
	a->n = 0;
	a->next = number;
	a->has_go = true;
	a->is_idle = a->thread == NULL;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

bool slabs_ahead_take(struct slabs_ahead *a, uint64_t number, struct spread *sp)
{
	bool is_there = false;

	pthread_mutex_lock(&a->lock);
	for (;;) {
		while (a->n > 0 && a->ring[a->first].number < number) {
			a->first = (a->first + 1) % RING;
			a->n--;
			pthread_cond_signal(&a->changed);
		}
		is_there = a->n > 0 && a->ring[a->first].number == number;
		if (a->n > 0 || a->is_idle || a->next > number)
			break;
		pthread_cond_wait(&a->changed, &a->lock);
	}
	if (is_there) {
		swap(&a->ring[a->first], sp);
		a->first = (a->first + 1) % RING;
		a->n--;
		pthread_cond_signal(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
	return is_there;
}

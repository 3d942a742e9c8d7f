/* workers.c */
#include "server/workers.h"

#include <pthread.h>
#include <time.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"

#define STACK_BYTES (512u << 10)

struct worker {
	pthread_t thread;
	struct workers *pool;
	unsigned number;
};

struct workers {
	/* guards: first, last, n_queued */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct work *first, *last;
	size_t n_queued, cap;
	atomic_bool stopping;
	void (*closed)(void *cls, unsigned worker);
	void *cls;
	unsigned n_workers;
	struct worker workers[];
};

int64_t work_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct work *next_work(struct workers *p)
{
	struct work *w;

	pthread_mutex_lock(&p->lock);
	while (!p->first && !atomic_load(&p->stopping))
		pthread_cond_wait(&p->wake, &p->lock);
	w = p->first;
	if (w) {
		p->first = w->next;
		if (!p->first)
			p->last = NULL;
		p->n_queued--;
	}
	pthread_mutex_unlock(&p->lock);
	return w;
}

static void *worker_main(void *arg)
{
	struct worker *self = arg;
	struct work *w;

	while ((w = next_work(self->pool)) != NULL)
		w->run(w, self->number);
	if (self->pool->closed)
		self->pool->closed(self->pool->cls, self->number);
	return NULL;
}

static int start_worker(struct worker *w)
{
	pthread_attr_t attr;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	rc = pthread_create(&w->thread, &attr, worker_main, w);
	pthread_attr_destroy(&attr);
	return rc;
}

struct workers *workers_create(unsigned n, size_t queue, void (*closed)(void *cls, unsigned worker),
	void *cls, struct err *e)
{
	struct workers *p = mem_calloc(1, sizeof(*p) + n * sizeof(p->workers[0]));

	if (!p) {
		err_set(e, ERR_MEMORY, -1, "Cannot start workers: out of memory");
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	p->cap = queue;
	p->closed = closed;
	p->cls = cls;
	for (; p->n_workers < n; p->n_workers++) {
		struct worker *w = &p->workers[p->n_workers];

		w->pool = p;
		w->number = p->n_workers;
		if (start_worker(w) != 0) {
			err_set(e, ERR_IO, -1, "Cannot start worker threads: number=%u", w->number);
			workers_stop(p);
			workers_destroy(p);
			return NULL;
		}
	}
	return p;
}

bool workers_push(struct workers *p, struct work *w, void (*ready)(struct work *w))
{
	bool taken;

	pthread_mutex_lock(&p->lock);
	taken = p->n_queued < p->cap && !atomic_load(&p->stopping);
	if (taken) {
		w->next = NULL;
		w->pool = p;
		if (ready)
			ready(w);
		*(p->last ? &p->last->next : &p->first) = w;
		p->last = w;
		p->n_queued++;
		pthread_cond_signal(&p->wake);
	}
	pthread_mutex_unlock(&p->lock);
	return taken;
}

void workers_stop(struct workers *p)
{
	unsigned i;

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	atomic_store(&p->stopping, true);
	pthread_cond_broadcast(&p->wake);
	pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->n_workers; i++)
		pthread_join(p->workers[i].thread, NULL);
	p->n_workers = 0;
}

void workers_destroy(struct workers *p)
{
	if (!p)
		return;
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->wake);
	mem_free(p);
}

bool work_must_stop(struct work *w)
{
	return atomic_load_explicit(&w->pool->stopping, memory_order_relaxed) ||
		work_now_ns() > w->deadline_ns || (w->is_unwanted && w->is_unwanted(w));
}

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
	bool takes_long;
};

struct queue {
	struct work *first, *last;
	size_t n;
};

struct workers {
	/* guards: short_work, long_work, n_turns, first_waits */
	pthread_mutex_t lock;
	pthread_cond_t wake;       /* of those that take any work */
	pthread_cond_t wake_short; /* of the first worker, where it takes short work alone */
	struct queue short_work, long_work;
	uint64_t n_turns;
	bool first_waits; /* for wake_short, and nobody has woken it */
	size_t cap;       /* of both together */
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

static void queue_add(struct queue *q, struct work *w)
{
	w->next = NULL;
	*(q->last ? &q->last->next : &q->first) = w;
	q->last = w;
	q->n++;
}

static struct work *queue_take(struct queue *q)
{
	struct work *w = q->first;

	if (!w)
		return NULL;
	q->first = w->next;
	if (!q->first)
		q->last = NULL;
	q->n--;
	return w;
}

/* What came first of what this worker may take. */
static struct work *take_locked(struct workers *p, bool takes_long)
{
	const struct work *s = p->short_work.first, *l = takes_long ? p->long_work.first : NULL;

	return queue_take(l && (!s || l->turn < s->turn) ? &p->long_work : &p->short_work);
}

static void wait_locked(struct workers *p, bool takes_long)
{
	if (takes_long) {
		pthread_cond_wait(&p->wake, &p->lock);
		return;
	}
	p->first_waits = true;
	pthread_cond_wait(&p->wake_short, &p->lock);
	p->first_waits = false;
}

static void wake_locked(struct workers *p, bool is_long)
{
	if (is_long || !p->first_waits) {
		pthread_cond_signal(&p->wake);
		return;
	}
	p->first_waits = false; /* the next work wakes another one */
	pthread_cond_signal(&p->wake_short);
}

/* NULL: the pool stops, and nothing is left for this worker. */
static struct work *next_work(struct worker *self)
{
	struct workers *p = self->pool;
	struct work *w;

	pthread_mutex_lock(&p->lock);
	while (!(w = take_locked(p, self->takes_long)) && !atomic_load(&p->stopping))
		wait_locked(p, self->takes_long);
	pthread_mutex_unlock(&p->lock);
	return w;
}

static void *worker_main(void *arg)
{
	struct worker *self = arg;
	struct work *w;

	while ((w = next_work(self)) != NULL)
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
	pthread_cond_init(&p->wake_short, NULL);
	p->cap = queue;
	p->closed = closed;
	p->cls = cls;
	for (; p->n_workers < n; p->n_workers++) {
		struct worker *w = &p->workers[p->n_workers];

		w->pool = p;
		w->number = p->n_workers;
		w->takes_long = n == 1 || w->number > 0;
		if (start_worker(w) != 0) {
			err_set(e, ERR_IO, -1, "Cannot start worker threads: number=%u", w->number);
			workers_stop(p);
			workers_destroy(p);
			return NULL;
		}
	}
	return p;
}

static bool has_place_locked(const struct workers *p, bool is_long)
{
	if (atomic_load(&p->stopping) || p->short_work.n + p->long_work.n >= p->cap)
		return false;
	return !is_long || p->long_work.n < (p->cap + 1) / 2;
}

bool workers_push(struct workers *p, struct work *w, void (*ready)(struct work *w))
{
	bool taken;

	pthread_mutex_lock(&p->lock);
	taken = has_place_locked(p, w->is_long);
	if (taken) {
		w->pool = p;
		w->turn = p->n_turns++;
		if (ready)
			ready(w);
		queue_add(w->is_long ? &p->long_work : &p->short_work, w);
		wake_locked(p, w->is_long);
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
	pthread_cond_broadcast(&p->wake_short);
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
	pthread_cond_destroy(&p->wake_short);
	mem_free(p);
}

bool work_must_stop(struct work *w)
{
	return atomic_load_explicit(&w->pool->stopping, memory_order_relaxed) ||
		work_now_ns() > w->deadline_ns || (w->is_unwanted && w->is_unwanted(w));
}

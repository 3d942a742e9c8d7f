/* reaper.c */
#include "server/reaper.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "server/workers.h"

struct reaper {
	/* guards: first, stop, and that no listed fd is closed */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct reaped *first;
	bool stop;
	pthread_t thread;
};

static void reap_locked(struct reaper *r)
{
	int64_t now = work_now_ns();
	struct reaped *c;

	for (c = r->first; c; c = c->next) {
		if (atomic_load_explicit(&c->deadline_ns, memory_order_relaxed) > now)
			continue;
		shutdown(c->fd, SHUT_RDWR);
		atomic_store_explicit(&c->deadline_ns, INT64_MAX, memory_order_relaxed);
	}
}

static void *reaper_main(void *arg)
{
	struct reaper *r = arg;

	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		struct timespec t;

		if (!r->first) {
			pthread_cond_wait(&r->wake, &r->lock);
			continue;
		}
		reap_locked(r);
		clock_gettime(CLOCK_MONOTONIC, &t);
		t.tv_sec++;
		pthread_cond_timedwait(&r->wake, &r->lock, &t);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

struct reaper *reaper_create(struct err *e)
{
	struct reaper *r = mem_calloc(1, sizeof(*r));
	pthread_condattr_t attr;

	if (!r) {
		err_set(e, ERR_MEMORY, -1, "Cannot start the server: out of memory");
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&r->thread, NULL, reaper_main, r) != 0) {
		err_set(e, ERR_IO, -1, "Cannot start the server: no thread for deadlines");
		pthread_cond_destroy(&r->wake);
		pthread_mutex_destroy(&r->lock);
		mem_free(r);
		return NULL;
	}
	return r;
}

void reaper_destroy(struct reaper *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	mem_free(r);
}

void reaper_add(struct reaper *r, struct reaped *c, int fd, int64_t deadline_ns)
{
	c->fd = fd;
	c->prev = NULL;
	atomic_init(&c->deadline_ns, deadline_ns);
	pthread_mutex_lock(&r->lock);
	c->next = r->first;
	if (c->next)
		c->next->prev = c;
	else
		pthread_cond_signal(&r->wake);
	r->first = c;
	pthread_mutex_unlock(&r->lock);
}

void reaper_remove(struct reaper *r, struct reaped *c)
{
	pthread_mutex_lock(&r->lock);
	*(c->prev ? &c->prev->next : &r->first) = c->next;
	if (c->next)
		c->next->prev = c->prev;
	pthread_mutex_unlock(&r->lock);
}

#include "tiles/relay.h"

#include <pthread.h>
#include <stdbool.h>

#include "parser/base/crew.h"
#include "parser/base/err.h"
#include "tiles/buf.h"

#define ITEMS 32

struct item {
	int (*run)(void *context, const void *bytes, size_t n, struct err *e);
	void *context;
	struct buf bytes;
};

struct relay {
	const struct crew *crew;
	void *thread; /* of the crew; NULL: work is done by who pushes it */

	/* guards: first, n, stop, error; the items at [first, first + n) belong to the second thread */
	pthread_mutex_t lock;
	pthread_cond_t pushed, done;
	struct item items[ITEMS];
	unsigned first, n;
	bool stop;
	struct err error;
};

/* The next item to run, NULL when there will be none. */
static struct item *next_item(struct relay *r)
{
	struct item *item;

	pthread_mutex_lock(&r->lock);
	while (r->n == 0 && !r->stop)
		pthread_cond_wait(&r->pushed, &r->lock);
	item = r->stop || r->error.kind != ERR_NONE ? NULL : &r->items[r->first];
	pthread_mutex_unlock(&r->lock);
	return item;
}

static void serve(void *arg)
{
	struct relay *r = arg;
	struct item *item;

	while ((item = next_item(r)) != NULL) {
		struct err e = ERR_INIT;
		int rc = item->run(item->context, item->bytes.at, item->bytes.n, &e);

		pthread_mutex_lock(&r->lock);
		if (rc < 0)
			r->error = e;
		r->first = (r->first + 1) % ITEMS;
		r->n--;
		pthread_cond_signal(&r->done);
		pthread_mutex_unlock(&r->lock);
	}
}

struct relay *relay_create(const struct crew *crew, struct err *e)
{
	struct relay *r = mem_calloc(1, sizeof(*r));

	if (!r) {
		err_set(e, ERR_MEMORY, -1, "Cannot make relay: bytes=%zu", sizeof(*r));
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->pushed, NULL);
	pthread_cond_init(&r->done, NULL);
	r->crew = crew;
	if (crew)
		r->thread = crew->start(crew->context, serve, r);
	return r;
}

void relay_destroy(struct relay *r)
{
	if (!r)
		return;
	if (r->thread) {
		pthread_mutex_lock(&r->lock);
		r->stop = true;
		pthread_cond_signal(&r->pushed);
		pthread_mutex_unlock(&r->lock);
		r->crew->join(r->crew->context, r->thread);
	}
	for (unsigned i = 0; i < ITEMS; i++)
		buf_clear(&r->items[i].bytes);
	pthread_cond_destroy(&r->pushed);
	pthread_cond_destroy(&r->done);
	pthread_mutex_destroy(&r->lock);
	mem_free(r);
}

static int failed_locked(const struct relay *r, struct err *e)
{
	return r->error.kind == ERR_NONE
		? 0
		: err_set(e, r->error.kind, r->error.offset, "%s", r->error.msg);
}

int relay_push(struct relay *r,
	int (*run)(void *context, const void *bytes, size_t n, struct err *e), void *context,
	struct buf *bytes, struct err *e)
{
	int rc;

	if (!r || !r->thread) {
		rc = run(context, bytes->at, bytes->n, e);
		bytes->n = 0;
		return rc;
	}
	pthread_mutex_lock(&r->lock);
	while (r->n == ITEMS && r->error.kind == ERR_NONE)
		pthread_cond_wait(&r->done, &r->lock);
	rc = failed_locked(r, e);
	if (rc == 0) {
		struct item *item = &r->items[(r->first + r->n) % ITEMS];
		struct buf spare = item->bytes;

		*item = (struct item){.run = run, .context = context, .bytes = *bytes};
		spare.n = 0;
		*bytes = spare;
		r->n++;
		pthread_cond_signal(&r->pushed);
	}
	pthread_mutex_unlock(&r->lock);
	return rc;
}

int relay_flush(struct relay *r, struct err *e)
{
	int rc;

	if (!r || !r->thread)
		return 0;
	pthread_mutex_lock(&r->lock);
	while (r->n > 0 && r->error.kind == ERR_NONE)
		pthread_cond_wait(&r->done, &r->lock);
	rc = failed_locked(r, e);
	pthread_mutex_unlock(&r->lock);
	return rc;
}

/* turns.c */
#include "server/turns.h"

#include <stdbool.h>
#include <time.h>

#include "server/call.h"
#include "server/reply.h"
#include "server/workers.h"

#define TICK_NS 20000000 /* between two looks whether the work must stop */

void turns_init(struct turns *t)
{
	*t = (struct turns){0};
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->ended, NULL);
}

void turns_clear(struct turns *t)
{
	pthread_cond_destroy(&t->ended);
	pthread_mutex_destroy(&t->lock);
}

static void leave_locked(struct turns *t)
{
	t->n_made--;
	t->n_ended++;
	pthread_cond_broadcast(&t->ended);
}

static void wait_tick_locked(struct turns *t)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += TICK_NS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&t->ended, &t->lock, &until);
}

/* Of who has failed, and was begun when `n_ended` had ended: is it to be tried again? Then it is
 * being made as before. */
static bool wait_locked(struct turns *t, uint64_t n_ended, struct work *w)
{
	int64_t until_ns = work_now_ns() + TURNS_WAIT_NS;
	bool is_alone = t->n_made == 1 && t->n_ended == n_ended;

	if (is_alone)
		return false;
	leave_locked(t);
	n_ended++;
	while (t->n_made > 0 && t->n_ended == n_ended && work_now_ns() < until_ns &&
		!work_must_stop(w))
		wait_tick_locked(t);
	t->n_made++;
	return !work_must_stop(w);
}

void turns_run(
	struct turns *t, void (*run)(struct call *c), void (*rest)(struct call *c), struct call *c)
{
	bool is_again = false;
	uint64_t n_ended;

	pthread_mutex_lock(&t->lock);
	n_ended = t->n_ended;
	t->n_made++;
	pthread_mutex_unlock(&t->lock);
	run(c);
	rest(c);
	pthread_mutex_lock(&t->lock);
	if (c->reply->lacks_memory)
		is_again = wait_locked(t, n_ended, c->work);
	pthread_mutex_unlock(&t->lock);
	if (is_again) {
		reply_clear(c->reply);
		run(c);
		rest(c);
	}
	pthread_mutex_lock(&t->lock);
	leave_locked(t);
	pthread_mutex_unlock(&t->lock);
}

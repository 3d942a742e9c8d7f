#include "parser/interval_lane.h"

#include "parser/event.h"

void lanes_init(struct lanes *l)
{
	*l = (struct lanes){.last_thread = NO_LANE};
	map_init(&l->goroutine_of);
	map_init(&l->proc_of);
	map_init(&l->thread_of);
}

void lanes_clear(struct lanes *l)
{
	vec_clear(&l->goroutines);
	vec_clear(&l->procs);
	vec_clear(&l->threads);
	vec_clear(&l->free);
	map_clear(&l->goroutine_of);
	map_clear(&l->proc_of);
	map_clear(&l->thread_of);
}

uint32_t lanes_find_goroutine(const struct lanes *l, uint64_t id)
{
	return map_get(&l->goroutine_of, id); /* MAP_NONE is NO_LANE */
}

uint32_t lanes_find_proc(const struct lanes *l, int64_t id)
{
	return map_get(&l->proc_of, (uint64_t)id);
}

uint32_t lanes_add_goroutine(struct lanes *l, uint64_t id)
{
	struct goroutine_lane fresh = {
		.id = id, .thread = NO_LANE, .state = STATE_NONE, .p = NO_ID, .m = NO_ID};
	uint32_t i = lanes_find_goroutine(l, id);

	if (i != NO_LANE)
		return i;
	/* Room in the free list first, so that removing never fails. */
	if (vec_reserve(&l->free, l->goroutines.n + 1) < 0)
		return NO_LANE;
	if (l->free.n > 0) {
		i = l->free.at[l->free.n - 1];
	} else {
		i = (uint32_t)l->goroutines.n;
		if (vec_reserve(&l->goroutines, l->goroutines.n + 1) < 0)
			return NO_LANE;
	}
	if (map_put(&l->goroutine_of, id, i) < 0)
		return NO_LANE;
	if (l->free.n > 0) {
		l->free.n--;
		fresh.is_lively = l->goroutines.at[i].is_lively;
	} else {
		l->goroutines.n++;
	}
	l->goroutines.at[i] = fresh;
	return i;
}

uint32_t lanes_add_proc(struct lanes *l, int64_t id)
{
	const struct proc_lane fresh = {.id = id, .thread = NO_LANE, .state = NOT_TOLD, .m = NO_ID};
	uint32_t i = lanes_find_proc(l, id);

	if (i != NO_LANE)
		return i;
	i = (uint32_t)l->procs.n;
	if (vec_push(&l->procs, fresh) < 0)
		return NO_LANE;
	if (map_put(&l->proc_of, (uint64_t)id, i) < 0) {
		l->procs.n--;
		return NO_LANE;
	}
	return i;
}

uint32_t lanes_add_thread(struct lanes *l, int64_t id)
{
	const struct thread_lane fresh = {
		.id = id, .proc = NO_LANE, .goroutine = NO_LANE, .p = NO_ID};
	uint32_t i = l->last_thread;

	if (i != NO_LANE && l->threads.at[i].id == id)
		return i;
	i = map_get(&l->thread_of, (uint64_t)id);
	if (i == MAP_NONE) {
		i = (uint32_t)l->threads.n;
		if (vec_push(&l->threads, fresh) < 0)
			return NO_LANE;
		if (map_put(&l->thread_of, (uint64_t)id, i) < 0) {
			l->threads.n--;
			return NO_LANE;
		}
	}
	l->last_thread = i;
	return i;
}

void lanes_remove_goroutine(struct lanes *l, uint32_t g)
{
	lanes_unbind_goroutine(l, g);
	map_remove(&l->goroutine_of, l->goroutines.at[g].id);
	l->free.at[l->free.n++] = g;
}

void lanes_unbind_goroutine(struct lanes *l, uint32_t g)
{
	struct goroutine_lane *lane = &l->goroutines.at[g];

	if (lane->thread == NO_LANE)
		return;
	l->threads.at[lane->thread].goroutine = NO_LANE;
	lane->thread = NO_LANE;
}

void lanes_unbind_proc(struct lanes *l, uint32_t p)
{
	struct proc_lane *lane = &l->procs.at[p];

	if (lane->thread == NO_LANE)
		return;
	l->threads.at[lane->thread].proc = NO_LANE;
	lane->thread = NO_LANE;
}

void lanes_bind_goroutine(struct lanes *l, uint32_t g, uint32_t thread)
{
	if (thread == NO_LANE || l->goroutines.at[g].thread == thread)
		return;
	lanes_unbind_goroutine(l, g);
	if (l->threads.at[thread].goroutine != NO_LANE)
		lanes_unbind_goroutine(l, l->threads.at[thread].goroutine);
	l->threads.at[thread].goroutine = g;
	l->goroutines.at[g].thread = thread;
}

void lanes_bind_proc(struct lanes *l, uint32_t p, uint32_t thread)
{
	if (thread == NO_LANE || l->procs.at[p].thread == thread)
		return;
	lanes_unbind_proc(l, p);
	if (l->threads.at[thread].proc != NO_LANE)
		lanes_unbind_proc(l, l->threads.at[thread].proc);
	l->threads.at[thread].proc = p;
	l->procs.at[p].thread = thread;
}

enum state lanes_proc_state(const struct lanes *l, uint32_t p, uint64_t *g)
{
	const struct proc_lane *lane = &l->procs.at[p];
	const struct goroutine_lane *on;
	uint32_t i = NO_LANE;

	*g = 0;
	if (!lane->running)
		return STATE_NONE;
	if (lane->thread != NO_LANE)
		i = l->threads.at[lane->thread].goroutine;
	if (i == NO_LANE)
		return STATE_OTHER;
	on = &l->goroutines.at[i];
	/* A thread that comes back from a system call may take another proc before its goroutine
	 * leaves the call: that proc is not held by the call. */
	if (on->go == GO_SYSCALL && !lane->held)
		return STATE_OTHER;
	*g = on->id;
	return on->state;
}

enum state lanes_thread_state(const struct lanes *l, uint32_t m, uint64_t *g)
{
	const struct thread_lane *lane = &l->threads.at[m];

	*g = 0;
	if (lane->goroutine != NO_LANE) {
		*g = l->goroutines.at[lane->goroutine].id;
		return l->goroutines.at[lane->goroutine].state;
	}
	return lane->proc != NO_LANE ? STATE_OTHER : STATE_NONE;
}

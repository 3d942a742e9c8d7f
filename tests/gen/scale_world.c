#include "tests/gen/scale_world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/gen/scale_tables.h"
#include "tests/unit/trace_writer.h"

#define MINOR 26
#define IDS   16 /* that a proc takes at once */

struct batch {
	struct trace_writer w;
	uint64_t tick; /* of its last event */
	struct batch *next;
};

static void *some(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p) {
		fprintf(stderr, "Cannot make the world: no memory\n");
		exit(1);
	}
	return p;
}

static void ring_init(struct ring *r, uint32_t cap)
{
	*r = (struct ring){.at = some(cap, sizeof(*r->at)), .cap = cap};
}

static void ring_push(struct ring *r, uint32_t v)
{
	assert(r->n < r->cap);
	r->at[((uint64_t)r->first + r->n++) % r->cap] = v;
}

static uint32_t ring_take(struct ring *r)
{
	uint32_t v = r->at[r->first];

	assert(r->n > 0);
	r->first = (r->first + 1) % r->cap;
	r->n--;
	return v;
}

/* Marsaglia's xorshift, with a multiplication against its weak low bits. */
uint64_t world_any(struct world *w, uint64_t below)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (w->random * 0x2545f4914f6cdd1du >> 32) % below;
}

/* ---- records ---- */

static struct batch *batch_of(struct world *w, uint32_t m)
{
	struct thread *t = &w->threads[m];

	if (t->batch)
		return t->batch;
	t->batch = w->spare ? w->spare : some(1, sizeof(*t->batch));
	w->spare = t->batch->next;
	t->batch->next = NULL;
	t->batch->tick = w->tick;
	tw_batch(&t->batch->w, w->generation, m + 1, w->tick);
	if (!t->was_seen)
		w->n_threads_seen++;
	t->was_seen = true;
	return t->batch;
}

static void batch_end(struct world *w, uint32_t m)
{
	struct batch *b = w->threads[m].batch;

	if (!b)
		return;
	tw_end(&b->w);
	tables_flush(&b->w);
	b->next = w->spare;
	w->spare = b;
	w->threads[m].batch = NULL;
}

static void put(struct world *w, uint32_t m, uint8_t type, const uint64_t *args, size_t n)
{
	struct batch *b = batch_of(w, m);
	uint64_t numbers[8];

	assert(n < sizeof(numbers) / sizeof(*numbers));
	w->tick += w->pace * (1 + world_any(w, 3));
	numbers[0] = w->tick - b->tick;
	memcpy(numbers + 1, args, n * sizeof(*args));
	tw_event(&b->w, type, numbers, n + 1);
	b->tick = w->tick;
	w->n_events++;
	if (b->w.data_n > TABLES_FULL)
		batch_end(w, m);
}

#define PUT(w, m, type, ...) \
	put((w), (m), (type), (const uint64_t[]){__VA_ARGS__}, \
		sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))
#define PUT_BARE(w, m, type) put((w), (m), (type), &(const uint64_t){0}, 0)

/* ---- statuses ---- */

static void tell_proc(struct world *w, uint32_t m, uint32_t proc)
{
	struct proc *p = &w->procs[proc];

	if (p->told == w->generation)
		return;
	PUT(w, m, EV_PROC_STATUS, proc, p->state);
	p->told = w->generation;
	p->seq = 0;
}

static void tell_goroutine(struct world *w, uint32_t m, uint32_t goroutine)
{
	struct goroutine *g = &w->goroutines[goroutine];
	uint64_t thread = g->thread == NOBODY ? TABLES_NO_THREAD : g->thread + 1;

	if (g->told == w->generation)
		return;
	if (g->state == GO_WAITING)
		PUT(w, m, EV_GO_STATUS_STACK, g->id, thread, g->state,
			tables_stack(g->function, WHERE_REASON + g->reason));
	else
		PUT(w, m, EV_GO_STATUS, g->id, thread, g->state);
	g->told = w->generation;
	g->seq = 0;
}

void world_tell(struct world *w, uint32_t proc, uint32_t goroutine)
{
	if (w->goroutines[goroutine].state && w->procs[proc].thread != NOBODY)
		tell_goroutine(w, w->procs[proc].thread, goroutine);
}

/* ---- what happens ---- */

static void wait_begin(struct world *w, uint32_t goroutine, uint8_t reason)
{
	struct goroutine *g = &w->goroutines[goroutine];

	g->state = GO_WAITING;
	g->reason = reason;
	g->thread = NOBODY;
	g->place = w->n_waiting;
	w->waiting[w->n_waiting++] = goroutine;
}

static void wait_end(struct world *w, uint32_t goroutine)
{
	uint32_t place = w->goroutines[goroutine].place, last = w->waiting[--w->n_waiting];

	w->waiting[place] = last;
	w->goroutines[last].place = place;
}

static void runnable(struct world *w, uint32_t goroutine)
{
	w->goroutines[goroutine].state = GO_RUNNABLE;
	w->goroutines[goroutine].thread = NOBODY;
	ring_push(&w->runnable, goroutine);
}

static uint32_t birth(struct world *w, uint64_t id, uint32_t function)
{
	uint32_t goroutine = w->free[--w->n_free];

	w->goroutines[goroutine] =
		(struct goroutine){.id = id, .function = function, .thread = NOBODY};
	w->n_created++;
	if (++w->n_alive > w->alive_most)
		w->alive_most = w->n_alive;
	return goroutine;
}

void world_create_before(struct world *w, uint32_t function)
{
	wait_begin(w, birth(w, w->id_next++, function), (uint8_t)world_any(w, N_REASONS));
}

/* The thread of a proc, and what it runs. */
static uint32_t thread_of(const struct world *w, uint32_t proc)
{
	assert(w->procs[proc].thread != NOBODY);
	return w->procs[proc].thread;
}

static uint32_t running_on(const struct world *w, uint32_t proc)
{
	uint32_t goroutine = w->threads[thread_of(w, proc)].goroutine;

	assert(goroutine != NOBODY);
	return goroutine;
}

/* Where a goroutine of this thread is, or no stack. */
static uint64_t stack_here(const struct world *w, uint32_t m, unsigned where)
{
	uint32_t goroutine = w->threads[m].goroutine;

	return goroutine == NOBODY ? 0 : tables_stack(w->goroutines[goroutine].function, where);
}

void world_proc_start(struct world *w, uint32_t proc)
{
	struct proc *p = &w->procs[proc];
	uint32_t m = ring_take(&w->idle);

	assert(p->state == PROC_IDLE);
	tell_proc(w, m, proc);
	p->seq++;
	PUT(w, m, EV_PROC_START, proc, p->seq);
	p->state = PROC_RUNNING;
	p->thread = m;
	w->threads[m].proc = proc;
	w->n_handed++;
}

/* The thread has nothing more to do. */
static void thread_rest(struct world *w, uint32_t m)
{
	w->threads[m].proc = NOBODY;
	w->threads[m].goroutine = NOBODY;
	batch_end(w, m);
	ring_push(&w->idle, m);
}

void world_proc_stop(struct world *w, uint32_t proc)
{
	uint32_t m = thread_of(w, proc);

	assert(w->threads[m].goroutine == NOBODY);
	PUT_BARE(w, m, EV_PROC_STOP);
	w->procs[proc].state = PROC_IDLE;
	w->procs[proc].thread = NOBODY;
	thread_rest(w, m);
}

void world_create(struct world *w, uint32_t proc, uint32_t function)
{
	struct proc *p = &w->procs[proc];
	uint32_t m = thread_of(w, proc), goroutine;

	if (p->id_next == p->id_end) {
		p->id_next = w->id_next;
		p->id_end = w->id_next += IDS;
	}
	goroutine = birth(w, p->id_next++, function);
	PUT(w, m, EV_GO_CREATE, w->goroutines[goroutine].id, tables_stack(function, WHERE_START),
		stack_here(w, m, WHERE_BUSY));
	w->goroutines[goroutine].told = w->generation;
	runnable(w, goroutine);
}

void world_unblock(struct world *w, uint32_t proc, uint32_t goroutine)
{
	struct goroutine *g = &w->goroutines[goroutine];
	uint32_t m = thread_of(w, proc);

	assert(g->state == GO_WAITING);
	tell_goroutine(w, m, goroutine);
	g->seq++;
	PUT(w, m, EV_GO_UNBLOCK, g->id, g->seq, stack_here(w, m, WHERE_BUSY));
	wait_end(w, goroutine);
	runnable(w, goroutine);
}

void world_go_start(struct world *w, uint32_t proc)
{
	uint32_t m = thread_of(w, proc), goroutine = ring_take(&w->runnable);
	struct goroutine *g = &w->goroutines[goroutine];

	assert(w->threads[m].goroutine == NOBODY);
	tell_goroutine(w, m, goroutine);
	g->seq++;
	PUT(w, m, EV_GO_START, g->id, g->seq);
	g->state = GO_RUNNING;
	g->thread = m;
	w->threads[m].goroutine = goroutine;
}

static void block(struct world *w, uint32_t proc, unsigned reason)
{
	uint32_t m = thread_of(w, proc), goroutine = running_on(w, proc);

	PUT(w, m, EV_GO_BLOCK, STRING_REASON + reason, stack_here(w, m, WHERE_REASON + reason));
	w->threads[m].goroutine = NOBODY;
	wait_begin(w, goroutine, (uint8_t)reason);
}

void world_go_block(struct world *w, uint32_t proc)
{
	block(w, proc, (unsigned)world_any(w, N_REASONS));
}

uint32_t world_go_hold(struct world *w, uint32_t proc)
{
	uint32_t goroutine = running_on(w, proc);

	block(w, proc, REASON_MUTEX);
	wait_end(w, goroutine);
	return goroutine;
}

void world_go_free(struct world *w, uint32_t goroutine)
{
	wait_begin(w, goroutine, REASON_MUTEX);
}

void world_go_stop(struct world *w, uint32_t proc)
{
	uint32_t m = thread_of(w, proc), goroutine = running_on(w, proc);

	PUT(w, m, EV_GO_STOP, STRING_PREEMPTED, stack_here(w, m, WHERE_BUSY));
	w->threads[m].goroutine = NOBODY;
	runnable(w, goroutine);
}

void world_go_end(struct world *w, uint32_t proc)
{
	uint32_t m = thread_of(w, proc), goroutine = running_on(w, proc);

	PUT_BARE(w, m, EV_GO_DESTROY);
	w->threads[m].goroutine = NOBODY;
	w->goroutines[goroutine].state = 0;
	w->free[w->n_free++] = goroutine;
	w->n_alive--;
}

void world_syscall(struct world *w, uint32_t proc)
{
	uint32_t m = thread_of(w, proc);

	w->procs[proc].seq++;
	PUT(w, m, EV_GO_SYSCALL_BEGIN, w->procs[proc].seq, stack_here(w, m, WHERE_SYSCALL));
	PUT_BARE(w, m, EV_GO_SYSCALL_END);
}

void world_syscall_lose(struct world *w, uint32_t proc)
{
	struct proc *p = &w->procs[proc];
	uint32_t m = thread_of(w, proc), goroutine = running_on(w, proc);

	p->seq++;
	PUT(w, m, EV_GO_SYSCALL_BEGIN, p->seq, stack_here(w, m, WHERE_SYSCALL));
	batch_end(w, m);
	w->goroutines[goroutine].state = GO_SYSCALL;
	w->threads[m].proc = NOBODY;
	ring_push(&w->calling, m);
	assert(w->idle.n > 0);
	p->seq++;
	PUT(w, w->idle.at[w->idle.first], EV_PROC_STEAL, proc, p->seq, m + 1);
	p->state = PROC_IDLE;
	p->thread = NOBODY;
	world_proc_start(w, proc);
}

void world_syscall_return(struct world *w)
{
	uint32_t m = ring_take(&w->calling), goroutine = w->threads[m].goroutine;

	tell_goroutine(w, m, goroutine);
	PUT_BARE(w, m, EV_GO_SYSCALL_END_BLOCKED);
	thread_rest(w, m);
	runnable(w, goroutine);
}

/* ---- generations ---- */

/* A thread that can write for others: one with a proc, else one without work. */
static uint32_t some_thread(const struct world *w, uint32_t from)
{
	for (uint32_t i = 0; i < w->n_procs; i++) {
		uint32_t m = w->procs[(from + i) % w->n_procs].thread;

		if (m != NOBODY)
			return m;
	}
	return w->idle.at[w->idle.first];
}

static void end_generation(struct world *w)
{
	uint32_t m = some_thread(w, w->generation);

	for (uint32_t i = 0; i < w->n_goroutines; i++)
		if (w->goroutines[i].state)
			tell_goroutine(w, m, i);
	for (uint32_t i = 0; i < w->n_procs; i++)
		tell_proc(w, m, i);
	for (uint32_t i = 0; i < w->n_threads; i++)
		batch_end(w, i);
	tables_write(&(struct tables_of){w->generation, w->n_functions, w->tick});
}

/* What runs is told by the thread it runs on, before anything else of it. */
static void begin_generation(struct world *w)
{
	w->generation++;
	w->n_events_before = w->n_events;
	for (uint32_t i = 0; i < w->n_procs; i++) {
		uint32_t m = w->procs[i].thread;

		if (m == NOBODY)
			continue;
		tell_proc(w, m, i);
		if (w->threads[m].goroutine != NOBODY)
			tell_goroutine(w, m, w->threads[m].goroutine);
	}
}

void world_generation(struct world *w)
{
	end_generation(w);
	begin_generation(w);
}

static void free_batches(struct world *w)
{
	while (w->spare) {
		struct batch *b = w->spare;

		w->spare = b->next;
		tw_clear(&b->w);
		free(b);
	}
}

void world_seal(struct world *w)
{
	end_generation(w);
	if (fflush(stdout) != 0) {
		perror("Cannot write the trace");
		exit(1);
	}
	free_batches(w);
	free(w->goroutines);
	free(w->procs);
	free(w->threads);
	free(w->runnable.at);
	free(w->idle.at);
	free(w->calling.at);
	free(w->waiting);
	free(w->free);
}

void world_init(struct world *w, uint32_t goroutines, uint32_t procs, uint32_t threads,
	uint32_t functions, uint64_t seed)
{
	struct trace_writer head = {0};

	*w = (struct world){.n_goroutines = goroutines,
		.n_procs = procs,
		.n_threads = threads,
		.n_functions = functions,
		.generation = 1,
		.tick = TABLES_HZ,
		.pace = 1,
		.id_next = 1,
		.random = seed * 2 + 1};
	w->goroutines = some(goroutines, sizeof(*w->goroutines));
	w->waiting = some(goroutines, sizeof(*w->waiting));
	w->free = some(goroutines, sizeof(*w->free));
	w->procs = some(procs, sizeof(*w->procs));
	w->threads = some(threads, sizeof(*w->threads));
	ring_init(&w->runnable, goroutines);
	ring_init(&w->idle, threads);
	ring_init(&w->calling, threads);
	for (uint32_t i = goroutines; i > 0; i--)
		w->free[w->n_free++] = i - 1;
	for (uint32_t i = 0; i < procs; i++)
		w->procs[i] = (struct proc){.thread = NOBODY, .state = PROC_IDLE};
	for (uint32_t i = 0; i < threads; i++) {
		w->threads[i].proc = w->threads[i].goroutine = NOBODY;
		ring_push(&w->idle, i);
	}
	tw_header(&head, MINOR);
	tables_flush(&head);
	tw_clear(&head);
}

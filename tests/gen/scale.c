/* scale.c - scale_trace: a valid trace of Go 1.26 of any size, on standard output.
 *
 *	scale_trace [--alive=N] [--total=N] [--procs=N] [--threads=N] [--events=N] [--functions=N]
 *		[--generation=EVENTS] [--seed=N] [--pace=TICKS] [--stall=EVENTS]
 *
 * Exactly `alive` goroutines at one moment and `total` in all, no more; all procs, threads and
 * functions occur; the trace ends with the first event from `events` on where that is so. Goroutines
 * are born, block for six reasons, are woken by others, are preempted, call the system and lose
 * their proc there, end. Half of `alive` lived before the trace. A generation has 250,000 events, or
 * two per goroutine alive, unless told; the statuses of what is alive come spread over it.
 *
 * An event comes `pace` to 3 `pace` ticks of 64 ns after the one before. With `stall` one goroutine waits for a
 * mutex from the middle of the trace on, that many events long.
 *
 * On standard error, what was made, one `name value` a line: for tests.
 * Memory: see scale_world.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gen/scale_world.h"

#define GENERATION 250000 /* events, at the least */
#define PROCS_MOST 60000  /* what a reader takes: parser/limits.h */
#define MOST       1000000000

struct plan {
	uint64_t alive, total, procs, threads, events, functions, generation, seed, pace, stall;
	uint32_t held; /* the goroutine that stalls; NOBODY */
};

/* Is it time for the next of `n` things that are to happen over the trace, of which `done` did? */
static bool is_due(const struct world *w, const struct plan *p, uint64_t done, uint64_t n)
{
	return done < n && (double)done * (double)p->events <= (double)n * (double)w->n_events;
}

static bool is_done(const struct world *w, const struct plan *p)
{
	return w->n_events >= p->events && w->n_created == p->total && w->alive_most == p->alive &&
		w->n_threads_seen == p->threads;
}

/* Each function once, then few of them often. */
static uint32_t function_next(struct world *w)
{
	uint64_t a, b;

	if (w->n_created < w->n_functions)
		return (uint32_t)w->n_created;
	a = world_any(w, w->n_functions);
	b = world_any(w, w->n_functions);
	return (uint32_t)(a * b / w->n_functions);
}

static uint32_t waiting_any(struct world *w)
{
	return w->waiting[world_any(w, w->n_waiting)];
}

/* A proc whose thread runs nothing finds something, or gives up for now. */
static void look_for_work(struct world *w, const struct plan *p, uint32_t proc)
{
	if (w->runnable.n > 0)
		world_go_start(w, proc);
	else if (w->n_waiting > 0 && world_any(w, 4) > 0)
		world_unblock(w, proc, waiting_any(w)); /* a timer, the network */
	else if (w->n_alive < p->alive && w->n_created < p->total)
		world_create(w, proc, function_next(w));
	else
		world_proc_stop(w, proc);
}

/* A long system call needs a thread that takes the proc. */
static bool can_call(const struct world *w)
{
	return w->calling.n < w->n_threads / 2 && w->idle.n > 0;
}

/* What its goroutine does when nothing is due. */
static void go_on(struct world *w, uint32_t proc)
{
	uint64_t what = world_any(w, 100);

	if (what < 45 && w->n_waiting > 0 && w->runnable.n < w->n_goroutines / 16 + w->n_procs)
		world_unblock(w, proc, waiting_any(w));
	else if (what < 85)
		world_go_block(w, proc);
	else if (what < 92)
		world_syscall(w, proc);
	else if (what < 94 && can_call(w))
		world_syscall_lose(w, proc);
	else if (what < 96 && w->calling.n > 0)
		world_syscall_return(w);
	else
		world_go_stop(w, proc);
}

/* Another thread takes the proc: this one waits for the system, or for work. */
static void hand_over(struct world *w, uint32_t proc)
{
	if (can_call(w) && world_any(w, 4) > 0) {
		world_syscall_lose(w, proc);
		return;
	}
	world_go_stop(w, proc);
	world_proc_stop(w, proc);
}

static void step(struct world *w, const struct plan *p, uint32_t proc)
{
	uint32_t m = w->procs[proc].thread;

	if (m == NOBODY) {
		if (w->idle.n == 0)
			world_syscall_return(w);
		world_proc_start(w, proc);
	} else if (w->threads[m].goroutine == NOBODY) {
		look_for_work(w, p, proc);
	} else if (is_due(w, p, w->n_handed, 2 * p->threads)) {
		hand_over(w, proc);
	} else if (is_due(w, p, w->n_created, p->total)) {
		if (w->n_alive < p->alive)
			world_create(w, proc, function_next(w));
		else
			world_go_end(w, proc);
	} else {
		go_on(w, proc);
	}
}

/* The one long wait: whether anything was done for it. */
static bool stall(struct world *w, struct plan *p, uint32_t proc)
{
	uint32_t m = w->procs[proc].thread;

	if (p->stall == 0 || m == NOBODY || w->threads[m].goroutine == NOBODY)
		return false;
	if (p->held == NOBODY && w->n_events >= p->events / 2) {
		p->held = world_go_hold(w, proc);
		return true;
	}
	if (p->held == NOBODY || w->n_events < p->events / 2 + p->stall)
		return false;
	world_go_free(w, p->held);
	world_unblock(w, proc, p->held);
	p->stall = 0;
	return true;
}

static void run(struct world *w, struct plan *p)
{
	uint64_t usual = p->alive * 2 > GENERATION ? p->alive * 2 : GENERATION;
	uint64_t length = p->generation ? p->generation : usual;
	uint32_t told = 0, share = (uint32_t)(p->alive / length) + 1;

	for (uint64_t i = 0; i < p->alive / 2; i++)
		world_create_before(w, function_next(w));
	while (!is_done(w, p)) {
		uint32_t proc = (uint32_t)world_any(w, p->procs);

		if (w->n_events - w->n_events_before >= length)
			world_generation(w);
		if (!stall(w, p, proc))
			step(w, p, proc);
		for (uint32_t i = 0; i < share; i++, told = (told + 1) % w->n_goroutines)
			world_tell(w, proc, told);
	}
	world_seal(w);
}

static bool take(const char *arg, const char *name, uint64_t least, uint64_t most, uint64_t *value)
{
	size_t n = strlen(name);
	char *end;

	if (strncmp(arg, name, n) != 0)
		return false;
	*value = strtoull(arg + n, &end, 10);
	if (end == arg + n || *end || *value < least || *value > most) {
		fprintf(stderr, "Cannot make a trace: %s, least=%" PRIu64 ", most=%" PRIu64 "\n",
			arg, least, most);
		exit(2);
	}
	return true;
}

static bool option(struct plan *p, const char *arg)
{
	return take(arg, "--alive=", 1, MOST, &p->alive) ||
		take(arg, "--total=", 1, MOST, &p->total) ||
		take(arg, "--procs=", 1, PROCS_MOST, &p->procs) ||
		take(arg, "--threads=", 1, PROCS_MOST, &p->threads) ||
		take(arg, "--events=", 1, UINT64_MAX / 2, &p->events) ||
		take(arg, "--functions=", 1, MOST, &p->functions) ||
		take(arg, "--generation=", 1, UINT64_MAX / 2, &p->generation) ||
		take(arg, "--seed=", 0, UINT64_MAX / 2, &p->seed) ||
		take(arg, "--pace=", 1, MOST, &p->pace) ||
		take(arg, "--stall=", 1, MOST, &p->stall);
}

int main(int argc, char **argv)
{
	struct plan p = {.alive = 100,
		.total = 1000,
		.procs = 4,
		.threads = 10,
		.events = 20000,
		.functions = 10,
		.seed = 1,
		.pace = 1,
		.held = NOBODY};
	struct world w;

	for (int i = 1; i < argc; i++) {
		if (option(&p, argv[i]))
			continue;
		fprintf(stderr, "Cannot make a trace: unknown option \"%s\"\n", argv[i]);
		return 2;
	}
	if (p.total < p.alive || p.threads <= p.procs || p.total < p.functions) {
		fprintf(stderr,
			"Cannot make a trace: total < alive, threads <= procs or total < "
			"functions\n");
		return 2;
	}
	world_init(&w, (uint32_t)p.alive, (uint32_t)p.procs, (uint32_t)p.threads,
		(uint32_t)p.functions, p.seed);
	w.pace = p.pace;
	run(&w, &p);
	fprintf(stderr,
		"goroutines %" PRIu64 "\nalive %u\nprocs %u\nthreads %u\nevents %" PRIu64
		"\ngenerations %u\n",
		w.n_created, w.alive_most, w.n_procs, w.n_threads_seen, w.n_events, w.generation);
	return 0;
}

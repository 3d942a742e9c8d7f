/* scale_world.h - a program of any size, and the Go 1.26 trace that it leaves on standard output.
 *
 *   world_init ► world_create_before … ► events, world_generation … ► world_seal
 *
 * Each event function changes the world as Go's runtime would and writes the record of it, and
 * before it the status records that a generation needs: of a goroutine or proc when it is touched
 * first. There is one clock, so what comes later has a later time; which thread writes it is up to
 * the caller.
 *
 * 1. What is written is valid: Go's own reader takes it.
 * 2. The bytes depend on the calls and on the seed alone.
 *
 * Memory: 32 bytes per goroutine alive at once, 20 per proc and thread, a batch per thread that has
 * a proc. Calls that the state does not allow are asserts; no memory, or no room for the output,
 * ends the program. */
#ifndef TESTS_GEN_SCALE_WORLD_H
#define TESTS_GEN_SCALE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOBODY UINT32_MAX

/* As the records number them. */
enum { GO_RUNNABLE = 1, GO_RUNNING, GO_SYSCALL, GO_WAITING };
enum { PROC_RUNNING = 1, PROC_IDLE };

struct batch;

/* Goroutines are known by their slot, which is another's after the end. */
struct goroutine {
	uint64_t id;
	uint32_t function;
	uint32_t told; /* generation of the last status or birth; 0 none */
	uint32_t seq;
	uint32_t thread; /* running, in a system call; else NOBODY */
	uint32_t place;  /* waiting: in world.waiting */
	uint8_t state;   /* 0: the slot is free */
	uint8_t reason;  /* waiting: for what */
};

struct proc {
	uint64_t id_next, id_end; /* of goroutines to come: Go takes 16 at a time */
	uint32_t told, seq, thread;
	uint8_t state;
};

struct thread {
	struct batch *batch; /* NULL none open */
	uint32_t proc, goroutine;
	bool was_seen;
};

/* Numbers in order of coming: threads without work, runnable goroutines. */
struct ring {
	uint32_t *at;
	uint32_t first, n, cap;
};

struct world {
	struct goroutine *goroutines;
	struct proc *procs;
	struct thread *threads;
	uint32_t n_goroutines, n_procs, n_threads, n_functions; /* as asked for */
	struct ring runnable, idle, calling; /* the last: threads in a system call without a proc */
	uint32_t *waiting, *free;            /* slots */
	uint32_t n_waiting, n_free;
	struct batch *spare;
	uint64_t random, tick, id_next;
	uint64_t pace; /* ticks of 64 ns between two events, at the least */
	uint32_t generation;
	/* What happened. */
	uint64_t n_events, n_created, n_handed; /* records; goroutines; procs taken by threads */
	uint32_t n_alive, alive_most, n_threads_seen;
	uint64_t n_events_before; /* at the begin of the generation */
};

void world_init(struct world *w, uint32_t goroutines, uint32_t procs, uint32_t threads,
	uint32_t functions, uint64_t seed);
uint64_t world_any(struct world *w, uint64_t below); /* a random number */

/* Goroutines that wait since before the trace: before the first event. */
void world_create_before(struct world *w, uint32_t function);

/* A thread without work takes an idle proc; leaves it. */
void world_proc_start(struct world *w, uint32_t proc);
void world_proc_stop(struct world *w, uint32_t proc);

/* On a proc with a thread, running a goroutine or not. */
void world_create(struct world *w, uint32_t proc, uint32_t function);
void world_unblock(struct world *w, uint32_t proc, uint32_t goroutine);
void world_syscall_return(struct world *w); /* the longest system call ends: runnable */

/* On a proc with a thread that runs none. */
void world_go_start(struct world *w, uint32_t proc); /* the first that is runnable */

/* Of the goroutine that runs on the proc. */
void world_go_block(struct world *w, uint32_t proc);
uint32_t world_go_hold(
	struct world *w, uint32_t proc); /* on a mutex: out of `waiting` until it is given back */
void world_go_free(struct world *w, uint32_t goroutine);
void world_go_stop(struct world *w, uint32_t proc);
void world_go_end(struct world *w, uint32_t proc);
void world_syscall(struct world *w, uint32_t proc); /* a short one */
void world_syscall_lose(
	struct world *w, uint32_t proc); /* a long one: another thread takes the proc */

/* A status record where the goroutine has none in this generation yet and can be told by others. */
void world_tell(struct world *w, uint32_t proc, uint32_t goroutine);

/* End the generation: statuses of all that is alive, tables, clock; world_generation() begins the next. */
void world_generation(struct world *w);
void world_seal(struct world *w);

#endif

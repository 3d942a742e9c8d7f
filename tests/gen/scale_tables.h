/* scale_tables.h - the tables that end each generation of a made trace, and the numbers in them.
 *
 * Every goroutine is started with main.worker<function>, and is at one of a few places in it: busy, in
 * a system call, or waiting for one of the reasons. Each place is a stack.
 *
 * Output: standard output; where it cannot be written, the program ends. */
#ifndef TESTS_GEN_SCALE_TABLES_H
#define TESTS_GEN_SCALE_TABLES_H

#include <stdint.h>

#define TABLES_HZ        15625000 /* 64 ns a tick, as Go has it */
#define TABLES_FULL      32768    /* bytes of a batch; the format has room for twice that */
#define TABLES_NO_THREAD UINT64_MAX

#define N_REASONS    6
#define REASON_MUTEX 2

/* Numbers in a generation's tables. */
enum {
	STRING_FILE = 1,
	STRING_PREEMPTED,
	STRING_SYSCALL,
	STRING_REASON,
	STRING_RUNTIME = STRING_REASON + N_REASONS,
	STRING_FUNCTION = STRING_RUNTIME + N_REASONS
};
enum { WHERE_START, WHERE_SYSCALL, WHERE_BUSY, WHERE_REASON, N_WHERE = WHERE_REASON + N_REASONS };

struct trace_writer;

struct tables_of {
	uint64_t generation;
	uint32_t n_functions;
	uint64_t tick; /* of the generation's end */
};

/* The number of the stack of a goroutine of this function at a place. */
uint64_t tables_stack(uint32_t function, unsigned where);

/* Strings, stacks, clock, end. */
void tables_write(const struct tables_of *t);

/* What was written goes out. */
void tables_flush(struct trace_writer *b);

#endif

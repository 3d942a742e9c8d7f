#include "tests/gen/scale_tables.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/trace_writer.h"

/* What a goroutine waits for: as the runtime names it, and the function it does it in. */
static const struct {
	const char *reason, *function;
} reasons[N_REASONS] = {{"chan receive", "runtime.chanrecv1"}, {"select", "runtime.selectgo"},
	{"sync", "sync.(*Mutex).Lock"}, {"sleep", "time.Sleep"},
	{"network", "internal/poll.(*FD).Read"}, {"chan send", "runtime.chansend1"}};

void tables_flush(struct trace_writer *b)
{
	if (fwrite(b->bytes, 1, b->n, stdout) != b->n) {
		perror("Cannot write the trace");
		exit(1);
	}
	b->n = 0;
}

uint64_t tables_stack(uint32_t function, unsigned where)
{
	return 1 + (uint64_t)function * N_WHERE + where;
}

/* Table batches belong to no thread. */
static void table_begin(const struct tables_of *t, struct trace_writer *b, uint8_t type)
{
	tw_batch(b, t->generation, TABLES_NO_THREAD, t->tick);
	tw_byte(b, type);
}

static void table_roll(const struct tables_of *t, struct trace_writer *b, uint8_t type)
{
	if (b->data_n < TABLES_FULL)
		return;
	tw_end(b);
	tables_flush(b);
	table_begin(t, b, type);
}

static void put_strings(const struct tables_of *t, struct trace_writer *b)
{
	char name[64];

	table_begin(t, b, EV_STRINGS);
	tw_string(b, STRING_FILE, "/src/scale/main.go");
	tw_string(b, STRING_PREEMPTED, "preempted");
	tw_string(b, STRING_SYSCALL, "syscall.Syscall");
	for (uint32_t i = 0; i < N_REASONS; i++) {
		tw_string(b, STRING_REASON + i, reasons[i].reason);
		tw_string(b, STRING_RUNTIME + i, reasons[i].function);
	}
	for (uint32_t i = 0; i < t->n_functions; i++) {
		snprintf(name, sizeof(name), "main.worker%u", i);
		tw_string(b, STRING_FUNCTION + i, name);
		table_roll(t, b, EV_STRINGS);
	}
	tw_end(b);
}

/* A frame is a place in the program: its number is the same in all stacks. */
static void put_stack(struct trace_writer *b, uint32_t function, unsigned where)
{
	uint64_t body = 0x400000 + ((uint64_t)function * N_WHERE + where) * 16;
	uint64_t id = tables_stack(function, where), name = STRING_FUNCTION + (uint64_t)function;
	uint64_t callee =
		where == WHERE_SYSCALL ? STRING_SYSCALL : STRING_RUNTIME + where - WHERE_REASON;

	if (where == WHERE_START || where == WHERE_BUSY)
		TW(b, EV_STACK, id, 1, body, name, STRING_FILE, 10 + where);
	else
		TW(b, EV_STACK, id, 2, 0x1000 + callee * 16, callee, STRING_FILE, 5, body, name,
			STRING_FILE, 10 + where);
}

static void put_stacks(const struct tables_of *t, struct trace_writer *b)
{
	table_begin(t, b, EV_STACKS);
	for (uint32_t i = 0; i < t->n_functions; i++) {
		for (unsigned where = 0; where < N_WHERE; where++)
			put_stack(b, i, where);
		table_roll(t, b, EV_STACKS);
	}
	tw_end(b);
}

static void put_clock(const struct tables_of *t, struct trace_writer *b)
{
	uint64_t ns = t->tick * 64;

	tw_batch(b, t->generation, TABLES_NO_THREAD, t->tick);
	tw_byte(b, EV_SYNC);
	TW(b, EV_FREQUENCY, TABLES_HZ);
	TW(b, EV_CLOCK_SNAPSHOT, 0, ns, 1700000000 + ns / 1000000000, ns % 1000000000);
	tw_end(b);
}

void tables_write(const struct tables_of *t)
{
	struct trace_writer b = {0};

	put_strings(t, &b);
	put_stacks(t, &b);
	put_clock(t, &b);
	tw_end_generation(&b);
	tables_flush(&b);
	tw_clear(&b);
}

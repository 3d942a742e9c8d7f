#include "tests/hostile/worst_case.h"

#include <stdint.h>

#include "tests/hostile/worst_case_old.h"
#include "tests/unit/trace_writer.h"

#define HZ        1000000000
#define FULL      60000 /* of a batch: begin the next */
#define FAR       UINT64_C(1000000000)
#define MANY      60000 /* threads, procs: below the limit */
#define NO_THREAD UINT64_MAX

static void start(struct trace_writer *w)
{
	tw_header(w, 26);
}

static void finish(struct trace_writer *w, uint64_t gen)
{
	tw_clock(w, 26, gen, HZ);
	tw_end_generation(w);
}

/* A thread with a proc and a running goroutine: 10 × its number. */
static void open_thread(struct trace_writer *w, uint64_t gen, uint64_t m, uint64_t time)
{
	tw_batch(w, gen, m, time);
	TW(w, EV_PROC_STATUS, 0, m, 1);
	TW(w, EV_GO_STATUS, 0, m * 10, m, 2);
}

/* The next batch of the same thread where this one is full; with `table`, of the same kind. */
static void roll(struct trace_writer *w, uint8_t table)
{
	if (w->data_n < FULL)
		return;
	tw_end(w);
	w->data_n = 0;
	if (table)
		tw_byte(w, table);
}

static size_t size_of(const struct trace_writer *w)
{
	return w->n + w->data_n;
}

/* ---- what a program does ---- */

static void put_tables(struct trace_writer *w, uint64_t gen)
{
	char name[64];
	uint64_t i, k;

	tw_batch(w, gen, NO_THREAD, gen * FAR);
	tw_byte(w, EV_STRINGS);
	for (i = 1; i <= 200; i++) {
		snprintf(name, sizeof(name), "example.com/service/internal/part.(*Type%d).Do",
			(int)i);
		tw_string(w, i, name);
	}
	tw_end(w);
	tw_batch(w, gen, NO_THREAD, gen * FAR);
	tw_byte(w, EV_STACKS);
	for (i = 1; i <= 200; i++) {
		TW(w, EV_STACK, i, 8);
		for (k = 0; k < 8; k++) {
			tw_number(w, 0x400000 + (i * 8 + k) * 16);
			tw_number(w, 1 + (i + k) % 200);
			tw_number(w, 1 + (i + k) % 7);
			tw_number(w, 10 + k);
		}
	}
	tw_end(w);
}

/* Threads whose goroutines call the system, create others, and block. */
static void make_normal(struct trace_writer *w, size_t bytes)
{
	uint64_t gen, m, i;

	start(w);
	for (gen = 1; w->n < bytes; gen++) {
		for (m = 1; m <= 4; m++) {
			if (gen == 1) {
				open_thread(w, gen, m, gen * FAR);
			} else {
				tw_batch(w, gen, m, gen * FAR);
				TW(w, EV_PROC_STATUS, 0, m, 1);
				TW(w, EV_GO_STATUS, 0, m * 10, m, 2);
			}
			for (i = 1; i < 12000; i++) {
				TW(w, EV_GO_SYSCALL_BEGIN, 200 + i % 50, i, 1 + i % 200);
				TW(w, EV_GO_SYSCALL_END, 150);
				if (i % 8 == 0)
					TW(w, EV_GO_CREATE, 90,
						1000 + gen * 100000 + m * 10000 + i / 8,
						1 + i % 200, 1 + i % 100);
				roll(w, 0);
			}
			tw_end(w);
		}
		put_tables(w, gen);
		finish(w, gen);
	}
}

/* ---- order ---- */

/* Threads that wait for what never comes, and one that goes on behind them all: every event of it tries them all. */
static void make_stuck(struct trace_writer *w, size_t bytes, uint64_t n_waiting)
{
	uint64_t m;

	start(w);
	for (m = 0; m < n_waiting; m++) {
		tw_batch(w, 1, 100 + m, 50 + m);
		TW(w, EV_GO_START, 0, 999, 1);
		tw_end(w);
	}
	open_thread(w, 1, 1, FAR);
	while (size_of(w) < bytes) {
		TW(w, EV_HEAP_ALLOC, 1, 7);
		roll(w, 0);
	}
	tw_end(w);
	finish(w, 1);
}

static void make_stuck_30(struct trace_writer *w, size_t bytes)
{
	make_stuck(w, bytes, 30);
}

static void make_stuck_60000(struct trace_writer *w, size_t bytes)
{
	make_stuck(w, bytes, MANY);
}

/* Threads all at the same times: every event is a tie. */
static void make_ties(struct trace_writer *w, size_t bytes)
{
	uint64_t m, n = 1000;

	start(w);
	for (m = 1; m <= n; m++) {
		open_thread(w, 1, m, FAR);
		while (w->data_n < bytes / n && w->data_n < FULL)
			TW(w, EV_HEAP_ALLOC, 0, 7);
		tw_end(w);
	}
	finish(w, 1);
}

/* Goroutines wake each other round a ring, and who comes later has the earlier clock: each start is tried many times. */
static void make_ring(struct trace_writer *w, size_t bytes)
{
	uint64_t m, i, n = 30, rounds = bytes / n / 14;

	start(w);
	for (m = 1; m <= n; m++) {
		open_thread(w, 1, m, FAR - m * 1000);
		for (i = 0; i < rounds; i++) {
			if (m == 1)
				TW(w, EV_GO_UNBLOCK, 1, 20, 2 * i + 1, 0);
			TW(w, EV_GO_BLOCK, 1, 0, 0);
			TW(w, EV_GO_START, 1, m * 10, 2 * i + 2);
			if (m > 1)
				TW(w, EV_GO_UNBLOCK, 1, (m % n + 1) * 10, 2 * i + 1, 0);
			roll(w, 0);
		}
		tw_end(w);
	}
	finish(w, 1);
}

/* ---- threads, generations, batches ---- */

static void make_threads(struct trace_writer *w, size_t bytes)
{
	uint64_t gen, m;

	start(w);
	for (gen = 1; w->n < bytes; gen++) {
		for (m = 0; m < MANY && w->n < bytes; m++) {
			tw_batch(w, gen, m, gen * FAR);
			TW(w, EV_SPAN_FREE, m, 1);
			tw_end(w);
		}
		finish(w, gen);
	}
}

/* Procs that are about to be stolen: who has each is looked for among all threads. */
static void make_abandoned(struct trace_writer *w, size_t bytes)
{
	uint64_t m, n = 2000, i = 0;

	start(w);
	for (m = 1; m <= n; m++) {
		tw_batch(w, 1, m, FAR);
		TW(w, EV_PROC_STATUS, 0, m, 3);
		tw_end(w);
	}
	tw_batch(w, 1, n + 1, 2 * FAR);
	while (size_of(w) < bytes) {
		TW(w, EV_PROC_STATUS, 0, i % n + 1, 4);
		i++;
		roll(w, 0);
	}
	tw_end(w);
	finish(w, 1);
}

static void make_generations(struct trace_writer *w, size_t bytes)
{
	uint64_t gen;

	start(w);
	for (gen = 1; w->n < bytes; gen++)
		finish(w, gen);
}

/* Stacks from `id` on, of pcs from 1 on, until the trace has so many bytes. The next id. */
static uint64_t put_frames(struct trace_writer *w, size_t bytes, uint64_t id, uint64_t step)
{
	uint64_t pc = 1, k;

	tw_batch(w, 1, NO_THREAD, FAR);
	tw_byte(w, EV_STACKS);
	while (size_of(w) < bytes) {
		TW(w, EV_STACK, id, 128);
		id++;
		for (k = 0; k < 128; k++, pc += step) {
			tw_number(w, pc);
			tw_bytes(w, "\0\0\1", 3);
		}
		roll(w, EV_STACKS);
	}
	tw_end(w);
	return id;
}

/* One generation with large tables, then many that must not pay for them. */
static void make_tiny_after_large(struct trace_writer *w, size_t bytes)
{
	uint64_t gen, m;

	start(w);
	put_frames(w, bytes / 4, 1, 1);
	for (m = 0; m < 20000; m++) {
		tw_batch(w, 1, m, FAR);
		tw_end(w);
	}
	finish(w, 1);
	for (gen = 2; w->n < bytes; gen++) {
		tw_batch(w, gen, NO_THREAD, FAR);
		tw_byte(w, EV_STACKS);
		tw_stack(w, 1, 7, 0, 0);
		tw_end(w);
		tw_batch(w, gen, 1, FAR);
		tw_end(w);
		finish(w, gen);
	}
}

static void make_empty_batches(struct trace_writer *w, size_t bytes)
{
	start(w);
	tw_batch(w, 1, 1, 1);
	while (w->n < bytes)
		tw_end(w);
	finish(w, 1);
}

static void make_small_batches(struct trace_writer *w, size_t bytes)
{
	start(w);
	open_thread(w, 1, 1, 1);
	tw_end(w);
	while (w->n < bytes) {
		tw_batch(w, 1, 1, 1);
		TW(w, EV_HEAP_ALLOC, 0, 1);
		tw_end(w);
	}
	finish(w, 1);
}

static void make_experimental(struct trace_writer *w, size_t bytes)
{
	start(w);
	while (w->n < bytes)
		tw_raw(w, "\x31\1\1\1\1\1\0", 7);
	finish(w, 1);
}

/* ---- tables ---- */

static void make_strings(struct trace_writer *w, size_t bytes)
{
	uint64_t id = 1;
	char s[24];

	start(w);
	open_thread(w, 1, 1, FAR);
	tw_end(w);
	tw_batch(w, 1, NO_THREAD, FAR);
	tw_byte(w, EV_STRINGS);
	while (size_of(w) < bytes * 2 / 3) {
		snprintf(s, sizeof(s), "%x", (unsigned)id);
		tw_string(w, id++, s);
		roll(w, EV_STRINGS);
	}
	tw_end(w);
	tw_batch(w, 1, 1, 2 * FAR);
	while (size_of(w) < bytes && id > 1) {
		id--;
		TW(w, EV_GO_LABEL, 0, id);
		roll(w, 0);
	}
	tw_end(w);
	finish(w, 1);
}

static void make_far_ids(struct trace_writer *w, size_t bytes)
{
	uint64_t id = 1;

	start(w);
	tw_batch(w, 1, NO_THREAD, FAR);
	tw_byte(w, EV_STRINGS);
	while (size_of(w) < bytes) {
		tw_string(w, id++ << 40, "a");
		roll(w, EV_STRINGS);
	}
	tw_end(w);
	finish(w, 1);
}

static void make_pcs(struct trace_writer *w, size_t bytes)
{
	start(w);
	put_frames(w, bytes, 1, 1);
	finish(w, 1);
}

/* Multiples of 2^32, of 2^48: what a weak hash puts in one place. */
static void make_colliding_pcs(struct trace_writer *w, size_t bytes)
{
	start(w);
	put_frames(w, bytes, put_frames(w, bytes / 2, 1, UINT64_C(1) << 32),
		UINT64_C(0x9e3779b97f4a7c15));
	finish(w, 1);
}

/* Stacks of 128 frames from few pcs, each used once: four bytes of file a frame, 24 of memory. */
static void make_deep_stacks(struct trace_writer *w, size_t bytes)
{
	uint64_t id = 1, k;

	start(w);
	open_thread(w, 1, 1, FAR);
	tw_end(w);
	tw_batch(w, 1, NO_THREAD, FAR);
	tw_byte(w, EV_STACKS);
	while (size_of(w) < bytes) {
		TW(w, EV_STACK, id, 128);
		for (k = 0; k < 128; k++) {
			tw_number(w, 1 + (id * 31 + k * k) % 127);
			tw_bytes(w, "\0\0\1", 3);
		}
		id++;
		roll(w, EV_STACKS);
	}
	tw_end(w);
	tw_batch(w, 1, 1, 2 * FAR);
	while (--id > 0) {
		TW(w, EV_PROCS_CHANGE, 0, 1, id);
		roll(w, 0);
	}
	tw_end(w);
	finish(w, 1);
}

static void make_samples(struct trace_writer *w, size_t bytes)
{
	start(w);
	tw_batch(w, 1, NO_THREAD, FAR);
	tw_byte(w, EV_CPU_SAMPLES);
	while (size_of(w) < bytes) {
		TW(w, EV_CPU_SAMPLE, 7, 1, 1, 1, 0);
		roll(w, EV_CPU_SAMPLES);
	}
	tw_end(w);
	finish(w, 1);
}

/* ---- what is alive ---- */

static void create_goroutines(struct trace_writer *w, size_t bytes, uint64_t step)
{
	uint64_t g = 1000;

	start(w);
	open_thread(w, 1, 1, FAR);
	while (size_of(w) < bytes) {
		TW(w, EV_GO_CREATE, 0, g, 0, 0);
		g += step;
		roll(w, 0);
	}
	tw_end(w);
	finish(w, 1);
}

static void make_goroutines(struct trace_writer *w, size_t bytes)
{
	create_goroutines(w, bytes, 1);
}

static void make_far_goroutines(struct trace_writer *w, size_t bytes)
{
	create_goroutines(w, bytes, 4096);
}

static void make_tasks(struct trace_writer *w, size_t bytes)
{
	uint64_t id = 1;

	start(w);
	open_thread(w, 1, 1, FAR);
	while (size_of(w) < bytes) {
		TW(w, EV_USER_TASK_BEGIN, 0, id, id - 1, 0, 0);
		id++;
		roll(w, 0);
	}
	tw_end(w);
	finish(w, 1);
}

/* Regions as deep as they may be, on many goroutines. */
static void make_regions(struct trace_writer *w, size_t bytes)
{
	uint64_t m, k;

	start(w);
	for (m = 1; w->n < bytes; m++) {
		open_thread(w, 1, m, FAR);
		for (k = 0; k < 1024; k++)
			TW(w, EV_USER_REGION_BEGIN, 0, 0, 0, 0);
		tw_end(w);
	}
	finish(w, 1);
}

/* ---- numbers ---- */

static void make_long_numbers(struct trace_writer *w, size_t bytes)
{
	static const uint8_t one[10] = {0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0};

	start(w);
	open_thread(w, 1, 1, FAR);
	while (size_of(w) < bytes) {
		tw_byte(w, EV_HEAP_ALLOC);
		tw_bytes(w, one, sizeof(one));
		tw_bytes(w, one, sizeof(one));
		roll(w, 0);
	}
	tw_end(w);
	finish(w, 1);
}

/* clang-format off */
const struct worst_case worst_cases[] = {
	{"normal", "what programs do", make_normal, ERR_NONE},
	{"stuck-30", "30 threads wait for ever, each event tries them all", make_stuck_30, ERR_DAMAGED},
	{"stuck-60000", "60,000 threads wait for ever", make_stuck_60000, ERR_LIMIT},
	{"ties", "1,000 threads at the same times", make_ties, ERR_NONE},
	{"ring", "30 threads wait for each other in a ring", make_ring, ERR_NONE},
	{"threads", "60,000 threads of one event in every generation", make_threads, ERR_NONE},
	{"abandoned", "each event looks for a proc's thread among 2,000", make_abandoned, ERR_LIMIT},
	{"generations", "nothing but clocks", make_generations, ERR_NONE},
	{"tiny-after-large", "many small generations behind one with large tables", make_tiny_after_large, ERR_NONE},
	{"empty-batches", "batches of no event", make_empty_batches, ERR_NONE},
	{"small-batches", "batches of one event", make_small_batches, ERR_NONE},
	{"experimental", "nothing but experimental batches", make_experimental, ERR_NONE},
	{"strings", "as many different strings as fit, all used", make_strings, ERR_NONE},
	{"far-ids", "ids of strings far apart", make_far_ids, ERR_NONE},
	{"pcs", "as many different pcs as fit", make_pcs, ERR_NONE},
	{"colliding-pcs", "pcs that a weak hash puts in one place", make_colliding_pcs, ERR_NONE},
	{"deep-stacks", "different stacks of 128 frames, all used", make_deep_stacks, ERR_NONE},
	{"samples", "CPU samples of one time", make_samples, ERR_NONE},
	{"goroutines", "goroutines that never end", make_goroutines, ERR_NONE},
	{"far-goroutines", "the same, ids far apart", make_far_goroutines, ERR_NONE},
	{"tasks", "tasks that never end, each the parent of the next", make_tasks, ERR_NONE},
	{"regions", "1,024 open regions on every goroutine", make_regions, ERR_NONE},
	{"long-numbers", "every number in ten bytes", make_long_numbers, ERR_NONE},
	{"v1-normal", "the older format", worst_case_old_normal, ERR_NONE},
	{"v1-batches", "batches of one event", worst_case_old_batches, ERR_NONE},
	{"v1-procs", "60,000 procs of few events", worst_case_old_procs, ERR_NONE},
	{"v1-stuck", "30 procs wait for ever", worst_case_old_stuck, ERR_DAMAGED},
	{"v1-goroutines", "goroutines that never end", worst_case_old_goroutines, ERR_NONE},
	{"v1-strings", "as many strings as fit", worst_case_old_strings, ERR_NONE},
	{"v1-samples", "CPU samples of one time", worst_case_old_samples, ERR_NONE},
};
/* clang-format on */

const size_t n_worst_cases = sizeof(worst_cases) / sizeof(*worst_cases);

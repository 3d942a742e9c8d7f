#include "tests/hostile/worst_case_old.h"

#include <stdint.h>

#include "parser/legacy_spec.h"
#include "tests/unit/trace_writer.h"

#define HZ   1000000000
#define FAR  UINT64_C(1000000000)
#define MANY 60000 /* procs: below the limit */

static void old_record(struct trace_writer *w, uint8_t type, const uint64_t *numbers, size_t n)
{
	uint8_t buf[64];
	size_t i, size = 0;

	for (i = 0; i < n; i++)
		size += tw_leb128(buf + size, numbers[i]);
	tw_raw(w, &(uint8_t){(uint8_t)(type | (n < 4 ? n - 1 : 3) << 6)}, 1);
	if (n >= 4)
		tw_raw_number(w, size);
	tw_raw(w, buf, size);
}

#define OLD(w, type, ...) \
	old_record((w), LEGACY_##type, (const uint64_t[]){__VA_ARGS__}, \
		sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

void worst_case_old_normal(struct trace_writer *w, size_t bytes)
{
	uint64_t p, i, g = 1;

	tw_header(w, 21);
	for (i = 0; w->n < bytes; i++) {
		for (p = 0; p < 4; p++) {
			size_t end = w->n + 60000;

			OLD(w, BATCH, p, i * 1000000);
			while (w->n < end) {
				OLD(w, HEAP_ALLOC, 30, g * 100);
				OLD(w, GO_CREATE, 50, g, 0, 0);
				OLD(w, GO_START, 60, g, 1);
				OLD(w, GO_END, 70);
				g++;
			}
		}
	}
	OLD(w, FREQUENCY, HZ);
}

void worst_case_old_batches(struct trace_writer *w, size_t bytes)
{
	tw_header(w, 21);
	while (w->n < bytes) {
		OLD(w, BATCH, 0, 1);
		OLD(w, HEAP_ALLOC, 1, 1);
	}
	OLD(w, FREQUENCY, HZ);
}

void worst_case_old_procs(struct trace_writer *w, size_t bytes)
{
	uint64_t p = 0;

	tw_header(w, 21);
	while (w->n < bytes) {
		OLD(w, BATCH, p % MANY, 1);
		p++;
		OLD(w, HEAP_ALLOC, 1, 1);
	}
	OLD(w, FREQUENCY, HZ);
}

/* As many Ps wait for a goroutine as the budget allows. */
void worst_case_old_stuck(struct trace_writer *w, size_t bytes)
{
	uint64_t p;

	tw_header(w, 21);
	for (p = 1; p <= 30; p++) {
		OLD(w, BATCH, p, 1);
		OLD(w, GO_START, 1, 999, 1);
	}
	OLD(w, BATCH, 0, FAR);
	while (w->n < bytes)
		OLD(w, HEAP_ALLOC, 1, 1);
	OLD(w, FREQUENCY, HZ);
}

void worst_case_old_goroutines(struct trace_writer *w, size_t bytes)
{
	uint64_t g = 1;

	tw_header(w, 21);
	OLD(w, BATCH, 0, 1);
	while (w->n < bytes) {
		OLD(w, GO_CREATE, 1, g, 0, 0);
		g++;
	}
	OLD(w, FREQUENCY, HZ);
}

void worst_case_old_strings(struct trace_writer *w, size_t bytes)
{
	uint64_t id = 1;

	tw_header(w, 21);
	OLD(w, BATCH, 0, 1);
	OLD(w, HEAP_ALLOC, 1, 1);
	while (w->n < bytes) {
		tw_raw(w, &(uint8_t){LEGACY_STRING}, 1);
		tw_raw_number(w, id++);
		tw_raw(w, "\1a", 2);
	}
	OLD(w, FREQUENCY, HZ);
}

void worst_case_old_samples(struct trace_writer *w, size_t bytes)
{
	tw_header(w, 21);
	OLD(w, BATCH, 0, 1);
	OLD(w, HEAP_ALLOC, 1, 1);
	while (w->n < bytes)
		OLD(w, CPU_SAMPLE, 1, 7, 0, 1, 0);
	OLD(w, FREQUENCY, HZ);
}

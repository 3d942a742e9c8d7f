/* worst.c — the traces of worst_case.h, read: what each costs beside a normal trace of the same size.
 *
 *	worst [OPTION...] [CASE...]
 *	  --kib=N      of so many KiB (4096), and of twice as many
 *	  --write=DIR  write them as DIR/CASE.trace, read none
 *	  --check      say only what is wrong, and exit 1 then: the kind of the error, and the memory
 *
 * Time is processor time of reading alone; memory is the most that the reader had at once. "x2" is the time of twice
 * the size divided by that of the size: 2 where the cost is in proportion to the bytes.
 *
 * --check looks at no clock: the reader's own budgets (limits.order_tries and others) are what bounds its work, and that a
 * case beyond them is refused is part of the check. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "tests/hostile/worst_case.h"
#include "tests/unit/trace_writer.h"

/* Of memory: so many bytes for each of the input, and what an empty trace needs. Deep stacks are the worst: 24 bytes
 * a frame of four, in a table that has just doubled. */
#define MOST_PER_BYTE 24
#define MOST_FIXED    ((size_t)24 << 20)

struct cost {
	double seconds;
	size_t bytes, peak_bytes;
	uint64_t n_events;
	struct err e;
};

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void read_all(const struct trace_writer *w, struct cost *c)
{
	struct limits lim = LIMITS_DEFAULT;
	struct source *src = source_open_memory(w->bytes, w->n, &c->e);
	struct trace *tr = src ? trace_open(src, &lim, &c->e) : NULL;
	const struct event *events;
	size_t n;

	while (tr && trace_take(tr, &events, &n, &c->e) > 0)
		c->n_events += n;
	trace_close(tr);
	source_close(src);
}

static struct cost measure(const struct worst_case *wc, size_t bytes)
{
	struct trace_writer w = {0};
	struct cost c = {.e = ERR_INIT};
	double t0;

	wc->make(&w, bytes);
	c.bytes = w.n;
	mem_reset_peak();
	t0 = cpu_seconds();
	read_all(&w, &c);
	c.seconds = cpu_seconds() - t0;
	c.peak_bytes = mem_peak();
	tw_clear(&w);
	return c;
}

static bool check(const struct worst_case *wc, size_t bytes)
{
	struct cost c = measure(wc, bytes);
	bool is_right = c.e.kind == wc->kind &&
		c.peak_bytes <= MOST_FIXED + MOST_PER_BYTE * c.bytes && mem_used() == 0;

	if (!is_right)
		printf("FAIL %s: expected %s, got %s (%s), memory %zu for %zu bytes\n", wc->name,
			err_kind_name(wc->kind), err_kind_name(c.e.kind), c.e.msg, c.peak_bytes,
			c.bytes);
	return is_right;
}

static void print_row(const struct worst_case *wc, size_t bytes)
{
	static struct cost normal; /* of the first row */
	struct cost c = measure(wc, bytes), twice = measure(wc, bytes * 2);
	double mb = (double)c.bytes / 1e6, peak = (double)c.peak_bytes / 1048576;
	double per_mb = c.seconds / mb;

	if (normal.bytes == 0)
		normal = c;
	printf("%-18s %7.1f %10llu %8.3f %6.2f %8.1f %7.1f %5.1f  %s\n", wc->name, mb,
		(unsigned long long)c.n_events, c.seconds,
		per_mb / (normal.seconds / ((double)normal.bytes / 1e6)), peak,
		(double)c.peak_bytes / (double)normal.peak_bytes, twice.seconds / c.seconds,
		err_kind_name(c.e.kind));
	fflush(stdout);
}

static void write_case(const struct worst_case *wc, size_t bytes, const char *dir)
{
	struct trace_writer w = {0};
	char path[4096];
	FILE *f;

	wc->make(&w, bytes);
	snprintf(path, sizeof(path), "%s/%s.trace", dir, wc->name);
	f = fopen(path, "wb");
	if (!f || fwrite(w.bytes, 1, w.n, f) != w.n || fclose(f) != 0) {
		perror(path);
		exit(2);
	}
	tw_clear(&w);
}

static bool is_wanted(const char *name, int argc, char **argv)
{
	bool has_names = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return true;
		has_names |= strncmp(argv[i], "--", 2) != 0;
	}
	return !has_names;
}

int main(int argc, char **argv)
{
	size_t bytes = (size_t)4096 << 10, k, n_wrong = 0;
	const char *dir = NULL;
	bool checks = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--kib=", 6) == 0)
			bytes = (size_t)strtoull(argv[i] + 6, NULL, 10) << 10;
		else if (strncmp(argv[i], "--write=", 8) == 0)
			dir = argv[i] + 8;
		else if (strcmp(argv[i], "--check") == 0)
			checks = true;
	}
	if (!dir && !checks)
		printf("%-18s %7s %10s %8s %6s %8s %7s %5s\n", "case", "MB", "events", "s", "ratio",
			"MiB", "ratio", "x2");
	for (k = 0; k < n_worst_cases; k++) {
		if (!is_wanted(worst_cases[k].name, argc, argv))
			continue;
		if (dir)
			write_case(&worst_cases[k], bytes, dir);
		else if (checks)
			n_wrong += !check(&worst_cases[k], bytes);
		else
			print_row(&worst_cases[k], bytes);
	}
	return n_wrong > 0;
}

/* cmd_info.c: what is in a trace, by reading it through, or in a store, by its own numbers. */
#include "server/cmd.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/event.h"
#include "parser/event_text.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "tiles/meta.h"
#include "tiles/store.h"

static const char store_magic[16] = "SQLite format 3";

struct info {
	uint64_t kinds[EVENT_N_KINDS];
	uint64_t n_generations;
	int64_t first_ns, last_ns; /* T */
};

static void print_bytes(const char *name, uint64_t n)
{
	printf("%-13s %" PRIu64 "\n", name, n);
}

static void print_span(int64_t ns)
{
	printf("%-13s %" PRId64 ".%09" PRId64 " s\n", "span", ns / 1000000000, ns % 1000000000);
}

static void count(struct info *in, const struct event *ev)
{
	if (ev->kind == EVENT_SYNC && ev->sync.n == 1)
		in->first_ns = ev->time;
	if (ev->kind == EVENT_SYNC && !ev->sync.is_last)
		in->n_generations++;
	in->last_ns = ev->time;
	in->kinds[ev->kind < EVENT_N_KINDS ? ev->kind : EVENT_BAD]++;
}

static void print_trace(const struct info *in, const struct trace *tr)
{
	printf("%-13s 1.%d\n", "go", trace_go_minor(tr));
	if (trace_bytes_total(tr) >= 0)
		print_bytes("bytes", (uint64_t)trace_bytes_total(tr));
	print_bytes("generations", in->n_generations);
	print_span(in->last_ns - in->first_ns);
	print_bytes("events", trace_n_events(tr));
	for (unsigned k = 0; k < EVENT_N_KINDS; k++) {
		if (in->kinds[k] > 0)
			printf("  %-18s %" PRIu64 "\n", event_kind_name(k), in->kinds[k]);
	}
	print_bytes("strings", trace_n_strings(tr));
	print_bytes("stacks", trace_n_stacks(tr));
	if (trace_n_skipped(tr) > 0)
		print_bytes("skipped", trace_n_skipped(tr));
	if (trace_n_experimental_batches(tr) > 0)
		print_bytes("experimental", trace_n_experimental_batches(tr));
}

/* A damaged trace tells what is whole, then what is wrong with it. */
static int info_trace(const char *path, struct err *e)
{
	const struct limits lim = LIMITS_DEFAULT;
	struct source *src = source_open(path, &lim, e);
	struct trace *tr = src ? trace_open(src, &lim, e) : NULL;
	struct info in = {0};
	struct event ev;
	int rc = -1;

	if (tr) {
		while ((rc = trace_next(tr, &ev, e)) > 0)
			count(&in, &ev);
		print_trace(&in, tr);
		if (rc < 0 && e->offset >= 0)
			printf("%-13s at byte %" PRId64 "\n", "damage", e->offset);
	}
	trace_close(tr);
	source_close(src);
	return rc;
}

static int info_store(const char *path, struct err *e)
{
	struct store *st = store_open(path, e);
	struct meta m;
	int rc = -1;

	if (st && meta_get(st, &m, e) == 0) {
		printf("%-13s 1.%u\n", "go", (unsigned)m.go_minor);
		print_bytes("bytes", m.trace_bytes);
		print_bytes("store bytes", (uint64_t)store_bytes(st));
		print_bytes("generations", m.n_generations);
		print_span(m.span_ns);
		print_bytes("events", m.n_events);
		print_bytes("goroutines", m.n_goroutines);
		print_bytes("gc cycles", m.n_gc);
		print_bytes("stops", m.n_stw);
		print_bytes("tasks", m.n_tasks);
		print_bytes("strings", m.n_strings);
		print_bytes("stacks", m.n_stacks);
		print_bytes("chunks", m.n_chunks);
		if (m.damage)
			printf("%-13s at byte %" PRId64 "\n", "damage", m.damage_offset);
		rc = 0;
	}
	store_close(st);
	return rc;
}

/* What comes on standard input is no store: SQLite needs a file. */
static bool is_store(const char *path)
{
	char head[sizeof(store_magic)] = "";
	struct source *src = source_open_file(path, NULL);
	bool is = src && source_read(src, head, sizeof(head), NULL) > 0 &&
		memcmp(head, store_magic, sizeof(head)) == 0;

	source_close(src);
	return is;
}

int cmd_info(int argc, char **argv)
{
	struct err e = ERR_INIT;

	if (argc != 2 || argv[1][0] == '\0')
		err_set(&e, ERR_USAGE, -1, "Cannot tell: usage: tilescope info FILE");
	else if (strcmp(argv[1], "-") != 0 && is_store(argv[1]))
		info_store(argv[1], &e);
	else
		info_trace(argv[1], &e);
	if (e.kind != ERR_NONE) {
		fflush(stdout);
		fprintf(stderr, "tilescope: %s\n", e.msg);
	}
	return err_exit_code(e.kind);
}

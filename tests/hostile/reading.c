#include "tests/hostile/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/event_text.h"
#include "parser/interval.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"

#define FNV_OFFSET UINT64_C(14695981039346656037)
#define FNV_PRIME  UINT64_C(1099511628211)

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "reading: the reader broke a promise: %s\n", what);
	abort();
}

static void *grown(void *at, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return at;
	*cap = *cap ? *cap * 2 : 1024;
	at = realloc(at, *cap * size);
	if (!at)
		abort();
	return at;
}

static void add(struct reading *r, const struct event *ev, const struct text *text)
{
	uint64_t h = r->n > 0 ? r->hashes[r->n - 1] : FNV_OFFSET;
	size_t i;

	for (i = 0; i < text->len; i++)
		h = (h ^ (uint8_t)text->data[i]) * FNV_PRIME;
	if (ev->kind == EVENT_SYNC) {
		r->syncs = grown(r->syncs, r->n_syncs, &r->cap_syncs, sizeof(*r->syncs));
		r->syncs[r->n_syncs++] = r->n;
		r->has_last_sync = ev->sync.is_last;
	}
	r->hashes = grown(r->hashes, r->n, &r->cap, sizeof(*r->hashes));
	r->hashes[r->n++] = h;
}

static void read_events(struct reading *r, struct trace *tr)
{
	struct text text = {0};
	struct event ev;
	int64_t before = INT64_MIN;
	int rc;

	while ((rc = trace_next(tr, &ev, &r->e)) > 0) {
		must(ev.time > before, "time rises strictly");
		before = ev.time;
		if (event_text_write(tr, &ev, &text) < 0) {
			err_set(&r->e, ERR_MEMORY, -1, "Cannot print events: out of memory");
			break;
		}
		add(r, &ev, &text);
		text.len = 0;
	}
	must((rc < 0) == (r->e.kind != ERR_NONE) || rc > 0, "-1 comes with an error");
	must(r->e.kind != ERR_INTERNAL, "no internal error");
	must(rc > 0 || trace_next(tr, &ev, &r->e) == rc, "the end stays");
	text_clear(&text);
}

void reading_of_source(struct reading *r, struct source *src)
{
	struct limits lim = LIMITS_DEFAULT;
	struct trace *tr;

	lim.stops_at_damage = r->is_strict;
	r->n = r->n_syncs = 0;
	r->has_last_sync = false;
	err_clear(&r->e);
	mem_reset_peak();
	tr = trace_open(src, &lim, &r->e);
	if (tr)
		read_events(r, tr);
	else
		must(r->e.kind != ERR_NONE, "NULL comes with an error");
	must(r->e.kind == ERR_NONE || r->e.msg[0] != '\0', "an error says something");
	trace_close(tr);
	r->peak_bytes = mem_peak();
}

void reading_of_bytes(struct reading *r, const uint8_t *bytes, size_t n)
{
	struct err e = ERR_INIT;
	struct source *src = source_open_memory(bytes, n, &e);

	must(src != NULL, "memory can be opened");
	reading_of_source(r, src);
	must(r->e.offset >= -1 && r->e.offset <= (int64_t)n, "an error lies in the file");
	source_close(src);
	must(mem_used() == 0, "all memory comes back");
}

void reading_clear(struct reading *r)
{
	free(r->hashes);
	free(r->syncs);
	memset(r, 0, sizeof(*r));
}

uint64_t reading_changes(const uint8_t *bytes, size_t n)
{
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct source *src = source_open_memory(bytes, n, &e);
	struct trace *tr = src ? trace_open(src, &lim, &e) : NULL;
	struct interval *iv = tr ? interval_create(tr, &e) : NULL;
	const struct change *c;
	uint64_t n_changes = 0;

	while (iv && interval_next(iv, &c, &e) > 0)
		n_changes++;
	interval_destroy(iv);
	trace_close(tr);
	source_close(src);
	must(mem_used() == 0, "all memory comes back");
	return n_changes;
}

uint8_t *reading_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = NULL;
	long size = -1;

	if (f && fseek(f, 0, SEEK_END) == 0)
		size = ftell(f);
	if (size >= 0) {
		rewind(f);
		bytes = malloc((size_t)size + 1);
	}
	if (!bytes || fread(bytes, 1, (size_t)size, f) != (size_t)size) {
		perror(path);
		exit(2);
	}
	fclose(f);
	*n = (size_t)size;
	return bytes;
}

/* fuzz_batch.c — any bytes as numbers, batches and tables, each against a second opinion.
 *
 * Numbers against a reader written the slow way; framing against the layout of mutate.c, which shares no
 * code with it; strings, stacks, samples and clock by reading up to the first Sync, behind which the
 * ordering would begin. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/batch.h"
#include "parser/event.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/spec.h"
#include "parser/trace.h"
#include "tests/fuzz/mutate.h"

#define MEMORY_CAP   ((size_t)256 << 20)
#define HEADER_BYTES 16

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
	if (!holds)
		abort();
}

/* Bytes of the number, 0 where it is none. */
static size_t slow_number(const uint8_t *p, size_t n, uint64_t *v)
{
	unsigned __int128 sum = 0;
	size_t i;

	for (i = 0; i < n && i < 10; i++) {
		sum += (unsigned __int128)(p[i] & 0x7f) << 7 * i;
		if (p[i] < 0x80) {
			*v = (uint64_t)sum;
			return sum <= UINT64_MAX ? i + 1 : 0;
		}
	}
	return 0;
}

static void check_numbers(const uint8_t *bytes, size_t n)
{
	size_t at, size;

	for (at = 0; at < n && at < 256; at++) {
		struct bytes in = bytes_of(bytes + at, n - at);
		uint64_t want = 0, got = bytes_uvarint(&in);

		size = slow_number(bytes + at, n - at, &want);
		must(in.bad == (size == 0));
		must(in.bad ? in.bad_at == bytes + at && bytes_left(&in) == 0
			    : got == want && in.at == bytes + at + size);
	}
}

static void check_batch(const struct batch *b, const struct piece *p, const uint8_t *bytes)
{
	size_t i;

	must((size_t)b->start == p->start);
	must((b->kind == BATCH_END) == (p->kind == PIECE_END));
	if (b->kind == BATCH_END)
		return;
	must(b->generation == p->generation && b->m == p->m && b->time == p->time);
	must((size_t)b->offset == p->data && b->size == p->end - p->data);
	for (i = 0; i < b->size; i++)
		must(b->data[i] == bytes[p->data + i]);
}

static void check_framing(const uint8_t *bytes, size_t n, int minor)
{
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct source *src = source_open_memory(bytes, n, &e);
	struct batch_reader r;
	struct layout l = {0};
	uint8_t head[HEADER_BYTES];
	struct batch b;
	size_t i = 1;
	int rc;

	layout_read(&l, bytes, n);
	must(src && source_read(src, head, sizeof(head), &e) == HEADER_BYTES);
	must(batch_reader_init(&r, src, &lim, minor, &e) == 0);
	while ((rc = batch_next(&r, &b, &e)) > 0) {
		must(i < l.n);
		check_batch(&b, &l.pieces[i++], bytes);
	}
	/* The same end: of the file, or where the next batch cannot be read. */
	must(rc == 0 ? i == l.n : i < l.n && e.kind != ERR_NONE);
	must(rc == 0 || (e.offset >= (int64_t)l.pieces[i].start && e.offset <= (int64_t)n));
	must(batch_next(&r, &b, &e) == rc);
	batch_reader_clear(&r);
	source_close(src);
	layout_clear(&l);
}

static void read_tables(const uint8_t *bytes, size_t n)
{
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct source *src = source_open_memory(bytes, n, &e);
	struct trace *tr = src ? trace_open(src, &lim, &e) : NULL;
	struct event ev;

	if (tr && trace_next(tr, &ev, &e) > 0) {
		must(ev.kind == EVENT_SYNC);
		must(ev.time > (trace_go_minor(tr) < SPEC_FIRST_MINOR ? -2 : 0));
	}
	trace_close(tr);
	source_close(src);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	mem_set_cap(MEMORY_CAP);
	check_numbers(bytes, n);
	if (n >= HEADER_BYTES && memcmp(bytes, "go 1.", 5) == 0) {
		check_framing(bytes, n, 22);
		check_framing(bytes, n, 26);
	}
	read_tables(bytes, n);
	must(mem_used() == 0);
	return 0;
}

#include "parser/legacy_index.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/bytes.h"
#include "parser/legacy_record.h"
#include "parser/limits.h"
#include "parser/source.h"

#define HEADER_BYTES 16
#define BLOCK_BYTES  ((size_t)2 << 20) /* holds the longest record twice */
#define PIECE_BYTES  65536

struct scan {
	struct legacy_index *x;
	uint8_t *block;
	struct bytes b;
	int64_t base; /* file offset of block[0] */
	bool at_end;  /* the file ends with the block */
	/* the piece that is being read */
	struct legacy_piece piece;
	uint32_t proc;
	uint64_t ticks;
	uint32_t n_events;
	bool has_batch;
};

void legacy_index_init(struct legacy_index *x, struct source *src, const struct limits *lim,
	int minor, struct intern *strings, struct intern *stacks)
{
	memset(x, 0, sizeof(*x));
	x->src = src;
	x->lim = lim;
	x->minor = minor;
	err_clear(&x->cut);
	map_init(&x->proc_of);
	map_init(&x->timers);
	legacy_table_init(&x->table, src, lim, strings, stacks);
}

void legacy_index_clear(struct legacy_index *x)
{
	vec_clear(&x->pieces);
	vec_clear(&x->procs);
	vec_clear(&x->samples);
	vec_clear(&x->sample_order);
	map_clear(&x->proc_of);
	map_clear(&x->timers);
	legacy_table_clear(&x->table);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
}

static int64_t offset_of(const struct scan *s, const uint8_t *at)
{
	return s->base + (at - s->block);
}

/* Where the file is whole up to `offset` and not beyond. Returns -1: the scan ends. */
static int cut(struct scan *s, enum err_kind kind, int64_t offset, const char *why)
{
	return err_set(&s->x->cut, kind, offset, "%s, at byte %" PRId64, why, offset);
}

/* The bytes end here. Those of a file whose packing is cut or broken say why when read further. */
static void see_end(struct scan *s)
{
	struct err why = ERR_INIT;
	uint8_t none;

	if (source_read_at(s->x->src, offset_of(s, s->b.end), &none, 1, &why) < 0)
		s->x->cut = why;
}

/* More bytes behind those from `keep` on. */
static int refill(struct scan *s, const uint8_t *keep, struct err *e)
{
	size_t left = (size_t)(s->b.end - keep);
	int64_t n;

	s->base = offset_of(s, keep);
	if (left > 0)
		memmove(s->block, keep, left);
	n = source_read_at(
		s->x->src, s->base + (int64_t)left, s->block + left, BLOCK_BYTES - left, e);
	if (n < 0)
		return -1;
	s->b = bytes_of(s->block, left + (size_t)n);
	s->at_end = n < (int64_t)(BLOCK_BYTES - left);
	if (s->at_end)
		see_end(s);
	return 0;
}

/* The piece ends before `end`. */
static int seal_piece(struct scan *s, int64_t end, struct err *e)
{
	struct legacy_index *x = s->x;
	struct legacy_index_proc *proc;
	uint32_t at = (uint32_t)x->pieces.n;

	if (s->n_events == 0)
		return 0;
	proc = &x->procs.at[s->proc];
	s->piece.size = (uint32_t)(end - s->piece.offset);
	s->piece.next = LEGACY_NO_PIECE;
	if (at >= x->lim->batches) {
		return err_set(e, ERR_LIMIT, s->piece.offset,
			"Cannot read trace: too many batches, limit=%" PRIu32 ", at byte %" PRId64,
			x->lim->batches, s->piece.offset);
	}
	if (vec_push(&x->pieces, s->piece) < 0)
		return no_memory(e);
	if (proc->first == LEGACY_NO_PIECE)
		proc->first = at;
	else
		x->pieces.at[proc->last].next = at;
	proc->last = at;
	return 0;
}

static void open_piece(struct scan *s, int64_t offset)
{
	s->piece.offset = offset;
	s->piece.ticks = s->ticks;
	s->piece.first_exit = INT64_MAX;
	s->n_events = 0;
}

static int see_batch(struct scan *s, const struct legacy_record *r, int64_t offset, struct err *e)
{
	struct legacy_index *x = s->x;
	struct legacy_index_proc proc = {(int32_t)r->numbers[0], LEGACY_NO_PIECE, LEGACY_NO_PIECE};

	if (r->numbers[0] != UINT64_MAX && r->numbers[0] > INT32_MAX)
		return cut(s, ERR_DAMAGED, offset, "a batch has an impossible P");
	if (seal_piece(s, offset, e) < 0)
		return -1;
	s->proc = map_get(&x->proc_of, r->numbers[0]);
	if (s->proc == MAP_NONE) {
		s->proc = (uint32_t)x->procs.n;
		if (s->proc >= x->lim->procs) {
			return err_set(e, ERR_LIMIT, offset,
				"Cannot read trace: too many procs, limit=%" PRIu32
				", at byte %" PRId64,
				x->lim->procs, offset);
		}
		if (vec_push(&x->procs, proc) < 0 ||
			map_put(&x->proc_of, r->numbers[0], s->proc) < 0)
			return no_memory(e);
	}
	s->ticks = r->numbers[1];
	s->has_batch = true;
	open_piece(s, offset);
	return 0;
}

static int see_sample(struct scan *s, const struct legacy_record *r, int64_t offset, struct err *e)
{
	struct legacy_sample sample = {.ticks = (int64_t)r->numbers[1],
		.p = (int32_t)(uint32_t)r->numbers[2],
		.g = r->numbers[3],
		.stack = (uint32_t)r->numbers[4],
		.offset = offset};
	struct sort_item item = {sample.ticks, (uint32_t)s->x->samples.n};

	if (item.value == UINT32_MAX || vec_push(&s->x->samples, sample) < 0 ||
		vec_push(&s->x->sample_order, item) < 0)
		return no_memory(e);
	return 0;
}

static int see_frequency(struct scan *s, uint64_t hz, int64_t offset)
{
	if (hz == 0 || hz > s->x->lim->frequency_hz)
		return cut(s, ERR_DAMAGED, offset, "the clock has an impossible frequency");
	s->x->ticks_per_sec = (int64_t)hz;
	return 0;
}

static void see_event(struct scan *s, const struct legacy_record *r)
{
	int64_t real;

	s->n_events++;
	s->ticks += r->numbers[0];
	if (r->type != LEGACY_GO_SYS_EXIT)
		return;
	real = (int64_t)r->numbers[3];
	if (real != 0 && real < (int64_t)s->ticks && real < s->piece.first_exit)
		s->piece.first_exit = real;
}

/* One record, from `at` to s->b.at. */
static int see(struct scan *s, const struct legacy_record *r, const uint8_t *at, struct err *e)
{
	int64_t offset = offset_of(s, at);
	int rc = 0;

	if (r->type == LEGACY_BATCH)
		return see_batch(s, r, offset, e);
	if (!s->has_batch) {
		/* Go reads a string here, and never looks at it. */
		return r->type == LEGACY_STRING
			? 0
			: cut(s, ERR_DAMAGED, offset, "an event comes before the first batch");
	}
	switch (r->type) {
	case LEGACY_STRING:
		rc = legacy_table_add_string(&s->x->table, r, offset_of(s, r->text), e);
		break;
	case LEGACY_STACK:
		rc = r->n_text == 0
			? 0
			: legacy_table_add_stack(&s->x->table, r, offset_of(s, r->text), e);
		break;
	case LEGACY_CPU_SAMPLE:
		rc = see_sample(s, r, offset, e);
		break;
	case LEGACY_FREQUENCY:
		rc = see_frequency(s, r->numbers[0], offset);
		break;
	case LEGACY_TIMER_GOROUTINE:
		rc = map_put(&s->x->timers, r->numbers[0], 1) < 0 ? no_memory(e) : 0;
		break;
	default:
		see_event(s, r);
	}
	if (rc < 0 || offset_of(s, s->b.at) - s->piece.offset < PIECE_BYTES)
		return rc;
	offset = offset_of(s, s->b.at);
	rc = seal_piece(s, offset, e);
	open_piece(s, offset);
	return rc;
}

/* Record by record, to the end or to where the file is broken. */
static int frame(struct scan *s, struct err *e)
{
	struct legacy_record r;
	const uint8_t *at;
	int n;

	for (;;) {
		at = s->b.at;
		n = legacy_record_next(&s->b, s->x->lim, s->x->minor, &r);
		if (n > 0 && see(s, &r, at, e) == 0)
			continue;
		if (n > 0) {
			if (e->kind == ERR_DAMAGED) { /* ends the scan, not the reading */
				cut(s, ERR_DAMAGED, offset_of(s, at), "two strings have one id");
				err_clear(e);
			}
			break;
		}
		if (n == LEGACY_PARTIAL && !s->at_end) {
			if (at == s->block && s->b.end == s->block + BLOCK_BYTES) {
				cut(s, ERR_DAMAGED, s->base, "a record is too long");
				break;
			}
			if (refill(s, at, e) < 0)
				break;
			continue;
		}
		if (n == LEGACY_BAD)
			cut(s, ERR_DAMAGED, offset_of(s, at), r.why);
		else if (at != s->b.end)
			cut(s, ERR_TRUNCATED, offset_of(s, at), "the file ends inside a record");
		break;
	}
	s->x->n_bytes = offset_of(s, at);
	if (e->kind != ERR_NONE)
		return -1;
	return s->has_batch ? seal_piece(s, s->x->n_bytes, e) : 0;
}

int legacy_index_read(struct legacy_index *x, struct err *e)
{
	struct scan s = {.x = x, .base = HEADER_BYTES};
	struct err failed = ERR_INIT;
	int rc;

	if (!source_is_seekable(x->src)) {
		return err_set(e, ERR_USAGE, -1,
			"Cannot read trace: Go 1.21 and older put strings and stacks at the end, "
			"so \"%s\" must be a plain file; unpack it first",
			source_name(x->src));
	}
	s.block = mem_alloc(BLOCK_BYTES);
	if (!s.block)
		return no_memory(e);
	s.b = bytes_of(s.block, 0);
	rc = refill(&s, s.block, &failed);
	if (rc == 0)
		rc = frame(&s, &failed);
	mem_free(s.block);
	if (rc < 0)
		return err_set(e, failed.kind, failed.offset, "%s", failed.msg);
	sort_like_go(x->sample_order.at, x->sample_order.n);
	if (x->cut.kind == ERR_NONE && x->ticks_per_sec == 0)
		err_set(&x->cut, ERR_TRUNCATED, x->n_bytes,
			"the file ends before its clock, at byte %" PRId64, x->n_bytes);
	x->table.is_partial = x->cut.kind != ERR_NONE;
	return 0;
}

#include "parser/batch.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/mem.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/spec.h"

#define BLOCK    ((size_t)1 << 19)
#define HEAD_MAX 42 /* type, experiment, four numbers of at most 10 bytes */
#define CHAIN    3  /* batches in a row that are no accident */

#define TRY_AGAIN ". Let the program call trace.Stop, or finish the download, and try again"

static size_t longest(const struct batch_reader *r)
{
	return r->lim->batch_bytes + HEAD_MAX;
}

int batch_reader_init(struct batch_reader *r, struct source *src, const struct limits *lim,
	int minor, struct err *e)
{
	memset(r, 0, sizeof(*r));
	err_clear(&r->cut);
	err_clear(&r->failed);
	r->src = src;
	r->lim = lim;
	r->minor = minor;
	r->base = r->first = source_offset(src);
	r->cap = BLOCK + (CHAIN + 1) * longest(r);
	r->buf = mem_alloc(r->cap);
	if (!r->buf)
		return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
	return 0;
}

void batch_reader_clear(struct batch_reader *r)
{
	mem_free(r->buf);
	memset(r, 0, sizeof(*r));
}

int64_t batch_offset(const struct batch_reader *r)
{
	return r->base + (int64_t)r->at;
}

void batch_unread(struct batch_reader *r)
{
	r->at = r->kept;
}

/* Make `need` bytes available where the file has them, behind those that are kept. An error of the
 * source is its end for now: what came before it is still to be read. */
static void fill(struct batch_reader *r, size_t need)
{
	int64_t n;

	if (r->end - r->at >= need || r->at_eof)
		return;
	memmove(r->buf, r->buf + r->kept, r->end - r->kept);
	r->base += (int64_t)r->kept;
	r->end -= r->kept;
	r->at -= r->kept;
	r->kept = 0;
	while (r->end < r->cap && !r->at_eof) {
		n = source_read(r->src, r->buf + r->end, r->cap - r->end, &r->cut);
		r->at_eof = n <= 0;
		r->end += n > 0 ? (size_t)n : 0;
	}
}

static bool begins_batch(uint8_t type)
{
	return type == EV_EVENT_BATCH || type == EV_EXPERIMENTAL_BATCH;
}

/* The header at buf[at], which begins with the type of a batch; in->bad where it cannot be read. */
static void read_head(
	const struct batch_reader *r, size_t at, struct bytes *in, struct batch *b, uint64_t *size)
{
	*in = bytes_of(r->buf + at, r->end - at);
	if (bytes_u8(in) == EV_EXPERIMENTAL_BATCH)
		bytes_u8(in); /* which experiment: we know the layout of none */
	b->generation = bytes_uvarint(in);
	b->m = bytes_uvarint(in);
	b->time = bytes_uvarint(in);
	*size = bytes_uvarint(in);
}

static int fail_header(struct batch_reader *r, const struct bytes *b)
{
	int64_t at = r->base + (b->bad_at - r->buf);

	/* A number that ends the file is cut off; one that goes on after ten bytes is damage. */
	if (r->at_eof && b->end - b->bad_at < 10) {
		return err_set(&r->failed, ERR_TRUNCATED, at,
			"Cannot read batch header: the file ends inside it, at byte %" PRId64
				TRY_AGAIN,
			at);
	}
	return err_set(&r->failed, ERR_DAMAGED, at,
		"Cannot read batch header: bad number at byte %" PRId64, at);
}

static enum batch_kind kind_of(const struct batch_reader *r, const struct batch *b)
{
	if (b->size == 0)
		return BATCH_EVENTS;
	switch (b->data[0]) {
	case EV_STRINGS:
		return BATCH_STRINGS;
	case EV_STACKS:
		return BATCH_STACKS;
	case EV_CPU_SAMPLES:
		return BATCH_CPU_SAMPLES;
	case EV_FREQUENCY:
		return r->minor < spec_table[EV_SYNC].since ? BATCH_SYNC : BATCH_EVENTS;
	case EV_SYNC:
		return r->minor >= spec_table[EV_SYNC].since ? BATCH_SYNC : BATCH_EVENTS;
	default:
		if (r->minor > SPEC_NEWEST_MINOR && !spec_table[b->data[0]].name)
			return BATCH_UNKNOWN;
		return BATCH_EVENTS;
	}
}

/* The batch whose header of n_head bytes has been read. */
static int take(struct batch_reader *r, struct batch *b, size_t n_head, uint64_t size)
{
	int64_t at = batch_offset(r) + (int64_t)n_head;

	if (size > r->lim->batch_bytes) {
		return err_set(&r->failed, ERR_DAMAGED, at,
			"Cannot read batch: its size is beyond the format's %" PRIu32
			" bytes, size=%" PRIu64 ", at byte %" PRId64,
			r->lim->batch_bytes, size, at);
	}
	size += n_head;
	fill(r, size);
	if (r->end - r->at < size) {
		return err_set(&r->failed, ERR_TRUNCATED, r->base + (int64_t)r->end,
			"Cannot read batch: the file ends inside it, at byte %" PRId64
			", missing=%" PRIu64 TRY_AGAIN,
			r->base + (int64_t)r->end, size - (r->end - r->at));
	}
	b->offset = at;
	b->data = r->buf + r->at + n_head;
	b->size = (uint32_t)(size - n_head);
	r->kept = r->at;
	r->at += size;
	return 1;
}

static int read_one(struct batch_reader *r, struct batch *b)
{
	struct bytes in;
	uint64_t size;
	uint8_t type;

	memset(b, 0, sizeof(*b));
	fill(r, HEAD_MAX);
	if (r->at == r->end)
		return 0;
	type = r->buf[r->at];
	b->start = batch_offset(r);
	if (type == EV_END_OF_GENERATION) {
		b->kind = BATCH_END;
		b->offset = batch_offset(r);
		r->kept = r->at++;
		return 1;
	}
	if (!begins_batch(type)) {
		return err_set(&r->failed, ERR_DAMAGED, batch_offset(r),
			"Cannot read batch: expected one at byte %" PRId64 ", found event %u (%s)",
			batch_offset(r), type, spec_name(type));
	}
	read_head(r, r->at, &in, b, &size);
	if (in.bad)
		return fail_header(r, &in);
	if (take(r, b, (size_t)(in.at - r->buf) - r->at, size) < 0)
		return -1;
	b->kind = type == EV_EXPERIMENTAL_BATCH ? BATCH_EXPERIMENTAL : (uint8_t)kind_of(r, b);
	return 1;
}

/* May the data of a batch begin so? */
static bool begins_data(const struct batch_reader *r, uint8_t type)
{
	switch (type) {
	case EV_STRINGS:
	case EV_STACKS:
	case EV_CPU_SAMPLES:
	case EV_FREQUENCY:
	case EV_SYNC:
		return true;
	default:
		return spec_numbers[type] != 0 || r->minor > SPEC_NEWEST_MINOR;
	}
}

/* CHAIN batches stand one behind another from buf[at] on, or one less up to the end of the file. */
static bool is_chain(const struct batch_reader *r, size_t at)
{
	bool has_ends = r->minor >= spec_table[EV_END_OF_GENERATION].since, ended = false;
	uint64_t generation = 0, size;
	struct batch b = {0};
	struct bytes in;
	unsigned n = 0;

	while (n < CHAIN && at < r->end) {
		if (n > 0 && has_ends && !ended && r->buf[at] == EV_END_OF_GENERATION) {
			ended = true;
			at++;
			continue;
		}
		if (!begins_batch(r->buf[at]))
			return false;
		read_head(r, at, &in, &b, &size);
		if (in.bad || b.generation == 0 || size == 0 || size > r->lim->batch_bytes ||
			size > bytes_left(&in))
			return false;
		if (r->buf[at] == EV_EVENT_BATCH && !begins_data(r, *in.at))
			return false;
		if (n > 0 && b.generation != generation + 1 &&
			(ended || b.generation != generation))
			return false;
		generation = b.generation;
		ended = false;
		at = (size_t)(in.at - r->buf) + size;
		n++;
	}
	return n >= CHAIN - 1;
}

bool batch_begins_chain(struct batch_reader *r)
{
	fill(r, CHAIN * longest(r));
	return is_chain(r, r->kept);
}

int batch_seek(struct batch_reader *r)
{
	int64_t floor = r->sought - r->base, failed_at = batch_offset(r);

	/* A wrong size may have swallowed batches: look into the last one as well, once. */
	r->at = r->kept;
	if (floor > (int64_t)r->at)
		r->at = (size_t)floor;
	if (r->sought < failed_at)
		r->sought = failed_at;
	do {
		if (r->at < r->end)
			r->at++;
		r->kept = r->at;
		fill(r, CHAIN * longest(r));
		if (r->at == r->end)
			break;
	} while (!begins_batch(r->buf[r->at]) || !is_chain(r, r->at));
	err_clear(&r->failed);
	return r->at < r->end;
}

int batch_next(struct batch_reader *r, struct batch *b, struct err *e)
{
	int n = r->failed.kind != ERR_NONE ? -1 : read_one(r, b);

	if (r->cut.kind != ERR_NONE && (n == 0 || r->failed.kind == ERR_TRUNCATED)) {
		r->failed = r->cut; /* the better word for it */
		n = -1;
	}
	if (n < 0)
		return err_set(e, r->failed.kind, r->failed.offset, "%s", r->failed.msg);
	return n;
}

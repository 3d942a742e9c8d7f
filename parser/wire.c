#include "parser/wire.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/mem.h"
#include "parser/event.h"
#include "parser/source.h"
#include "parser/spec.h"

#define BLOCK ((size_t)1 << 18)

enum scan { SCAN_WHOLE, SCAN_SHORT, SCAN_BAD };

/* The records that spec.h knows as structure only. */
static const struct {
	uint8_t n;
	const char *args[WIRE_MAX_ARGS];
} structure[EV_END_OF_GENERATION + 1] = {
	[EV_EVENT_BATCH] = {4, {"gen", "m", "time", "size"}},
	[EV_STACK] = {2, {"id", "nframes"}},
	[EV_STRING] = {1, {"id"}},
	[EV_CPU_SAMPLE] = {5, {"time", "m", "p", "g", "stack"}},
	[EV_FREQUENCY] = {1, {"freq"}},
	[EV_EXPERIMENTAL_BATCH] = {4, {"exp", "gen", "m", "time"}},
	[EV_CLOCK_SNAPSHOT] = {4, {"dt", "mono", "sec", "nsec"}},
};

/* What stands in an event batch begins with its time difference. */
static bool is_timed(unsigned type)
{
	return type < WIRE_N_TYPES && spec_numbers[type] > 0 && type != EV_CLOCK_SNAPSHOT;
}

unsigned wire_n_types(int minor)
{
	if (minor < SPEC_FIRST_MINOR)
		return 0;
	if (minor < spec_table[EV_GO_SWITCH].since)
		return EV_GO_SWITCH;
	if (minor < spec_table[EV_SYNC].since)
		return EV_SYNC;
	if (minor < spec_table[EV_END_OF_GENERATION].since)
		return EV_END_OF_GENERATION;
	return EV_N_TYPES;
}

const char *wire_name(unsigned type)
{
	return type < WIRE_N_TYPES && spec_table[type].name ? spec_table[type].name : "";
}

unsigned wire_n_args(unsigned type)
{
	if (is_timed(type))
		return spec_numbers[type];
	return type <= EV_END_OF_GENERATION ? structure[type].n : 0;
}

const char *wire_arg_name(unsigned type, unsigned arg)
{
	if (arg >= wire_n_args(type))
		return "";
	if (!is_timed(type))
		return structure[type].args[arg];
	return arg == 0 ? "dt" : spec_table[type].args[arg - 1];
}

static bool has_data(unsigned type)
{
	return type == EV_STRING || type == EV_EXPERIMENTAL_BATCH;
}

int wire_open(struct wire_reader *r, struct source *src, int minor, struct err *e)
{
	memset(r, 0, sizeof(*r));
	err_clear(&r->failed);
	r->src = src;
	r->n_types = wire_n_types(minor);
	r->is_newer = minor > SPEC_NEWEST_MINOR;
	r->base = source_offset(src);
	if (r->n_types == 0) {
		return err_set(e, ERR_VERSION, 0,
			"Cannot read raw events: the format of Go 1.%d has none of these; they "
			"begin "
			"with Go 1.%d",
			minor, SPEC_FIRST_MINOR);
	}
	r->cap = 2 * BLOCK;
	r->buf = mem_alloc(r->cap);
	if (!r->buf)
		return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
	return 0;
}

void wire_close(struct wire_reader *r)
{
	mem_free(r->buf);
	memset(r, 0, sizeof(*r));
}

static int64_t offset_of(const struct wire_reader *r)
{
	return r->base + (int64_t)r->at;
}

/* More bytes behind the unread ones; the buffer grows only when one event fills it. 0 or -1. */
static int fill(struct wire_reader *r)
{
	int64_t n;

	memmove(r->buf, r->buf + r->at, r->end - r->at);
	r->base += (int64_t)r->at;
	r->end -= r->at;
	r->at = 0;
	if (r->cap - r->end < BLOCK) {
		uint8_t *p = mem_realloc(r->buf, r->cap * 2);

		if (!p)
			return err_set(
				&r->failed, ERR_MEMORY, -1, "Cannot read trace: out of memory");
		r->buf = p;
		r->cap *= 2;
	}
	n = source_read(r->src, r->buf + r->end, r->cap - r->end, &r->failed);
	if (n < 0)
		return -1;
	r->at_eof = (size_t)n < r->cap - r->end;
	r->end += (size_t)n;
	return 0;
}

static size_t leb128_size(uint64_t v)
{
	size_t n = 1;

	for (; v >= 0x80; v >>= 7)
		n++;
	return n;
}

static uint64_t number(struct bytes *in, struct wire_event *ev)
{
	uint64_t v = bytes_uvarint(in);

	ev->canonical += leb128_size(v);
	return v;
}

/* The data behind an event. Go counts in an int: a length beyond it is none at all. */
static void scan_data(struct bytes *in, struct wire_event *ev)
{
	uint64_t n = bytes_uvarint(in);

	if (n > INT64_MAX)
		n = 0;
	ev->canonical += leb128_size(n) + n;
	ev->n_data = (size_t)n;
	ev->data = bytes_take(in, n);
	if (n == 0)
		ev->data = NULL;
}

/* One event at the front of the unread bytes, if it lies there as a whole. */
static enum scan scan(const struct wire_reader *r, struct wire_event *ev)
{
	struct bytes in = bytes_of(r->buf + r->at, r->end - r->at);
	uint64_t i, last = 0;

	memset(ev, 0, sizeof(*ev));
	ev->offset = offset_of(r);
	ev->type = bytes_u8(&in);
	ev->at = in.at;
	ev->canonical = 1;
	ev->n_args = (uint8_t)wire_n_args(ev->type);
	for (i = 0; i < ev->n_args; i++)
		last = number(&in, ev);
	if (ev->type == EV_STACK && last <= INT64_MAX)
		ev->n_frames = last;
	for (i = 0; i < ev->n_frames && !in.bad; i++) {
		for (unsigned k = 0; k < WIRE_STACK_ARGS; k++)
			number(&in, ev);
	}
	if (has_data(ev->type))
		scan_data(&in, ev);
	if (!in.bad) {
		ev->size = (size_t)(in.at - (r->buf + r->at));
		return SCAN_WHOLE;
	}
	/* Ten bytes hold any number: what is bad with so many at hand is no matter of more. */
	return in.end - in.bad_at >= 10 && ev->n_data == 0 ? SCAN_BAD : SCAN_SHORT;
}

static int fail_type(struct wire_reader *r, unsigned type)
{
	return err_set(&r->failed, r->is_newer ? ERR_VERSION : ERR_DAMAGED, offset_of(r),
		"Cannot read raw event: invalid event type %u at byte %" PRId64, type,
		offset_of(r));
}

static int fail_number(struct wire_reader *r, const struct wire_event *ev)
{
	return err_set(&r->failed, ERR_DAMAGED, ev->offset,
		"Cannot read raw event: a number of more than 64 bits in %s, at byte %" PRId64,
		wire_name(ev->type), ev->offset);
}

static int fail_end(struct wire_reader *r, const struct wire_event *ev)
{
	return err_set(&r->failed, ERR_TRUNCATED, r->base + (int64_t)r->end,
		"Cannot read raw event: the file ends inside the %s that begins at byte %" PRId64,
		wire_name(ev->type), ev->offset);
}

static int fail_size(struct wire_reader *r, const struct wire_event *ev)
{
	return err_set(&r->failed, ERR_LIMIT, ev->offset,
		"Cannot read raw event: the %s at byte %" PRId64
		" is larger than %zu bytes; Go writes none so large",
		wire_name(ev->type), ev->offset, WIRE_EVENT_MAX);
}

/* Bytes that are claimed and lie beyond the end need not be read to know it. */
static bool is_cut(const struct wire_reader *r, const struct wire_event *ev)
{
	int64_t size = source_size(r->src);
	uint64_t left = size < ev->offset ? 0 : (uint64_t)(size - ev->offset);

	return r->at_eof ||
		(size >= 0 && (ev->n_data > left || ev->n_frames > left / WIRE_STACK_ARGS));
}

static int read_one(struct wire_reader *r, struct wire_event *ev)
{
	enum scan found;

	if (r->at == r->end && !r->at_eof && fill(r) < 0)
		return -1;
	if (r->at == r->end)
		return 0;
	if (r->buf[r->at] == EV_NONE || r->buf[r->at] >= r->n_types)
		return fail_type(r, r->buf[r->at]);
	while ((found = scan(r, ev)) == SCAN_SHORT) {
		if (is_cut(r, ev))
			return fail_end(r, ev);
		if (r->end - r->at > WIRE_EVENT_MAX)
			return fail_size(r, ev);
		if (fill(r) < 0)
			return -1;
	}
	if (found == SCAN_BAD)
		return fail_number(r, ev);
	r->at += ev->size;
	return 1;
}

int wire_next(struct wire_reader *r, struct wire_event *ev, struct err *e)
{
	int n = r->failed.kind != ERR_NONE ? -1 : read_one(r, ev);

	if (n < 0)
		return err_set(e, r->failed.kind, r->failed.offset, "%s", r->failed.msg);
	return n;
}

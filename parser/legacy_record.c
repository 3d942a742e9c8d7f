#include "parser/legacy_record.h"

#include "parser/limits.h"

#define MAX_VARINT_BYTES 10

static int bad(struct legacy_record *r, const char *why)
{
	r->why = why;
	return LEGACY_BAD;
}

/* A number could not be read: are bytes missing, or is it none? */
static int no_number(const struct bytes *b, struct legacy_record *r)
{
	if (b->end - b->bad_at < MAX_VARINT_BYTES)
		return LEGACY_PARTIAL;
	return bad(r, "a number has more than 64 bits");
}

static int read_text(struct bytes *b, uint64_t n, struct legacy_record *r)
{
	if (n > bytes_left(b))
		return LEGACY_PARTIAL;
	r->text = bytes_take(b, n);
	r->n_text = (uint32_t)n;
	return LEGACY_COMPLETE;
}

static int read_string(struct bytes *b, const struct limits *lim, struct legacy_record *r)
{
	uint64_t n;

	r->numbers[0] = bytes_uvarint(b);
	n = bytes_uvarint(b);
	if (b->bad)
		return no_number(b, r);
	if (r->numbers[0] == 0)
		return bad(r, "a string has the id 0");
	if (n == 0)
		return bad(r, "a string is empty");
	if (n > lim->v1_string_bytes)
		return bad(r, "a string is too long");
	return read_text(b, n, r);
}

/* The body of a stack: id, number of frames, four numbers for each. */
static int read_frames(struct bytes body, const struct limits *lim, struct legacy_record *r)
{
	uint64_t i;

	r->numbers[0] = bytes_uvarint(&body);
	r->numbers[1] = bytes_uvarint(&body);
	if (body.bad || r->numbers[1] > lim->v1_stack_frames)
		return bad(r, "a stack has a bad number of frames");
	r->text = body.at;
	r->n_text = (uint32_t)bytes_left(&body);
	for (i = 0; i < 4 * r->numbers[1]; i++)
		bytes_uvarint(&body);
	if (body.bad || bytes_left(&body) > 0)
		return bad(r, "a stack has not the frames that it says");
	return LEGACY_COMPLETE;
}

/* A record with its length in front. */
static int read_long(struct bytes *b, const struct limits *lim, struct legacy_record *r)
{
	unsigned n_numbers = legacy_spec_table[r->type].n_numbers, i;
	struct bytes body;
	uint64_t n = bytes_uvarint(b);

	if (b->bad)
		return no_number(b, r);
	if (n > lim->v1_arg_bytes)
		return bad(r, "a record is too long");
	if (n > bytes_left(b))
		return LEGACY_PARTIAL;
	body = bytes_of(bytes_take(b, n), n);
	if (r->type == LEGACY_STACK)
		return read_frames(body, lim, r);
	for (i = 0; i < n_numbers; i++)
		r->numbers[i] = bytes_uvarint(&body);
	if (body.bad || bytes_left(&body) > 0)
		return bad(r, "a record has the wrong number of arguments");
	if (r->type != LEGACY_USER_LOG)
		return LEGACY_COMPLETE;
	n = bytes_uvarint(b);
	if (b->bad)
		return no_number(b, r);
	if (n > lim->v1_string_bytes)
		return bad(r, "a log message is too long");
	return read_text(b, n, r);
}

int legacy_record_next(
	struct bytes *b, const struct limits *lim, int minor, struct legacy_record *r)
{
	const struct legacy_spec *spec;
	unsigned n, i;

	if (b->at == b->end)
		return LEGACY_PARTIAL;
	r->type = *b->at & 0x3f;
	n = (*b->at++ >> 6) + 1u;
	spec = &legacy_spec_table[r->type];
	if (spec->since == 0 || spec->since > minor)
		return bad(r, "unknown event");
	if (r->type == LEGACY_STRING)
		return read_string(b, lim, r);
	if (n == 4 && r->type != LEGACY_BATCH)
		return read_long(b, lim, r);
	if (n != (r->type == LEGACY_STACK ? 2 : spec->n_numbers))
		return bad(r, "a record has the wrong number of arguments");
	for (i = 0; i < n; i++)
		r->numbers[i] = bytes_uvarint(b);
	if (b->bad)
		return no_number(b, r);
	if (r->type == LEGACY_STACK) {
		r->n_text = 0;
		if (r->numbers[1] != 0)
			return bad(r, "a stack has not the frames that it says");
	}
	return LEGACY_COMPLETE;
}

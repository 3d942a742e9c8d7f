/* routes_batch.c */
#include "server/routes_batch.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "server/batch_list.h"
#include "server/blob.h"
#include "server/call.h"
#include "server/gate.h"
#include "server/reply.h"
#include "server/routes_task.h"
#include "server/routes_tile.h"
#include "server/server.h"
#include "server/url.h"
#include "server/workers.h"
#include "tiles/tile_codec.h"

#define BATCH_BYTES ((size_t)1 << 20)
#define BATCH_NS    INT64_C(150000000)
#define PARTS       (BATCH_PIECES * (1 + TILE_RAW_CHUNKS))
#define INDEX_HEAD  8
#define INDEX_ENTRY 16

/* A part of the answer. Of a piece: `what` 0, its number; of a chunk that comes along: its view's letter, block, number. */
struct part {
	char what;
	uint32_t first, number;
	struct reply reply; /* status 413 without a body: left out */
	size_t n_plain;
};

struct batch {
	const struct call *c;
	int64_t end_ns;
	size_t n, bytes;
	bool is_late; /* something was left out for want of time: others get another answer */
	struct part parts[PARTS];
};

/* What a route's handler is given: its own address. */
struct own {
	struct call call;
	struct url url;
	const char *params[6];
	char view[2], field[BATCH_FIELDS][24], ids[GATE_TARGET_BYTES + 1];
};

/* ---- one piece, by its own route ---- */

struct maker {
	int (*quick)(struct call *c);
	void (*run)(struct call *c);
};

static struct maker maker_of(char what)
{
	switch (what) {
	case 'C':
		return (struct maker){quick_counter, run_counter};
	case 'L':
		return (struct maker){quick_landmarks, run_landmarks};
	case 'R':
		return (struct maker){quick_rows, run_rows};
	case 'T':
		return (struct maker){server_check_trace, run_task_lane};
	case 'p':
	case 'm':
	case 'g':
	case 'f':
		return (struct maker){quick_chunk, run_chunk};
	default:
		return (struct maker){quick_tile, run_tile};
	}
}

static size_t put_params(struct own *o, size_t n, const char *a, const char *b, const char *c)
{
	if (a)
		o->params[n++] = a;
	if (b)
		o->params[n++] = b;
	if (c)
		o->params[n++] = c;
	return n;
}

/* The parts of the address that the piece's route has, in their order. */
static size_t own_params(struct own *o, const struct batch_piece *p)
{
	const char *f0 = o->field[0], *f1 = o->field[1], *f2 = o->field[2];
	size_t n;

	switch (p->what) {
	case 'C':
		return put_params(o, 1, f1, f0, f2);
	case 'L':
	case 'T':
		return put_params(o, 1, f0, f1, NULL);
	case 'R':
		return put_params(o, 1, o->ids, f0, f1);
	case 'p':
	case 'm':
	case 'g':
	case 'f':
		return put_params(o, 1, o->view, f0, f1);
	default:
		n = put_params(o, 1, o->view, "0", NULL);
		return put_params(o, n, f0, f1, f2);
	}
}

static void own_init(
	struct own *o, const struct batch *b, const struct batch_piece *p, struct reply *r)
{
	size_t i;

	o->call = *b->c;
	o->url = *b->c->url;
	for (i = 0; i < BATCH_FIELDS; i++)
		snprintf(o->field[i], sizeof(o->field[i]), "%" PRIu64, p->field[i]);
	o->view[0] = (char)(p->what >= 'a' ? p->what - ('a' - 'A') : p->what);
	o->view[1] = '\0';
	memcpy(o->ids, p->ids ? p->ids : "", p->n_ids);
	o->ids[p->n_ids] = '\0';
	if (p->what == 'T' && p->ids && o->url.n_queries < URL_QUERIES)
		o->url.queries[o->url.n_queries++] = (struct url_query){"types", o->ids};
	o->params[0] = b->c->params[0];
	o->call.n_params = own_params(o, p);
	o->call.url = &o->url;
	o->call.params = o->params;
	o->call.reply = r;
}

static void answer(struct batch *b, const struct batch_piece *p, struct reply *r)
{
	const struct maker m = maker_of(p->what);
	struct own o;

	own_init(&o, b, p, r);
	if (!m.quick(&o.call))
		m.run(&o.call);
}

/* ---- parts ---- */

static size_t body_bytes(const struct reply *r)
{
	return r->body ? r->body->n : r->n_fixed;
}

static const void *body_of(const struct reply *r)
{
	return r->body ? (const void *)r->body->bytes : r->fixed;
}

/* Takes the answer, or leaves it out where it does not fit. */
static void add(struct batch *b, struct part part)
{
	size_t n = body_bytes(&part.reply);

	if (b->bytes > 0 && n > BATCH_BYTES - b->bytes) {
		reply_clear(&part.reply);
		part.reply.status = 413;
		n = 0;
	}
	b->bytes = b->bytes + n > BATCH_BYTES ? BATCH_BYTES : b->bytes + n;
	b->parts[b->n++] = part;
}

static bool has_chunk(const struct batch *b, char what, uint32_t block, uint32_t number)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		const struct part *p = &b->parts[i];

		if (p->what == what && p->first == block && p->number == number)
			return true;
	}
	return false;
}

static void add_chunk(struct batch *b, char what, uint32_t block, uint32_t number)
{
	const struct batch_piece piece = {
		.what = (char)(what + ('a' - 'A')), .field = {block, number}};
	struct part part = {.what = what, .first = block, .number = number};

	if (has_chunk(b, what, block, number))
		return;
	answer(b, &piece, &part.reply);
	add(b, part);
}

/* Chunks that a tile says to be made of. Nothing where that cannot be told: who gets the tile asks for them. */
static void add_chunks(struct batch *b, const struct batch_piece *p, const struct reply *r)
{
	struct call c = *b->c;
	struct reply unused = {0};
	struct err e = ERR_INIT;
	struct reader *reader;
	struct buf plain = {0};
	struct tile_view v;
	uint32_t i;
	int rc = 0;

	if (r->status != 200 || !strchr("PMGF", p->what))
		return;
	if (!r->is_zstd) {
		rc = buf_append(&plain, body_of(r),
			body_bytes(r) < TILE_HEADER_BYTES + TILE_ROW_BYTES ? body_bytes(r) : 0);
	} else if (codec_plain_bytes(body_of(r), body_bytes(r)) <
		TILE_HEADER_BYTES + TILE_ROW_BYTES) {
		c.reply = &unused;
		reader = server_reader(&c);
		rc = reader ? codec_decompress(store_codec(reader->store), body_of(r),
				      body_bytes(r), TILE_HEADER_BYTES + TILE_ROW_BYTES, &plain, &e)
			    : -1;
	}
	if (rc == 0 && plain.n > 0 && tile_decode(plain.at, plain.n, &v, &e) == 0 &&
		v.kind == TILE_RAW)
		for (i = 0; i < v.n; i++)
			add_chunk(b, p->what, v.key.y, v.chunks[i]);
	reply_clear(&unused);
	buf_clear(&plain);
}

static void add_piece(struct batch *b, const struct batch_piece *p, uint32_t number)
{
	struct part part = {.first = number};

	if (b->n > 0 && (b->bytes >= BATCH_BYTES || work_now_ns() > b->end_ns)) {
		b->is_late |= b->bytes < BATCH_BYTES;
		part.reply.status = 413;
	} else {
		answer(b, p, &part.reply);
		add_chunks(b, p, &part.reply);
	}
	add(b, part);
}

/* ---- the answer ---- */

static bool is_kept(const struct batch *b)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		const struct reply *r = &b->parts[i].reply;

		if (r->status != 413 && (r->status != 200 || r->keep == KEEP_NOTHING))
			return false;
	}
	return !b->is_late;
}

static int put_index(struct batch *b, struct buf *out)
{
	size_t i;

	if (buf_reserve(out, INDEX_HEAD + INDEX_ENTRY * b->n) < 0)
		return -1;
	buf_append(out, "TSB1", 4);
	buf_put_le(out, b->n, 4);
	for (i = 0; i < b->n; i++) {
		const struct part *p = &b->parts[i];

		buf_put_le(out, p->reply.status, 2);
		buf_put_u8(out, (uint8_t)p->what);
		buf_put_u8(out, 0);
		buf_put_le(out, p->first, 4);
		buf_put_le(out, p->number, 4);
		buf_put_le(out, p->n_plain, 4);
	}
	return 0;
}

static int put_plain(struct batch *b, struct buf *out)
{
	size_t i;
	int rc;

	for (i = 0; i < b->n; i++)
		b->parts[i].n_plain = body_bytes(&b->parts[i].reply);
	rc = put_index(b, out);
	for (i = 0; rc == 0 && i < b->n; i++)
		rc = buf_append(out, body_of(&b->parts[i].reply), b->parts[i].n_plain);
	return rc;
}

static int put_frames(struct batch *b, struct codec *z, struct buf *out, struct err *e)
{
	struct buf index = {0};
	size_t i;
	int rc = 0;

	for (i = 0; i < b->n; i++) {
		const struct reply *r = &b->parts[i].reply;

		b->parts[i].n_plain =
			r->is_zstd ? codec_plain_bytes(body_of(r), body_bytes(r)) : body_bytes(r);
	}
	rc = put_index(b, &index);
	if (rc == 0)
		rc = codec_compress(z, index.at, index.n, out, e);
	for (i = 0; rc == 0 && i < b->n; i++) {
		const struct reply *r = &b->parts[i].reply;

		if (r->is_zstd)
			rc = buf_append(out, body_of(r), body_bytes(r));
		else if (body_bytes(r) > 0)
			rc = codec_compress(z, body_of(r), body_bytes(r), out, e);
	}
	buf_clear(&index);
	return rc;
}

/* The reader is asked for here, not before: a handler may have opened a later part of the trace. */
static void send(struct call *c, struct batch *b)
{
	struct reply *r = c->reply;
	struct reader *reader = c->takes_zstd ? server_reader(c) : NULL;
	struct err e = ERR_INIT;
	struct buf out = {0};
	int rc;

	if (c->takes_zstd && !reader)
		return;
	rc = reader ? put_frames(b, store_codec(reader->store), &out, &e) : put_plain(b, &out);
	r->body = rc == 0 ? blob_create(out.at, out.n) : NULL;
	if (!r->body) {
		if (rc < 0)
			buf_clear(&out);
		reply_error(r, 503, "memory", "Cannot answer: out of memory");
		return;
	}
	r->status = 200;
	r->type = TYPE_BYTES;
	r->is_zstd = c->takes_zstd;
	r->varies = true;
	if (!is_kept(b))
		return;
	reply_set_etag(r, r->body->bytes, r->body->n);
	r->keep = url_get(c->url, "v") ? KEEP_FOR_EVER : KEEP_REVALIDATE;
}

static int check(struct call *c, bool is_long)
{
	struct batch_piece pieces[BATCH_PIECES];
	const char *version = url_get(c->url, "v");
	struct err e = ERR_INIT;
	char known[12];
	int i, n = batch_list_parse(c->params[1], pieces, &e);

	snprintf(known, sizeof(known), "%d", TILE_VERSION);
	if (version && strcmp(version, known) != 0)
		n = err_set(&e, ERR_USAGE, -1, "Cannot answer: v is not %d", TILE_VERSION);
	for (i = 0; i < n; i++) {
		if (batch_is_long(pieces[i].what) != is_long)
			n = err_set(&e, ERR_USAGE, -1,
				"Cannot answer: rows and tasks are asked for by batch/long");
	}
	if (n >= 0)
		return server_check_trace(c);
	reply_err(c->reply, &e);
	return 1;
}

int quick_batch(struct call *c)
{
	return check(c, false);
}

int quick_long_batch(struct call *c)
{
	return check(c, true);
}

void run_batch(struct call *c)
{
	struct batch_piece pieces[BATCH_PIECES];
	struct batch *b = mem_calloc(1, sizeof(*b));
	struct err e = ERR_INIT;
	size_t i;
	int n;

	if (!b) {
		reply_error(c->reply, 503, "memory", "Cannot answer: out of memory");
		return;
	}
	n = batch_list_parse(c->params[1], pieces, &e);
	b->c = c;
	b->end_ns = work_now_ns() + BATCH_NS;
	for (i = 0; n > 0 && i < (size_t)n && !work_must_stop(c->work); i++)
		add_piece(b, &pieces[i], (uint32_t)i);
	if (n < 0)
		reply_err(c->reply, &e);
	else if (i < (size_t)n)
		reply_error(c->reply, 503, "busy", "Cannot answer in time: ask for less at once");
	else
		send(c, b);
	for (i = 0; i < b->n; i++)
		reply_clear(&b->parts[i].reply);
	mem_free(b);
}

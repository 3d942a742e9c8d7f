/* routes_tile.c */
#include "server/routes_tile.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "server/blob.h"
#include "server/call.h"
#include "server/json_writer.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/tile_cache.h"
#include "server/tile_json.h"
#include "server/trace_id.h"
#include "server/url.h"
#include "tiles/landmark.h"
#include "tiles/solo.h"

#define MAX_K     62
#define MAX_PLAIN ((size_t)64 << 20)

enum piece_kind { PIECE_TILE, PIECE_CHUNK, PIECE_LANDMARKS, PIECE_ROWS };

/* Of which bytes an answer is; as bytes the key in the cache: none of them is padding. */
struct cached {
	char trace[TRACE_ID_LENGTH];
	uint64_t x;
	uint32_t y;
	uint8_t view, r, k;
	uint8_t kind;            /* of the piece, and its form */
	uint64_t ids[SOLO_MOST]; /* rows: y of them; else none */
};

_Static_assert(offsetof(struct cached, ids) == TRACE_ID_LENGTH + 16, "padding");

/* What an address names, and in which form. A chunk: view, y = block, x = number. Rows: y goroutines. */
struct piece {
	enum piece_kind kind;
	struct tile_key key;
	bool is_json;
	bool is_versioned; /* ?v=3: the address names its bytes for ever, ... */
	bool is_part;      /* ... but for ?part=3: it was made for a trace that is being read */
	struct cached cached;
};

/* ---- address to piece ---- */

static int bad_address(struct err *e, const char *what)
{
	return err_set(e, ERR_USAGE, -1, "Cannot answer: bad %s in the address", what);
}

static int parse_u32(const char *text, uint32_t *out)
{
	uint64_t v;

	if (!url_u64(text, UINT32_MAX, &v))
		return -1;
	*out = (uint32_t)v;
	return 0;
}

static int parse_k_x(struct piece *p, const char *k, const char *x, struct err *e)
{
	uint64_t level;

	if (!url_u64(k, MAX_K, &level))
		return bad_address(e, "level k");
	if (!url_u64(x, INT64_MAX, &p->key.x))
		return bad_address(e, "column x");
	p->key.k = (uint8_t)level;
	return 0;
}

static int parse_view(struct piece *p, const char *text, const char *letters, struct err *e)
{
	if (strlen(text) != 1 || !strchr(letters, *text))
		return bad_address(e, "view");
	p->key.view = (uint8_t)view_of_letter(*text);
	return 0;
}

static size_t cached_bytes(const struct piece *p)
{
	return offsetof(struct cached, ids) +
		(p->kind == PIECE_ROWS ? p->cached.y * sizeof(p->cached.ids[0]) : 0);
}

static int parse_form(struct piece *p, struct call *c, struct err *e)
{
	const char *version = url_get(c->url, "v");
	const char *format = url_get(c->url, "format");
	uint64_t part = 0;
	char known[12];

	snprintf(known, sizeof(known), "%d", TILE_VERSION);
	if (version && strcmp(version, known) != 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: v is not %d", TILE_VERSION);
	if (format && strcmp(format, "json") != 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: format is not json");
	if (server_query_u64(c, "part", UINT32_MAX, &part, e) < 0)
		return -1;
	p->is_part = url_get(c->url, "part") != NULL;
	p->is_versioned = version != NULL;
	p->is_json = format || p->kind == PIECE_LANDMARKS;
	p->cached.x = p->key.x;
	p->cached.y = p->key.y;
	p->cached.view = p->key.view;
	p->cached.r = p->key.r;
	p->cached.k = p->key.k;
	p->cached.kind = (uint8_t)((int)p->kind * 4 + (p->is_json ? 2 : c->takes_zstd));
	memcpy(p->cached.trace, c->params[0], strnlen(c->params[0], TRACE_ID_LENGTH));
	return 0;
}

static int parse_tile(struct call *c, struct piece *p, struct err *e)
{
	uint64_t r;

	*p = (struct piece){.kind = PIECE_TILE};
	if (parse_view(p, c->params[1], "PMGFA", e) < 0)
		return -1;
	if (!url_u64(c->params[2], 63, &r))
		return bad_address(e, "row level r");
	p->key.r = (uint8_t)r;
	if (parse_u32(c->params[4], &p->key.y) < 0)
		return bad_address(e, "block y");
	if (parse_k_x(p, c->params[3], c->params[5], e) < 0)
		return -1;
	return parse_form(p, c, e);
}

static int parse_chunk(struct call *c, struct piece *p, struct err *e)
{
	uint32_t number;

	*p = (struct piece){.kind = PIECE_CHUNK};
	if (parse_view(p, c->params[1], "PMGF", e) < 0)
		return -1;
	if (parse_u32(c->params[2], &p->key.y) < 0 || parse_u32(c->params[3], &number) < 0)
		return bad_address(e, "block or number");
	p->key.x = number;
	return parse_form(p, c, e);
}

static int parse_counter(struct call *c, struct piece *p, struct err *e)
{
	*p = (struct piece){.kind = PIECE_TILE, .key.view = VIEW_C};
	if (parse_u32(c->params[1], &p->key.y) < 0)
		return bad_address(e, "counter");
	if (parse_k_x(p, c->params[2], c->params[3], e) < 0)
		return -1;
	return parse_form(p, c, e);
}

static int parse_landmarks(struct call *c, struct piece *p, struct err *e)
{
	*p = (struct piece){.kind = PIECE_LANDMARKS, .key.view = VIEW_A};
	if (parse_k_x(p, c->params[1], c->params[2], e) < 0)
		return -1;
	return parse_form(p, c, e);
}

static int parse_rows(struct call *c, struct piece *p, struct err *e)
{
	int n;

	*p = (struct piece){.kind = PIECE_ROWS, .key.view = VIEW_G};
	n = url_u64_list(c->params[1], p->cached.ids, SOLO_MOST);
	if (n < 1)
		return bad_address(e, "list of goroutines");
	p->key.y = (uint32_t)n;
	if (parse_k_x(p, c->params[2], c->params[3], e) < 0)
		return -1;
	return parse_form(p, c, e);
}

/* ---- quick: from the cache ---- */

static enum reply_keep keep_of(const struct piece *p)
{
	return p->is_part ? KEEP_NOTHING : p->is_versioned ? KEEP_FOR_EVER : KEEP_REVALIDATE;
}

static int quick_piece(struct call *c, int (*parse)(struct call *c, struct piece *p, struct err *e))
{
	struct server *s = c->server;
	struct err e = ERR_INIT;
	struct piece p;

	if (parse(c, &p, &e) < 0) {
		reply_err(c->reply, &e);
		return 1;
	}
	if (server_check_trace(c))
		return 1;
	if (!tile_cache_get(s->cache, &p.cached, cached_bytes(&p), c->reply))
		return 0;
	c->reply->keep = keep_of(&p);
	return 1;
}

int quick_tile(struct call *c)
{
	return quick_piece(c, parse_tile);
}

int quick_chunk(struct call *c)
{
	return quick_piece(c, parse_chunk);
}

int quick_counter(struct call *c)
{
	return quick_piece(c, parse_counter);
}

int quick_landmarks(struct call *c)
{
	return quick_piece(c, parse_landmarks);
}

int quick_rows(struct call *c)
{
	return quick_piece(c, parse_rows);
}

/* ---- run: from the store ---- */

static int get_rows(struct reader *r, const struct piece *p, struct buf *frame, struct err *e)
{
	struct goroutine who[SOLO_MOST];
	struct buf plain = {0};
	int rc = reader_goroutines(r, e), found;

	if (rc == 0) {
		found = goroutine_get_all(&r->goroutines, p->cached.ids, p->key.y, who, e);
		if (found <= 0)
			rc = found < 0 ? -1
				       : err_set(e, ERR_NOT_FOUND, -1, "Cannot find a goroutine");
	}
	if (rc == 0)
		rc = solo_get(r->tiles, who, p->key.y, p->key.k, p->key.x, &plain, e);
	if (rc == 0)
		rc = codec_compress(store_codec(r->store), plain.at, plain.n, frame, e);
	buf_clear(&plain);
	return rc;
}

static int get_frame(struct reader *r, const struct piece *p, struct buf *frame, struct err *e)
{
	if (p->kind == PIECE_CHUNK)
		return tile_get_chunk(
			r->tiles, (enum view)p->key.view, p->key.y, (uint32_t)p->key.x, frame, e);
	if (p->kind == PIECE_ROWS)
		return get_rows(r, p, frame, e);
	if (!tile_key_is_valid(p->key, tile_reader_meta(r->tiles)->levels))
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the tile: outside of the trace");
	return tile_get(r->tiles, p->key, frame, e);
}

static int write_json(struct reader *r, const struct piece *p, const struct buf *plain,
	struct json_writer *w, struct err *e)
{
	if (p->kind == PIECE_CHUNK)
		return tile_json_chunk(r, w, plain->at, plain->n, e);
	if (p->kind == PIECE_ROWS)
		return tile_json_rows(w, plain->at, plain->n, e);
	return tile_json_tile(w, plain->at, plain->n, e);
}

/* Takes the buffer over as the body. */
static void reply_bytes(struct call *c, struct buf *b, bool is_zstd)
{
	void *fitting = mem_realloc(b->at, b->n ? b->n : 1);
	struct reply *r = c->reply;

	r->status = 200;
	r->type = TYPE_BYTES;
	r->body = blob_create(fitting ? fitting : b->at, b->n);
	*b = (struct buf){0};
	if (!r->body)
		reply_error(r, 503, "memory", "Cannot answer: out of memory");
	else
		r->is_zstd = is_zstd;
}

/* What a snapshot answers is nobody's to keep. */
static void keep(struct call *c, const struct piece *p, const struct reader *reader)
{
	struct server *s = c->server;
	struct reply *r = c->reply;

	if (r->status != 200 || reader->part > 0)
		return;
	r->varies = !p->is_json;
	reply_set_etag(r, r->body->bytes, r->body->n);
	tile_cache_put(s->cache, &p->cached, cached_bytes(p), r);
	r->keep = keep_of(p);
}

static void run_piece(struct call *c, int (*parse)(struct call *c, struct piece *p, struct err *e))
{
	struct buf frame = {0}, plain = {0};
	struct json_writer w = {0};
	struct err e = ERR_INIT;
	struct reader *r;
	struct piece p;
	int rc;

	if (parse(c, &p, &e) < 0) {
		reply_err(c->reply, &e);
		return;
	}
	r = server_reader(c);
	if (!r)
		return;
	rc = get_frame(r, &p, &frame, &e);
	if (rc == 0 && (p.is_json || !c->takes_zstd))
		rc = codec_decompress(
			store_codec(r->store), frame.at, frame.n, MAX_PLAIN, &plain, &e);
	if (rc == 0 && p.is_json)
		rc = write_json(r, &p, &plain, &w, &e);
	if (rc < 0 || p.is_json)
		server_reply(c, &w, rc, &e);
	else
		reply_bytes(c, c->takes_zstd ? &frame : &plain, c->takes_zstd);
	keep(c, &p, r);
	buf_clear(&frame);
	buf_clear(&plain);
}

void run_tile(struct call *c)
{
	run_piece(c, parse_tile);
}

void run_chunk(struct call *c)
{
	run_piece(c, parse_chunk);
}

void run_counter(struct call *c)
{
	run_piece(c, parse_counter);
}

void run_rows(struct call *c)
{
	run_piece(c, parse_rows);
}

/* ---- landmarks ---- */

static int write_range(struct reader *r, struct json_writer *w, const struct landmark_range *l,
	bool is_stw, struct err *e)
{
	json_open(w, '{');
	json_key_i64(w, "t0", l->r.t0);
	json_key_i64(w, "t1", l->r.t1);
	json_key_u64(w, "n", l->n);
	json_key_i64_text(w, "T", l->r.time_ns);
	if (is_stw) {
		json_key(w, "reason");
		if (reader_write_name(r, w, l->r.text, e) < 0)
			return -1;
		json_key_u64_text(w, "g", l->r.g);
	} else {
		json_key_u64(w, "seq", l->r.id);
	}
	json_close(w, '}');
	return 0;
}

static void write_longest(struct json_writer *w, const struct landmark *l)
{
	json_open(w, '{');
	json_key_text(w, "view", "G");
	json_key_u64(w, "block", l->block);
	json_key_u64(w, "row", l->row);
	json_key_u64(w, "group", l->group);
	json_key_u64_text(w, "g", l->g);
	json_key_i64(w, "t0", l->t0);
	json_key_i64(w, "t1", l->t1);
	json_key_i64_text(w, "T", l->time_ns);
	json_key_u64(w, "state", l->state);
	json_key_u64(w, "reason", l->reason);
	json_close(w, '}');
}

static int write_landmarks(
	struct reader *r, struct json_writer *w, const struct landmarks *l, struct err *e)
{
	size_t i;

	json_open(w, '{');
	json_key(w, "gc");
	json_open(w, '[');
	for (i = 0; i < l->gc.n; i++) {
		if (write_range(r, w, &l->gc.at[i], false, e) < 0)
			return -1;
	}
	json_close(w, ']');
	json_key(w, "stw");
	json_open(w, '[');
	for (i = 0; i < l->stw.n; i++) {
		if (write_range(r, w, &l->stw.at[i], true, e) < 0)
			return -1;
	}
	json_close(w, ']');
	json_key(w, "longest");
	json_open(w, '[');
	for (i = 0; i < l->longest.n; i++)
		write_longest(w, &l->longest.at[i]);
	json_close(w, ']');
	json_close(w, '}');
	return 0;
}

void run_landmarks(struct call *c)
{
	struct landmarks l = {0};
	struct json_writer w = {0};
	struct err e = ERR_INIT;
	struct reader *r;
	struct piece p;
	int rc = -1;

	if (parse_landmarks(c, &p, &e) < 0) {
		reply_err(c->reply, &e);
		return;
	}
	r = server_reader(c);
	if (!r)
		return;
	if (!tile_key_is_valid(p.key, tile_reader_meta(r->tiles)->levels))
		err_set(&e, ERR_NOT_FOUND, -1, "Cannot find landmarks: outside of the trace");
	else if (landmarks_get(r->store, p.key.k, p.key.x, &l, &e) == 0)
		rc = write_landmarks(r, &w, &l, &e);
	server_reply(c, &w, rc, &e);
	keep(c, &p, r);
	landmarks_clear(&l);
}

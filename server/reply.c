/* reply.c */
#include "server/reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "parser/base/mem.h"
#include "parser/base/text.h"
#include "server/blob.h"
#include "server/json_writer.h"

void reply_clear(struct reply *r)
{
	blob_unref(r->body);
	mem_free(r->location);
	*r = (struct reply){0};
}

static void reply_no_memory(struct reply *r)
{
	static const char body[] =
		"{\"error\":{\"code\":\"memory\",\"message\":\"Cannot answer: out of memory\"}}";

	r->status = 503;
	r->keep = KEEP_NOTHING;
	r->type = TYPE_JSON;
	r->fixed = body;
	r->n_fixed = sizeof(body) - 1;
	r->retry_after_s = 1;
	r->lacks_memory = true;
}

void reply_json(struct reply *r, struct json_writer *w)
{
	size_t n = 0;
	char *text = json_take(w, &n);

	r->status = 200;
	r->type = TYPE_JSON;
	r->body = text ? blob_create(text, n) : NULL;
	if (!r->body)
		reply_no_memory(r);
}

void reply_text(struct reply *r, const char *type, struct text *t)
{
	r->status = 200;
	r->type = type;
	r->body = blob_create(t->data, t->len);
	*t = (struct text){0};
	if (!r->body)
		reply_no_memory(r);
}

void reply_redirect(struct reply *r, struct text *location)
{
	if (text_room(location, 1) < 0) {
		text_clear(location);
		reply_no_memory(r);
		return;
	}
	text_bytes(location, "", 1);
	r->status = 302;
	r->location = location->data;
	*location = (struct text){0};
}

void reply_error(struct reply *r, unsigned status, const char *code, const char *message)
{
	struct json_writer w = {0};

	reply_clear(r);
	json_open(&w, '{');
	json_key(&w, "error");
	json_open(&w, '{');
	json_key_text(&w, "code", code);
	json_key_text(&w, "message", message);
	json_close(&w, '}');
	json_close(&w, '}');
	reply_json(r, &w);
	if (r->status != 200)
		return;
	r->status = status;
	if (status == 503)
		r->retry_after_s = 1;
}

static unsigned status_of(enum err_kind kind)
{
	switch (kind) {
	case ERR_USAGE:
	case ERR_LIMIT:
		return 400;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_MEMORY:
	case ERR_CANCELLED:
		return 503;
	default:
		return 500;
	}
}

void reply_write_err(struct json_writer *w, const struct err *e)
{
	json_open(w, '{');
	json_key_text(w, "code", err_kind_name(e->kind));
	json_key_text(w, "message", e->msg);
	if (e->offset >= 0 && e->kind != ERR_NONE)
		json_key_i64(w, "offset", e->offset);
	json_close(w, '}');
}

void reply_err(struct reply *r, const struct err *e)
{
	unsigned status = status_of(e->kind);
	struct json_writer w = {0};

	reply_clear(r);
	json_open(&w, '{');
	json_key(&w, "error");
	reply_write_err(&w, e);
	json_close(&w, '}');
	reply_json(r, &w);
	if (r->status != 200)
		return;
	r->status = status;
	r->lacks_memory = e->kind == ERR_MEMORY;
	if (status == 503)
		r->retry_after_s = 1;
}

void reply_set_etag(struct reply *r, const void *bytes, size_t n)
{
	XXH128_hash_t h = XXH3_128bits(bytes, n);

	snprintf(r->etag, sizeof(r->etag), "\"%016" PRIx64 "%016" PRIx64 "\"", (uint64_t)h.high64,
		(uint64_t)h.low64);
}

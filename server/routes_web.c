/* routes_web.c: paths of files come from the embedded table alone; nothing is opened. */
#include "server/routes_web.h"

#include <stdio.h>
#include <string.h>

#include "server/assets.h"
#include "parser/base/mem.h"
#include "server/blob.h"
#include "server/call.h"
#include "server/catalog.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/url.h"

static int reply_asset(struct call *c, const char *path, unsigned status)
{
	const struct asset *a = asset_find(path);
	struct reply *r = c->reply;

	if (!a) {
		reply_error(r, 404, "not_found", "Cannot find this file of the page");
		return 1;
	}
	r->status = status;
	r->keep = KEEP_REVALIDATE;
	r->type = a->type;
	r->fixed = a->bytes;
	r->n_fixed = a->n_bytes;
	snprintf(r->etag, sizeof(r->etag), "%s", a->etag);
	return 1;
}

/* The page names its files as seen from /t/{trace}: "../web/...". At / they are "web/...", which
 * holds below the path of a proxy too. */
int web_prepare(struct server *s)
{
	const struct asset *a = asset_find("index.html");
	struct reply *r = &s->library_page;
	char *text = a ? mem_alloc(a->n_bytes + 1) : NULL;
	size_t i, n = 0;

	if (!text)
		return -1;
	for (i = 0; i < a->n_bytes; i++) {
		text[n++] = (char)a->bytes[i];
		if (a->bytes[i] == '"' && strncmp((const char *)a->bytes + i + 1, "../", 3) == 0)
			i += 3;
	}
	r->body = blob_create(text, n);
	if (!r->body)
		return -1;
	r->status = 200;
	r->keep = KEEP_REVALIDATE;
	r->type = a->type;
	reply_set_etag(r, text, n);
	return 0;
}

int quick_library(struct call *c)
{
	struct server *s = c->server;

	*c->reply = s->library_page;
	blob_ref(c->reply->body);
	return 1;
}

/* The page tells in words what it does not find; the status says it to scripts. */
int quick_viewer(struct call *c)
{
	struct server *s = c->server;
	struct trace_info t;
	bool is_known = catalog_find(s->catalog, c->params[0], &t);

	return reply_asset(c, "index.html", is_known ? 200 : 404);
}

int quick_asset(struct call *c)
{
	char path[256];
	size_t i, n = 0;

	for (i = 1; i < c->url->n_segments; i++) {
		int more = snprintf(
			path + n, sizeof(path) - n, "%s%s", i > 1 ? "/" : "", c->url->segments[i]);

		if (more < 0 || (size_t)more >= sizeof(path) - n)
			return reply_asset(c, "", 404);
		n += (size_t)more;
	}
	return reply_asset(c, path, 200);
}

/* routes_web.c: paths of files come from the embedded table alone; nothing is opened. */
#include "server/routes_web.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/text.h"
#include "server/assets.h"
#include "server/call.h"
#include "server/catalog.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/url.h"

static int reply_asset(struct call *c, const char *path, enum reply_keep keep)
{
	const struct asset *a = asset_find(path);
	struct reply *r = c->reply;

	if (!a) {
		reply_error(r, 404, "not_found", "Cannot find this file of the page");
		return 1;
	}
	r->status = 200;
	r->keep = keep;
	r->type = a->type;
	r->varies = true;
	r->is_zstd = c->takes_zstd;
	r->fixed = c->takes_zstd ? a->packed : a->bytes;
	r->n_fixed = c->takes_zstd ? a->n_packed : a->n_bytes;
	snprintf(r->etag, sizeof(r->etag), "%s", c->takes_zstd ? a->etag_packed : a->etag);
	return 1;
}

/* What the page is going to ask for anyway, all at once: a module's imports are known only when it
 * has come, six steps deep, and the trace only when all of them run. */
static int write_links(struct text *t, const char *up, const char *first)
{
	size_t i;

	if (first &&
		text_printf(t,
			"<link rel=\"preload\" as=\"fetch\" crossorigin href=\"%sapi/v1/%s\">\n",
			up, first) < 0)
		return -1;
	for (i = 0; i < asset_count(); i++) {
		const struct asset *a = asset_at(i);

		if (a->is_imported &&
			text_printf(t, "<link rel=\"modulepreload\" href=\"%sweb/%s/%s\">\n", up,
				asset_version, a->path) < 0)
			return -1;
	}
	return 0;
}

static int append(struct text *t, const char *s, size_t n)
{
	if (text_room(t, n) < 0)
		return -1;
	text_bytes(t, s, n);
	return 0;
}

/* The page names its files as seen from /t/{trace}: "../web/...". At / they are "web/...", which
 * holds below the path of a proxy too. Both get the version of the files, which are then kept for
 * ever. `first`: what the page asks the API first, NULL: nothing. */
static int write_page(struct text *t, const char *html, const char *up, const char *first)
{
	const char *p = html, *script = strstr(html, "<script "), *next;

	for (; (next = strstr(p, "\"../")) != NULL; p = next) {
		if (script && next > script) {
			if (append(t, p, (size_t)(script - p)) < 0 || write_links(t, up, first) < 0)
				return -1;
			p = script;
			script = NULL;
		}
		if (append(t, p, (size_t)(next - p)) < 0 || text_printf(t, "\"%s", up) < 0)
			return -1;
		next += strlen("\"../");
		if (strncmp(next, "web/", 4) != 0)
			continue;
		if (text_printf(t, "web/%s", asset_version) < 0)
			return -1;
		next += strlen("web");
	}
	return append(t, p, strlen(p));
}

static int reply_page(struct call *c, const char *up, const char *first, unsigned status)
{
	const struct asset *a = asset_find("index.html");
	struct text t = {0};
	struct reply *r = c->reply;

	if (!a || write_page(&t, (const char *)a->bytes, up, first) < 0) {
		text_clear(&t);
		reply_error(r, 503, "memory", "Cannot answer: out of memory");
		return 1;
	}
	reply_set_etag(r, t.data, t.len);
	reply_text(r, a->type, &t);
	if (r->status == 200) {
		r->status = status;
		r->keep = KEEP_REVALIDATE;
	}
	return 1;
}

int quick_library(struct call *c)
{
	return reply_page(c, "", "traces", 200);
}

/* The page tells in words what it does not find; the status says it to scripts. */
int quick_viewer(struct call *c)
{
	struct server *s = c->server;
	struct trace_info t;
	char first[sizeof("traces/") + TRACE_ID_LENGTH];

	if (!catalog_find(s->catalog, c->params[0], &t))
		return reply_page(c, "../", NULL, 404);
	snprintf(first, sizeof(first), "traces/%s", t.id);
	return reply_page(c, "../", first, 200);
}

/* Under the version of this program's files for ever, without one revalidated; another program's are not here. */
int quick_asset(struct call *c)
{
	const struct url *u = c->url;
	bool is_named = u->n_segments > 2 && strcmp(u->segments[1], asset_version) == 0;
	char path[256];
	size_t i, n = 0;

	for (i = is_named ? 2 : 1; i < u->n_segments; i++) {
		int more = snprintf(
			path + n, sizeof(path) - n, "%s%s", n > 0 ? "/" : "", u->segments[i]);

		if (more < 0 || (size_t)more >= sizeof(path) - n)
			return reply_asset(c, "", KEEP_NOTHING);
		n += (size_t)more;
	}
	return reply_asset(c, path, is_named ? KEEP_FOR_EVER : KEEP_REVALIDATE);
}

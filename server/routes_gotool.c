/* routes_gotool.c */
#include "server/routes_gotool.h"

#include <string.h>

#include "parser/base/text.h"
#include "server/call.h"
#include "server/catalog.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/url.h"

/* The states of its profiles, as our own route takes them. */
static const char *states_of(const char *page)
{
	static const struct {
		const char *page, *of;
	} profiles[] = {{"io", "net"}, {"block", "sync,chan"}, {"syscall", "syscall"},
		{"sched", "runnable"}};

	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (strcmp(profiles[i].page, page) == 0)
			return profiles[i].of;
	return NULL;
}

static int put_encoded(struct text *t, const char *s)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
		"!$'()*,;:@/?";
	static const char digits[] = "0123456789ABCDEF";

	if (text_room(t, 3 * strlen(s)) < 0)
		return -1;
	for (; *s; s++) {
		uint8_t byte = (uint8_t)*s;

		if (strchr(plain, byte))
			text_bytes(t, s, 1);
		else
			text_bytes(t, (char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3);
	}
	return 0;
}

static int put_location(struct text *t, const struct url *u, const char *id)
{
	const char *page = u->segments[0], *raw = url_get(u, "raw"), *of = states_of(page);

	if (of && raw && strcmp(raw, "1") == 0 && !url_get(u, "name"))
		return text_printf(t, "api/v1/traces/%s/profile?of=%s&format=pprof", id, of);
	if (text_printf(t, "t/%s?go=%s", id, page) < 0)
		return -1;
	for (size_t i = 0; i < u->n_queries; i++) {
		if (text_printf(t, "&%s=", u->queries[i].key) < 0 ||
			put_encoded(t, u->queries[i].value) < 0)
			return -1;
	}
	return 0;
}

int quick_gotool(struct call *c)
{
	struct server *s = c->server;
	struct text location = {0};
	struct trace_info t;

	if (!catalog_at(s->catalog, 0, &t)) {
		reply_error(c->reply, 404, "not_found", "Cannot show this view: there is no trace");
		return 1;
	}
	if (put_location(&location, c->url, t.id) < 0) {
		text_clear(&location);
		reply_error(c->reply, 503, "memory", "Cannot answer: out of memory");
		return 1;
	}
	reply_redirect(c->reply, &location);
	return 1;
}

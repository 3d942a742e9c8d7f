/* routes_goroutine.c */
#include "server/routes_goroutine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "parser/base/mem.h"
#include "server/call.h"
#include "server/json_writer.h"
#include "server/life_json.h"
#include "server/place.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/url.h"
#include "server/workers.h"
#include "tiles/search_query.h"

#define MAX_GOROUTINES     1000
#define DEFAULT_GOROUTINES 100

static int write_goroutine(
	struct json_writer *w, struct reader *r, const struct goroutine *g, struct err *e)
{
	size_t i;

	json_open(w, '{');
	json_key_u64_text(w, "g", g->id);
	json_key(w, "function");
	if (reader_write_name(r, w, g->function, e) < 0)
		return -1;
	json_key_u64(w, "group", g->group);
	json_key_u64(w, "block", g->block);
	json_key_u64(w, "row", g->row);
	json_key_u64_text(w, "creator", g->creator);
	json_key_u64(w, "creator_stack", g->creator_stack);
	life_write(w, g);
	json_key(w, "time");
	json_open(w, '[');
	for (i = 0; i < N_STATES; i++)
		json_u64(w, g->time_ns[i]);
	json_close(w, ']');
	json_close(w, '}');
	return 0;
}

static int find_goroutine(struct reader *r, uint64_t id, struct goroutine *g, struct err *e)
{
	int found = reader_goroutines(r, e) < 0 ? -1 : goroutine_get(&r->goroutines, id, g, e);

	return found ? found : err_set(e, ERR_NOT_FOUND, -1, "Cannot find the goroutine");
}

void run_goroutine(struct call *c)
{
	struct reader *r = server_reader(c);
	struct json_writer w = {0};
	struct err e = ERR_INIT;
	struct goroutine g;
	uint64_t id;
	int rc = -1;

	if (!r)
		return;
	if (!url_u64(c->params[1], UINT64_MAX, &id))
		err_set(&e, ERR_USAGE, -1, "Cannot answer: bad goroutine in the address");
	else if (find_goroutine(r, id, &g, &e) > 0)
		rc = write_goroutine(&w, r, &g, &e);
	server_reply(c, &w, rc, &e);
}

/* ---- what is sought ---- */

/* Names are compared once per function. */
struct search {
	struct goroutine_query query;
	struct reader *r;
	struct work *work;
	const char *function; /* is the name; NULL any */
	const char *match;    /* is part of it, whatever the case of ASCII letters; NULL any */
	struct map fits;      /* string of a function: 1 fits, 0 not */
	uint8_t *groups;
	uint64_t limit;
};

static bool is_cancelled(void *context)
{
	struct search *s = context;

	return work_must_stop(s->work);
}

static int name_fits(struct search *s, uint32_t function, struct err *e)
{
	uint32_t known = map_get(&s->fits, function);
	const char *name;
	size_t n;
	bool fits;

	if (known != MAP_NONE)
		return (int)known;
	if (text_get_string(&s->r->text, function, &name, &n, e) < 0)
		return -1;
	fits = (!s->function || (n == strlen(s->function) && memcmp(name, s->function, n) == 0)) &&
		(!s->match || search_contains(name, n, s->match, strlen(s->match)));
	if (map_put(&s->fits, function, fits) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot search goroutines: out of memory");
	return fits;
}

static int is_sought(void *context, const struct goroutine *g, struct err *e)
{
	return name_fits(context, g->function, e);
}

/* Those whose function fits; of a group without one a goroutine may have learnt its own later. */
static int find_groups(struct search *s, struct err *e)
{
	struct goroutine_query *q = &s->query;

	if (reader_tables(s->r, e) < 0)
		return -1;
	q->n_groups = (uint32_t)s->r->tables.groups.n;
	s->groups = mem_calloc(q->n_groups / 8 + 1, 1);
	if (!s->groups)
		return err_set(e, ERR_MEMORY, -1, "Cannot search goroutines: out of memory");
	for (uint32_t i = 0; i < q->n_groups; i++) {
		uint32_t function = s->r->tables.groups.at[i].function;
		int fits = function ? name_fits(s, function, e) : 1;

		if (fits < 0)
			return -1;
		if (i % 4096 == 0 && is_cancelled(s))
			return err_set(e, ERR_CANCELLED, -1, "Cannot search goroutines: cancelled");
		s->groups[i / 8] |= (uint8_t)(fits << i % 8);
	}
	q->groups = s->groups;
	q->is_sought = is_sought;
	return 0;
}

static int parse_state(const struct call *c, const char *key, unsigned *state, struct err *e)
{
	const char *name = url_get(c->url, key);

	for (unsigned i = STATE_NONE + 1; name && i < N_STATES; i++)
		if (strcmp(name, state_name((enum state)i)) == 0) {
			*state = i;
			return 0;
		}
	return name ? err_set(e, ERR_USAGE, -1, "Cannot answer: %s is no state", key) : 0;
}

/* An id; in an order by time, the time and the id. */
static int parse_after(const struct call *c, struct goroutine_query *q, struct err *e)
{
	const char *text = url_get(c->url, "after"), *dot = text ? strchr(text, '.') : NULL;
	char ns[24] = "";

	q->has_after = text != NULL;
	if (text && q->order != STATE_NONE && dot && (size_t)(dot - text) < sizeof(ns)) {
		memcpy(ns, text, (size_t)(dot - text));
		text = dot + 1;
	}
	if (text &&
		(!url_u64(text, UINT64_MAX, &q->after) ||
			(q->order != STATE_NONE && !url_u64(ns, UINT64_MAX, &q->after_ns))))
		return err_set(
			e, ERR_USAGE, -1, "Cannot answer: after is not the next of a page before");
	return 0;
}

static int parse_search(struct call *c, struct search *s, struct err *e)
{
	struct goroutine_query *q = &s->query;
	uint64_t group = GOROUTINE_ANY_GROUP;

	s->limit = DEFAULT_GOROUTINES;
	s->function = url_get(c->url, "function");
	s->match = url_get(c->url, "match");
	q->has_creator = url_get(c->url, "creator") != NULL;
	q->has_range = url_get(c->url, "alive_from") || url_get(c->url, "alive_to");
	q->to = PLACE_MAX_NS;
	if (server_query_u64(c, "limit", MAX_GOROUTINES, &s->limit, e) < 0 ||
		server_query_u64(c, "group", UINT32_MAX - 1, &group, e) < 0 ||
		server_query_u64(c, "min_ns", UINT64_MAX, &q->min_ns, e) < 0 ||
		server_query_u64(c, "creator", UINT64_MAX, &q->creator, e) < 0 ||
		server_query_i64(c, "alive_from", 0, PLACE_MAX_NS, &q->from, e) < 0 ||
		server_query_i64(c, "alive_to", 0, PLACE_MAX_NS, &q->to, e) < 0 ||
		parse_state(c, "state", &q->state, e) < 0 ||
		parse_state(c, "sort", &q->order, e) < 0 || parse_after(c, q, e) < 0)
		return -1;
	q->group = (uint32_t)group;
	if (s->limit == 0)
		return err_set(e, ERR_USAGE, -1, "Cannot answer: limit is 1 to %d", MAX_GOROUTINES);
	if (!url_get(c->url, "state") != !url_get(c->url, "min_ns"))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: state and min_ns go together");
	return q->has_range && q->from > q->to
		? err_set(e, ERR_USAGE, -1, "Cannot answer: alive_from lies after alive_to")
		: 0;
}

static void write_next(struct json_writer *w, const struct search *s, const struct goroutine *last)
{
	char next[48];

	json_key(w, "next");
	if (!last)
		json_null(w);
	else if (s->query.order == STATE_NONE)
		json_u64_text(w, last->id);
	else {
		snprintf(next, sizeof(next), "%" PRIu64 ".%" PRIu64, last->time_ns[s->query.order],
			last->id);
		json_text(w, next);
	}
}

static int write_found(
	struct search *s, struct json_writer *w, const struct goroutine *list, int n, struct err *e)
{
	int limit = (int)s->limit;

	json_open(w, '{');
	json_key(w, "goroutines");
	json_open(w, '[');
	for (int i = 0; i < n && i < limit; i++) {
		if (write_goroutine(w, s->r, &list[i], e) < 0)
			return -1;
	}
	json_close(w, ']');
	write_next(w, s, n > limit ? &list[limit - 1] : NULL);
	json_close(w, '}');
	return 0;
}

static int search(struct call *c, struct search *s, struct json_writer *w, struct err *e)
{
	struct goroutine *list;
	int n, rc = -1;

	if (parse_search(c, s, e) < 0 || reader_goroutines(s->r, e) < 0 ||
		((s->function || s->match) && find_groups(s, e) < 0))
		return -1;
	list = mem_calloc(s->limit + 1, sizeof(*list));
	if (!list)
		return err_set(e, ERR_MEMORY, -1, "Cannot list goroutines: out of memory");
	s->query.is_cancelled = is_cancelled;
	s->query.context = s;
	n = goroutine_search(&s->r->goroutines, &s->query, list, s->limit + 1, e);
	if (n >= 0)
		rc = write_found(s, w, list, n, e);
	mem_free(list);
	return rc;
}

void run_goroutines(struct call *c)
{
	struct search s = {.r = server_reader(c), .work = c->work};
	struct json_writer w = {0};
	struct err e = ERR_INIT;

	if (!s.r)
		return;
	map_init(&s.fits);
	server_reply(c, &w, search(c, &s, &w, &e), &e);
	map_clear(&s.fits);
	mem_free(s.groups);
}

/* goroutine_match.c */
#include "server/goroutine_match.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "server/call.h"
#include "server/readers.h"
#include "server/url.h"
#include "server/workers.h"
#include "tiles/search_query.h"

#define LATE_PAGE 64

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot list goroutines: out of memory");
}

static int cancelled(struct err *e)
{
	return err_set(e, ERR_CANCELLED, -1, "Cannot list goroutines: cancelled");
}

/* "149" of "149" and of "g149"; NULL: that is no part of a number. */
static const char *digits_of(const char *match)
{
	const char *digits = *match == 'g' || *match == 'G' ? match + 1 : match;

	return *digits && strspn(digits, "0123456789") == strlen(digits) ? digits : NULL;
}

static int name_matches(struct reader *r, uint32_t function, const char *match, struct err *e)
{
	const char *name;
	size_t n;

	if (text_get_string(&r->text, function, &name, &n, e) < 0)
		return -1;
	return search_contains(name, n, match, strlen(match));
}

/* Those of a group without a function that learnt their own later. */
static int match_late(
	struct call *c, struct reader *r, struct goroutine_match *m, uint32_t group, struct err *e)
{
	struct goroutine page[LATE_PAGE];
	uint64_t after = 0;
	int n, fits;

	if (reader_goroutines(r, e) < 0)
		return -1;
	while ((n = goroutine_list(&r->goroutines, group, after, page, LATE_PAGE, e)) > 0) {
		for (int i = 0; i < n; i++) {
			fits = page[i].function ? name_matches(r, page[i].function, m->text, e) : 0;
			if (fits < 0)
				return -1;
			if (fits && map_put(&m->also, page[i].id, 1) < 0)
				return no_memory(e);
		}
		after = page[n - 1].id;
		if (work_must_stop(c->work))
			return cancelled(e);
	}
	return n;
}

int goroutine_match_parse(struct call *c, struct reader *r, struct goroutine_match *m,
	struct sums_query *q, struct err *e)
{
	const struct tables *t = &r->tables;

	m->text = url_get(c->url, "match");
	if (!m->text || !*m->text)
		return 0;
	q->is_picky = true;
	q->digits = digits_of(m->text);
	q->n_groups = (uint32_t)t->groups.n;
	q->groups = m->groups = mem_calloc(t->groups.n / 8 + 1, 1);
	map_init(&m->also);
	q->also = &m->also;
	if (!m->groups)
		return no_memory(e);
	for (uint32_t i = 0; i < t->groups.n; i++) {
		int fits = name_matches(r, t->groups.at[i].function, m->text, e);

		if (fits < 0)
			return -1;
		m->groups[i / 8] |= (uint8_t)(fits << i % 8);
		if (t->groups.at[i].function == 0 && match_late(c, r, m, i, e) < 0)
			return -1;
		if (i % 4096 == 0 && work_must_stop(c->work))
			return cancelled(e);
	}
	return 0;
}

void goroutine_match_clear(struct goroutine_match *m)
{
	map_clear(&m->also);
	mem_free(m->groups);
}

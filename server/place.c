/* place.c */
#include "server/place.h"

#include <string.h>

#include "parser/base/err.h"
#include "server/call.h"
#include "server/readers.h"
#include "server/server.h"
#include "server/url.h"

int place_range(struct call *c, struct reader *r, struct place *p, struct err *e)
{
	p->from = 0;
	p->to = tile_reader_meta(r->tiles)->span_ns;
	if (server_query_i64(c, "from", 0, PLACE_MAX_NS, &p->from, e) < 0 ||
		server_query_i64(c, "to", 0, PLACE_MAX_NS, &p->to, e) < 0)
		return -1;
	p->end = url_get(c->url, "to") ? p->to : p->to + 1;
	if (p->from > p->to)
		return err_set(
			e, ERR_USAGE, -1, "Cannot answer: from lies after to, or after the trace");
	return 0;
}

int place_parse(struct call *c, struct place *p, struct err *e)
{
	const char *view = url_get(c->url, "view");

	p->has_g = url_get(c->url, "g") != NULL;
	p->has_group = url_get(c->url, "group") != NULL;
	p->has_view = view != NULL;
	p->has_row = url_get(c->url, "block") && url_get(c->url, "row");
	if (!p->has_row && (url_get(c->url, "block") || url_get(c->url, "row")))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: block and row go together");
	if (p->has_view) {
		if (strlen(view) != 1 || !strchr("PMGA", *view))
			return err_set(e, ERR_USAGE, -1, "Cannot answer: view is P, M, G or A");
		p->view = (enum view)view_of_letter(*view);
	}
	if (server_query_u64(c, "g", UINT64_MAX, &p->g, e) < 0 ||
		server_query_u64(c, "group", UINT32_MAX, &p->group, e) < 0 ||
		server_query_u64(c, "block", UINT32_MAX, &p->block, e) < 0)
		return -1;
	return server_query_u64(c, "row", BLOCK_ROWS - 1, &p->row, e);
}

int place_goroutine(struct reader *r, uint64_t g, struct goroutine *out, struct err *e)
{
	int found = reader_goroutines(r, e) < 0 ? -1 : goroutine_get(&r->goroutines, g, out, e);

	if (found == 0)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the goroutine");
	return found < 0 ? -1 : 0;
}

int place_check(struct reader *r, const struct place *p, struct err *e)
{
	if (p->view == VIEW_A || p->block >= tile_reader_meta(r->tiles)->n_blocks[p->view])
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the row: no such block");
	return 0;
}

/* tile_json.c */
#include "server/tile_json.h"

#include <string.h>

#include "parser/base/err.h"
#include "server/json_writer.h"
#include "server/readers.h"
#include "tiles/chunk_reader.h"
#include "tiles/solo.h"
#include "tiles/tile_codec.h"

static const char *const mark_names[N_MARKS] = {
	"log", "label", "sample", "region_begin", "region_end", "range_begin", "range_end"};

static void write_view(struct json_writer *w, enum view v)
{
	json_key(w, "view");
	json_text_n(w, (char[]){view_letter(v)}, 1);
}

static void write_row(struct json_writer *w, const struct tile_row *row)
{
	unsigned state, bin;

	json_open(w, '{');
	json_key_u64(w, "row", row->row);
	json_key_u64(w, "goroutines", row->goroutines);
	json_key_u64_text(w, "first_g", row->first_g);
	json_key_u64(w, "intervals", row->intervals);
	json_key(w, "full");
	json_double(w, row->full);
	json_key(w, "states");
	json_open(w, '{');
	for (state = 0; state < N_STATES; state++) {
		const uint8_t *plane = tile_row_plane(row, state);

		if (!plane)
			continue;
		json_key(w, state_name((enum state)state));
		json_open(w, '[');
		for (bin = 0; bin < TILE_BINS; bin++)
			json_u64(w, plane[bin]);
		json_close(w, ']');
	}
	json_close(w, '}');
	json_close(w, '}');
}

static void write_points(struct json_writer *w, const uint8_t *points)
{
	static const char *const names[] = {"first", "last", "min", "max", "rise", "fall"};
	unsigned i, bin;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		json_key(w, names[i]);
		json_open(w, '[');
		for (bin = 0; bin < TILE_BINS; bin++) {
			const uint8_t *at = points + bin * COUNTER_BIN_BYTES + i * 8;
			uint64_t bits = 0;
			double v;
			int byte;

			for (byte = 7; byte >= 0; byte--)
				bits = bits << 8 | at[byte];
			memcpy(&v, &bits, sizeof(v));
			json_double(w, v);
		}
		json_close(w, ']');
	}
}

static void write_key(struct json_writer *w, const struct tile_key *key, char letter)
{
	json_key(w, "view");
	json_text_n(w, &letter, 1);
	json_key_u64(w, "r", key->r);
	json_key_u64(w, "k", key->k);
	json_key_u64(w, "y", key->y);
	json_key_u64(w, "x", key->x);
	json_key_i64(w, "t0", tile_t0(*key));
	json_key_i64(w, "t1", tile_t1(*key));
	json_key_u64(w, "bin_ns", UINT64_C(1) << key->k);
}

int tile_json_tile(struct json_writer *w, const void *data, size_t n, struct err *e)
{
	struct tile_view v;
	uint32_t i;

	if (tile_decode(data, n, &v, e) < 0)
		return -1;
	json_open(w, '{');
	write_key(w, &v.key, view_letter((enum view)v.key.view));
	json_key_text(w, "kind", v.kind == TILE_RAW ? "RAW" : "HIST");
	if (v.kind == TILE_RAW) {
		json_key(w, "chunks");
		json_open(w, '[');
		for (i = 0; i < v.n; i++)
			json_u64(w, v.chunks[i]);
		json_close(w, ']');
	} else if (v.key.view == VIEW_C) {
		write_points(w, v.points);
	} else {
		json_key(w, "rows");
		json_open(w, '[');
		for (i = 0; i < v.n; i++)
			write_row(w, &v.rows[i]);
		json_close(w, ']');
	}
	json_close(w, '}');
	return 0;
}

static void write_place(struct json_writer *w, const struct solo_place *p)
{
	static const char *const sources[] = {"none", "RAW", "HIST"};

	json_open(w, '{');
	json_key_u64_text(w, "g", p->g);
	json_key_text(w, "kind", sources[p->source]);
	json_key_u64(w, "block", p->block);
	json_key_u64(w, "row", p->row);
	json_key(w, "chunks");
	json_open(w, '[');
	for (uint32_t i = 0; i < p->n_chunks; i++)
		json_u64(w, (uint64_t)p->first + i);
	json_close(w, ']');
	json_key_i64(w, "born", p->born_t);
	json_key(w, "gone");
	if (p->is_alive)
		json_null(w);
	else
		json_i64(w, p->gone_t);
	json_close(w, '}');
}

int tile_json_rows(struct json_writer *w, const void *data, size_t n, struct err *e)
{
	struct solo_view v = {0};
	int rc = solo_decode(&v, data, n, e);

	if (rc == 0) {
		json_open(w, '{');
		write_key(w, &v.tile.key, 'R');
		json_key(w, "goroutines");
		json_open(w, '[');
		for (unsigned i = 0; i < v.n; i++)
			write_place(w, &v.place[i]);
		json_close(w, ']');
		json_key(w, "rows");
		json_open(w, '[');
		for (uint32_t i = 0; i < v.tile.n; i++)
			write_row(w, &v.tile.rows[i]);
		json_close(w, ']');
		json_close(w, '}');
	}
	solo_clear(&v);
	return rc;
}

/* What clock times are told as: page time and Go's T. */
struct clock {
	double ns_per_tick;
	int64_t origin_ns;
};

static void write_time(
	struct json_writer *w, const struct clock *c, uint64_t ticks, int64_t corr_ns)
{
	int64_t clock_ns = chunk_clock(ticks, c->ns_per_tick);

	json_key_u64_text(w, "ticks", ticks);
	json_key_i64(w, "t", clock_ns - c->origin_ns);
	json_key_i64_text(w, "T", clock_ns + corr_ns);
}

static int write_head(struct reader *r, struct json_writer *w, const struct clock *c,
	const struct chunk_head *h, struct err *e)
{
	json_open(w, '{');
	json_key_text(w, "state", state_name((enum state)h->state));
	write_time(w, c, h->ticks, h->corr_ns);
	json_key(w, "reason");
	if (reader_write_reason(r, w, h->reason, e) < 0)
		return -1;
	json_key_u64(w, "stack", h->stack);
	json_key_u64_text(w, "g", h->g);
	json_key_u64(w, "p", h->p);
	json_key_u64(w, "m", h->m);
	json_key_u64_text(w, "occupant", h->occupant);
	if (h->occupant) {
		json_key_i64(
			w, "born_t", chunk_clock(h->born_ticks, c->ns_per_tick) - c->origin_ns);
	}
	json_close(w, '}');
	return 0;
}

static int write_texts(
	struct reader *r, struct json_writer *w, const struct chunk_event *ev, struct err *e)
{
	json_key_text(w, "mark", ev->mark < N_MARKS ? mark_names[ev->mark] : "");
	json_key(w, "text");
	if (reader_write_name(r, w, ev->text, e) < 0)
		return -1;
	json_key(w, "text2");
	if (reader_write_name(r, w, ev->text2, e) < 0)
		return -1;
	json_key_u64_text(w, "task", ev->task);
	return 0;
}

static int write_event(struct reader *r, struct json_writer *w, const struct clock *c,
	const struct chunk_event *ev, struct err *e)
{
	static const char *const kinds[] = {"state", "born", "gone", "mark"};

	json_open(w, '{');
	json_key_u64(w, "row", ev->row);
	json_key_text(w, "kind", kinds[ev->kind & 3]);
	write_time(w, c, ev->ticks, ev->corr_ns);
	if (ev->kind == CHUNK_STATE) {
		json_key_text(w, "state", state_name((enum state)ev->state));
		json_key(w, "reason");
		if (reader_write_reason(r, w, ev->reason, e) < 0)
			return -1;
	}
	if (ev->kind == CHUNK_MARK && write_texts(r, w, ev, e) < 0)
		return -1;
	json_key_u64(w, "stack", ev->stack);
	json_key_u64_text(w, "g", ev->g);
	if (ev->kind == CHUNK_BORN)
		json_key_u64_text(w, "creator", ev->g2);
	json_key_u64(w, "p", ev->p);
	json_key_u64(w, "m", ev->m);
	json_close(w, '}');
	return 0;
}

static int write_events(struct reader *r, struct json_writer *w, struct chunk_reader *cr,
	const struct clock *c, struct err *e)
{
	struct chunk_event ev;
	uint32_t row;
	int n;

	json_key(w, "heads");
	json_open(w, '[');
	for (row = 0; row < cr->n_rows; row++) {
		if (write_head(r, w, c, &cr->head[row], e) < 0)
			return -1;
	}
	json_close(w, ']');
	json_key(w, "events");
	json_open(w, '[');
	while ((n = chunk_next(cr, &ev, e)) > 0) {
		if (write_event(r, w, c, &ev, e) < 0)
			return -1;
	}
	json_close(w, ']');
	return n;
}

static int write_group_events(
	struct json_writer *w, struct chunk_reader *cr, const struct clock *c, struct err *e)
{
	struct group_event ev;
	uint32_t row, state;
	int n;

	json_key(w, "heads");
	json_open(w, '[');
	for (row = 0; row < cr->n_rows; row++) {
		json_open(w, '[');
		for (state = 0; state < N_STATES; state++)
			json_u64(w, cr->alive[row][state]);
		json_close(w, ']');
	}
	json_close(w, ']');
	json_key(w, "events");
	json_open(w, '[');
	while ((n = chunk_next_group(cr, &ev, e)) > 0) {
		json_open(w, '{');
		json_key_u64(w, "row", ev.row);
		json_key_u64_text(w, "ticks", ev.ticks);
		json_key_i64(w, "t", chunk_clock(ev.ticks, c->ns_per_tick) - c->origin_ns);
		json_key_text(w, "left", state_name((enum state)ev.left));
		json_key_text(w, "entered", state_name((enum state)ev.entered));
		json_close(w, '}');
	}
	json_close(w, ']');
	return n;
}

int tile_json_chunk(
	struct reader *r, struct json_writer *w, const void *data, size_t n, struct err *e)
{
	struct chunk_reader cr;
	struct clock c;
	int rc;

	if (chunk_open(&cr, data, n, e) < 0)
		return -1;
	c = (struct clock){cr.ns_per_tick, tile_reader_meta(r->tiles)->origin_ns};
	json_open(w, '{');
	write_view(w, cr.view);
	json_key_u64(w, "block", cr.block);
	json_key_u64(w, "number", cr.number);
	json_key_u64(w, "rows", cr.n_rows);
	json_key_u64_text(w, "base", cr.base);
	json_key(w, "ns_per_tick");
	json_double(w, cr.ns_per_tick);
	rc = cr.view == VIEW_F ? write_group_events(w, &cr, &c, e) : write_events(r, w, &cr, &c, e);
	json_close(w, '}');
	return rc;
}

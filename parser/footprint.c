#include "parser/footprint.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "parser/base/sort.h"

#define N_COLUMNS 5
#define CELL      40
#define PADDING   2

struct row {
	char cells[N_COLUMNS][CELL];
};

void footprint_add(struct footprint *f, const struct wire_event *ev)
{
	f->count[ev->type]++;
	f->bytes[ev->type] += ev->canonical;
	f->n_events++;
}

void footprint_order(const struct footprint *f, uint8_t order[WIRE_N_TYPES])
{
	struct sort_item items[WIRE_N_TYPES];
	unsigned i;

	for (i = 0; i < WIRE_N_TYPES; i++) {
		items[i].key = -(int64_t)f->bytes[i]; /* most bytes first */
		items[i].value = i;
	}
	sort_like_go(items, WIRE_N_TYPES);
	for (i = 0; i < WIRE_N_TYPES; i++)
		order[i] = (uint8_t)items[i].value;
}

static void set_share(char cell[CELL], uint64_t part, uint64_t whole)
{
	double share = (double)part / (double)whole * 100;

	if (isnan(share)) /* nothing of nothing; C may give it a sign */
		snprintf(cell, CELL, "NaN%%");
	else
		snprintf(cell, CELL, "%.2f%%", share);
}

static void set_row(struct row *row, const struct footprint *f, unsigned type)
{
	if (type < f->n_types)
		snprintf(row->cells[0], CELL, "%s", wire_name(type));
	else
		snprintf(row->cells[0], CELL, "<unknown (%u)>", type);
	snprintf(row->cells[1], CELL, "%" PRIu64, f->bytes[type]);
	set_share(row->cells[2], f->bytes[type], f->file_bytes);
	snprintf(row->cells[3], CELL, "%" PRIu64, f->count[type]);
	set_share(row->cells[4], f->count[type], f->n_events);
}

static void widen(size_t widths[N_COLUMNS], const struct row *row)
{
	for (unsigned c = 0; c < N_COLUMNS; c++) {
		size_t n = strlen(row->cells[c]) + PADDING;

		if (n > widths[c])
			widths[c] = n;
	}
}

/* Columns are filled up with blanks; the last one needs none. */
static int put_row(struct text *t, const size_t widths[N_COLUMNS], const struct row *row)
{
	unsigned c;

	if (text_room(t, N_COLUMNS * (CELL + PADDING)) < 0)
		return -1;
	for (c = 0; c < N_COLUMNS; c++) {
		size_t n = strlen(row->cells[c]), pad = c + 1 < N_COLUMNS ? widths[c] - n : 0;

		text_bytes(t, row->cells[c], n);
		memset(t->data + t->len, ' ', pad);
		t->len += pad;
	}
	TEXT(t, "\n");
	return 0;
}

int footprint_write(const struct footprint *f, struct text *out)
{
	static const struct row head[2] = {
		{{"Event", "Bytes", "%", "Count", "%"}}, {{"-", "-", "-", "-", "-"}}};
	size_t widths[N_COLUMNS] = {0};
	uint8_t order[WIRE_N_TYPES];
	struct row row;
	unsigned i;

	footprint_order(f, order);
	widen(widths, &head[0]);
	for (i = 0; i < WIRE_N_TYPES; i++) {
		set_row(&row, f, i);
		widen(widths, &row);
	}
	if (put_row(out, widths, &head[0]) < 0 || put_row(out, widths, &head[1]) < 0)
		return -1;
	for (i = 0; i < WIRE_N_TYPES; i++) {
		set_row(&row, f, order[i]);
		if (put_row(out, widths, &row) < 0)
			return -1;
	}
	return 0;
}

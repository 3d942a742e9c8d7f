/* summary_print.c */
#include "server/summary_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "server/csv.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"

enum { ID, STATE, REASON, SECONDS, SHARE, N };

static const char *const titles[] = {"id", "state", "reason", "seconds", "%", "n"};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot print sums: out of memory");
}

int summary_form_parse(const char *name, enum summary_form *form)
{
	static const char *const names[] = {"table", "csv", "json"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*form = (enum summary_form)i;
			return 0;
		}
	}
	return -1;
}

void summary_printer_clear(struct summary_printer *p)
{
	json_clear(&p->json);
	map_clear(&p->known);
	vec_clear(&p->names);
	text_clear(&p->name_text);
}

/* The bytes of a string, valid until the next call; NULL on error. */
static const char *name_of(struct summary_printer *p, uint32_t string, size_t *n, struct err *e)
{
	uint32_t i = map_get(&p->known, string);
	struct summary_name name = {.at = p->name_text.len};
	const char *s = "";

	if (i != MAP_NONE) {
		*n = p->names.at[i].n;
		return p->name_text.data + p->names.at[i].at;
	}
	if (text_get_string(p->strings, string, &s, &name.n, e) < 0)
		return NULL;
	if (text_room(&p->name_text, name.n + 1) < 0 ||
		map_put(&p->known, string, (uint32_t)p->names.n) < 0 ||
		vec_push(&p->names, name) < 0) {
		no_memory(e);
		return NULL;
	}
	text_bytes(&p->name_text, s, name.n);
	*n = name.n;
	return p->name_text.data + name.at;
}

static uint32_t reason_string(const struct summary_printer *p, uint32_t reason)
{
	return reason < p->tables->reasons.n ? p->tables->reasons.at[reason] : 0;
}

static bool has_id(const struct summary_printer *p)
{
	return p->q.by != SUMMARY_BY_STATE && p->q.by != SUMMARY_BY_FUNCTION;
}

static bool has_function(const struct summary_printer *p)
{
	return p->q.by == SUMMARY_BY_GOROUTINE || p->q.by == SUMMARY_BY_FUNCTION;
}

/* ---- table ---- */

#define CELL 64

/* The columns that are numbers, as text. */
static void format_cells(
	const struct summary_printer *p, const struct summary_entry *entry, char cells[N + 1][CELL])
{
	uint64_t tenths =
		p->total_ns ? (uint64_t)((double)entry->ns / (double)p->total_ns * 1000 + 0.5) : 0;

	cells[ID][0] = '\0';
	if (has_id(p))
		snprintf(cells[ID], CELL, "%" PRId64, entry->id);
	snprintf(cells[STATE], CELL, "%s", summary_state_name(entry->state));
	snprintf(cells[SECONDS], CELL, "%" PRIu64 ".%09" PRIu64, entry->ns / 1000000000,
		entry->ns % 1000000000);
	snprintf(cells[SHARE], CELL, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
	snprintf(cells[N], CELL, "%" PRIu64, entry->n);
}

static void widen(int *width, size_t n)
{
	if (n > (size_t)*width)
		*width = (int)n;
}

static int measure(struct summary_printer *p, const struct summary *s, struct err *e)
{
	char cells[N + 1][CELL];
	size_t n;

	for (size_t i = 0; i < s->entries.n; i++)
		p->total_ns += s->entries.at[i].ns;
	for (unsigned c = STATE; c <= N; c++)
		p->width[c] = (int)strlen(titles[c]);
	if (has_id(p))
		p->width[ID] = (int)strlen(titles[ID]);
	for (size_t i = 0; i < s->entries.n; i++) {
		if (!name_of(p, reason_string(p, s->entries.at[i].reason), &n, e))
			return -1;
		format_cells(p, &s->entries.at[i], cells);
		for (unsigned c = ID; c <= N; c++)
			widen(&p->width[c], c == REASON ? (n < CELL ? n : CELL) : strlen(cells[c]));
	}
	return 0;
}

static int put_titles(const struct summary_printer *p, struct text *out)
{
	const int *w = p->width;

	if (has_id(p) && text_printf(out, "%*s  ", w[ID], titles[ID]) < 0)
		return -1;
	return text_printf(out, "%-*s  %-*s  %*s  %*s  %*s%s\n", w[STATE], titles[STATE], w[REASON],
		titles[REASON], w[SECONDS], titles[SECONDS], w[SHARE], titles[SHARE], w[N],
		titles[N], has_function(p) ? "  function" : "");
}

/* A name of the trace in a terminal: what steers one is shown as '?'. */
static int put_plain(struct text *out, const char *s, size_t n)
{
	if (text_room(out, n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		text_bytes(out, (unsigned char)s[i] < 0x20 || s[i] == 0x7f ? "?" : &s[i], 1);
	return 0;
}

static int put_row(struct summary_printer *p, const struct summary_entry *entry, struct text *out,
	struct err *e)
{
	char cells[N + 1][CELL];
	const int *w = p->width;
	const char *s;
	size_t n, before;

	format_cells(p, entry, cells);
	if (has_id(p) && text_printf(out, "%*s  ", w[ID], cells[ID]) < 0)
		return no_memory(e);
	if (text_printf(out, "%-*s  ", w[STATE], cells[STATE]) < 0)
		return no_memory(e);
	s = name_of(p, reason_string(p, entry->reason), &n, e);
	if (!s)
		return -1;
	before = out->len;
	if (put_plain(out, s, n) < 0 ||
		text_printf(out, "%*s  %*s  %*s  %*s",
			n < (size_t)w[REASON] ? w[REASON] - (int)(out->len - before) : 0, "",
			w[SECONDS], cells[SECONDS], w[SHARE], cells[SHARE], w[N], cells[N]) < 0)
		return no_memory(e);
	if (has_function(p)) {
		s = name_of(p, entry->function, &n, e);
		if (!s)
			return -1;
		if (text_printf(out, "  ") < 0 || put_plain(out, s, n) < 0)
			return no_memory(e);
	}
	return text_printf(out, "\n") < 0 ? no_memory(e) : 0;
}

/* ---- csv ---- */

static int put_record(struct summary_printer *p, const struct summary_entry *entry,
	struct text *out, struct err *e)
{
	const char *s;
	size_t n;

	if (text_room(out, CSV_SPARE) < 0)
		return no_memory(e);
	if (has_id(p))
		text_i64(out, entry->id);
	TEXT(out, ",");
	s = name_of(p, entry->function, &n, e);
	if (!s)
		return -1;
	if (csv_field(out, s, n) < 0)
		return no_memory(e);
	TEXT(out, ",");
	text_name(out, summary_state_name(entry->state));
	TEXT(out, ",");
	s = name_of(p, reason_string(p, entry->reason), &n, e);
	if (!s)
		return -1;
	if (csv_field(out, s, n) < 0)
		return no_memory(e);
	TEXT(out, ",");
	text_u64(out, entry->ns);
	TEXT(out, ",");
	text_u64(out, entry->n);
	TEXT(out, "\r\n");
	return 0;
}

/* ---- json ---- */

/* What the writer holds moves to the text. */
static int move_json(struct summary_printer *p, struct text *out, struct err *e)
{
	struct json_writer *w = &p->json;

	if (w->failed || text_room(out, w->n) < 0)
		return no_memory(e);
	if (w->n > 0)
		text_bytes(out, w->data, w->n);
	w->n = 0;
	return 0;
}

static void open_object(struct summary_printer *p)
{
	struct json_writer *w = &p->json;

	json_open(w, '{');
	json_key_text(w, "by", summary_by_name(p->q.by));
	json_key_text(w, "clock", p->q.clock == CLOCK_GO ? "go" : "wire");
	json_key_i64_text(w, "from", p->q.from);
	json_key_i64_text(w, "to", p->q.to);
	json_key(w, "sums");
	json_open(w, '[');
}

static int put_object(struct summary_printer *p, const struct summary_entry *entry,
	struct text *out, struct err *e)
{
	struct json_writer *w = &p->json;
	const char *s;
	size_t n;

	json_open(w, '{');
	if (p->q.by == SUMMARY_BY_GOROUTINE)
		json_key_i64_text(w, "id", entry->id);
	else if (has_id(p))
		json_key_i64(w, "id", entry->id);
	if (has_function(p)) {
		s = name_of(p, entry->function, &n, e);
		if (!s)
			return -1;
		json_key(w, "function");
		json_text_n(w, s, n);
	}
	json_key_text(w, "state", summary_state_name(entry->state));
	if (entry->state == SUMMARY_WAITING) {
		s = name_of(p, reason_string(p, entry->reason), &n, e);
		if (!s)
			return -1;
		json_key(w, "reason");
		json_text_n(w, s, n);
	}
	json_key_u64(w, "ns", entry->ns);
	json_key_u64(w, "n", entry->n);
	json_close(w, '}');
	return move_json(p, out, e);
}

/* ---- any ---- */

int summary_print_head(
	struct summary_printer *p, const struct summary *s, struct text *out, struct err *e)
{
	static const char columns[] = "id,function,state,reason,ns,n\r\n";

	map_init(&p->known);
	if (text_room(out, sizeof(columns)) < 0)
		return no_memory(e);
	switch (p->form) {
	case SUMMARY_TABLE:
		if (measure(p, s, e) < 0)
			return -1;
		return put_titles(p, out) < 0 ? no_memory(e) : 0;
	case SUMMARY_CSV:
		TEXT(out, columns);
		return 0;
	default:
		open_object(p);
		return move_json(p, out, e);
	}
}

int summary_print(struct summary_printer *p, const struct summary_entry *entry, struct text *out,
	struct err *e)
{
	if (p->form == SUMMARY_TABLE)
		return put_row(p, entry, out, e);
	return p->form == SUMMARY_CSV ? put_record(p, entry, out, e) : put_object(p, entry, out, e);
}

int summary_print_tail(struct summary_printer *p, struct text *out, struct err *e)
{
	if (p->form != SUMMARY_JSON)
		return 0;
	json_close(&p->json, ']');
	json_close(&p->json, '}');
	return move_json(p, out, e);
}

/* summary_print.h: the sums of tiles/summary.h as text, an entry a line.
 *
 * | form | is |
 * |---|---|
 * | table | aligned columns for people: id, state, reason, seconds, share of all, n, function |
 * | csv | RFC 4180: id,function,state,reason,ns,n after a line that names them |
 * | json | {"by","clock","from","to","sums":[{"id","function","state","reason","ns","n"}]} |
 *
 * id is empty (json: left out) where the sums are of no single goroutine, proc or thread; reason
 * stands with Waiting alone. In json from, to and the ids of goroutines are decimal strings.
 *
 * Names are looked up once each. Memory: the distinct names. Threads: one printer, one thread. */
#ifndef SERVER_SUMMARY_PRINT_H
#define SERVER_SUMMARY_PRINT_H

#include <stdbool.h>

#include "parser/base/map.h"
#include "parser/base/text.h"
#include "parser/base/vec.h"
#include "server/json_writer.h"
#include "tiles/summary.h"

struct err;
struct text_reader;

enum summary_form { SUMMARY_TABLE, SUMMARY_CSV, SUMMARY_JSON };

struct summary_name {
	size_t at, n; /* within the names' text */
};

struct summary_printer {
	enum summary_form form;
	struct summary_query q; /* as it was asked: from and to are printed */
	const struct tables *tables;
	struct text_reader *strings;
	/* its own */
	struct json_writer json;
	struct map known; /* string: place in `names` */
	VEC(struct summary_name) names;
	struct text name_text;
	uint64_t total_ns;
	int width[6]; /* of the table's columns */
};

/* The form with this name. 0, or -1: there is none. */
int summary_form_parse(const char *name, enum summary_form *form);

/* `p`: the first four fields are set, the rest is zero. */
int summary_print_head(
	struct summary_printer *p, const struct summary *s, struct text *out, struct err *e);
int summary_print(struct summary_printer *p, const struct summary_entry *entry, struct text *out,
	struct err *e);
int summary_print_tail(struct summary_printer *p, struct text *out, struct err *e);
void summary_printer_clear(struct summary_printer *p);

#endif

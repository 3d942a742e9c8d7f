/* json_csv.h: a table that a route wrote as JSON, as CSV: one writer for all tables.
 *
 *	{"events":[{"T":"9","born":{"t":1}}, …],"next":"12"}     table "events", columns "T,born.t"
 *	T,born.t CRLF 9,1 CRLF …                                 and 12, for the next page
 *
 * RFC 4180. A field is empty where the object has no such value or a null; lists are left out. Text that a
 * spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return, and is no number)
 * gets an apostrophe before it: names of the trace are never computed.
 *
 * The JSON is json_writer.h's, whose escapes these are; it is not checked. No memory but the text's. */
#ifndef SERVER_JSON_CSV_H
#define SERVER_JSON_CSV_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct text;

#define JSON_CSV_COLUMNS 64
#define JSON_CSV_DEEP    8
#define JSON_CSV_NEXT    96

struct json_csv {
	const char *table;   /* key of the list, which lies in the outermost object */
	const char *columns; /* with commas between; "a.b": b of the object a */
	bool has_head;       /* a line with the names of the columns */
};

/* Appends to *out; `next`: what the outermost object has under this name, "" null or nothing. */
int json_csv(const struct json_csv *how, const char *json, size_t n, struct text *out,
	char next[JSON_CSV_NEXT], struct err *e);

#endif

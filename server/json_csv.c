/* json_csv.c */
#include "server/json_csv.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/text.h"
#include "server/csv.h"

/* A value as it stands in the JSON; without its quotes. */
struct span {
	const char *at;
	size_t n;
	bool is_text;
};

struct reading {
	const struct json_csv *how;
	const char *at, *end;
	struct span keys[JSON_CSV_DEEP]; /* of the objects that are open; of lists empty */
	unsigned depth;
	struct span columns[JSON_CSV_COLUMNS]; /* their names */
	size_t n_columns;
	struct span values[JSON_CSV_COLUMNS]; /* of the line that is open */
	struct text *out, plain;
	char *next;
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot write a table: out of memory");
}

static void split_columns(struct reading *r)
{
	for (const char *s = r->how->columns; r->n_columns < JSON_CSV_COLUMNS;) {
		size_t n = strcspn(s, ",");

		r->columns[r->n_columns++] = (struct span){s, n, true};
		if (!s[n])
			return;
		s += n + 1;
	}
}

static bool is_name(const struct span *s, const char *name)
{
	return s->n == strlen(name) && memcmp(s->at, name, s->n) == 0;
}

/* A line of the table is open: {"table":[{. */
static bool is_in_line(const struct reading *r)
{
	return r->depth >= 3 && is_name(&r->keys[0], r->how->table);
}

/* Is this the path of keys below the line? */
static bool is_path(const struct reading *r, const struct span *column)
{
	const char *s = column->at;
	size_t n = column->n;

	for (unsigned i = 2; i < r->depth; i++) {
		const struct span *key = &r->keys[i];

		if (i > 2 && (n == 0 || *s != '.'))
			return false;
		s += i > 2;
		n -= i > 2;
		if (n < key->n || key->n == 0 || memcmp(s, key->at, key->n) != 0)
			return false;
		s += key->n;
		n -= key->n;
	}
	return n == 0;
}

static void keep_value(struct reading *r, struct span value)
{
	if (r->depth == 1 && is_name(&r->keys[0], "next") && value.is_text &&
		value.n < JSON_CSV_NEXT) {
		memcpy(r->next, value.at, value.n);
		r->next[value.n] = '\0';
	}
	if (!is_in_line(r) || (!value.is_text && is_name(&value, "null")))
		return;
	for (size_t i = 0; i < r->n_columns; i++)
		if (is_path(r, &r->columns[i]))
			r->values[i] = value;
}

static unsigned hex_of(const char *s)
{
	unsigned value = 0;

	for (unsigned i = 0; i < 4; i++)
		value = value * 16 +
			(unsigned)(s[i] <= '9' ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10);
	return value;
}

/* The text without its escapes. */
static int unescape(struct reading *r, const struct span *value, struct err *e)
{
	r->plain.len = 0;
	if (text_room(&r->plain, value->n + 1) < 0)
		return no_memory(e);
	for (size_t i = 0; i < value->n; i++) {
		char c = value->at[i];

		if (c == '\\' && ++i < value->n) {
			c = value->at[i] == 'n' ? '\n' : value->at[i] == 't' ? '\t' : value->at[i];
			if (c == 'u') {
				c = (char)hex_of(value->at + i + 1);
				i += 4;
			}
		}
		text_bytes(&r->plain, &c, 1);
	}
	return 0;
}

static bool is_number(const char *s, size_t n)
{
	size_t i = n > 0 && *s == '-';

	if (i == n)
		return false;
	while (i < n && s[i] >= '0' && s[i] <= '9')
		i++;
	return i == n;
}

static int put_field(struct reading *r, const struct span *value, struct err *e)
{
	bool is_formula;

	if (text_room(r->out, CSV_SPARE) < 0 || (value->is_text && unescape(r, value, e) < 0))
		return no_memory(e);
	if (!value->is_text)
		return csv_field(r->out, value->at, value->n) < 0 ? no_memory(e) : 0;
	is_formula = r->plain.len > 0 && memchr("=+-@\t\r", r->plain.data[0], 6) &&
		!is_number(r->plain.data, r->plain.len);
	if (!is_formula)
		return csv_field(r->out, r->plain.data, r->plain.len) < 0 ? no_memory(e) : 0;
	TEXT(r->out, "\"'");
	if (csv_inner(r->out, r->plain.data, r->plain.len) < 0)
		return no_memory(e);
	TEXT(r->out, "\"");
	return 0;
}

static int put_line(struct reading *r, const struct span *fields, struct err *e)
{
	for (size_t i = 0; i < r->n_columns; i++) {
		if (text_room(r->out, CSV_SPARE) < 0)
			return no_memory(e);
		if (i > 0)
			TEXT(r->out, ",");
		if (fields[i].at && put_field(r, &fields[i], e) < 0)
			return -1;
	}
	if (text_room(r->out, CSV_SPARE) < 0)
		return no_memory(e);
	TEXT(r->out, "\r\n");
	return 0;
}

static struct span read_text(struct reading *r)
{
	struct span s = {.at = ++r->at, .is_text = true};

	while (r->at < r->end && *r->at != '"')
		r->at += *r->at == '\\' && r->at + 1 < r->end ? 2 : 1;
	s.n = (size_t)(r->at - s.at);
	r->at++;
	return s;
}

static void open_one(struct reading *r)
{
	if (r->depth < JSON_CSV_DEEP)
		r->keys[r->depth] = (struct span){.at = ""};
	r->depth++;
	r->at++;
	if (r->depth == 3)
		memset(r->values, 0, sizeof(r->values));
}

static int close_one(struct reading *r, struct err *e)
{
	bool is_line = r->depth == 3 && *r->at == '}' && is_in_line(r);

	r->depth--;
	r->at++;
	return is_line ? put_line(r, r->values, e) : 0;
}

/* A name of an object or a value. */
static void read_plain(struct reading *r)
{
	struct span s = {.at = r->at};

	if (*r->at == '"') {
		s = read_text(r);
		if (r->at < r->end && *r->at == ':') {
			if (r->depth > 0 && r->depth <= JSON_CSV_DEEP)
				r->keys[r->depth - 1] = s;
			return;
		}
	} else {
		while (r->at < r->end && !strchr(",]}", *r->at))
			r->at++;
		s.n = (size_t)(r->at - s.at);
	}
	if (r->depth <= JSON_CSV_DEEP)
		keep_value(r, s);
}

static int read_all(struct reading *r, struct err *e)
{
	while (r->at < r->end) {
		switch (*r->at) {
		case '{':
		case '[':
			open_one(r);
			break;
		case '}':
		case ']':
			if (close_one(r, e) < 0)
				return -1;
			break;
		case ',':
		case ':':
			r->at++;
			break;
		default:
			read_plain(r);
		}
	}
	return 0;
}

int json_csv(const struct json_csv *how, const char *json, size_t n, struct text *out,
	char next[JSON_CSV_NEXT], struct err *e)
{
	struct reading r = {.how = how, .at = json, .end = json + n, .out = out, .next = next};
	int rc = 0;

	next[0] = '\0';
	split_columns(&r);
	if (how->has_head)
		rc = put_line(&r, r.columns, e);
	if (rc == 0)
		rc = read_all(&r, e);
	text_clear(&r.plain);
	return rc;
}

/* json_writer.c */
#include "server/json_writer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/mem.h"
#include "server/utf8.h"

static void put(struct json_writer *w, const char *s, size_t n)
{
	if (n > w->cap - w->n && !w->failed) {
		size_t cap = w->cap + w->cap / 2 + n + 256;
		char *data = cap > w->cap ? mem_realloc(w->data, cap) : NULL;

		if (data) {
			w->data = data;
			w->cap = cap;
		} else {
			w->failed = true;
		}
	}
	if (w->failed)
		return;
	memcpy(w->data + w->n, s, n);
	w->n += n;
}

static void put_text(struct json_writer *w, const char *s)
{
	put(w, s, strlen(s));
}

static void begin_value(struct json_writer *w)
{
	if (w->comma)
		put(w, ",", 1);
	w->comma = true;
}

void json_open(struct json_writer *w, char bracket)
{
	begin_value(w);
	put(w, &bracket, 1);
	w->comma = false;
}

void json_close(struct json_writer *w, char bracket)
{
	put(w, &bracket, 1);
	w->comma = true;
}

void json_key(struct json_writer *w, const char *key)
{
	begin_value(w);
	put(w, "\"", 1);
	put_text(w, key);
	put(w, "\":", 2);
	w->comma = false;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '<';
}

static void put_escaped(struct json_writer *w, unsigned char c)
{
	char escape[8];

	if (c == '"' || c == '\\')
		snprintf(escape, sizeof(escape), "\\%c", c);
	else if (c == '\n')
		snprintf(escape, sizeof(escape), "\\n");
	else if (c == '\t')
		snprintf(escape, sizeof(escape), "\\t");
	else
		snprintf(escape, sizeof(escape), "\\u%04x", c);
	put_text(w, escape);
}

void json_text_n(struct json_writer *w, const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0;

	begin_value(w);
	put(w, "\"", 1);
	while (i < n) {
		size_t run = i, sequence;

		while (run < n && is_plain(s[run]))
			run++;
		put(w, text + i, run - i);
		i = run;
		if (i == n)
			break;
		sequence = utf8_sequence(s + i, n - i);
		if (sequence > 1)
			put(w, text + i, sequence);
		else if (sequence == 1)
			put_escaped(w, s[i]);
		else
			put(w, UTF8_REPLACEMENT, strlen(UTF8_REPLACEMENT));
		i += sequence ? sequence : 1;
	}
	put(w, "\"", 1);
}

void json_text(struct json_writer *w, const char *s)
{
	if (s)
		json_text_n(w, s, strlen(s));
	else
		json_null(w);
}

static void put_value(struct json_writer *w, const char *s)
{
	begin_value(w);
	put_text(w, s);
}

void json_i64(struct json_writer *w, int64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, v);
	put_value(w, text);
}

void json_u64(struct json_writer *w, uint64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, v);
	put_value(w, text);
}

void json_i64_text(struct json_writer *w, int64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "\"%" PRId64 "\"", v);
	put_value(w, text);
}

void json_u64_text(struct json_writer *w, uint64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "\"%" PRIu64 "\"", v);
	put_value(w, text);
}

void json_hex_text(struct json_writer *w, uint64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "\"0x%" PRIx64 "\"", v);
	put_value(w, text);
}

void json_double(struct json_writer *w, double v)
{
	char text[40];
	int digits;

	if (!isfinite(v)) {
		json_null(w);
		return;
	}
	for (digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	put_value(w, text);
}

void json_bool(struct json_writer *w, bool v)
{
	put_value(w, v ? "true" : "false");
}

void json_null(struct json_writer *w)
{
	put_value(w, "null");
}

void json_key_text(struct json_writer *w, const char *key, const char *s)
{
	json_key(w, key);
	json_text(w, s);
}

void json_key_i64(struct json_writer *w, const char *key, int64_t v)
{
	json_key(w, key);
	json_i64(w, v);
}

void json_key_u64(struct json_writer *w, const char *key, uint64_t v)
{
	json_key(w, key);
	json_u64(w, v);
}

void json_key_i64_text(struct json_writer *w, const char *key, int64_t v)
{
	json_key(w, key);
	json_i64_text(w, v);
}

void json_key_u64_text(struct json_writer *w, const char *key, uint64_t v)
{
	json_key(w, key);
	json_u64_text(w, v);
}

char *json_take(struct json_writer *w, size_t *n)
{
	char *data = w->data;

	if (w->failed) {
		json_clear(w);
		return NULL;
	}
	*n = w->n;
	*w = (struct json_writer){0};
	return data;
}

void json_clear(struct json_writer *w)
{
	mem_free(w->data);
	*w = (struct json_writer){0};
}

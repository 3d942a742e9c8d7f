/* json_writer.h: writes JSON text into a growing buffer, one value after another.
 *
 *	json_open(&w, '{'); json_key(&w, "g"); json_u64_text(&w, 17); json_close(&w, '}');
 *	{"g":"17"}
 *
 * Commas come by themselves. Text may be any bytes: what is not UTF-8 becomes U+FFFD, control
 * bytes and '<' are escaped, so that the result can neither break out of a script nor of a line.
 *
 * Memory: data from mem, taken over by json_take(). Sticky: after a failed allocation nothing is
 * written and json_take() yields NULL. Threads: none. */
#ifndef SERVER_JSON_WRITER_H
#define SERVER_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_writer {
	char *data;
	size_t n;
	size_t cap;
	bool failed;
	bool comma; /* the next value needs one before it */
};

void json_open(struct json_writer *w, char bracket);   /* '{' or '[' */
void json_close(struct json_writer *w, char bracket);  /* '}' or ']' */
void json_key(struct json_writer *w, const char *key); /* a name of ours, taken as it is */

void json_text(struct json_writer *w, const char *s); /* NULL: null */
void json_text_n(struct json_writer *w, const char *s, size_t n);
void json_i64(struct json_writer *w, int64_t v); /* a number: |v| < 2^53 */
void json_u64(struct json_writer *w, uint64_t v);
void json_i64_text(struct json_writer *w, int64_t v); /* a decimal string */
void json_u64_text(struct json_writer *w, uint64_t v);
void json_hex_text(struct json_writer *w, uint64_t v); /* "0x47a1b2" */
void json_double(struct json_writer *w, double v);     /* shortest that reads back; NaN: null */
void json_bool(struct json_writer *w, bool v);
void json_null(struct json_writer *w);

/* Key and value in one. */
void json_key_text(struct json_writer *w, const char *key, const char *s);
void json_key_i64(struct json_writer *w, const char *key, int64_t v);
void json_key_u64(struct json_writer *w, const char *key, uint64_t v);
void json_key_i64_text(struct json_writer *w, const char *key, int64_t v);
void json_key_u64_text(struct json_writer *w, const char *key, uint64_t v);

/* The text, not terminated, now the caller's (mem_free); NULL when memory ran out. */
char *json_take(struct json_writer *w, size_t *n);
void json_clear(struct json_writer *w);

#endif

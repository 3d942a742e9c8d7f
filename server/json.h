/* json.h: the only user of cJSON: small objects from elsewhere, read strictly.
 *
 * Refuses what is longer than 64 KiB, nested deeper than 32, followed by anything, or has a key
 * twice in one object. Numbers are doubles: only for values below 2^53. */
#ifndef SERVER_JSON_H
#define SERVER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_BYTES 65536
#define JSON_MAX_DEPTH 32

struct json; /* an object or value within a document */

struct json *json_parse(const char *text, size_t n); /* NULL: refused */
void json_free(struct json *root);                   /* NULL is fine */

/* Members of an object; borrowed from the document. */
const struct json *json_get(const struct json *object, const char *key); /* NULL: none */
bool json_get_i64(const struct json *object, const char *key, int64_t *out);
const char *json_get_text(const struct json *object, const char *key); /* NULL: none */

#endif

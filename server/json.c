/* json.c */
#include "server/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

/* cJSON recurses: the depth is known before it starts. */
static bool is_shallow(const char *text, size_t n)
{
	bool in_text = false;
	size_t i, depth = 0;

	for (i = 0; i < n; i++) {
		char c = text[i];

		if (in_text) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_text = false;
		} else if (c == '"') {
			in_text = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_MAX_DEPTH)
				return false;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
}

static bool has_key_twice(const cJSON *object)
{
	const cJSON *a, *b;

	for (a = object->child; a && cJSON_IsObject(object); a = a->next) {
		for (b = a->next; b; b = b->next) {
			if (strcmp(a->string, b->string) == 0)
				return true;
		}
	}
	for (a = object->child; a; a = a->next) {
		if (has_key_twice(a))
			return true;
	}
	return false;
}

struct json *json_parse(const char *text, size_t n)
{
	const char *end = NULL;
	cJSON *root;

	if (n > JSON_MAX_BYTES || memchr(text, 0, n) || !is_shallow(text, n))
		return NULL;
	root = cJSON_ParseWithLengthOpts(text, n, &end, 0);
	while (root && end < text + n && strchr(" \t\r\n", *end))
		end++;
	if (root && (end != text + n || has_key_twice(root))) {
		cJSON_Delete(root);
		root = NULL;
	}
	return (struct json *)root;
}

void json_free(struct json *root)
{
	cJSON_Delete((cJSON *)root);
}

const struct json *json_get(const struct json *object, const char *key)
{
	return (const struct json *)cJSON_GetObjectItemCaseSensitive((const cJSON *)object, key);
}

bool json_get_i64(const struct json *object, const char *key, int64_t *out)
{
	const cJSON *item = (const cJSON *)json_get(object, key);

	if (!cJSON_IsNumber(item) || !(fabs(item->valuedouble) < 9007199254740992.0) ||
		item->valuedouble != floor(item->valuedouble))
		return false;
	*out = (int64_t)item->valuedouble;
	return true;
}

const char *json_get_text(const struct json *object, const char *key)
{
	const cJSON *item = (const cJSON *)json_get(object, key);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

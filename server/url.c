/* url.c: one pass over the target; a separator counts only where it was not escaped. */
#include "server/url.h"

#include <string.h>

#include "server/gate.h"

struct copy {
	const char *from; /* next byte of the target */
	char *to;         /* next free byte of the text */
};

static char hex_value(char c)
{
	if (c <= '9')
		return (char)(c - '0');
	return (char)((c | 0x20) - 'a' + 10);
}

/* Copies up to an unescaped stop or the end, decoded and terminated. */
static const char *copy_part(struct copy *c, char stop, char other_stop, bool plus_is_space)
{
	const char *start = c->to;

	while (*c->from && *c->from != stop && *c->from != other_stop) {
		char byte = *c->from++;

		if (byte == '%') {
			byte = (char)(hex_value(c->from[0]) << 4 | hex_value(c->from[1]));
			c->from += 2;
		} else if (byte == '+' && plus_is_space) {
			byte = ' ';
		}
		*c->to++ = byte;
	}
	*c->to++ = '\0';
	return start;
}

static int parse_queries(struct url *u, struct copy *c)
{
	while (*c->from) {
		struct url_query q = {"", ""};

		q.key = copy_part(c, '=', '&', true);
		if (*c->from == '=') {
			c->from++;
			q.value = copy_part(c, '&', '&', true);
		}
		if (*c->from == '&')
			c->from++;
		if (url_get(u, q.key) || u->n_queries == URL_QUERIES)
			return -1;
		u->queries[u->n_queries++] = q;
	}
	return 0;
}

int url_parse(struct url *u, const char *target, char *text)
{
	struct copy c = {target, text};
	const char *why;

	u->n_segments = 0;
	u->n_queries = 0;
	if (gate_check_target(target, &why) != 0)
		return -1;
	while (*c.from == '/') {
		c.from++;
		if (u->n_segments == URL_SEGMENTS)
			return -1;
		u->segments[u->n_segments++] = copy_part(&c, '/', '?', false);
	}
	if (*c.from == '?')
		c.from++;
	return parse_queries(u, &c);
}

const char *url_get(const struct url *u, const char *key)
{
	size_t i;

	for (i = 0; i < u->n_queries; i++) {
		if (strcmp(u->queries[i].key, key) == 0)
			return u->queries[i].value;
	}
	return NULL;
}

bool url_u64(const char *s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!*s || (*s == '0' && s[1]))
		return false;
	for (; *s; s++) {
		uint64_t digit = (uint64_t)(*s - '0');

		if (*s < '0' || *s > '9' || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return v <= max;
}

bool url_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = *s == '-';
	uint64_t v;

	if (!url_u64(s + negative, negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, &v) ||
		(negative && v == 0))
		return false;
	*out = negative ? (int64_t)(0 - v) : (int64_t)v;
	return *out >= min && *out <= max;
}

int url_u64_list(const char *s, uint64_t *out, size_t cap)
{
	size_t n = 0;

	for (;;) {
		size_t len = strcspn(s, ",");
		char number[24];

		if (len >= sizeof(number) || n == cap)
			return -1;
		memcpy(number, s, len);
		number[len] = '\0';
		if (!url_u64(number, UINT64_MAX, &out[n++]))
			return -1;
		if (!s[len])
			return (int)n;
		s += len + 1;
	}
}

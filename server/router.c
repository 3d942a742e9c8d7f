/* router.c */
#include "server/router.h"

#include <stdbool.h>
#include <string.h>

#include "server/url.h"

/* One pattern against the path. The pattern's segments are counted off by their slashes. */
static bool matches(const char *pattern, const struct url *u, struct route_match *m)
{
	size_t i = 0;

	m->n_params = 0;
	while (*pattern == '/') {
		size_t n = strcspn(++pattern, "/");

		if (i == u->n_segments)
			return false;
		if (*pattern == '{') {
			if (!*u->segments[i] || m->n_params == ROUTE_PARAMS)
				return false;
			m->params[m->n_params++] = u->segments[i];
			if (n > 4 && strncmp(pattern + n - 4, "...}", 4) == 0)
				return true;
		} else if (strlen(u->segments[i]) != n ||
			strncmp(u->segments[i], pattern, n) != 0) {
			return false;
		}
		pattern += n;
		i++;
	}
	return i == u->n_segments;
}

static bool is_listed(const char *keys, const char *key)
{
	size_t n = strlen(key);

	while (keys && *keys) {
		size_t word = strcspn(keys, " ");

		if (word == n && strncmp(keys, key, n) == 0)
			return true;
		keys += word + (keys[word] == ' ');
	}
	return false;
}

enum route_result router_match(
	const struct route *table, size_t n, const struct url *u, struct route_match *m)
{
	size_t i, q;

	for (i = 0; i < n && !matches(table[i].pattern, u, m); i++)
		;
	if (i == n)
		return ROUTE_NOT_FOUND;
	m->route = &table[i];
	for (q = 0; q < u->n_queries; q++) {
		if (!is_listed(m->route->keys, u->queries[q].key))
			return ROUTE_BAD_QUERY;
	}
	return ROUTE_FOUND;
}

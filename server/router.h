/* router.h: which handler answers a path. A table of patterns, first match wins.
 *
 *	"/api/v1/traces/{trace}/tiles/{view}/{r}/{k}/{y}/{x}"   {x}: one segment
 *	"/web/{path...}"                                        {x...}: one or more, to the end
 *
 * Knows nothing of HTTP or of what handlers do. Pure.
 * Invariants: literals match whole segments, byte by byte; a query key that the route does not
 * list is refused, so that no two addresses name one content. */
#ifndef SERVER_ROUTER_H
#define SERVER_ROUTER_H

#include <stddef.h>

struct call;
struct url;

#define ROUTE_PARAMS 8

struct route {
	const char *pattern;
	const char *keys; /* "from to v": query keys it takes; NULL none */
	/* Answers without waiting for anything (memory only), or returns 0 to leave it to `run`. */
	int (*quick)(struct call *c);
	/* Answers on a worker's thread. NULL where quick always does. */
	void (*run)(struct call *c);
	unsigned flags;
};

#define ROUTE_PAGE 1u /* links of other sites may open it */
#define ROUTE_LONG 2u /* may take the longer time limit */

struct route_match {
	const struct route *route;
	const char *params[ROUTE_PARAMS]; /* in order; of {x...} the first of its segments */
	size_t n_params;
};

enum route_result { ROUTE_FOUND, ROUTE_NOT_FOUND, ROUTE_BAD_QUERY };

enum route_result router_match(
	const struct route *table, size_t n, const struct url *u, struct route_match *m);

#endif

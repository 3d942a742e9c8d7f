/* routes.h: the table of all addresses. See API.md. */
#ifndef SERVER_ROUTES_H
#define SERVER_ROUTES_H

#include <stddef.h>

#include "server/router.h"

extern const struct route server_routes[];
extern const size_t server_n_routes;

#endif

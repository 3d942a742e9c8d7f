/* auth.c: names are compared as text: 2130706433, 0x7f.1 and "localhost." are not ours. */
#include "server/auth.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool auth_is_own_host(const char *host, unsigned port)
{
	static const char *const names[] = {"127.0.0.1", "[::1]", "localhost"};
	char suffix[16];
	size_t i;

	snprintf(suffix, sizeof(suffix), ":%u", port);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (strncasecmp(host, names[i], n) != 0)
			continue;
		if (strcmp(host + n, suffix) == 0 || (port == 80 && !host[n]))
			return true;
	}
	return false;
}

static bool is_own_origin(const char *origin, const char *host)
{
	return strncmp(origin, "http://", 7) == 0 && strcasecmp(origin + 7, host) == 0;
}

static bool is_navigation(const struct auth_request *r)
{
	return r->is_page && r->mode && strcmp(r->mode, "navigate") == 0 &&
		(!r->dest || strcmp(r->dest, "document") == 0);
}

int auth_check(const struct auth_request *r, unsigned port, const char **why)
{
	if (!r->host || !auth_is_own_host(r->host, port)) {
		*why = "Cannot serve this host name: open the page by the address that was printed";
		return 421;
	}
	if (r->origin && !is_own_origin(r->origin, r->host)) {
		*why = "Cannot answer pages of another origin";
		return 403;
	}
	if (r->site && strcmp(r->site, "same-origin") != 0 && strcmp(r->site, "none") != 0 &&
		!is_navigation(r)) {
		*why = "Cannot answer pages of another site";
		return 403;
	}
	return 0;
}

/* auth.h: who may ask, from what a browser cannot help to send. Pure decisions.
 *
 * A page of another site can make a browser send requests here (and, by DNS rebinding, read the
 * answers). So: Host must be one of our own names with our own port; Origin, where present, our
 * own; Sec-Fetch-Site, where present, same-origin or none, but for a navigation to a page.
 *
 * Knows nothing of HTTP beyond these header values. Threads: any. */
#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include <stdbool.h>

struct auth_request {
	const char *host; /* header values; NULL where there is none */
	const char *origin;
	const char *site; /* Sec-Fetch-Site */
	const char *mode; /* Sec-Fetch-Mode */
	const char *dest; /* Sec-Fetch-Dest */
	bool is_page;     /* the target is a page that links of other sites may open */
};

/* 0 to let it pass, else the HTTP status of the refusal; *why is a fixed sentence. */
int auth_check(const struct auth_request *r, unsigned port, const char **why);

/* Is it 127.0.0.1, [::1] or localhost, with exactly this port? */
bool auth_is_own_host(const char *host, unsigned port);

#endif

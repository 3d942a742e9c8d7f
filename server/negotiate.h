/* negotiate.h: what a client takes: Accept-Encoding and If-None-Match. Pure. */
#ifndef SERVER_NEGOTIATE_H
#define SERVER_NEGOTIATE_H

#include <stdbool.h>

/* Does it take zstd, by name or by '*', with a q above 0? NULL: no header, no. */
bool negotiate_zstd(const char *accept_encoding);

/* Is `etag` (with its quotes) in an If-None-Match list, or is that "*"? Weak comparison. */
bool negotiate_match(const char *if_none_match, const char *etag);

#endif

/* utc.h: a wall clock's time as text, "2026-01-31T12:34:56.000000789Z".
 *
 * Pure. */
#ifndef SERVER_UTC_H
#define SERVER_UTC_H

#include <stddef.h>
#include <stdint.h>

#define UTC_MAX 64

/* `nsec` may be any number, also a negative one; it is carried. Returns `text`. */
const char *utc_format(char text[UTC_MAX], int64_t sec, int64_t nsec);

#endif

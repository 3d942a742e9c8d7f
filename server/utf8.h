/* utf8.h: which bytes are text.
 *
 * Strings of a trace are any bytes: Go cuts them at a length, in the midst of a letter too.
 * Pure. */
#ifndef SERVER_UTF8_H
#define SERVER_UTF8_H

#include <stddef.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for a byte that belongs to none */

/* Length of the well-formed UTF-8 sequence at s (n > 0 bytes; Unicode table 3-7), or 0. */
size_t utf8_sequence(const unsigned char *s, size_t n);

#endif

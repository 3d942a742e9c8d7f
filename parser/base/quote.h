/* quote.h — bytes as a Go string literal: what strconv.Quote writes, %q prints.
 *
 * Printable runes stay, quotes and backslashes get a backslash, control characters their letter or
 * \xNN, other runes \uNNNN or \UNNNNNNNN, and bytes that are no UTF-8 \xNN. Which runes are
 * printable is Go 1.26's table (Unicode 15), kept here: the locale must not change the text.
 *
 * Memory: the caller's; a byte becomes at most 4, see QUOTE_MAX. */
#ifndef PARSER_BASE_QUOTE_H
#define PARSER_BASE_QUOTE_H

#include <stddef.h>

/* Room that n quoted bytes need, quotes included: 4 for a bad byte, 10 for a rune of 4. */
#define QUOTE_MAX(n) ((n)*4 + 2)

/* Write to dst, which has room for QUOTE_MAX(n); returns the length. Not terminated. */
size_t quote_go(char *dst, const char *s, size_t n);

#endif

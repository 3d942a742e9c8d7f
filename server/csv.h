/* csv.h: any bytes as a field of RFC 4180.
 *
 * What is no UTF-8 becomes U+FFFD. After each of these the text has room for CSV_SPARE more bytes:
 * names and numbers of ours need not ask.
 *
 * Threads: none. Memory: the text's. */
#ifndef SERVER_CSV_H
#define SERVER_CSV_H

#include <stddef.h>

struct text;

#define CSV_SPARE 512

/* In quotes where it needs them. 0, or -1 where memory ran out. */
int csv_field(struct text *t, const char *s, size_t n);

/* A part of a field whose quotes the caller writes: its own are doubled. */
int csv_inner(struct text *t, const char *s, size_t n);

#endif

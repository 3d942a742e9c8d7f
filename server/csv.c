/* csv.c */
#include "server/csv.h"

#include "parser/base/text.h"
#include "server/utf8.h"

int csv_inner(struct text *t, const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i, size;

	if (text_room(t, n * strlen(UTF8_REPLACEMENT)) < 0)
		return -1;
	for (i = 0; i < n; i += size ? size : 1) {
		size = utf8_sequence(s + i, n - i);
		if (size == 0)
			TEXT(t, UTF8_REPLACEMENT);
		else if (s[i] == '"')
			TEXT(t, "\"\"");
		else
			text_bytes(t, text + i, size);
	}
	return text_room(t, CSV_SPARE);
}

int csv_field(struct text *t, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strchr("\",\r\n", s[i]) || s[i] & '\x80')
			break; /* a NUL too */
	}
	if (text_room(t, n + CSV_SPARE) < 0)
		return -1;
	if (i == n) {
		text_bytes(t, s, n);
		return 0;
	}
	TEXT(t, "\"");
	if (csv_inner(t, s, n) < 0)
		return -1;
	TEXT(t, "\"");
	return 0;
}

#include "parser/base/text.h"

#include <stdarg.h>
#include <stdio.h>

#include "parser/base/mem.h"

#define PRINTF_MAX 1024

void text_clear(struct text *t)
{
	mem_free(t->data);
	t->data = NULL;
	t->len = t->cap = 0;
}

int text_grow(struct text *t, size_t n)
{
	size_t cap = t->cap + t->cap / 2 + n;
	char *p = mem_realloc(t->data, cap);

	if (!p)
		return -1;
	t->data = p;
	t->cap = cap;
	return 0;
}

int text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (text_room(t, PRINTF_MAX) < 0)
		return -1;
	va_start(ap, fmt);
	n = vsnprintf(t->data + t->len, PRINTF_MAX, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += n < PRINTF_MAX ? (size_t)n : PRINTF_MAX - 1;
	return 0;
}

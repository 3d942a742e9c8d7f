#include "parser/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static atomic_int level_now = LOG_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&level_now, (int)level);
}

enum log_level log_get_level(void)
{
	return (enum log_level)atomic_load(&level_now);
}

static int is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* As log_escape(), but for whole lines: quotes and backslashes are ours and stay. */
static size_t escape(char *dst, size_t cap, const unsigned char *src, size_t n, int is_value)
{
	static const char hex[] = "0123456789abcdef";
	size_t len = 0, i;

	for (i = 0; i < n; i++) {
		int plain = is_plain(src[i]) && !(is_value && (src[i] == '"' || src[i] == '\\'));

		if (len + (plain ? 1u : 4u) >= cap)
			break;
		if (plain) {
			dst[len++] = (char)src[i];
			continue;
		}
		dst[len++] = '\\';
		dst[len++] = 'x';
		dst[len++] = hex[src[i] >> 4];
		dst[len++] = hex[src[i] & 15];
	}
	if (cap > 0)
		dst[len] = '\0';
	return len;
}

size_t log_escape(char *dst, size_t cap, const void *src, size_t n)
{
	return escape(dst, cap, src, n, 1);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	char raw[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 32];
	size_t len;
	va_list ap;
	int n;

	if ((int)level < atomic_load(&level_now) || level >= LOG_OFF)
		return;
	va_start(ap, fmt);
	n = vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(raw))
		n = (int)sizeof(raw) - 1;
	len = (size_t)snprintf(line, sizeof(line), "level=%s ", names[level]);
	len += escape(line + len, LINE_MAX_BYTES - len, (const unsigned char *)raw, (size_t)n, 0);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* nowhere left to say so */
}

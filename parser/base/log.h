/* log.h — one line per happening, to standard error: level and key=value pairs.
 *
 *	log_info("ingest done trace=%s events=%" PRIu64, id, n);
 *
 * Bytes outside printable ASCII come out as \xNN, so that a function name in a trace cannot
 * forge a line or drive a terminal; a line is cut at 2 KB.
 *
 * Threads: any; a line is one write. The level is process-wide, set once at start. */
#ifndef PARSER_BASE_LOG_H
#define PARSER_BASE_LOG_H

#include <stddef.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

void log_set_level(enum log_level level); /* LOG_INFO at start */
enum log_level log_get_level(void);

void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

/* Write `n` foreign bytes to dst with everything outside printable ASCII, and the backslash and
 * the double quote, as \xNN. Always terminated; returns the length. */
size_t log_escape(char *dst, size_t cap, const void *src, size_t n);

#endif

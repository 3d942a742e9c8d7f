/* progress_line.h: how far a trace is read, as a line for people. Pure.
 *
 *	reading web.trace: 1.2 GB of 3.4 GB (35.3 %), 12.3 M events/s, 1 min 20 s left
 *	reading -: 1.2 GB, 12.3 M events/s                      where the length is not known
 *	preparing zoom levels of web.trace: 61.0 %, 7 s left    once all is read */
#ifndef SERVER_PROGRESS_LINE_H
#define SERVER_PROGRESS_LINE_H

#include <stddef.h>
#include <stdint.h>

struct progress;

/* Rate and time left of what is being done, reading or preparing, from what of it was done in `elapsed_ns`. */
void progress_estimate(struct progress *p, int64_t elapsed_ns);

/* Of what is being done; of the bytes where it is reading. */
double progress_percent(const struct progress *p);

/* Always terminated; `name` may be any bytes. Returns dst. */
char *progress_line(
	char *dst, size_t cap, const char *verb, const char *name, const struct progress *p);

/* "1.2 GB", in powers of ten; dst has 16 bytes. Returns dst. */
char *bytes_text(char dst[16], int64_t bytes);

#endif

/* progress_line.c */
#include "server/progress_line.h"

#include <stdio.h>
#include <string.h>

#include "parser/base/log.h"
#include "server/catalog.h"

#define SETTLE_NS 500000000 /* before this, a rate says nothing */

void progress_estimate(struct progress *p, int64_t elapsed_ns)
{
	double seconds = (double)elapsed_ns / 1e9;

	p->left_s = -1;
	p->events_per_s = 0;
	if (elapsed_ns < SETTLE_NS)
		return;
	if (p->to_prepare > 0) {
		if (p->prepared > 0)
			p->left_s = seconds * (double)(p->to_prepare - p->prepared) /
				(double)p->prepared;
		return;
	}
	if (p->bytes <= 0)
		return;
	p->events_per_s = (double)p->events / seconds;
	if (p->total > p->bytes) /* all read: what is left of it is work, of unknown length */
		p->left_s = seconds * (double)(p->total - p->bytes) / (double)p->bytes;
}

double progress_percent(const struct progress *p)
{
	if (p->to_prepare > 0)
		return 100.0 * (double)p->prepared / (double)p->to_prepare;
	return p->total > 0 ? 100.0 * (double)p->bytes / (double)p->total : 0.0;
}

static const char *scale(double *v)
{
	static const char *const units[] = {"", "k", "M", "G", "T", "P"};
	size_t i = 0;

	while (*v >= 999.95 && i + 1 < sizeof(units) / sizeof(units[0])) {
		*v /= 1000;
		i++;
	}
	return units[i];
}

char *bytes_text(char dst[16], int64_t bytes)
{
	double v = (double)bytes;
	const char *unit = scale(&v);

	snprintf(dst, 16, *unit ? "%.1f %sB" : "%.0f %sB", v, unit);
	return dst;
}

static void left_text(char *dst, size_t cap, double seconds)
{
	long s = (long)(seconds + 0.5);

	if (s >= 3600)
		snprintf(dst, cap, ", %ld h %ld min left", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(dst, cap, ", %ld min %ld s left", s / 60, s % 60);
	else
		snprintf(dst, cap, ", %ld s left", s);
}

char *progress_line(
	char *dst, size_t cap, const char *verb, const char *name, const struct progress *p)
{
	char plain[256], done[16], all[16], part[48] = "", left[48] = "", speed[48] = "";
	double rate = p->events_per_s;
	const char *unit = scale(&rate);

	log_escape(plain, sizeof(plain), name, strlen(name));
	if (p->total >= 0)
		snprintf(part, sizeof(part), " of %s (%.1f %%)", bytes_text(all, p->total),
			progress_percent(p));
	if (p->events_per_s > 0)
		snprintf(speed, sizeof(speed), ", %.1f %sevents/s", rate, *unit ? unit : "");
	if (p->left_s >= 0)
		left_text(left, sizeof(left), p->left_s);
	if (p->to_prepare > 0) {
		snprintf(dst, cap, "preparing zoom levels of %s: %.1f %%%s", plain,
			progress_percent(p), left);
		return dst;
	}
	snprintf(dst, cap, "%s %s: %s%s%s%s", verb, plain, bytes_text(done, p->bytes), part, speed,
		left);
	return dst;
}

/* utc.c */
#include "server/utc.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)

const char *utc_format(char text[UTC_MAX], int64_t sec, int64_t nsec)
{
	int64_t carry = nsec / NS_PER_S;
	struct tm tm;
	time_t when;

	nsec -= carry * NS_PER_S;
	if (nsec < 0) {
		nsec += NS_PER_S;
		carry--;
	}
	if (__builtin_add_overflow(sec, carry, &when) || !gmtime_r(&when, &tm)) {
		snprintf(text, UTC_MAX, "(out of range)");
		return text;
	}
	snprintf(text, UTC_MAX, "%04ld-%02d-%02dT%02d:%02d:%02d.%09" PRId64 "Z", tm.tm_year + 1900L,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, nsec);
	return text;
}

/* negotiate.c: RFC 9110, 12.5.3 and 13.1.2. */
#include "server/negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* Is the weight behind a coding (";q=0.5", or nothing) above 0? A malformed one counts as 0. */
static bool is_wanted(const char *s)
{
	s = skip_blanks(s);
	if (*s == ',' || !*s)
		return true;
	if (*s != ';')
		return false;
	s = skip_blanks(s + 1);
	if ((*s != 'q' && *s != 'Q') || s[1] != '=')
		return false;
	s += 2;
	if (*s == '1')
		return true;
	if (*s != '0' || s[1] != '.')
		return false;
	s += 2;
	return strspn(s, "0") < strspn(s, "0123456789");
}

bool negotiate_zstd(const char *list)
{
	bool star = false;

	while (list && *list) {
		size_t n;

		list = skip_blanks(list);
		n = strcspn(list, " \t;,");
		if (n == 4 && strncasecmp(list, "zstd", 4) == 0)
			return is_wanted(list + n);
		if (n == 1 && *list == '*')
			star = is_wanted(list + n);
		list += strcspn(list, ",");
		if (*list)
			list++;
	}
	return star;
}

bool negotiate_match(const char *list, const char *etag)
{
	size_t n = strlen(etag);

	if (!list || n == 0)
		return false;
	list = skip_blanks(list);
	if (*list == '*')
		return true;
	while (*list) {
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		if (strncmp(list, etag, n) == 0)
			return true;
		list += strcspn(list, ",");
		list += strspn(list, ", \t");
	}
	return false;
}

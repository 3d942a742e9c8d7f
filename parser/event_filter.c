#include "parser/event_filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parser/base/err.h"
#include "parser/event.h"
#include "parser/event_text.h"
#include "parser/stack_pattern.h"
#include "parser/trace.h"

#define MAX_ID_DIGITS 18

void event_filter_init(struct event_filter *f)
{
	unsigned i;

	memset(f, 0, sizeof(*f));
	for (i = 0; i <= FILTER_M; i++)
		map_init(&f->ids[i]);
}

void event_filter_clear(struct event_filter *f)
{
	unsigned i;

	for (i = 0; i <= FILTER_M; i++)
		map_clear(&f->ids[i]);
	stack_pattern_destroy(f->pattern);
	memset(f, 0, sizeof(*f));
}

static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* Numbers with commas between them, -1 for none at all. */
static int set_ids(struct map *ids, const char *value, struct err *e)
{
	const char *s = value;
	size_t n, sign;

	map_reset(ids);
	for (;; s++) {
		sign = s[0] == '-' && s[1] == '1' && digits(s + 1) == 1;
		n = digits(s + sign);
		if (n == 0 || n > MAX_ID_DIGITS || (s[sign + n] != ',' && s[sign + n] != '\0'))
			return err_set(e, ERR_USAGE, -1,
				"Cannot filter events: \"%s\" is no list of ids as in 12,17",
				value);
		if (map_put(ids, (uint64_t)strtoll(s, NULL, 10), 1) < 0)
			return err_set(e, ERR_MEMORY, -1, "Cannot filter events: out of memory");
		s += sign + n;
		if (*s == '\0')
			return 0;
	}
}

/* The bit of the kind with this name of n bytes; 0: there is none. */
static uint32_t kind_bit(const char *name, size_t n)
{
	unsigned k;

	for (k = EVENT_BAD + 1; k < EVENT_N_KINDS; k++) {
		const char *known = event_kind_name(k);

		if (strlen(known) == n && strncasecmp(known, name, n) == 0)
			return 1u << k;
	}
	return 0;
}

static int fail_kind(const char *name, size_t n, struct err *e)
{
	return err_set(e, ERR_USAGE, -1,
		"Cannot filter events: there is no kind \"%.*s\"; known are Sync, Metric, Label, "
		"StackSample, RangeBegin, RangeActive, RangeEnd, TaskBegin, TaskEnd, RegionBegin, "
		"RegionEnd, Log, StateTransition and Experimental",
		(int)(n < 64 ? n : 64), name);
}

static int set_kinds(struct event_filter *f, const char *value, struct err *e)
{
	const char *s = value;

	f->kinds = 0;
	for (;; s++) {
		size_t n = strcspn(s, ",");
		uint32_t bit = kind_bit(s, n);

		if (!bit)
			return fail_kind(s, n, e);
		f->kinds |= bit;
		s += n;
		if (*s == '\0')
			return 0;
	}
}

/* Number and unit at *s in ns, added to *sum; moves *s behind them. */
static bool add_part(const char **s, double *sum)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"ns", 1}, {"us", 1e3}, {"\xc2\xb5s", 1e3}, {"\xce\xbcs", 1e3}, {"ms", 1e6},
		{"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
	size_t i, n = strspn(*s, "0123456789.");
	char *end;
	double v;

	if (n == 0 || n > 30 || strspn(*s, ".") == n)
		return false;
	v = strtod(*s, &end);
	if (end != *s + n)
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t length = strlen(units[i].name);

		if (strncmp(end, units[i].name, length) != 0)
			continue;
		*sum += v * units[i].ns;
		*s = end + length;
		return true;
	}
	return false;
}

bool duration_parse(const char *text, int64_t *ns)
{
	double sum = 0, sign = *text == '-' ? -1 : 1;
	const char *s = text + (*text == '-' || *text == '+');

	if (strcmp(s, "0") == 0) {
		*ns = 0;
		return true;
	}
	do {
		if (!add_part(&s, &sum))
			return false;
	} while (*s);
	if (sum > 9e18)
		return false;
	*ns = (int64_t)(sign * (sum + 0.5));
	return true;
}

static int set_time(struct filter_time *t, const char *value, struct err *e)
{
	bool is_negative = value[0] == '-'; /* T of Go 1.11 to 1.21 starts at -1 */
	const char *number = value + is_negative;
	size_t n = digits(number);

	t->is_set = true;
	t->is_relative = n == 0 || number[n] != '\0';
	if (t->is_relative) {
		if (!duration_parse(value, &t->ns))
			return err_set(e, ERR_USAGE, -1,
				"Cannot filter events: \"%s\" is neither a time T in ns nor a "
				"duration since the first event as in 1.5s or +250ms",
				value);
		return 0;
	}
	if (n > MAX_ID_DIGITS + 1)
		return err_set(e, ERR_USAGE, -1,
			"Cannot filter events: the time %s is beyond any trace", value);
	t->ns = (int64_t)strtoull(number, NULL, 10);
	if (t->ns < 0)
		t->ns = INT64_MAX;
	if (is_negative)
		t->ns = -t->ns;
	return 0;
}

/* KIND "frame" "frame" … */
static int set_match(struct event_filter *f, const char *value, struct err *e)
{
	size_t n = strcspn(value, " \t");

	f->match_kinds = 0;
	if (n != 3 || strncasecmp(value, "Any", n) != 0) {
		f->match_kinds = kind_bit(value, n);
		if (!f->match_kinds)
			return fail_kind(value, n, e);
	}
	stack_pattern_destroy(f->pattern);
	f->pattern = stack_pattern_create(value + n, e);
	return f->pattern ? 0 : -1;
}

int event_filter_set(struct event_filter *f, enum filter which, const char *value, struct err *e)
{
	switch (which) {
	case FILTER_G:
	case FILTER_P:
	case FILTER_M:
		return set_ids(&f->ids[which], value, e);
	case FILTER_KIND:
		return set_kinds(f, value, e);
	case FILTER_FROM:
		return set_time(&f->from, value, e);
	case FILTER_TO:
		return set_time(&f->to, value, e);
	case FILTER_MATCH:
		return set_match(f, value, e);
	case N_FILTERS:
		break;
	}
	return err_set(e, ERR_INTERNAL, -1, "Cannot filter events: no such filter");
}

/* Whom the event happens to, where that is such a resource; else NO_ID. */
static int64_t subject(const struct event *ev, unsigned resource)
{
	switch (ev->kind) {
	case EVENT_STATE_TRANSITION:
		return ev->transition.resource == resource ? ev->transition.id : NO_ID;
	case EVENT_LABEL:
		return ev->label.resource == resource ? ev->label.id : NO_ID;
	case EVENT_RANGE_BEGIN:
	case EVENT_RANGE_ACTIVE:
	case EVENT_RANGE_END:
		return ev->range.resource == resource ? ev->range.id : NO_ID;
	default:
		return NO_ID;
	}
}

static bool is_among(const struct map *ids, int64_t context, int64_t subject_id)
{
	if (ids->n == 0 || map_get(ids, (uint64_t)context) != MAP_NONE)
		return true;
	return subject_id != NO_ID && map_get(ids, (uint64_t)subject_id) != MAP_NONE;
}

static int64_t time_of(const struct event_filter *f, const struct filter_time *t)
{
	if (!t->is_relative)
		return t->ns;
	return t->ns > INT64_MAX - f->first_ns ? INT64_MAX : f->first_ns + t->ns;
}

enum filter_answer event_filter_takes(
	struct event_filter *f, const struct trace *tr, const struct event *ev)
{
	const uint32_t bit = 1u << ev->kind;

	if (!f->has_first) {
		f->has_first = true;
		f->first_ns = ev->time;
	}
	if (f->to.is_set && ev->time >= time_of(f, &f->to))
		return FILTER_ENDS;
	if ((f->from.is_set && ev->time < time_of(f, &f->from)) ||
		(f->kinds && !(f->kinds & bit)) || (f->match_kinds && !(f->match_kinds & bit)) ||
		!is_among(&f->ids[FILTER_G], ev->g, subject(ev, RESOURCE_GOROUTINE)) ||
		!is_among(&f->ids[FILTER_P], ev->p, subject(ev, RESOURCE_PROC)) ||
		!is_among(&f->ids[FILTER_M], ev->m, subject(ev, RESOURCE_THREAD)))
		return FILTER_LEAVES;
	switch (f->pattern ? stack_pattern_matches(f->pattern, tr, ev->stack) : 1) {
	case 0:
		return FILTER_LEAVES;
	case 1:
		return FILTER_TAKES;
	default:
		return FILTER_FAILED;
	}
}

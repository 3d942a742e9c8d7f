#include "tiles/search_query.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/interval.h"

#define EVENT_KINDS \
	(HIT_BIT(HIT_BORN) | HIT_BIT(HIT_GONE) | HIT_BIT(HIT_LOG) | HIT_BIT(HIT_LABEL) | \
		HIT_BIT(HIT_SAMPLE) | HIT_BIT(HIT_REGION) | HIT_BIT(HIT_RANGE))
#define ALL_KINDS (EVENT_KINDS | HIT_BIT(HIT_STATE) | HIT_BIT(HIT_GOROUTINE))
#define MAX_NS    (INT64_C(1) << 53)

enum value_form { FORM_TEXT, FORM_GOROUTINE, FORM_NUMBER, FORM_STATE, FORM_OVERLAP, FORM_KIND };

/* `known`: the kinds of hits that it can be true of; 0: it asks for a goroutine, of whatever kind. */
struct key_spec {
	const char *name;
	uint8_t key, form;
	uint16_t known;
	bool has_bounds, has_values;
};

/* clang-format off */
static const struct key_spec keys[] = {
	{"func", SEARCH_FUNC, FORM_TEXT, 0, false, true},
	{"function", SEARCH_FUNC, FORM_TEXT, 0, false, true},
	{"g", SEARCH_G, FORM_GOROUTINE, 0, false, true},
	{"goroutine", SEARCH_G, FORM_GOROUTINE, 0, false, true},
	{"state", SEARCH_STATE, FORM_STATE, HIT_BIT(HIT_STATE), true, true},
	{"dur", SEARCH_DUR, FORM_TEXT, HIT_BIT(HIT_STATE) | HIT_BIT(HIT_GOROUTINE), true, false},
	{"duration", SEARCH_DUR, FORM_TEXT, HIT_BIT(HIT_STATE) | HIT_BIT(HIT_GOROUTINE), true, false},
	{"reason", SEARCH_REASON, FORM_TEXT, HIT_BIT(HIT_STATE), false, true},
	{"overlaps", SEARCH_OVERLAPS, FORM_OVERLAP, 0, false, true},
	{"task", SEARCH_TASK, FORM_TEXT, 0, false, true},
	{"region", SEARCH_REGION, FORM_TEXT, HIT_BIT(HIT_REGION), false, true},
	{"log", SEARCH_LOG, FORM_TEXT, HIT_BIT(HIT_LOG), false, true},
	{"label", SEARCH_LABEL, FORM_TEXT, HIT_BIT(HIT_LABEL), false, true},
	{"frame", SEARCH_FRAME, FORM_TEXT, HIT_BIT(HIT_STATE) | (EVENT_KINDS & ~HIT_BIT(HIT_GONE)), false, true},
	{"with", SEARCH_WITH, FORM_GOROUTINE, HIT_BIT(HIT_STATE) | HIT_BIT(HIT_BORN), false, true},
	{"p", SEARCH_P, FORM_NUMBER, HIT_BIT(HIT_STATE) | EVENT_KINDS, false, true},
	{"m", SEARCH_M, FORM_NUMBER, HIT_BIT(HIT_STATE) | EVENT_KINDS, false, true},
	{"kind", SEARCH_KIND, FORM_KIND, ALL_KINDS, false, true},
};
/* clang-format on */

static const char *const kind_names[N_HIT_KINDS] = {
	"state", "born", "gone", "log", "label", "sample", "region", "range", "goroutine"};

const char *search_kind_name(enum search_kind kind)
{
	return kind_names[kind];
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool search_contains(const char *text, size_t n, const char *part, size_t n_part)
{
	for (size_t i = 0; i + n_part <= n; i++) {
		size_t k = 0;

		while (k < n_part && lower(text[i + k]) == lower(part[k]))
			k++;
		if (k == n_part)
			return true;
	}
	return false;
}

struct parse {
	struct search_query *q;
	size_t at;
	struct err *e;
};

/* Characters, not bytes: those that continue one do not count. */
static int fail(const struct parse *p, size_t at, const char *what)
{
	unsigned character = 1;

	for (size_t i = 0; i < at; i++)
		character += ((unsigned char)p->q->text[i] & 0xc0) != 0x80;
	return err_set(p->e, ERR_USAGE, (int64_t)at, "Cannot search, at character %u: %s",
		character, what);
}

static bool is_end(const struct parse *p)
{
	return p->at == p->q->n_text;
}

static char peek(const struct parse *p)
{
	return is_end(p) ? '\0' : p->q->text[p->at];
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* "…": what is in quotes never gets longer, so all of them fit. */
static int take_quoted(struct parse *p, struct search_value *v)
{
	const char *text = p->q->text;
	size_t begin = p->at++;

	v->at = (uint32_t)p->at;
	v->text = p->q->plain + p->q->n_plain;
	for (; !is_end(p) && text[p->at] != '"'; p->at++) {
		if (text[p->at] == '\\' && p->at + 1 < p->q->n_text &&
			(text[p->at + 1] == '"' || text[p->at + 1] == '\\'))
			p->at++;
		p->q->plain[p->q->n_plain++] = text[p->at];
	}
	if (is_end(p))
		return fail(p, begin, "the quote is not closed");
	p->at++;
	v->n = (size_t)(p->q->plain + p->q->n_plain - v->text);
	return v->n == 0 ? fail(p, begin, "nothing stands between the quotes") : 0;
}

static int take_value(struct parse *p, const char *stops, struct search_value *v)
{
	size_t begin = p->at;

	*v = (struct search_value){.at = (uint32_t)begin};
	if (peek(p) == '"')
		return take_quoted(p, v);
	while (!is_end(p) && !is_blank(peek(p)) && !strchr(stops, peek(p)))
		p->at++;
	v->text = p->q->text + begin;
	v->n = p->at - begin;
	return v->n == 0 ? fail(p, begin, "a value is missing") : 0;
}

static bool is_word(const struct search_value *v, const char *word)
{
	return strlen(word) == v->n && memcmp(word, v->text, v->n) == 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int parse_number(const struct parse *p, size_t at, struct search_value *v, bool is_goroutine)
{
	size_t i = is_goroutine && v->n > 1 && (*v->text == 'g' || *v->text == 'G');

	for (; i < v->n; i++) {
		unsigned digit = (unsigned)(v->text[i] - '0');

		if (!is_digit(v->text[i]) || v->number > ((uint64_t)INT64_MAX - digit) / 10)
			return fail(p, at,
				is_goroutine ? "this is no goroutine's number"
					     : "this is no number");
		v->number = v->number * 10 + digit;
	}
	return 0;
}

struct unit {
	const char *name;
	int64_t ns;
};

/* The longer one first, where one begins with the other. */
static const struct unit units[] = {{"ns", 1}, {"us", 1000}, {"\xc2\xb5s", 1000},
	{"\xce\xbcs", 1000}, {"ms", 1000000}, {"s", 1000000000}, {"min", INT64_C(60000000000)},
	{"m", INT64_C(60000000000)}, {"h", INT64_C(3600000000000)}};

/* One number with its unit, added to *ns; moves *at behind it. */
static bool take_part(const char *s, size_t n, size_t *at, double *ns)
{
	double value = 0, scale = 1;
	size_t begin = *at;

	for (; *at < n && is_digit(s[*at]); (*at)++)
		value = value * 10 + (s[*at] - '0');
	if (*at < n && s[*at] == '.')
		for ((*at)++; *at < n && is_digit(s[*at]); (*at)++) {
			value = value * 10 + (s[*at] - '0');
			scale *= 10;
		}
	if (*at == begin || !is_digit(s[*at - 1]))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t len = strlen(units[i].name);

		if (n - *at < len || memcmp(s + *at, units[i].name, len) != 0)
			continue;
		*at += len;
		*ns += value * (double)units[i].ns / scale;
		return true;
	}
	return false;
}

static bool parse_duration(const char *s, size_t n, int64_t *out)
{
	double ns = 0;
	size_t at = 0;

	do {
		if (!take_part(s, n, &at, &ns))
			return false;
	} while (at < n);
	if (!(ns < (double)MAX_NS))
		return false;
	*out = (int64_t)(ns + 0.5);
	return true;
}

static int parse_state(struct parse *p, size_t at, struct search_term *t, struct search_value *v)
{
	static const uint16_t blocked =
		1u << STATE_SYNC | 1u << STATE_CHAN | 1u << STATE_OTHER | 1u << STATE_NET;

	if (is_word(v, "blocked")) {
		t->states |= blocked;
		return 0;
	}
	for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
		if (is_word(v, state_name((enum state)s))) {
			t->states |= (uint16_t)(1u << s);
			return 0;
		}
	return fail(p, at,
		"no state is called so; they are running, gc, assist, syscall, runnable, sync, "
		"chan, other, net, sleep, unknown, and blocked for sync, chan, other or net");
}

static int parse_overlap(struct parse *p, size_t at, struct search_value *v)
{
	const char *dash = memchr(v->text, '-', v->n);
	size_t n = dash ? (size_t)(dash - v->text) : 0;

	v->number = OVERLAP_RANGE;
	if (is_word(v, "gc") || is_word(v, "stw")) {
		v->number = *v->text == 'g' ? OVERLAP_GC : OVERLAP_STW;
		return 0;
	}
	if (!dash || !parse_duration(v->text, n, &v->from_ns) ||
		!parse_duration(dash + 1, v->n - n - 1, &v->to_ns))
		return fail(p, at, "overlaps takes gc, stw, or a range of time as in 12s-12.5s");
	if (v->from_ns >= v->to_ns)
		return fail(p, at, "the range ends before it begins");
	return 0;
}

static int parse_kind(struct parse *p, size_t at, struct search_term *t, struct search_value *v)
{
	for (unsigned i = 0; i < N_HIT_KINDS; i++)
		if (is_word(v, kind_names[i])) {
			if (t->kinds && (t->kinds | HIT_BIT(i)) & HIT_BIT(HIT_GOROUTINE))
				return fail(p, at, "kind:goroutine stands alone");
			t->kinds |= (uint16_t)HIT_BIT(i);
			return 0;
		}
	return fail(p, at,
		"no kind is called so; they are state, born, gone, log, label, sample, region, "
		"range, goroutine");
}

static int parse_form(struct parse *p, unsigned form, struct search_term *t, struct search_value *v)
{
	size_t at = v->at;

	switch (form) {
	case FORM_GOROUTINE:
		return parse_number(p, at, v, true);
	case FORM_NUMBER:
		return parse_number(p, at, v, false);
	case FORM_STATE:
		return parse_state(p, at, t, v);
	case FORM_OVERLAP:
		return parse_overlap(p, at, v);
	case FORM_KIND:
		return parse_kind(p, at, t, v);
	default:
		return 0;
	}
}

static int take_list(struct parse *p, const struct key_spec *spec, struct search_term *t)
{
	const char *stops = spec->has_bounds ? ",\"<>" : ",\"";
	struct search_value v;

	for (;; p->at++) {
		size_t begin = p->at;

		if (take_value(p, stops, &v) < 0 || parse_form(p, spec->form, t, &v) < 0)
			return -1;
		if (p->q->n_values == SEARCH_VALUES)
			return fail(p, begin, "these are too many values");
		p->q->values[p->q->n_values++] = v;
		t->n++;
		if (peek(p) != ',')
			return 0;
	}
}

static int take_bounds(struct parse *p, struct search_term *t)
{
	while (peek(p) == '>' || peek(p) == '<') {
		bool is_more = peek(p) == '>';
		struct search_value v;
		int64_t ns;

		p->at++;
		if (take_value(p, "<>,\"", &v) < 0)
			return -1;
		if (!parse_duration(v.text, v.n, &ns))
			return fail(p, v.at, "this is no duration as in 10ms or 1.5s");
		if (is_more && ns > t->more_ns)
			t->more_ns = ns;
		if (!is_more && ns < t->less_ns)
			t->less_ns = ns;
	}
	return 0;
}

/* The key that stands here with its colon, and behind it; NULL where there is none. */
static const struct key_spec *take_key(struct parse *p, bool *is_unknown)
{
	const char *word = p->q->text + p->at;
	size_t n = 0, left = p->q->n_text - p->at;

	while (n < left &&
		((word[n] >= 'a' && word[n] <= 'z') || (word[n] >= 'A' && word[n] <= 'Z')))
		n++;
	*is_unknown = false;
	if (n == 0 || n == left || word[n] != ':')
		return NULL;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (strlen(keys[i].name) == n && memcmp(keys[i].name, word, n) == 0) {
			p->at += n + 1;
			return &keys[i];
		}
	*is_unknown = true;
	return NULL;
}

static int take_term(struct parse *p, struct search_term *t)
{
	const struct key_spec *spec;
	bool is_unknown;

	*t = (struct search_term){.more_ns = -1,
		.less_ns = INT64_MAX,
		.at = (uint32_t)p->at,
		.first = p->q->n_values};
	if (peek(p) == '-') {
		t->is_not = true;
		p->at++;
	}
	spec = take_key(p, &is_unknown);
	if (is_unknown)
		return fail(p, p->at,
			"no key is called so (a name with a colon stands in quotes); keys are "
			"func, g, state, dur, reason, overlaps, task, region, log, label, frame, "
			"with, p, m, kind");
	if (!spec)
		spec = &keys[SEARCH_FUNC];
	t->key = (enum search_key)spec->key;
	if (spec->has_values && take_list(p, spec, t) < 0)
		return -1;
	if (!spec->has_values && peek(p) != '>' && peek(p) != '<')
		return fail(p, p->at, "a bound is missing, as in dur:>10ms");
	if (spec->has_bounds && take_bounds(p, t) < 0)
		return -1;
	if (!is_end(p) && !is_blank(peek(p)))
		return fail(p, p->at, "a blank is missing");
	return 0;
}

static uint32_t known_of(const struct search_term *t)
{
	if (t->key == SEARCH_KIND && !t->is_not)
		return t->kinds;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].key == t->key)
			return keys[i].known;
	return 0;
}

/* Does one ask for intervals, the other for a region, log or label? Who does expects the intervals within it. */
static bool is_within(uint32_t a, uint32_t b)
{
	const uint32_t written = HIT_BIT(HIT_REGION) | HIT_BIT(HIT_LOG) | HIT_BIT(HIT_LABEL);

	return ((a & HIT_BIT(HIT_STATE)) && !(b & ~written)) ||
		((b & HIT_BIT(HIT_STATE)) && !(a & ~written));
}

static int find_kinds(struct parse *p)
{
	uint32_t all = ALL_KINDS, any = 0;
	bool has_positive = false;

	for (uint32_t i = 0; i < p->q->n_terms; i++) {
		const struct search_term *t = &p->q->terms[i];
		uint32_t known = known_of(t);

		if (!known)
			continue;
		if (t->is_not) {
			any |= known;
			continue;
		}
		has_positive = true;
		if (!(all & known))
			return fail(p, t->at,
				is_within(all, known)
					? "one of these finds intervals, the other what is "
					  "written at one moment, as where a region begins: "
					  "nothing is both; for what happens within a region "
					  "give its goroutine and time, as in "
					  "g:17 overlaps:1.2s-1.3s state:sync"
					: "this asks for another kind of hit than what stands "
					  "before: nothing can be both");
		all &= known;
	}
	p->q->finds = has_positive ? all : any ? any : HIT_BIT(HIT_GOROUTINE);
	/* A life holds all that its goroutine does: both would tell each thing twice. */
	if (p->q->finds & ~HIT_BIT(HIT_GOROUTINE))
		p->q->finds &= ~HIT_BIT(HIT_GOROUTINE);
	return 0;
}

int search_query_parse(struct search_query *q, const char *text, size_t n, struct err *e)
{
	struct parse p = {.q = q, .e = e};

	memset(q, 0, sizeof(*q));
	if (n > SEARCH_BYTES)
		return err_set(e, ERR_USAGE, SEARCH_BYTES,
			"Cannot search: what is sought is longer than %d bytes", SEARCH_BYTES);
	memcpy(q->text, text, n);
	q->n_text = n;
	for (;;) {
		while (is_blank(peek(&p)))
			p.at++;
		if (is_end(&p))
			break;
		if (q->n_terms == SEARCH_TERMS)
			return fail(&p, p.at, "these are too many terms");
		if (take_term(&p, &q->terms[q->n_terms]) < 0)
			return -1;
		q->n_terms++;
	}
	if (q->n_terms == 0)
		return fail(&p, 0, "nothing is sought");
	return find_kinds(&p);
}

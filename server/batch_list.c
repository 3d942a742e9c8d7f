/* batch_list.c */
#include "server/batch_list.h"

#include <string.h>

#include "parser/base/err.h"
#include "server/url.h"

struct list {
	uint64_t at[BATCH_PIECES];
	size_t n;
};

struct scan {
	const char *text;
	const char *at;
	struct err *e;
};

bool batch_is_long(char what)
{
	return what == 'R' || what == 'T';
}

static int bad(const struct scan *s, const char *what)
{
	return err_set(
		s->e, ERR_USAGE, s->at - s->text, "Cannot answer: bad %s in the batch", what);
}

static int scan_number(struct scan *s, uint64_t *out)
{
	size_t n = strspn(s->at, "0123456789");
	char digits[24];

	if (n >= sizeof(digits))
		return bad(s, "number");
	memcpy(digits, s->at, n);
	digits[n] = '\0';
	if (!url_u64(digits, INT64_MAX, out))
		return bad(s, "number");
	s->at += n;
	return 0;
}

/* A number, or the first and the last of some. */
static int scan_range(struct scan *s, struct list *l)
{
	uint64_t first, last;

	if (scan_number(s, &first) < 0)
		return -1;
	last = first;
	if (*s->at == '-') {
		s->at++;
		if (scan_number(s, &last) < 0)
			return -1;
	}
	if (last < first)
		return bad(s, "range");
	if (last - first >= BATCH_PIECES - l->n)
		return bad(s, "number of pieces");
	for (;; first++) {
		l->at[l->n++] = first;
		if (first == last)
			return 0;
	}
}

static int scan_list(struct scan *s, struct list *l)
{
	l->n = 0;
	for (;; s->at++) {
		if (l->n == BATCH_PIECES)
			return bad(s, "number of pieces");
		if (scan_range(s, l) < 0)
			return -1;
		if (*s->at != ',')
			return 0;
	}
}

static size_t fields_of(char what)
{
	if (what && strchr("PMGFAC", what))
		return 3;
	return what && strchr("LpmgfRT", what) ? 2 : 0;
}

static int scan_ids(struct scan *s, struct batch_piece *p)
{
	if (*s->at != ':')
		return p->what == 'R' ? bad(s, "list of goroutines") : 0;
	if (!batch_is_long(p->what))
		return bad(s, "letter");
	p->ids = ++s->at;
	p->n_ids = strspn(s->at, "0123456789,");
	s->at += p->n_ids;
	return p->n_ids > 0 ? 0 : bad(s, "list of numbers");
}

/* Every combination, appended; the last list runs fastest. */
static int combine(const struct scan *s, struct batch_piece p, const struct list *lists,
	size_t n_lists, struct batch_piece *out, size_t *n)
{
	size_t i, j, total = 1;

	for (i = 0; i < n_lists; i++)
		total *= lists[i].n;
	if (total > BATCH_PIECES - *n)
		return bad(s, "number of pieces");
	for (i = 0; i < total; i++) {
		size_t left = i;

		for (j = n_lists; j-- > 0; left /= lists[j].n)
			p.field[j] = lists[j].at[left % lists[j].n];
		out[(*n)++] = p;
	}
	return 0;
}

static int scan_group(struct scan *s, struct batch_piece *out, size_t *n)
{
	struct list lists[BATCH_FIELDS];
	struct batch_piece p = {.what = *s->at};
	size_t i, n_lists = fields_of(p.what);

	if (n_lists == 0)
		return bad(s, "letter");
	s->at++;
	if (scan_ids(s, &p) < 0)
		return -1;
	for (i = 0; i < n_lists; i++) {
		if (*s->at != '.')
			return bad(s, "number of lists");
		s->at++;
		if (scan_list(s, &lists[i]) < 0)
			return -1;
	}
	return combine(s, p, lists, n_lists, out, n);
}

int batch_list_parse(const char *text, struct batch_piece out[BATCH_PIECES], struct err *e)
{
	struct scan s = {text, text, e};
	size_t n = 0;

	for (;; s.at++) {
		if (scan_group(&s, out, &n) < 0)
			return -1;
		if (!*s.at)
			return (int)n;
		if (*s.at != ';')
			return bad(&s, "list");
	}
}

#include "tiles/quantiles.h"

#include <stdlib.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"

void quantiles_init(struct quantiles *q, size_t most)
{
	memset(q, 0, sizeof(*q));
	q->most = most;
	q->digits = QUANTILES_EXACT;
}

void quantiles_clear(struct quantiles *q)
{
	for (size_t i = 0; i < q->sets.n; i++)
		vec_clear(&q->sets.at[i].values);
	vec_clear(&q->sets);
	memset(q, 0, sizeof(*q));
}

static int compare(const void *a, const void *b)
{
	const struct duration *x = a, *y = b;

	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

static uint64_t rounded(uint64_t value, unsigned digits)
{
	unsigned bits = value ? 64 - (unsigned)__builtin_clzll(value) : 0;

	return bits > digits ? value >> (bits - digits) << (bits - digits) : value;
}

/* A set that is full no more keeps no room that others need. */
static void give_back(struct quantile_set *s)
{
	struct duration *at = mem_realloc(s->values.at, s->values.n * sizeof(*at));

	if (!at) /* nothing is lost */
		return;
	s->values.at = at;
	s->values.cap = s->values.n;
}

/* Ascending, each number once. */
static void fold(struct quantile_set *s, unsigned digits)
{
	struct duration *at = s->values.at;
	size_t n = 0;

	if (s->values.n == 0)
		return;
	for (size_t i = 0; i < s->values.n; i++)
		at[i].ns = rounded(at[i].ns, digits);
	qsort(at, s->values.n, sizeof(*at), compare);
	for (size_t i = 1; i < s->values.n; i++) {
		if (at[n].ns == at[i].ns)
			at[n].n += at[i].n;
		else
			at[++n] = at[i];
	}
	s->values.n = n + 1;
	if (s->values.cap > 2 * s->values.n)
		give_back(s);
}

static void fold_all(struct quantiles *q)
{
	q->n_values = 0;
	for (size_t i = 0; i < q->sets.n; i++) {
		fold(&q->sets.at[i], q->digits);
		q->n_values += q->sets.at[i].values.n;
	}
}

static unsigned fewer(unsigned digits)
{
	if (digits == QUANTILES_EXACT)
		return 10;
	return digits > 2 ? digits - 2 : 1;
}

static void make_room(struct quantiles *q)
{
	fold_all(q);
	while (q->n_values > q->most / 2 && q->digits > 1) {
		q->digits = fewer(q->digits);
		fold_all(q);
	}
	if (q->n_values > q->most / 2)
		q->most = 2 * q->n_values;
}

int quantiles_add(struct quantiles *q, size_t set, uint64_t value, struct err *e)
{
	const struct quantile_set none = {.n = 0};
	const struct duration one = {value, 1};

	while (q->sets.n <= set)
		if (vec_push(&q->sets, none) < 0)
			goto no_memory;
	if (value == 0)
		return 0;
	if (q->n_values >= q->most)
		make_room(q);
	if (vec_push(&q->sets.at[set].values, one) < 0)
		goto no_memory;
	q->sets.at[set].n++;
	q->n_values++;
	return 0;
no_memory:
	return err_set(e, ERR_MEMORY, -1, "Cannot keep numbers: numbers=%zu", q->n_values);
}

void quantiles_seal(struct quantiles *q)
{
	fold_all(q);
}

uint64_t quantiles_at(const struct quantiles *q, size_t set, uint64_t n, unsigned permille)
{
	/* ceil(n * permille / 1000), at least 1 */
	uint64_t rank = n / 1000 * permille + (n % 1000 * permille + 999) / 1000;
	const struct quantile_set *s;
	uint64_t seen;

	if (set >= q->sets.n)
		return 0;
	s = &q->sets.at[set];
	seen = n - s->n;
	if (seen >= (rank ? rank : 1))
		return 0;
	for (size_t i = 0; i < s->values.n; i++) {
		seen += s->values.at[i].n;
		if (seen >= rank)
			return s->values.at[i].ns;
	}
	return 0;
}

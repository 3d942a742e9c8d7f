#include "tiles/durations.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"

#define DIGITS 10 /* binary, of what is rounded */

void durations_init(struct durations *d)
{
	memset(d, 0, sizeof(*d));
	map_init(&d->known);
}

void durations_clear(struct durations *d)
{
	vec_clear(&d->values);
	map_clear(&d->known);
	memset(d, 0, sizeof(*d));
}

static uint64_t rounded(uint64_t ns)
{
	unsigned bits = ns ? 64 - (unsigned)__builtin_clzll(ns) : 0;

	return bits > DIGITS ? ns >> (bits - DIGITS) << (bits - DIGITS) : ns;
}

static int add(struct durations *d, uint64_t ns, uint64_t n, struct err *e)
{
	const struct duration one = {ns, n};
	uint32_t at = map_get(&d->known, ns);

	if (at != MAP_NONE) {
		d->values.at[at].n += n;
		return 0;
	}
	at = (uint32_t)d->values.n;
	if (vec_push(&d->values, one) < 0 || map_put(&d->known, ns, at) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot keep durations: values=%u", at);
	return 0;
}

/* All that is there, with fewer digits: it fits from now on. */
static int round_all(struct durations *d, struct err *e)
{
	size_t n = d->values.n;

	d->is_rounded = true;
	map_reset(&d->known);
	d->values.n = 0;
	for (size_t i = 0; i < n; i++) {
		struct duration was = d->values.at[i]; /* read before it is written over */

		if (add(d, rounded(was.ns), was.n, e) < 0)
			return -1;
	}
	return 0;
}

int durations_add(struct durations *d, uint64_t ns, struct err *e)
{
	d->n++;
	if (add(d, d->is_rounded ? rounded(ns) : ns, 1, e) < 0)
		return -1;
	return d->is_rounded || d->values.n <= DURATIONS_MOST ? 0 : round_all(d, e);
}

static int compare(const void *a, const void *b)
{
	const struct duration *x = a, *y = b;

	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

void durations_sort(struct durations *d)
{
	if (d->values.n)
		qsort(d->values.at, d->values.n, sizeof(*d->values.at), compare);
}

uint64_t durations_at(const struct durations *d, unsigned permille)
{
	/* ceil(n * permille / 1000), at least 1 */
	uint64_t rank = d->n / 1000 * permille + (d->n % 1000 * permille + 999) / 1000;
	uint64_t n = 0;

	for (size_t i = 0; i < d->values.n; i++) {
		n += d->values.at[i].n;
		if (n >= rank)
			return d->values.at[i].ns;
	}
	return 0;
}

uint64_t duration_bucket_ns(unsigned bucket)
{
	static const double steps[] = {
		1, 1.5848931924611136, 2.51188643150958, 3.9810717055349722, 6.309573444801933};
	double ns;
	unsigned tens;

	if (bucket == 0)
		return 0;
	ns = steps[(bucket - 1) % 5];
	for (tens = (bucket - 1) / 5; tens > 0; tens--)
		ns *= 10;
	return ns >= 0x1p64 ? UINT64_MAX : (uint64_t)ns + ((double)(uint64_t)ns < ns);
}

void durations_histogram(const struct durations *d, uint64_t n[DURATION_BUCKETS])
{
	unsigned bucket = 0;

	memset(n, 0, DURATION_BUCKETS * sizeof(*n));
	for (size_t i = 0; i < d->values.n; i++) {
		while (bucket + 1 < DURATION_BUCKETS &&
			duration_bucket_ns(bucket + 1) <= d->values.at[i].ns)
			bucket++;
		n[bucket] += d->values.at[i].n;
	}
}

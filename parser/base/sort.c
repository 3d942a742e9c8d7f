#include "parser/base/sort.h"

#include <stdbool.h>
#include <string.h>

#define INSERTION_MAX 12
#define NINTHER_MIN   50

#define DIGIT_BITS 8
#define DIGITS     (1u << DIGIT_BITS)
#define DIGITS_MIN 256                 /* items that make digits worth it */
#define SPAN_MAX   (UINT64_C(1) << 48) /* of their keys */

/* Indices are those of the whole array, signed as in Go: j may end one below the range. */
#define idx ptrdiff_t

enum hint { HINT_UNKNOWN, HINT_INCREASING, HINT_DECREASING };

static bool less(const struct sort_item *v, idx i, idx j)
{
	return v[i].key < v[j].key;
}

static void swap(struct sort_item *v, idx i, idx j)
{
	struct sort_item t = v[i];

	v[i] = v[j];
	v[j] = t;
}

static void insertion_sort(struct sort_item *v, idx a, idx b)
{
	idx i, j;

	for (i = a + 1; i < b; i++) {
		for (j = i; j > a && less(v, j, j - 1); j--)
			swap(v, j, j - 1);
	}
}

static void sift_down(struct sort_item *v, idx root, idx n)
{
	idx child;

	for (; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n && less(v, child, child + 1))
			child++;
		if (!less(v, root, child))
			return;
		swap(v, root, child);
	}
}

static void heap_sort(struct sort_item *v, idx n)
{
	idx i;

	for (i = (n - 1) / 2; i >= 0; i--)
		sift_down(v, i, n);
	for (i = n - 1; i >= 0; i--) {
		swap(v, 0, i);
		sift_down(v, 0, i);
	}
}

/* Shuffle three elements around the middle, by a generator seeded with the length. */
static void break_patterns(struct sort_item *v, idx a, idx b)
{
	uint64_t n = (uint64_t)(b - a), random = n, mask = 1;
	idx mid = a + (idx)(n / 4 * 2), i;

	if (n < 8)
		return;
	while (mask <= n)
		mask <<= 1;
	mask--;
	for (i = mid - 1; i <= mid + 1; i++) {
		uint64_t other;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		other = random & mask;
		if (other >= n)
			other -= n;
		swap(v, i, a + (idx)other);
	}
}

/* The index of the median of three; counts how often two of them were out of order. */
static idx median(const struct sort_item *v, idx a, idx b, idx c, int *swaps)
{
	idx t;

	if (less(v, b, a)) {
		++*swaps;
		t = a, a = b, b = t;
	}
	if (less(v, c, b)) {
		++*swaps;
		t = b, b = c, c = t;
	}
	if (less(v, b, a)) {
		++*swaps;
		b = a;
	}
	return b;
}

static idx choose_pivot(const struct sort_item *v, idx a, idx b, enum hint *hint)
{
	idx n = b - a, i = a + n / 4, j = a + n / 4 * 2, k = a + n / 4 * 3;
	int swaps = 0;

	if (n >= NINTHER_MIN) {
		i = median(v, i - 1, i, i + 1, &swaps);
		j = median(v, j - 1, j, j + 1, &swaps);
		k = median(v, k - 1, k, k + 1, &swaps);
	}
	if (n >= 8)
		j = median(v, i, j, k, &swaps);
	*hint = swaps == 0 ? HINT_INCREASING : swaps == 12 ? HINT_DECREASING : HINT_UNKNOWN;
	return j;
}

/* Try to finish a nearly sorted range with five repairs. */
static bool insertion_is_enough(struct sort_item *v, idx a, idx b)
{
	idx i = a + 1, j;
	int step;

	for (step = 0; step < 5; step++) {
		while (i < b && !less(v, i, i - 1))
			i++;
		if (i == b)
			return true;
		if (b - a < 50)
			return false;
		swap(v, i, i - 1);
		if (i - a >= 2) {
			for (j = i - 1; j >= 1 && less(v, j, j - 1); j--)
				swap(v, j, j - 1);
		}
		if (b - i >= 2) {
			for (j = i + 1; j < b && less(v, j, j - 1); j++)
				swap(v, j, j - 1);
		}
	}
	return false;
}

/* Equal to the pivot | greater; nothing in the range is smaller. Returns where greater begins. */
static idx partition_equal(struct sort_item *v, idx a, idx b, idx pivot)
{
	idx i = a + 1, j = b - 1;

	swap(v, a, pivot);
	for (;; i++, j--) {
		while (i <= j && !less(v, a, i))
			i++;
		while (i <= j && less(v, a, j))
			j--;
		if (i > j)
			return i;
		swap(v, i, j);
	}
}

/* Smaller | pivot | not smaller. Returns where the pivot is now. */
static idx partition(struct sort_item *v, idx a, idx b, idx pivot, bool *was_partitioned)
{
	idx i = a + 1, j = b - 1;

	swap(v, a, pivot);
	*was_partitioned = true;
	for (;; i++, j--) {
		while (i <= j && less(v, i, a))
			i++;
		while (i <= j && !less(v, j, a))
			j--;
		if (i > j)
			break;
		*was_partitioned = false;
		swap(v, i, j);
	}
	swap(v, j, a);
	return j;
}

static void reverse(struct sort_item *v, idx a, idx b)
{
	for (b--; a < b; a++, b--)
		swap(v, a, b);
}

static void pdqsort(struct sort_item *v, idx a, idx b, int limit)
{
	bool balanced = true, partitioned = true;
	enum hint hint;
	idx pivot, mid, n;

	while ((n = b - a) > INSERTION_MAX) {
		if (limit == 0) {
			heap_sort(v + a, n);
			return;
		}
		if (!balanced) {
			break_patterns(v, a, b);
			limit--;
		}
		pivot = choose_pivot(v, a, b, &hint);
		if (hint == HINT_DECREASING) {
			reverse(v, a, b);
			pivot = b - 1 - (pivot - a);
			hint = HINT_INCREASING;
		}
		if (balanced && partitioned && hint == HINT_INCREASING &&
			insertion_is_enough(v, a, b))
			return;
		if (a > 0 && !less(v, a - 1, pivot)) {
			a = partition_equal(v, a, b, pivot);
			continue;
		}
		mid = partition(v, a, b, pivot, &partitioned);
		if (mid - a < b - mid) {
			balanced = mid - a >= n / 8;
			pdqsort(v, a, mid, limit);
			a = mid + 1;
		} else {
			balanced = b - mid >= n / 8;
			pdqsort(v, mid + 1, b, limit);
			b = mid;
		}
	}
	insertion_sort(v, a, b);
}

void sort_like_go(struct sort_item *items, size_t n)
{
	int limit = 0;
	size_t left;

	for (left = n; left > 0; left >>= 1)
		limit++;
	pdqsort(items, 0, (idx)n, limit);
}

/* Stable, by one digit of how far each key is above `least`. */
static void sort_digit(const struct sort_item *from, struct sort_item *to, size_t n, uint64_t least,
	unsigned shift)
{
	size_t at[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[((uint64_t)from[i].key - least) >> shift & (DIGITS - 1)]++;
	for (unsigned d = 0; d < DIGITS; d++) {
		size_t count = at[d];

		at[d] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[((uint64_t)from[i].key - least) >> shift & (DIGITS - 1)]++] = from[i];
}

static uint64_t span_of(const struct sort_item *items, size_t n, int64_t *least)
{
	int64_t most = INT64_MIN;

	*least = INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		if (items[i].key < *least)
			*least = items[i].key;
		if (items[i].key > most)
			most = items[i].key;
	}
	return (uint64_t)most - (uint64_t)*least;
}

/* Where no keys are equal there is one order only, whatever the algorithm. */
void sort_like_go_with(struct sort_item *items, size_t n, struct sort_item *room)
{
	const struct sort_item *from = items;
	struct sort_item *to = room, *spare = room + n;
	bool has_equal = false;
	uint64_t span = 0;
	int64_t least;

	if (n >= DIGITS_MIN)
		span = span_of(items, n, &least);
	if (span == 0 || span >= SPAN_MAX) {
		sort_like_go(items, n);
		return;
	}
	for (unsigned shift = 0; span >> shift; shift += DIGIT_BITS) {
		struct sort_item *was = to;

		sort_digit(from, to, n, (uint64_t)least, shift);
		from = to;
		to = spare;
		spare = was;
	}
	for (size_t i = 1; i < n; i++)
		has_equal |= from[i].key == from[i - 1].key;
	if (has_equal)
		sort_like_go(items, n);
	else
		memcpy(items, from, n * sizeof(*items));
}

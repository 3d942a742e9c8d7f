#include "tests/fuzz/mutate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One mutation under way: what it reads, what it writes. */
struct work {
	const uint8_t *src, *other;
	size_t n, n_other;
	uint8_t *dst;
	size_t at, cap;
	uint64_t random;
	struct layout *l;
};

uint64_t mutate_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t below(struct work *w, size_t n)
{
	return n ? (size_t)(mutate_random(&w->random) % n) : 0;
}

static void put(struct work *w, const uint8_t *from, size_t n)
{
	if (n > w->cap - w->at)
		n = w->cap - w->at;
	if (n > 0)
		memcpy(w->dst + w->at, from, n);
	w->at += n;
}

static size_t put_number(uint8_t *dst, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		dst[n++] = (uint8_t)(v | 0x80);
	dst[n++] = (uint8_t)v;
	return n;
}

/* ---- choosing ---- */

/* A random batch with bytes in it, and a random record there. */
static bool pick_record(struct work *w, const struct piece **p, struct record *r)
{
	size_t tries, at, n_records = 0, stop;
	struct record next;

	for (tries = 0; tries < 50; tries++) {
		*p = &w->l->pieces[below(w, w->l->n)];
		if ((*p)->kind == PIECE_BATCH && (*p)->end > (*p)->data)
			break;
	}
	if (tries == 50)
		return false;
	stop = (*p)->data + below(w, (*p)->end - (*p)->data);
	for (at = (*p)->data; layout_record(&next, w->src, at, (*p)->end); at = next.end) {
		*r = next;
		n_records++;
		if (next.end > stop)
			break;
	}
	return n_records > 0;
}

/* ---- writing ---- */

/* The batch header with another payload size. */
static void put_head(struct work *w, const struct piece *p, uint64_t size)
{
	uint8_t buf[10];
	size_t at = p->start + (w->src[p->start] == 0x31 ? 2 : 1), i;
	uint64_t v;

	for (i = 0; i < 3; i++)
		at = layout_number(w->src, at, p->data, &v);
	put(w, w->src + p->start, at - p->start);
	put(w, buf, put_number(buf, size));
}

/* The source with [a .. b) of a batch's payload replaced, and the size made right. */
static void replace(
	struct work *w, const struct piece *p, size_t a, size_t b, const uint8_t *by, size_t n)
{
	put(w, w->src, p->start);
	put_head(w, p, p->end - p->data - (b - a) + n);
	put(w, w->src + p->data, a - p->data);
	put(w, by, n);
	put(w, w->src + b, w->n - b);
}

/* The source with pieces [i .. j) left out or, with `twice`, repeated. */
static void repeat(struct work *w, size_t i, size_t j, unsigned times)
{
	size_t a = i < w->l->n ? w->l->pieces[i].start : w->n;
	size_t b = j < w->l->n ? w->l->pieces[j].start : w->n;

	put(w, w->src, a);
	for (; times > 0; times--)
		put(w, w->src + a, b - a);
	put(w, w->src + b, w->n - b);
}

/* Pieces [i .. j) and [j .. k) change places. */
static void swap(struct work *w, size_t i, size_t j, size_t k)
{
	const struct piece *p = w->l->pieces;
	size_t a = p[i].start, b = p[j].start, c = k < w->l->n ? p[k].start : w->n;

	put(w, w->src, a);
	put(w, w->src + b, c - b);
	put(w, w->src + a, b - a);
	put(w, w->src + c, w->n - c);
}

/* First piece of the generation that piece i belongs to, and the first behind it. */
static void generation_of(const struct layout *l, size_t i, size_t *from, size_t *to)
{
	uint64_t g = l->pieces[i].generation;

	for (*from = i; *from > 1 && l->pieces[*from - 1].kind == PIECE_BATCH &&
		l->pieces[*from - 1].generation == g;
		--*from)
		;
	for (*to = i;
		*to < l->n && l->pieces[*to].kind == PIECE_BATCH && l->pieces[*to].generation == g;
		++*to)
		;
	if (*to < l->n && l->pieces[*to].kind == PIECE_END)
		++*to;
}

/* What ids and sizes are most likely to go wrong with. */
static uint64_t odd_number(struct work *w, uint64_t was)
{
	static const uint64_t odd[] = {0, 1, 2, 127, 128, 129, 1024, 1025, 65535, 65536, 65537,
		UINT64_C(1) << 31, (UINT64_C(1) << 31) - 1, UINT64_C(1) << 32,
		(UINT64_C(1) << 32) - 1, UINT64_C(1) << 53, UINT64_C(1) << 62, UINT64_C(1) << 63,
		(UINT64_C(1) << 63) - 1, UINT64_MAX - 1, UINT64_MAX};
	size_t i = below(w, sizeof(odd) / sizeof(*odd) + 12);

	if (i < sizeof(odd) / sizeof(*odd))
		return odd[i];
	switch (i & 3) {
	case 0:
		return was + 1;
	case 1:
		return was - 1;
	case 2:
		return was + below(w, 100);
	default:
		return was ^ UINT64_C(1) << below(w, 64);
	}
}

/* ---- mutators ---- */

/* Each bit flipped at a rate between 1e-6 and 0.02, at least one. */
static void mutate_bits(struct work *w)
{
	static const size_t gaps[] = {50, 200, 1000, 10000, 100000, 1000000};
	size_t gap = gaps[below(w, sizeof(gaps) / sizeof(*gaps))], bit;

	put(w, w->src, w->n);
	if (w->at == 0)
		return;
	bit = below(w, w->at * 8 < gap * 2 ? w->at * 8 : gap * 2);
	for (; bit < w->at * 8; bit += 1 + below(w, gap * 2))
		w->dst[bit / 8] ^= (uint8_t)(1u << bit % 8);
	if (gap == 1000000)
		w->dst[below(w, w->at)] ^= (uint8_t)(1u << below(w, 8));
}

static void mutate_byte(struct work *w)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x34, 0x31};

	put(w, w->src, w->n);
	if (w->at > 0)
		w->dst[below(w, w->at)] = values[below(w, sizeof(values))];
}

static void mutate_cut(struct work *w)
{
	put(w, w->src, below(w, w->n));
}

static void mutate_hole(struct work *w)
{
	size_t a = below(w, w->n), n = 1 + below(w, below(w, 2) ? 16 : w->n - a);

	put(w, w->src, a);
	if (a + n < w->n)
		put(w, w->src + a + n, w->n - a - n);
}

static const struct piece *pick_batch(struct work *w, size_t *i)
{
	size_t tries;

	for (tries = 0; tries < 50; tries++) {
		*i = below(w, w->l->n);
		if (w->l->pieces[*i].kind == PIECE_BATCH)
			return &w->l->pieces[*i];
	}
	return NULL;
}

static void mutate_size(struct work *w)
{
	size_t i;
	const struct piece *p = pick_batch(w, &i);

	if (!p)
		return;
	put(w, w->src, p->start);
	put_head(w, p, odd_number(w, p->end - p->data));
	put(w, w->src + p->data, w->n - p->data);
}

/* Generation, thread or time of a batch. */
static void mutate_head(struct work *w)
{
	size_t i, at, next;
	const struct piece *p = pick_batch(w, &i);
	uint8_t buf[10];
	uint64_t v;

	if (!p)
		return;
	at = p->start + (w->src[p->start] == 0x31 ? 2 : 1);
	next = layout_number(w->src, at, p->data, &v);
	for (i = below(w, 3); i > 0; i--) {
		at = next;
		next = layout_number(w->src, at, p->data, &v);
	}
	put(w, w->src, at);
	put(w, buf, put_number(buf, odd_number(w, v)));
	put(w, w->src + next, w->n - next);
}

static void mutate_batch(struct work *w)
{
	size_t i = 1 + below(w, w->l->n), j = i + 1 + below(w, 3), k;

	if (j > w->l->n)
		return;
	switch (below(w, 3)) {
	case 0:
		repeat(w, i, j, 0);
		break;
	case 1:
		repeat(w, i, j, 2);
		break;
	default:
		k = j + 1 + below(w, w->l->n - j);
		if (j < w->l->n)
			swap(w, i, j, k);
	}
}

static void mutate_generation(struct work *w)
{
	size_t i, from, to, next;

	if (!pick_batch(w, &i))
		return;
	generation_of(w->l, i, &from, &to);
	switch (below(w, 3)) {
	case 0:
		repeat(w, from, to, 0);
		break;
	case 1:
		repeat(w, from, to, 2);
		break;
	default:
		if (to < w->l->n && w->l->pieces[to].kind == PIECE_BATCH) {
			generation_of(w->l, to, &i, &next);
			swap(w, from, to, next);
		}
	}
}

/* The beginning of this trace, the end of another. */
static void mutate_splice(struct work *w)
{
	struct layout other = {0};
	size_t i = below(w, w->l->n), at;

	if (!w->other)
		return;
	layout_read(&other, w->other, w->n_other);
	at = other.n ? other.pieces[below(w, other.n)].start : 0;
	put(w, w->src, w->l->pieces[i].end);
	put(w, w->other + at, w->n_other - at);
	layout_clear(&other);
}

static void mutate_number(struct work *w)
{
	const struct piece *p;
	struct record r;
	uint8_t buf[12];
	uint64_t v;
	size_t i;

	if (!pick_record(w, &p, &r) || r.n == 0)
		return;
	i = below(w, r.n);
	layout_number(w->src, r.numbers[i], p->end, &v);
	replace(w, p, r.numbers[i], r.numbers[i + 1], buf, put_number(buf, odd_number(w, v)));
}

/* As long as a number may be, or one byte longer, or without an end. */
static void mutate_long_number(struct work *w)
{
	static const uint8_t longest[12] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00, 0x00};
	const struct piece *p;
	struct record r;
	uint8_t buf[12];
	size_t i, n = 10 + below(w, 3);

	if (!pick_record(w, &p, &r) || r.n == 0)
		return;
	memcpy(buf, longest, sizeof(buf));
	if (n > 10)
		buf[9] = n == 11 ? 0x81 : 0xff;
	if (n == 12)
		buf[10] = 0x80;
	i = below(w, r.n);
	replace(w, p, r.numbers[i], r.numbers[i + 1], buf, n);
}

/* Another type with as many numbers. */
static void mutate_type(struct work *w)
{
	const struct piece *p;
	struct record r;
	uint8_t type, tries;

	if (!pick_record(w, &p, &r))
		return;
	for (tries = 0; tries < 200; tries++) {
		type = (uint8_t)below(w, 140);
		if (type != r.type && layout_numbers_of[type] == layout_numbers_of[r.type])
			break;
	}
	replace(w, p, r.start, r.start + 1, &type, 1);
}

static void mutate_record(struct work *w)
{
	const struct piece *p;
	uint8_t buf[4096];
	struct record r, next;
	size_t n;

	if (!pick_record(w, &p, &r))
		return;
	n = r.end - r.start;
	switch (below(w, 3)) {
	case 0:
		replace(w, p, r.start, r.end, NULL, 0);
		break;
	case 1:
		replace(w, p, r.start, r.start, w->src + r.start, n);
		break;
	default:
		if (!layout_record(&next, w->src, r.end, p->end) ||
			next.end - r.start > sizeof(buf))
			return;
		memcpy(buf, w->src + next.start, next.end - next.start);
		memcpy(buf + (next.end - next.start), w->src + r.start, n);
		replace(w, p, r.start, next.end, buf, next.end - r.start);
	}
}

/* A batch that begins or ends too early, in its own words. */
static void mutate_payload(struct work *w)
{
	size_t i, a;
	const struct piece *p = pick_batch(w, &i);

	if (!p || p->end == p->data)
		return;
	a = p->data + below(w, p->end - p->data);
	if (below(w, 2))
		replace(w, p, p->data, a, NULL, 0);
	else
		replace(w, p, a, p->end, NULL, 0);
}

/* End marks and empty batches where none belong, or none where one does. */
static void mutate_frame(struct work *w)
{
	static const uint8_t mark[] = {0x34}, empty[] = {1, 1, 1, 1, 0};
	size_t i = 1 + below(w, w->l->n), a = i < w->l->n ? w->l->pieces[i].start : w->n, tries;

	switch (below(w, 3)) {
	case 0:
		put(w, w->src, a);
		put(w, mark, sizeof(mark));
		break;
	case 1:
		put(w, w->src, a);
		for (tries = 1 + below(w, 200); tries > 0; tries--)
			put(w, empty, sizeof(empty));
		break;
	default:
		for (tries = 0; tries < 200; tries++) {
			i = below(w, w->l->n);
			if (w->l->pieces[i].kind == PIECE_END)
				break;
		}
		repeat(w, i, i + 1, 0);
		return;
	}
	put(w, w->src + a, w->n - a);
}

static void mutate_version(struct work *w)
{
	unsigned minor = 10 + (unsigned)below(w, 19);

	put(w, w->src, w->n);
	if (w->at >= HEADER_BYTES) {
		w->dst[5] = (uint8_t)('0' + minor / 10);
		w->dst[6] = (uint8_t)('0' + minor % 10);
	}
}

static const struct {
	const char *name;
	void (*run)(struct work *w);
} mutators[] = {
	{"number", mutate_number},
	{"type", mutate_type},
	{"record", mutate_record},
	{"batch", mutate_batch},
	{"generation", mutate_generation},
	{"head", mutate_head},
	{"size", mutate_size},
	{"payload", mutate_payload},
	{"frame", mutate_frame},
	{"long-number", mutate_long_number},
	{"splice", mutate_splice},
	{"bits", mutate_bits},
	{"byte", mutate_byte},
	{"cut", mutate_cut},
	{"hole", mutate_hole},
	{"version", mutate_version},
};

#define N_KINDS ((unsigned)(sizeof(mutators) / sizeof(*mutators)))

unsigned mutate_n_kinds(void)
{
	return N_KINDS;
}

const char *mutate_kind_name(unsigned kind)
{
	return kind < N_KINDS ? mutators[kind].name : "none";
}

size_t mutate_kind(const uint8_t *src, size_t n, const uint8_t *other, size_t n_other, uint8_t *dst,
	size_t cap, uint64_t seed, unsigned kind)
{
	struct layout l = {0};
	struct work w = {.src = src,
		.other = other,
		.n = n,
		.n_other = n_other,
		.dst = dst,
		.cap = cap,
		.random = seed,
		.l = &l};

	layout_read(&l, src, n);
	if (l.n > 0)
		mutators[kind % N_KINDS].run(&w);
	if (w.at == 0) /* nothing to change in that way */
		put(&w, src, n);
	layout_clear(&l);
	return w.at;
}

size_t mutate(const uint8_t *src, size_t n, const uint8_t *other, size_t n_other, uint8_t *dst,
	size_t cap, uint64_t seed)
{
	unsigned rounds = 1 + (unsigned)(mutate_random(&seed) % 16 / 13);
	uint8_t *copy = NULL;

	n = mutate_kind(
		src, n, other, n_other, dst, cap, seed, (unsigned)(mutate_random(&seed) % N_KINDS));
	while (rounds-- > 0) {
		copy = realloc(copy, n + 1);
		if (!copy)
			abort();
		memcpy(copy, dst, n);
		n = mutate_kind(copy, n, other, n_other, dst, cap, mutate_random(&seed),
			(unsigned)(mutate_random(&seed) % N_KINDS));
	}
	free(copy);
	return n;
}

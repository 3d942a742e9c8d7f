#include "tests/fuzz/layout.h"

#include <stdlib.h>
#include <string.h>

size_t layout_number(const uint8_t *bytes, size_t at, size_t end, uint64_t *v)
{
	unsigned shift;

	for (*v = 0, shift = 0; at < end && shift < 70; shift += 7, at++) {
		if (shift == 63 && bytes[at] > 1)
			return 0;
		*v |= (uint64_t)(bytes[at] & 0x7f) << shift;
		if (bytes[at] < 0x80)
			return at + 1;
	}
	return 0;
}

static void add_piece(struct layout *l, struct piece p)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->pieces = realloc(l->pieces, l->cap * sizeof(*l->pieces));
		if (!l->pieces)
			abort();
	}
	l->pieces[l->n++] = p;
}

static bool read_batch(struct piece *p, const uint8_t *bytes, size_t n)
{
	uint64_t size = 0;
	size_t at = p->start + (bytes[p->start] == 0x31 ? 2 : 1);

	at = at < n ? layout_number(bytes, at, n, &p->generation) : 0;
	at = at ? layout_number(bytes, at, n, &p->m) : 0;
	at = at ? layout_number(bytes, at, n, &p->time) : 0;
	at = at ? layout_number(bytes, at, n, &size) : 0;
	if (!at || size > 65536 || size > n - at)
		return false;
	p->data = at;
	p->end = at + (size_t)size;
	p->kind = PIECE_BATCH;
	return true;
}

void layout_read(struct layout *l, const uint8_t *bytes, size_t n)
{
	size_t at = 0;

	l->n = 0;
	l->minor = 0;
	if (n >= HEADER_BYTES && memcmp(bytes, "go 1.", 5) == 0) {
		l->minor = (bytes[5] - '0') * 10 + (bytes[6] - '0');
		add_piece(l, (struct piece){.end = HEADER_BYTES, .kind = PIECE_HEADER});
		at = HEADER_BYTES;
	}
	while (at < n) {
		struct piece p = {.start = at, .data = n, .end = n, .kind = PIECE_REST};

		if (bytes[at] == 0x34) {
			p.kind = PIECE_END;
			p.data = p.end = at + 1;
		} else if (bytes[at] == 0x01 || bytes[at] == 0x31) {
			read_batch(&p, bytes, n);
		}
		add_piece(l, p);
		at = p.end;
	}
}

void layout_clear(struct layout *l)
{
	free(l->pieces);
	memset(l, 0, sizeof(*l));
}

size_t layout_settled(const struct layout *l, size_t i)
{
	uint64_t generation = l->pieces[i].generation;

	for (; i < l->n; i++) {
		const struct piece *p = &l->pieces[i];

		if (p->kind == PIECE_END && l->minor >= 26)
			return p->end;
		if (p->kind == PIECE_BATCH && l->minor < 26 && p->generation != generation)
			return p->data;
	}
	return 0;
}

const uint8_t layout_numbers_of[256] = {
	[3] = 2,
	[5] = 2,
	[7] = 5,
	[8] = 1,
	[9] = 3,
	[10] = 3,
	[11] = 1,
	[12] = 4,
	[13] = 3,
	[14] = 4,
	[15] = 2,
	[16] = 3,
	[17] = 1,
	[18] = 1,
	[19] = 3,
	[20] = 3,
	[21] = 4,
	[22] = 3,
	[23] = 1,
	[24] = 1,
	[25] = 4,
	[26] = 3,
	[27] = 1,
	[28] = 2,
	[29] = 3,
	[30] = 2,
	[31] = 2,
	[32] = 2,
	[33] = 3,
	[34] = 2,
	[35] = 2,
	[36] = 1,
	[37] = 2,
	[38] = 2,
	[39] = 2,
	[40] = 5,
	[41] = 3,
	[42] = 4,
	[43] = 4,
	[44] = 5,
	[45] = 3,
	[46] = 3,
	[47] = 4,
	[48] = 5,
	[0x33] = 4,
	[128] = 4,
	[129] = 4,
	[130] = 2,
	[131] = 3,
	[132] = 3,
	[133] = 2,
	[134] = 3,
	[135] = 3,
	[136] = 2,
};

bool layout_record(struct record *r, const uint8_t *bytes, size_t at, size_t end)
{
	unsigned i, n;
	uint64_t v = 0;

	if (at >= end)
		return false;
	r->start = at;
	r->type = bytes[at++];
	n = layout_numbers_of[r->type];
	for (i = 0; i < n; i++) {
		r->numbers[i] = at;
		at = layout_number(bytes, at, end, &v);
		if (!at)
			return false;
		if (r->type == 3 && i == 1)
			n += v <= 128 ? (unsigned)v * 4 : 0;
	}
	r->n = n;
	r->numbers[n] = at;
	if (r->type == 5)
		at = v <= end - at ? at + (size_t)v : end;
	r->end = at;
	return true;
}

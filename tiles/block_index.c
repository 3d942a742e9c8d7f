/* Encoded: varint rows, varint chunks, then per chunk: zigzag t_lo minus the one before (the first: minus 0),
 * zigzag t_hi minus t_lo, varint events, zigzag seq minus the one before minus 1 (the first: minus 0), varint skip,
 * varint slabs minus 1. */
#include "tiles/block_index.h"

#include "parser/base/bytes.h"
#include "parser/base/err.h"

void block_index_clear(struct block_index *ix)
{
	vec_clear(&ix->chunks);
	ix->n_rows = 0;
	ix->n_events = 0;
}

int block_index_add(struct block_index *ix, const struct chunk_span *span, int64_t origin_ns,
	uint64_t seq, struct err *e)
{
	struct block_entry entry = {
		.t_lo = span->first_ns - origin_ns,
		.t_hi = span->last_ns - origin_ns,
		.seq = seq,
		.n_events = span->n_events,
		.n_slabs = 1,
	};

	if (vec_push(&ix->chunks, entry) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot grow index: chunks=%zu", ix->chunks.n);
	ix->n_events += span->n_events;
	return 0;
}

void block_index_seal(struct block_index *ix)
{
	struct block_entry *c = ix->chunks.at;

	for (size_t i = 1; i < ix->chunks.n; i++)
		if (c[i].t_hi < c[i - 1].t_hi)
			c[i].t_hi = c[i - 1].t_hi;
	for (size_t i = ix->chunks.n; i-- > 1;)
		if (c[i - 1].t_lo > c[i].t_lo)
			c[i - 1].t_lo = c[i].t_lo;
}

int block_index_encode(const struct block_index *ix, struct buf *out, struct err *e)
{
	uint64_t t_lo = 0, seq = 0;

	if (buf_reserve(out, (2 + 6 * ix->chunks.n) * BUF_VARINT_MAX) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot encode index: chunks=%zu", ix->chunks.n);
	buf_put_varint(out, ix->n_rows);
	buf_put_varint(out, ix->chunks.n);
	for (size_t i = 0; i < ix->chunks.n; i++) {
		const struct block_entry *c = &ix->chunks.at[i];

		buf_put_zigzag(out, (uint64_t)c->t_lo - t_lo);
		buf_put_zigzag(out, (uint64_t)c->t_hi - (uint64_t)c->t_lo);
		buf_put_varint(out, c->n_events);
		buf_put_zigzag(out, c->seq - seq);
		buf_put_varint(out, c->skip);
		buf_put_varint(out, c->n_slabs - 1);
		t_lo = (uint64_t)c->t_lo;
		seq = c->seq + 1;
	}
	return 0;
}

/* Numbers of slabs rise, so that what lies in a range of them is no longer than the trace. */
static bool entry_is_sane(const struct block_index *ix, size_t i)
{
	const struct block_entry *c = &ix->chunks.at[i];

	if (c->n_events == 0 || c->n_slabs == 0 || c->t_lo > c->t_hi || c->seq >> 60)
		return false;
	return i == 0 ||
		(c->t_lo >= c[-1].t_lo && c->t_hi >= c[-1].t_hi &&
			c->seq + 1 >= c[-1].seq + c[-1].n_slabs);
}

int block_index_decode(struct block_index *ix, const void *data, size_t n, struct err *e)
{
	struct bytes b = bytes_of(data, n);
	uint64_t t_lo = 0, seq = 0, n_chunks;

	block_index_clear(ix);
	ix->n_rows = (uint32_t)bytes_uvarint(&b);
	n_chunks = bytes_uvarint(&b);
	if (b.bad || n_chunks > bytes_left(&b) / 6 || ix->n_rows > BLOCK_ROWS)
		return err_set(e, ERR_DAMAGED, -1, "Cannot read index: what=\"count\"");
	if (vec_reserve(&ix->chunks, (size_t)n_chunks) < 0)
		return err_set(
			e, ERR_MEMORY, -1, "Cannot read index: chunks=%zu", (size_t)n_chunks);
	for (size_t i = 0; i < n_chunks && !b.bad; i++) {
		struct block_entry *c = &ix->chunks.at[i];
		t_lo += zigzag_undo(bytes_uvarint(&b));
		c->t_lo = (int64_t)t_lo;
		c->t_hi = (int64_t)(t_lo + zigzag_undo(bytes_uvarint(&b)));
		c->n_events = bytes_uvarint32(&b);
		c->seq = seq + zigzag_undo(bytes_uvarint(&b));
		seq = c->seq + 1;
		c->skip = bytes_uvarint32(&b);
		c->n_slabs = bytes_uvarint32(&b) + 1;
		if (!entry_is_sane(ix, i))
			bytes_fail(&b);
		ix->n_events += c->n_events;
		ix->chunks.n = i + 1;
	}
	if (b.bad || bytes_left(&b) != 0) {
		block_index_clear(ix);
		return err_set(e, ERR_DAMAGED, -1, "Cannot read index: what=\"chunk\"");
	}
	return 0;
}

/* First chunk from `lo` on with t_hi (or t_lo) >= t; the number of chunks where there is none. */
static size_t find(const struct block_index *ix, size_t lo, int64_t t, bool by_lo)
{
	size_t hi = ix->chunks.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct block_entry *c = &ix->chunks.at[mid];

		if ((by_lo ? c->t_lo : c->t_hi) >= t)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

struct block_range block_index_range(const struct block_index *ix, int64_t a, int64_t b)
{
	struct block_range range = {0};
	const struct block_entry *c = ix->chunks.at;
	uint64_t counted = 0; /* slabs before */
	size_t first, end;

	if (ix->chunks.n == 0 || c[0].t_lo >= b)
		return range;
	first = find(ix, 0, a, false);
	if (first == ix->chunks.n)
		first--;
	end = find(ix, first, b, true);
	if (end == first)
		end++;
	for (size_t i = first; i < end; i++) {
		uint64_t next = c[i].seq + c[i].n_slabs;

		range.n_touch += c[i].n_events;
		if (c[i].t_lo < a || c[i].t_hi >= b)
			continue;
		range.n_slabs += (uint32_t)(next - (c[i].seq < counted ? counted : c[i].seq));
		counted = next;
		range.n_inside += c[i].n_events;
	}
	range.first = (uint32_t)first;
	range.end = (uint32_t)end;
	return range;
}

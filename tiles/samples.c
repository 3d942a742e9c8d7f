#include "tiles/samples.h"

#include "parser/base/err.h"

void samples_clear(struct samples *s)
{
	vec_clear(&s->dt);
	buf_clear(&s->times);
	buf_clear(&s->values);
}

int samples_add(struct samples *s, int64_t t_ns, uint64_t value, struct err *e)
{
	uint64_t t = t_ns > 0 ? (uint64_t)t_ns : 0;

	if (vec_reserve(&s->dt, s->dt.n + 1) < 0 || buf_reserve(&s->values, BUF_VARINT_MAX) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot grow counter: samples=%zu", s->dt.n);
	if (t < s->t)
		t = s->t;
	if (s->dt.n == 0)
		s->base = s->t = t;
	s->dt.at[s->dt.n++] = t - s->t;
	buf_put_zigzag(&s->values, value - s->value);
	s->t = t;
	s->value = value;
	return 0;
}

struct chunk_span samples_span(const struct samples *s)
{
	return (struct chunk_span){.first_ns = (int64_t)s->base,
		.last_ns = (int64_t)s->t,
		.n_events = (uint32_t)s->dt.n};
}

/* The greatest number that divides all: most clocks tick every 64 ns. */
static uint64_t unit_of(const uint64_t *v, size_t n)
{
	uint64_t unit = 0, next;

	for (size_t i = 0; i < n && unit != 1; i++)
		for (uint64_t rest = v[i]; rest; rest = next) {
			next = unit % rest;
			unit = rest;
		}
	return unit > 0 && unit <= COUNTER_MAX_UNIT ? unit : 1;
}

int samples_seal(struct samples *s, uint32_t number, struct buf *out, struct err *e)
{
	uint64_t unit = unit_of(s->dt.at, s->dt.n);

	s->times.n = 0;
	if (buf_reserve(&s->times, s->dt.n * BUF_VARINT_MAX) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot seal counter: number=%u", number);
	for (size_t i = 0; i < s->dt.n; i++)
		buf_put_varint(&s->times, s->dt.at[i] / unit);
	if (buf_reserve(out, CHUNK_HEADER_BYTES + 8 + s->times.n + s->values.n) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot seal counter: number=%u", number);
	buf_append(out, "TSC1C\0\0\0", 8);
	buf_put_le(out, number, 4);
	buf_put_le(out, s->n_chunks++, 4);
	buf_put_le(out, s->dt.n, 4);
	buf_put_le(out, COUNTER_STREAMS, 4);
	buf_put_le(out, s->base, 8);
	buf_put_f64(out, (double)unit);
	buf_put_le(out, s->times.n, 4);
	buf_put_le(out, s->values.n, 4);
	buf_append(out, s->times.at, s->times.n);
	buf_append(out, s->values.at, s->values.n);
	s->dt.n = s->values.n = 0;
	s->value = 0;
	return 0;
}

#include "tiles/play.h"

#include <string.h>

#include "parser/base/err.h"

void play_begin(struct play *p, struct hist *h, enum view view, uint32_t block, int64_t origin_ns,
	int64_t span_ns)
{
	memset(p, 0, sizeof(*p));
	p->h = h;
	p->origin = origin_ns;
	p->end = span_ns;
	p->view = view;
	p->block = block;
}

static inline unsigned target_of(const struct play *p, unsigned row)
{
	return p->is_one_row ? p->one_row : row;
}

static inline int64_t time_of(const struct play *p, uint64_t ticks)
{
	return chunk_clock(ticks, p->ns_per_tick) - p->origin;
}

/* Is it about the one goroutine that counts, or do all? */
static inline bool counts(const struct play *p, const struct play_row *now)
{
	return p->life == 0 || now->occupant == p->life;
}

/* The row's state ends at t. */
static inline int end_state(struct play *p, unsigned row, int64_t t, struct err *e)
{
	struct play_row *now = &p->now[row];
	unsigned to = target_of(p, row);

	if (now->state == STATE_NONE || t <= p->h->t0 || !counts(p, now))
		return 0;
	if (now->since < p->h->t0)
		p->h->row[to].head_n++;
	return hist_add(p->h, to, now->state, 1, now->since, t, e);
}

/* The row's occupant ends at t. */
static inline void end_life(struct play *p, unsigned row, int64_t t)
{
	struct play_row *now = &p->now[row];

	if (now->occupant && now->lived_before && t > p->h->t0 && !p->is_one_row) {
		p->h->row[row].head_g = true;
		p->h->row[row].first_g = now->occupant;
	}
	now->occupant = 0;
}

static inline void begin_life(struct play *p, unsigned row, int64_t t, uint64_t g)
{
	struct hist_row *to = &p->h->row[row];
	struct play_row *now = &p->now[row];

	end_life(p, row, t);
	now->occupant = g;
	now->lived_before = t < p->h->t0;
	if (t < p->h->t0 || t >= p->h->t1 || p->is_one_row)
		return;
	if (to->born++ == 0 && !to->head_g)
		to->first_g = g;
}

static int play_event(struct play *p, const struct slice_event *ev, struct err *e)
{
	struct play_row *now = &p->now[ev->row];
	int64_t t;

	if (ev->kind == CHUNK_MARK)
		return 0;
	t = time_of(p, ev->ticks);
	if (end_state(p, ev->row, t, e) < 0)
		return -1;
	now->since = t;
	now->state = STATE_NONE;
	if (ev->kind == CHUNK_BORN) {
		begin_life(p, ev->row, t, ev->g);
		return 0;
	}
	if (ev->kind == CHUNK_GONE) {
		end_life(p, ev->row, t);
		return 0;
	}
	now->state = ev->state;
	if (ev->state == STATE_NONE || t < p->h->t0 || t >= p->h->t1 || !counts(p, now))
		return 0;
	p->h->row[target_of(p, ev->row)].starts++;
	return hist_mark(p->h, target_of(p, ev->row), ev->state, t, e);
}

static int play_lanes(struct play *p, const struct slice *s, struct err *e)
{
	for (unsigned i = 0; i < s->n_rows && !p->is_started; i++) {
		p->now[i].since = time_of(p, s->heads[i].ticks);
		p->now[i].state = s->heads[i].state;
		p->now[i].occupant = s->heads[i].occupant;
		p->now[i].lived_before = true;
	}
	p->is_started = true;
	for (size_t i = 0; i < s->n_events; i++)
		if (play_event(p, &s->events[i], e) < 0)
			return -1;
	return 0;
}

static int end_lanes(struct play *p, struct err *e)
{
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		if (end_state(p, i, p->end, e) < 0)
			return -1;
		end_life(p, i, p->end);
	}
	return 0;
}

/* Count all that are alive when the tile begins; alive[] is already after the event. */
static void pass_begin(struct play *p, unsigned row, const struct slice_event *ev)
{
	const uint64_t *alive = p->alive[row];
	uint64_t n = ev->kind != STATE_NONE;

	if (p->passed[row])
		return;
	p->passed[row] = true;
	for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
		n += alive[s];
	p->h->row[target_of(p, row)].head_n += n - (ev->state != STATE_NONE);
}

/* The count of a group's state was `n` until t. */
static inline int end_count(
	struct play *p, unsigned row, unsigned state, uint64_t n, int64_t t, struct err *e)
{
	int64_t since = p->since[row][state];

	p->since[row][state] = t;
	return n ? hist_add(p->h, target_of(p, row), state, n, since, t, e) : 0;
}

static int play_group_event(struct play *p, const struct slice_event *ev, struct err *e)
{
	const uint64_t *alive = p->alive[ev->row];
	int64_t t = time_of(p, ev->ticks);
	unsigned to = target_of(p, ev->row);

	if (t >= p->h->t0)
		pass_begin(p, ev->row, ev);
	if (ev->kind == ev->state)
		return 0;
	if (ev->kind != STATE_NONE &&
		end_count(p, ev->row, ev->kind, alive[ev->kind] + 1, t, e) < 0)
		return -1;
	if (ev->state == STATE_NONE)
		return 0;
	if (end_count(p, ev->row, ev->state, alive[ev->state] - 1, t, e) < 0)
		return -1;
	if (t < p->h->t0 || t >= p->h->t1)
		return 0;
	p->h->row[to].starts++;
	return hist_mark(p->h, to, ev->state, t, e);
}

static int play_groups(struct play *p, const struct slice *s, struct err *e)
{
	for (unsigned i = 0; i < BLOCK_ROWS && !p->is_started; i++) {
		for (unsigned k = 0; k < N_STATES; k++)
			p->since[i][k] = INT64_MIN;
		if (i < s->n_rows)
			memcpy(p->alive[i], s->groups[i].alive, sizeof(p->alive[i]));
	}
	p->is_started = true;
	for (size_t i = 0; i < s->n_events; i++) {
		const struct slice_event *ev = &s->events[i];

		if (ev->kind != STATE_NONE)
			p->alive[ev->row][ev->kind]--;
		if (ev->state != STATE_NONE)
			p->alive[ev->row][ev->state]++;
		if (play_group_event(p, ev, e) < 0)
			return -1;
	}
	return 0;
}

static int end_groups(struct play *p, struct err *e)
{
	static const struct slice_event nothing;

	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		if (p->end > p->h->t0)
			pass_begin(p, i, &nothing);
		for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
			if (end_count(p, i, s, p->alive[i][s], p->end, e) < 0)
				return -1;
	}
	return 0;
}

int play_slice(struct play *p, const struct slice *s, struct err *e)
{
	p->ns_per_tick = s->ns_per_tick;
	return p->view == VIEW_F ? play_groups(p, s, e) : play_lanes(p, s, e);
}

int play_end(struct play *p, struct err *e)
{
	return p->view == VIEW_F ? end_groups(p, e) : end_lanes(p, e);
}

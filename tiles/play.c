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
	struct hist *h = p->h;
	unsigned to = target_of(p, row);

	if (now->state == STATE_NONE || !counts(p, now))
		return 0;
	if (now->since < h->t0) {
		if (t <= h->t0)
			return 0;
		h->row[to].head_n++;
		if (hist_begin(h, to, now->state, 1, e) < 0)
			return -1;
	}
	hist_leave(h, to, now->state, 1, t);
	return 0;
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
	return hist_enter(p->h, target_of(p, ev->row), ev->state, t, e);
}

static int play_lanes(struct play *p, const struct slice *s, struct err *e)
{
	const uint8_t *at, *end = s->n_bytes ? s->events + s->n_bytes : s->events;
	struct slice_event ev = {0};

	for (unsigned i = 0; i < s->n_rows && !p->is_started; i++) {
		p->now[i].since = time_of(p, s->heads[i].ticks);
		p->now[i].state = s->heads[i].state;
		p->now[i].occupant = s->heads[i].occupant;
		p->now[i].lived_before = true;
	}
	p->is_started = true;
	for (at = s->events; at < end;) {
		at = slice_next(at, VIEW_G, &ev);
		if (play_event(p, &ev, e) < 0)
			return -1;
	}
	return 0;
}

static int end_lanes(struct play *p, struct err *e)
{
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		int64_t since = p->now[i].since;

		if (end_state(p, i, p->end > since ? p->end : since, e) < 0)
			return -1;
		end_life(p, i, p->end);
	}
	return 0;
}

/* Count all that are alive when the tile begins, before its first event: at or after its begin those
 * that reach into it, after it those that last. */
static int pass_begin(struct play *p, unsigned row, int64_t t, struct err *e)
{
	const uint64_t *alive = p->alive[row];
	unsigned to = target_of(p, row);
	uint64_t n = 0;

	for (unsigned s = STATE_NONE + 1; s < N_STATES; s++) {
		n += alive[s];
		if (t > p->h->t0 && alive[s] && hist_begin(p->h, to, s, alive[s], e) < 0)
			return -1;
	}
	if (!p->passed[row])
		p->h->row[to].head_n += n;
	p->passed[row] = true;
	p->has_begun[row] = t > p->h->t0;
	return 0;
}

/* Events that lie before the tile only change who is alive. */
static int play_group_event(struct play *p, const struct slice_event *ev, struct err *e)
{
	uint64_t *alive = p->alive[ev->row];
	int64_t t = time_of(p, ev->ticks);
	unsigned to = target_of(p, ev->row);
	struct hist *h = p->h;

	if (t >= h->t0 && !p->has_begun[ev->row] && pass_begin(p, ev->row, t, e) < 0)
		return -1;
	if (ev->kind != STATE_NONE) {
		alive[ev->kind]--;
		if (t > h->t0)
			hist_leave(h, to, ev->kind, 1, t);
	}
	if (ev->state == STATE_NONE)
		return 0;
	alive[ev->state]++;
	p->since[ev->row][ev->state] = t;
	if (t < h->t0 || t >= h->t1)
		return 0;
	if (t == h->t0)
		return hist_mark(h, to, ev->state, t, e) ? 0 : -1;
	return hist_enter(h, to, ev->state, t, e);
}

static int play_groups(struct play *p, const struct slice *s, struct err *e)
{
	const uint8_t *at, *end = s->n_bytes ? s->events + s->n_bytes : s->events;
	struct slice_event ev = {0};

	for (unsigned i = 0; i < s->n_rows && !p->is_started; i++)
		memcpy(p->alive[i], s->groups[i].alive, sizeof(p->alive[i]));
	p->is_started = true;
	for (at = s->events; at < end;) {
		at = slice_next(at, VIEW_F, &ev);
		if (play_group_event(p, &ev, e) < 0)
			return -1;
	}
	return 0;
}

static int end_groups(struct play *p, struct err *e)
{
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		if (p->end > p->h->t0 && !p->has_begun[i] && pass_begin(p, i, p->end, e) < 0)
			return -1;
		for (unsigned s = STATE_NONE + 1; s < N_STATES; s++) {
			int64_t since = p->since[i][s];

			if (p->has_begun[i] && p->alive[i][s])
				hist_leave(p->h, target_of(p, i), s, p->alive[i][s],
					p->end > since ? p->end : since);
		}
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

/* tile_scene.h - a random trace, given to the tiles and remembered by a model that shares no code with
 * them: plain lists of intervals, summed up bin by bin.
 *
 * Clocks tick in `rate` ns, step back now and then, and intervals of no length are common. */
#ifndef TESTS_TILE_SCENE_H
#define TESTS_TILE_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/vec.h"
#include "tiles/blocks.h"
#include "tiles/meta.h"
#include "tiles/store.h"
#include "tiles/tile.h"

#define SCENE_ROWS 70 /* of G: three blocks */
#define ok(call)   scene_ok((call) >= 0, &e, __LINE__)

static inline void scene_ok(bool is_ok, struct err *e, int line)
{
	if (!is_ok)
		fail_msg("line %d: %s", line, e->msg);
}

struct scene_interval {
	int64_t t0, t1, time_ns; /* page time; T of t0 */
	int64_t end_time_ns;     /* T of t1 */
	uint64_t g;              /* G: who lives there; P, M: the goroutine */
	uint32_t row, reason;
	uint8_t view, state;
};

struct scene_life {
	int64_t t0, t1;
	uint64_t g;
	uint32_t row;
};

struct scene_row {
	struct scene_interval open;
	struct scene_life life;
	int64_t last;
	uint64_t last_ticks;
};

struct scene {
	uint64_t random;
	double rate;
	int64_t origin, last_time, span, max_corr;
	uint64_t ticks, next_g;
	uint32_t n_rows;
	struct scene_row row[3][SCENE_ROWS];
	VEC(struct scene_interval) intervals;
	VEC(struct scene_life) lives;
	VEC(struct scene_interval)
	lanes;                     /* F: goroutines in the groups, as many as there are intervals */
	int64_t first[SCENE_ROWS]; /* P: page time of the row's first state */
	bool has_first[SCENE_ROWS];
	int64_t group_last[SCENE_ROWS];
	uint64_t group_last_ticks[SCENE_ROWS];
	VEC(struct scene_interval) group_open;
	struct store *st;
	struct blocks *b;
	uint64_t n_events;
};

static inline uint64_t scene_random(struct scene *s, uint64_t below)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return (s->random >> 11) % below;
}

static inline int64_t scene_clock(const struct scene *s, uint64_t ticks)
{
	return (int64_t)((double)ticks * s->rate);
}

/* Fill what all events have in common; the row's clock never steps back. Returns the page time. */
static inline int64_t scene_stamp(struct scene *s, struct scene_row *r, struct chunk_event *ev)
{
	int64_t clock;

	ev->ticks = s->ticks;
	if (scene_random(s, 50) == 0)
		ev->ticks -= scene_random(s, 300); /* another thread's clock */
	clock = scene_clock(s, ev->ticks);
	s->last_time = clock > s->last_time ? clock : s->last_time + 1;
	ev->corr_ns = s->last_time - clock;
	if (ev->corr_ns > s->max_corr)
		s->max_corr = ev->corr_ns;
	if (r->last_ticks < ev->ticks)
		r->last_ticks = ev->ticks;
	r->last = scene_clock(s, r->last_ticks) - s->origin;
	if (r->last > s->span)
		s->span = r->last;
	s->n_events++;
	return r->last;
}

static inline void scene_close(struct scene *s, struct scene_row *r, int64_t t)
{
	r->open.t1 = t;
	r->open.end_time_ns = s->last_time;
	if (r->open.state != STATE_NONE)
		assert_int_equal(vec_push(&s->intervals, r->open), 0);
	r->open.state = STATE_NONE;
}

/* What the event at `ticks` means for the group of the row's block. */
static inline void scene_group(
	struct scene *s, uint32_t row, uint64_t ticks, unsigned left, unsigned entered)
{
	uint32_t group = row / BLOCK_ROWS;
	int64_t t;

	if (s->group_last_ticks[group] < ticks)
		s->group_last_ticks[group] = ticks;
	t = scene_clock(s, s->group_last_ticks[group]) - s->origin;
	if (t > s->span)
		s->span = t;
	for (size_t i = 0; left && i < s->group_open.n; i++) {
		struct scene_interval *open = &s->group_open.at[i];

		if (open->row != group || open->state != left)
			continue;
		open->t1 = t;
		assert_int_equal(vec_push(&s->lanes, *open), 0);
		*open = s->group_open.at[--s->group_open.n];
		break;
	}
	if (entered) {
		struct scene_interval open = {
			.t0 = t, .row = group, .view = VIEW_F, .state = (uint8_t)entered};

		assert_int_equal(vec_push(&s->group_open, open), 0);
	}
}

static inline void scene_add(
	struct scene *s, enum view view, uint32_t row, const struct chunk_event *ev)
{
	const struct slab_event added = {.ev = *ev, .row = row, .view = (uint8_t)view};
	struct err e = ERR_INIT;

	ok(blocks_add(s->b, &added, &e));
}

static inline void scene_state(struct scene *s, enum view view, uint32_t row, unsigned state)
{
	struct scene_row *r = &s->row[view][row];
	struct chunk_event ev = {.kind = CHUNK_STATE, .state = (uint8_t)state};
	int64_t t = scene_stamp(s, r, &ev);
	unsigned columns = chunk_columns(view, CHUNK_STATE, state);
	unsigned left = r->open.state;

	ev.reason = (uint32_t)scene_random(s, 4);
	ev.stack = (uint32_t)scene_random(s, 300);
	ev.g = scene_random(s, 100) + 1;
	ev.p = (uint32_t)scene_random(s, 5);
	ev.m = (uint32_t)scene_random(s, 5);
	scene_add(s, view, row, &ev);
	if (view == VIEW_P && !s->has_first[row]) {
		s->has_first[row] = true;
		s->first[row] = t;
	}
	scene_close(s, r, t);
	r->open = (struct scene_interval){
		.t0 = t, .row = row, .view = (uint8_t)view, .state = (uint8_t)state};
	r->open.time_ns = s->origin + t + (s->last_time - s->origin - t);
	r->open.reason = columns & COLUMN_REASON ? ev.reason : 0;
	r->open.g = view == VIEW_G ? r->life.g : columns & COLUMN_G ? ev.g : 0;
	if (view == VIEW_G && left != state)
		scene_group(s, row, ev.ticks, left, state);
}

static inline void scene_born(struct scene *s, uint32_t row)
{
	struct scene_row *r = &s->row[VIEW_G][row];
	struct chunk_event ev = {
		.kind = CHUNK_BORN, .g = ++s->next_g, .g2 = s->next_g / 2, .stack = 7};
	int64_t t = scene_stamp(s, r, &ev);

	scene_add(s, VIEW_G, row, &ev);
	r->life = (struct scene_life){.t0 = t, .g = s->next_g, .row = row};
	scene_state(s, VIEW_G, row, STATE_RUNNABLE);
}

static inline void scene_gone(struct scene *s, uint32_t row)
{
	struct scene_row *r = &s->row[VIEW_G][row];
	struct chunk_event ev = {.kind = CHUNK_GONE};
	unsigned left = r->open.state;
	int64_t t = scene_stamp(s, r, &ev);

	scene_add(s, VIEW_G, row, &ev);
	scene_close(s, r, t);
	r->life.t1 = t;
	assert_int_equal(vec_push(&s->lives, r->life), 0);
	r->life.g = 0;
	if (left)
		scene_group(s, row, ev.ticks, left, STATE_NONE);
}

static inline void scene_mark(struct scene *s, uint32_t row)
{
	struct chunk_event ev = {.kind = CHUNK_MARK,
		.mark = (uint8_t)scene_random(s, N_MARKS),
		.text = 3,
		.text2 = 4,
		.task = 5,
		.stack = 6,
		.g = 1};

	scene_stamp(s, &s->row[VIEW_G][row], &ev);
	scene_add(s, VIEW_G, row, &ev);
}

static inline void scene_step(struct scene *s)
{
	static const uint8_t lane_states[] = {STATE_NONE, STATE_RUNNING, STATE_GC, STATE_ASSIST,
		STATE_SYSCALL, STATE_OTHER, STATE_RUNNING, STATE_UNKNOWN};
	uint32_t row = (uint32_t)scene_random(s, s->n_rows);

	if (scene_random(s, 3))
		s->ticks += scene_random(s, scene_random(s, 200) ? 20 : 5000);
	switch (scene_random(s, 4)) {
	case 0:
	case 1:
		if (!s->row[VIEW_G][row].life.g)
			scene_born(s, row);
		else if (scene_random(s, 12) == 0)
			scene_gone(s, row);
		else if (scene_random(s, 12) == 0)
			scene_mark(s, row);
		else
			scene_state(s, VIEW_G, row, 1 + (unsigned)scene_random(s, N_STATES - 1));
		break;
	case 2:
		scene_state(s, VIEW_P, row % 5, lane_states[scene_random(s, 8)]);
		break;
	default:
		scene_state(s, VIEW_M, row, lane_states[scene_random(s, 8)]);
	}
}

/* What is still open ends with the trace. */
static inline void scene_end(struct scene *s)
{
	for (unsigned v = 0; v < 3; v++)
		for (unsigned i = 0; i < SCENE_ROWS; i++) {
			struct scene_row *r = &s->row[v][i];

			scene_close(s, r, s->span);
			if (r->life.g) {
				r->life.t1 = s->span;
				assert_int_equal(vec_push(&s->lives, r->life), 0);
			}
		}
	for (size_t i = 0; i < s->group_open.n; i++) {
		s->group_open.at[i].t1 = s->span;
		assert_int_equal(vec_push(&s->lanes, s->group_open.at[i]), 0);
	}
}

/* A trace of n steps into a new store at `path`, its meta put, nothing published. */
static inline void scene_make(
	struct scene *s, const char *path, uint64_t seed, unsigned n, uint32_t rows, double rate)
{
	struct err e = ERR_INIT;
	struct meta meta = {0};

	memset(s, 0, sizeof(*s));
	s->random = seed * 0x9e3779b97f4a7c15u + 1;
	s->rate = rate;
	s->ticks = 1000000;
	s->n_rows = rows;
	s->origin = scene_clock(s, s->ticks - 1000);
	s->last_time = s->origin;
	s->st = store_create(path, &e);
	scene_ok(s->st != NULL, &e, __LINE__);
	s->b = blocks_create(s->st, s->origin, rate, &e);
	scene_ok(s->b != NULL, &e, __LINE__);
	for (uint32_t i = 0; i * BLOCK_ROWS < rows; i++)
		ok(blocks_add_block(s->b, i, s->ticks, &e));
	for (unsigned i = 0; i < n; i++)
		scene_step(s);
	scene_end(s);
	ok(blocks_seal(s->b, &e));
	assert_true(blocks_last_ns(s->b) == s->span);
	meta.origin_ns = s->origin;
	meta.origin_time_ns = s->origin;
	meta.end_time_ns = s->last_time;
	meta.max_corr_ns = s->max_corr;
	meta.span_ns = s->span;
	meta.levels = tile_levels(s->span);
	for (unsigned v = 0; v < N_VIEWS; v++)
		meta.n_blocks[v] = blocks_count(s->b, (enum view)v);
	meta.n_events = s->n_events;
	ok(meta_put(s->st, &meta, &e));
}

static inline void scene_clear(struct scene *s)
{
	blocks_destroy(s->b);
	store_close(s->st);
	vec_clear(&s->intervals);
	vec_clear(&s->lives);
	vec_clear(&s->lanes);
	vec_clear(&s->group_open);
}

#endif

/* row_set.h - a set of rows of P, M and G: a bit per row, and goroutines that are meant alone.
 *
 * A goroutine shares its row with those that lived there before and after it, so a row that is in the
 * set for the sake of single goroutines counts only while one of them lives there.
 *
 * Memory: 4 bytes per block of the views that something was added of. Threads: none.
 * Errors: ERR_MEMORY; ERR_NOT_FOUND for rows that lie in no block. */
#ifndef TILES_ROW_SET_H
#define TILES_ROW_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/tile_key.h"

struct err;

#define ROW_SET_VIEWS 3 /* VIEW_P, VIEW_M, VIEW_G */

struct row_set {
	uint32_t *rows[ROW_SET_VIEWS]; /* by block: bit per row; NULL: none of the view */
	uint32_t *shared;              /* of G: rows where only `goroutines` count; NULL: none */
	uint32_t n_blocks[ROW_SET_VIEWS];
	VEC(uint64_t) goroutines;
};

/* Empty; n_blocks: of the trace, by view. */
void row_set_init(struct row_set *s, const uint32_t *n_blocks);
void row_set_clear(struct row_set *s);

int row_set_add(
	struct row_set *s, enum view view, uint64_t first, uint64_t last, struct err *e); /* rows */
int row_set_add_goroutine(
	struct row_set *s, uint64_t g, uint32_t block, uint32_t row, struct err *e);

/* Is there anything of this view in it? */
static inline bool row_set_has_view(const struct row_set *s, unsigned view)
{
	return view < ROW_SET_VIEWS && (s->rows[view] || (view == VIEW_G && s->shared));
}

static inline bool row_set_bit(const uint32_t *rows, uint32_t n_blocks, uint32_t row)
{
	return rows && row / BLOCK_ROWS < n_blocks &&
		(rows[row / BLOCK_ROWS] >> row % BLOCK_ROWS & 1);
}

/* May something of the row be in it? */
static inline bool row_set_has_row(const struct row_set *s, unsigned view, uint32_t row)
{
	return view < ROW_SET_VIEWS &&
		(row_set_bit(s->rows[view], s->n_blocks[view], row) ||
			(view == VIEW_G && row_set_bit(s->shared, s->n_blocks[view], row)));
}

/* Is it, while `g` lives there? */
bool row_set_has(const struct row_set *s, unsigned view, uint32_t row, uint64_t g);

#endif

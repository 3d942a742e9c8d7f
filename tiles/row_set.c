#include "tiles/row_set.h"

#include "parser/base/err.h"

void row_set_init(struct row_set *s, const uint32_t *n_blocks)
{
	memset(s, 0, sizeof(*s));
	memcpy(s->n_blocks, n_blocks, sizeof(s->n_blocks));
}

void row_set_clear(struct row_set *s)
{
	for (unsigned v = 0; v < ROW_SET_VIEWS; v++)
		mem_free(s->rows[v]);
	mem_free(s->shared);
	vec_clear(&s->goroutines);
	memset(s, 0, sizeof(*s));
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot choose rows: out of memory");
}

static int make(uint32_t **rows, uint32_t n_blocks, struct err *e)
{
	if (!*rows)
		*rows = mem_calloc((size_t)n_blocks + 1, sizeof(**rows));
	return *rows ? 0 : no_memory(e);
}

int row_set_add(struct row_set *s, enum view view, uint64_t first, uint64_t last, struct err *e)
{
	if (view >= ROW_SET_VIEWS || first > last || last / BLOCK_ROWS >= s->n_blocks[view])
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the rows: no such block");
	if (make(&s->rows[view], s->n_blocks[view], e) < 0)
		return -1;
	for (uint64_t block = first / BLOCK_ROWS; block <= last / BLOCK_ROWS; block++) {
		uint64_t begin = block * BLOCK_ROWS, end = begin + BLOCK_ROWS - 1;
		unsigned from = first > begin ? (unsigned)(first - begin) : 0;
		unsigned to = last < end ? (unsigned)(last - begin) : BLOCK_ROWS - 1;

		s->rows[view][block] |=
			(UINT32_MAX << from) & (UINT32_MAX >> (BLOCK_ROWS - 1 - to));
	}
	return 0;
}

int row_set_add_goroutine(
	struct row_set *s, uint64_t g, uint32_t block, uint32_t row, struct err *e)
{
	if (block >= s->n_blocks[VIEW_G] || row >= BLOCK_ROWS)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the rows: no such block");
	if (make(&s->shared, s->n_blocks[VIEW_G], e) < 0)
		return -1;
	if (vec_push(&s->goroutines, g) < 0)
		return no_memory(e);
	s->shared[block] |= UINT32_C(1) << row;
	return 0;
}

bool row_set_has(const struct row_set *s, unsigned view, uint32_t row, uint64_t g)
{
	if (view >= ROW_SET_VIEWS)
		return false;
	if (row_set_bit(s->rows[view], s->n_blocks[view], row))
		return true;
	if (view != VIEW_G || !row_set_bit(s->shared, s->n_blocks[view], row))
		return false;
	for (size_t i = 0; i < s->goroutines.n; i++)
		if (s->goroutines.at[i] == g)
			return true;
	return false;
}

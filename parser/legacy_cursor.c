#include "parser/legacy_cursor.h"

#include <inttypes.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/legacy_index.h"
#include "parser/legacy_record.h"
#include "parser/source.h"

void legacy_cursor_init(struct legacy_cursor *c, const struct legacy_index *x, size_t proc)
{
	memset(c, 0, sizeof(*c));
	c->p = x->procs.at[proc].id;
	c->piece = x->procs.at[proc].first;
}

void legacy_cursor_clear(struct legacy_cursor *c)
{
	mem_free(c->block);
	c->block = NULL;
}

static int fail_changed(const struct legacy_cursor *c, struct err *e)
{
	return err_set(e, ERR_DAMAGED, c->base,
		"Cannot read trace: the file changed while it was read, at byte %" PRId64, c->base);
}

static int load_piece(struct legacy_cursor *c, struct legacy_index *x, struct err *e)
{
	const struct legacy_piece *piece = &x->pieces.at[c->piece];
	uint8_t *block = c->block;
	int64_t n;

	if (c->block_size < piece->size) {
		block = mem_realloc(c->block, piece->size);
		if (!block)
			return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
		c->block = block;
		c->block_size = piece->size;
	}
	c->base = piece->offset;
	n = source_read_at(x->src, piece->offset, block, piece->size, e);
	if (n < 0)
		return -1;
	if (n < (int64_t)piece->size)
		return fail_changed(c, e);
	c->b = bytes_of(block, piece->size);
	c->piece = piece->next;
	return 0;
}

/* Which goroutine the event is of, and which one the P runs after it. */
static inline void follow_goroutine(
	struct legacy_cursor *c, struct legacy_event *ev, enum legacy_role role)
{
	if (legacy_role_starts(role))
		c->last_g = ev->g = ev->args[0];
	else if (legacy_role_leaves(role))
		c->last_g = 0;
	else if (role == LEGACY_RETURNS || role == LEGACY_LISTS)
		ev->g = ev->args[0];
}

static inline int fill(struct legacy_cursor *c, struct legacy_index *x,
	const struct legacy_record *r, struct legacy_event *ev, struct err *e)
{
	const struct legacy_spec *spec = &legacy_spec_table[r->type];
	unsigned n_args = spec->n_numbers - 1u, i;
	uint32_t wide;

	c->ticks += r->numbers[0];
	ev->ticks = (int64_t)c->ticks;
	ev->g = c->last_g;
	ev->p = c->p;
	ev->type = r->type;
	ev->stack = 0;
	if (spec->has_stack)
		ev->stack = (uint32_t)r->numbers[n_args--];
	for (i = 0; i < 4; i++)
		ev->args[i] = i < n_args ? r->numbers[i + 1] : 0;
	if (r->type == LEGACY_USER_LOG) {
		if (legacy_table_put_string(&x->table, r->text, r->n_text, &wide, e) < 0)
			return -1;
		ev->args[3] = wide;
	}
	follow_goroutine(c, ev, spec->role);
	return 1;
}

int legacy_cursor_next(
	struct legacy_cursor *c, struct legacy_index *x, struct legacy_event *ev, struct err *e)
{
	struct legacy_record r;

	for (;;) {
		if (c->b.at == c->b.end) {
			if (c->piece == LEGACY_NO_PIECE)
				return 0;
			if (load_piece(c, x, e) < 0)
				return -1;
		}
		ev->offset = c->base + (c->b.at - c->block);
		if (legacy_record_next(&c->b, x->lim, x->minor, &r) != LEGACY_COMPLETE)
			return fail_changed(c, e);
		if (legacy_spec_table[r.type].is_timed)
			return fill(c, x, &r, ev, e);
		if (r.type == LEGACY_BATCH)
			c->ticks = r.numbers[1];
	}
}

unsigned legacy_cursor_peek(const struct legacy_cursor *c, struct legacy_index *x, uint64_t g)
{
	struct legacy_cursor copy = *c;
	unsigned type = LEGACY_NONE;
	struct legacy_event ev;

	copy.block = NULL; /* a copy reads on from the same bytes, and then into its own */
	copy.block_size = 0;
	while (legacy_cursor_next(&copy, x, &ev, NULL) > 0) {
		if (ev.g == g)
			type = ev.type;
		if (ev.g == g || legacy_role_starts(legacy_spec_table[ev.type].role))
			break;
	}
	legacy_cursor_clear(&copy);
	return type;
}

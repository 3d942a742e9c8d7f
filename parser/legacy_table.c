#include "parser/legacy_table.h"

#include <inttypes.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "parser/base/intern.h"
#include "parser/legacy_record.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
}

static int fail_limit(const char *what, uint64_t limit, int64_t offset, struct err *e)
{
	return err_set(e, ERR_LIMIT, offset,
		"Cannot read trace: too many %s, limit=%" PRIu64 ", at byte %" PRId64, what, limit,
		offset);
}

void legacy_table_init(struct legacy_table *t, struct source *src, const struct limits *lim,
	struct intern *strings, struct intern *stacks)
{
	memset(t, 0, sizeof(*t));
	t->src = src;
	t->lim = lim;
	t->strings = strings;
	t->stacks = stacks;
	map_init(&t->string_of);
	map_init(&t->stack_of);
	map_init(&t->frame_of);
}

void legacy_table_clear(struct legacy_table *t)
{
	vec_clear(&t->texts);
	vec_clear(&t->frames);
	vec_clear(&t->bytes);
	vec_clear(&t->stack);
	map_clear(&t->string_of);
	map_clear(&t->stack_of);
	map_clear(&t->frame_of);
}

int legacy_table_add_string(
	struct legacy_table *t, const struct legacy_record *r, int64_t offset, struct err *e)
{
	struct legacy_text text = {.offset = offset, .size = r->n_text};

	if (map_get(&t->string_of, r->numbers[0]) != MAP_NONE) {
		return err_set(e, ERR_DAMAGED, offset,
			"Cannot read trace: two strings have one id, at byte %" PRId64, offset);
	}
	if (++t->n_strings > t->lim->strings)
		return fail_limit("strings", t->lim->strings, offset, e);
	if (map_put(&t->string_of, r->numbers[0], (uint32_t)t->texts.n) < 0 ||
		vec_push(&t->texts, text) < 0)
		return no_memory(e);
	return 0;
}

static int add_frame(
	struct legacy_table *t, uint64_t pc, struct legacy_frame f, int64_t offset, struct err *e)
{
	if (map_get(&t->frame_of, pc) != MAP_NONE)
		return 0;
	if (t->frames.n >= t->lim->pcs)
		return fail_limit("frames", t->lim->pcs, offset, e);
	if (map_put(&t->frame_of, pc, (uint32_t)t->frames.n) < 0 || vec_push(&t->frames, f) < 0)
		return no_memory(e);
	return 0;
}

int legacy_table_add_stack(
	struct legacy_table *t, const struct legacy_record *r, int64_t offset, struct err *e)
{
	struct legacy_text text = {.offset = offset, .size = r->n_text};
	struct bytes b = bytes_of(r->text, r->n_text);
	uint32_t id = (uint32_t)r->numbers[0]; /* as Go cuts it */
	uint32_t at = map_get(&t->stack_of, id);

	if (id == 0 || r->n_text == 0)
		return 0;
	while (bytes_left(&b) > 0) {
		uint64_t pc = bytes_uvarint(&b);
		struct legacy_frame f = {.func = bytes_uvarint(&b)};

		f.file = bytes_uvarint(&b);
		f.line = bytes_uvarint(&b);
		if (add_frame(t, pc, f, offset, e) < 0)
			return -1;
	}
	if (at != MAP_NONE) {
		t->texts.at[at] = text;
		return 0;
	}
	if (++t->n_stacks > t->lim->stacks)
		return fail_limit("stacks", t->lim->stacks, offset, e);
	if (map_put(&t->stack_of, id, (uint32_t)t->texts.n) < 0 || vec_push(&t->texts, text) < 0)
		return no_memory(e);
	return 0;
}

int legacy_table_put_string(
	struct legacy_table *t, const void *bytes, uint32_t n, uint32_t *wide, struct err *e)
{
	*wide = 0;
	if (n == 0)
		return 0;
	*wide = intern_put(t->strings, bytes, n);
	if (*wide == 0)
		return no_memory(e);
	if (t->strings->total > t->lim->string_total)
		return fail_limit("bytes of strings", t->lim->string_total, -1, e);
	if (t->strings->entries.n > t->lim->strings)
		return fail_limit("strings in all", t->lim->strings, -1, e);
	return 0;
}

/* The bytes of a text into t->bytes. */
static int fetch(struct legacy_table *t, const struct legacy_text *text, struct err *e)
{
	int64_t n;

	if (vec_reserve(&t->bytes, text->size) < 0)
		return no_memory(e);
	n = source_read_at(t->src, text->offset, t->bytes.at, text->size, e);
	if (n < 0)
		return -1;
	if (n < (int64_t)text->size) {
		return err_set(e, ERR_TRUNCATED, text->offset,
			"Cannot read trace: the file became shorter while it was read, at byte "
			"%" PRId64,
			text->offset);
	}
	t->bytes.n = text->size;
	return 0;
}

int legacy_table_wide_string(struct legacy_table *t, uint64_t id, uint32_t *wide, struct err *e)
{
	uint32_t at = id ? map_get(&t->string_of, id) : MAP_NONE;
	struct legacy_text *text;

	*wide = 0;
	if (at == MAP_NONE) {
		if (id == 0 || t->is_partial)
			return 0;
		return err_set(e, ERR_DAMAGED, -1,
			"Cannot read trace: a string that is named does not exist, id=%" PRIu64,
			id);
	}
	text = &t->texts.at[at];
	if (text->wide == 0 &&
		(fetch(t, text, e) < 0 ||
			legacy_table_put_string(t, t->bytes.at, text->size, &text->wide, e) < 0))
		return -1;
	*wide = text->wide;
	return 0;
}

/* The stack's pcs, from its bytes into t->stack. What else a frame says stands in t->frames. */
static int read_pcs(struct legacy_table *t, const struct legacy_text *text, struct err *e)
{
	struct bytes b;

	if (fetch(t, text, e) < 0)
		return -1;
	b = bytes_of(t->bytes.at, text->size);
	for (t->stack.n = 0; bytes_left(&b) > 0;) {
		struct trace_frame out = {.pc = bytes_uvarint(&b)};

		bytes_uvarint(&b);
		bytes_uvarint(&b);
		bytes_uvarint(&b);
		if (vec_push(&t->stack, out) < 0)
			return no_memory(e);
	}
	return 0;
}

static int name_frames(struct legacy_table *t, int64_t offset, struct err *e)
{
	size_t i;

	for (i = 0; i < t->stack.n; i++) {
		struct trace_frame *out = &t->stack.at[i];
		uint32_t at = map_get(&t->frame_of, out->pc);

		if (at == MAP_NONE) {
			return err_set(e, ERR_DAMAGED, offset,
				"Cannot read trace: the file changed while it was read, at byte "
				"%" PRId64,
				offset);
		}
		out->line = t->frames.at[at].line;
		if (legacy_table_wide_string(t, t->frames.at[at].func, &out->func, e) < 0 ||
			legacy_table_wide_string(t, t->frames.at[at].file, &out->file, e) < 0)
			return -1;
	}
	return 0;
}

static int find_stack(struct legacy_table *t, uint64_t id, uint32_t *wide, struct err *e)
{
	uint32_t at = map_get(&t->stack_of, id);
	struct legacy_text *text = at == MAP_NONE ? NULL : &t->texts.at[at];

	*wide = text ? text->wide : 0;
	if (!text || text->wide != 0)
		return 0;
	if (read_pcs(t, text, e) < 0 || name_frames(t, text->offset, e) < 0)
		return -1;
	text->wide =
		intern_put(t->stacks, t->stack.at, (uint32_t)(t->stack.n * sizeof(*t->stack.at)));
	if (text->wide == 0)
		return no_memory(e);
	if (t->stacks->entries.n > t->lim->stacks)
		return fail_limit("stacks in all", t->lim->stacks, text->offset, e);
	*wide = text->wide;
	return 0;
}

int legacy_table_wide_stack(struct legacy_table *t, uint64_t id, uint32_t *wide, struct err *e)
{
	size_t slot = id % LEGACY_STACK_CACHE;

	*wide = 0;
	if (id == 0)
		return 0;
	if (t->cache[slot].id != id) {
		if (find_stack(t, id, wide, e) < 0)
			return -1;
		t->cache[slot].id = id;
		t->cache[slot].wide = *wide;
	}
	*wide = t->cache[slot].wide;
	return 0;
}

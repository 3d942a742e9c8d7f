#include "tiles/call_tree.h"

#include <string.h>

#include "parser/base/err.h"
#include "tiles/profile.h"
#include "tiles/text_table.h"

#define ASK_STACKS 256

void call_tree_init(struct call_tree *t)
{
	memset(t, 0, sizeof(*t));
	map_init(&t->known);
}

void call_tree_clear(struct call_tree *t)
{
	vec_clear(&t->nodes);
	map_clear(&t->known);
	memset(t, 0, sizeof(*t));
}

static int add_node(struct call_tree *t, struct call_node node, struct err *e)
{
	if (vec_push(&t->nodes, node) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot grow call tree: nodes=%zu", t->nodes.n);
	return 0;
}

/* The child of node `parent` for a frame; 0 where there is no room for it. */
static int find_child(struct call_tree *t, uint32_t parent, const struct trace_frame *f,
	uint32_t max_nodes, uint32_t *child, struct err *e)
{
	const struct call_node node = {.parent = parent, .function = f->func, .file = f->file};
	uint64_t key = (uint64_t)parent << 32 | f->func;

	*child = map_get(&t->known, key);
	if (*child != MAP_NONE)
		return 0;
	*child = 0;
	if (t->nodes.n >= max_nodes)
		return 0;
	*child = (uint32_t)t->nodes.n;
	if (map_put(&t->known, key, *child) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot grow call tree: nodes=%u", *child);
	return add_node(t, node, e);
}

/* frames: the innermost first. */
static int add_stack(struct call_tree *t, const struct profile_entry *p,
	const struct trace_frame *frames, size_t n, uint32_t max_nodes, struct err *e)
{
	uint32_t at = 0;

	while (n-- > 0) {
		uint32_t child;

		if (find_child(t, at, &frames[n], max_nodes, &child, e) < 0)
			return -1;
		if (child == 0) {
			t->n_cut++;
			break;
		}
		at = child;
		t->nodes.at[at].ns += p->ns;
		t->nodes.at[at].n += p->n;
	}
	t->nodes.at[at].self_ns += p->ns;
	t->nodes.at[at].self_n += p->n;
	return 0;
}

int call_tree_make(struct call_tree *t, struct text_reader *text, const struct profile *p,
	uint32_t max_nodes, struct cancel cancel, struct err *e)
{
	if (add_node(t, (struct call_node){.ns = p->ns, .n = p->n}, e) < 0)
		return -1;
	for (size_t i = 0; i < p->entries.n; i++) {
		const struct profile_entry *entry = &p->entries.at[i];
		const struct trace_frame *frames;
		size_t n;

		if (i % ASK_STACKS == 0 && cancel.is_cancelled &&
			cancel.is_cancelled(cancel.context))
			return err_set(e, ERR_CANCELLED, -1, "Cannot merge stacks: cancelled");
		if (text_get_stack(text, entry->stack, &frames, &n, e) < 0 ||
			add_stack(t, entry, frames, n, max_nodes, e) < 0)
			return -1;
	}
	return 0;
}

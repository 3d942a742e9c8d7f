/* call_tree.h - stacks with weights, merged from their outermost frame on: what a flame graph draws.
 *
 *   profile (profile.h), stacks of the store ► nodes: a function called by its parent's function
 *
 * Frames are merged by function, whatever the line. A node's weight is that of all stacks that go
 * through it; `self` of those that end in it.
 *
 * 1. Node 0 is the root, with all of the profile; what has no stack ends in it. Parents come before
 *    their children, and weigh at least what these do together.
 * 2. A tree that has all the nodes it may have grows no more: stacks are taken in the profile's order,
 *    the heaviest first, and a later one ends at the deepest node it finds. Such stacks are counted
 *    (n_cut), and none of their weight is lost.
 *
 * Memory: some 90 bytes per node, of which there are at most as many as asked for. Threads: as the store.
 * Errors: of the store; ERR_CANCELLED. */
#ifndef TILES_CALL_TREE_H
#define TILES_CALL_TREE_H

#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "tiles/slabs.h"

struct err;
struct profile;
struct text_reader;

struct call_node {
	uint64_t ns, n, self_ns, self_n;
	uint32_t parent;         /* a node before; the root's own is 0 */
	uint32_t function, file; /* strings; 0 unknown, or the root */
};

struct call_tree {
	VEC(struct call_node) nodes;
	uint64_t n_cut;   /* stacks */
	struct map known; /* parent << 32 | function: node */
};

void call_tree_init(struct call_tree *t);
void call_tree_clear(struct call_tree *t);

/* Once per struct call_tree; max_nodes >= 1. */
int call_tree_make(struct call_tree *t, struct text_reader *text, const struct profile *p,
	uint32_t max_nodes, struct cancel cancel, struct err *e);

#endif

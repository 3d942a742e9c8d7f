/* legacy_table.h — strings and stacks of a version-1 trace, which stand at the end of its file.
 *
 *	number in the file ► place in the file ► (on first use) bytes ► trace-wide id
 *
 * Pass 1 notes places only: of a trace with half a million stacks most of the bytes are theirs.
 * Frames are by pc, and the first stack that names a pc says which function it is, as in Go.
 *
 * 1. Two strings with one id are damage; of two stacks with one id the later one counts (Go).
 * 2. A string that is named but does not exist is damage, a stack is none. In a file that was
 *    cut (is_partial) both are none: the end of the file, with all of them, is missing.
 *
 * Memory: 24 bytes a string, a stack or a pc; the bytes live in the trace's own tables.
 * Threads: one table belongs to one thread. */
#ifndef PARSER_LEGACY_TABLE_H
#define PARSER_LEGACY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"

struct err;
struct intern;
struct legacy_record;
struct limits;
struct source;
struct trace_frame;

struct legacy_text {
	int64_t offset;
	uint32_t size;
	uint32_t wide; /* trace-wide id, 0 until the first use */
};

struct legacy_frame {
	uint64_t func, file; /* strings of the file */
	uint64_t line;
};

#define LEGACY_STACK_CACHE 256

struct legacy_table {
	struct source *src;
	const struct limits *lim;
	struct intern *strings, *stacks; /* of the trace: borrowed */
	VEC(struct legacy_text) texts;   /* strings and stacks */
	VEC(struct legacy_frame) frames;
	struct map string_of, stack_of, frame_of;
	VEC(uint8_t) bytes; /* of the one that is read */
	VEC(struct trace_frame) stack;
	uint64_t n_strings, n_stacks;
	/* The stacks last asked for, at id % LEGACY_STACK_CACHE: a program has few hot ones. */
	struct {
		uint64_t id; /* 0 = none */
		uint32_t wide;
	} cache[LEGACY_STACK_CACHE];
	bool is_partial;
};

void legacy_table_init(struct legacy_table *t, struct source *src, const struct limits *lim,
	struct intern *strings, struct intern *stacks);
void legacy_table_clear(struct legacy_table *t);

/* A record of that kind whose text begins at `offset` of the file. */
int legacy_table_add_string(
	struct legacy_table *t, const struct legacy_record *r, int64_t offset, struct err *e);
int legacy_table_add_stack(
	struct legacy_table *t, const struct legacy_record *r, int64_t offset, struct err *e);

/* The trace-wide id; 0 for id 0. */
int legacy_table_wide_string(struct legacy_table *t, uint64_t id, uint32_t *wide, struct err *e);
int legacy_table_wide_stack(struct legacy_table *t, uint64_t id, uint32_t *wide, struct err *e);

/* A text that has no id in the file: one of the trace's tables, with their limits. */
int legacy_table_put_string(
	struct legacy_table *t, const void *bytes, uint32_t n, uint32_t *wide, struct err *e);

#endif

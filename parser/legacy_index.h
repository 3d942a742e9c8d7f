/* legacy_index.h — pass 1 over a version-1 trace: what stands where.
 *
 * Strings, stacks and the clock come last in the file, and a P's batches anywhere, so the file is
 * framed once from front to back before an event can be served.
 *
 *	file     | batch P0 | batch P1 ........................ | batch P0 | tables |
 *	pieces   |  0: P0   | 1: P1       | 2: P1   | 3: P1     |  4: P0   |   —    |
 *	procs    P0: 0 ► 4      P1: 1 ► 2 ► 3
 *
 * 1. A piece is a run of whole records of one batch, at most PIECE_BYTES and one record long, so
 *    that no reader ever holds a batch (Go's have 64 KiB, a forged one may be the whole file).
 *    Runs without an event of a P are no pieces.
 * 2. piece.first_exit is the earliest real time of a system call's end inside whose record comes
 *    later than that: Go gives them that time, so the ordering must look ahead for them.
 * 3. A file that ends or breaks within is indexed up to there; `cut` says why.
 *
 * Memory: 40 bytes a piece, i.e. 320 KB for a file of 500 MB, 32 bytes a CPU sample, the table.
 * Threads: one index belongs to one thread. Errors: of the system, of memory, of limits. */
#ifndef PARSER_LEGACY_INDEX_H
#define PARSER_LEGACY_INDEX_H

#include <stdint.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "parser/base/sort.h"
#include "parser/base/vec.h"
#include "parser/legacy_table.h"

struct limits;
struct source;

#define LEGACY_NO_PIECE UINT32_MAX

struct legacy_piece {
	int64_t offset; /* of its first record */
	uint32_t size;
	uint32_t next;      /* piece of the same P, or LEGACY_NO_PIECE */
	uint64_t ticks;     /* before its first record, which a batch header replaces */
	int64_t first_exit; /* ticks; INT64_MAX = none */
};

struct legacy_index_proc {
	int32_t id;
	uint32_t first, last; /* pieces */
};

/* CPU samples come late and in no order; Go sorts them by the time the signal arrived. */
struct legacy_sample {
	int64_t ticks;
	uint64_t g;
	int64_t offset;
	uint32_t stack;
	int32_t p;
};

struct legacy_index {
	struct source *src;
	const struct limits *lim;
	int minor;
	VEC(struct legacy_piece) pieces;
	VEC(struct legacy_index_proc) procs; /* in order of their first batch */
	VEC(struct legacy_sample) samples;
	VEC(struct sort_item) sample_order; /* values: samples */
	struct map proc_of, timers;         /* goroutines that serve timers (up to Go 1.13) */
	struct legacy_table table;
	int64_t ticks_per_sec; /* 0 = the file does not say */
	int64_t n_bytes;       /* that were read */
	struct err cut;        /* ERR_NONE where the file is whole */
};

void legacy_index_init(struct legacy_index *x, struct source *src, const struct limits *lim,
	int minor, struct intern *strings, struct intern *stacks);
void legacy_index_clear(struct legacy_index *x);

/* Read the file behind its header. */
int legacy_index_read(struct legacy_index *x, struct err *e);

#endif

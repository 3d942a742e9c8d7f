/* text_table.h - strings and stacks by number: pages of about 64 KiB, one read per look-up.
 *
 * Numbers are those of the trace (parser/trace.h), from 1, put in ascending order without gaps.
 * String page: varint n, n varint lengths, the bytes. Stack page: varint n, then per stack varint
 * frames, per frame varints function, file (strings), line, pc: not differences, so that zstd finds the
 * frames that stacks share.
 *
 * Memory: one page. Threads: as the store. Pages are untrusted. */
#ifndef TILES_TEXT_TABLE_H
#define TILES_TEXT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "parser/trace.h"
#include "tiles/buf.h"

struct err;
struct store;

struct text_writer {
	struct store *st;
	struct buf lengths, bytes; /* of the open page */
	uint32_t first, n;         /* its first number, its entries */
};

void text_writer_init(struct text_writer *w, struct store *st);
void text_writer_clear(struct text_writer *w);

/* One writer for strings, another for stacks. */
int text_writer_add_string(struct text_writer *w, const char *s, size_t n, struct err *e);
int text_writer_seal_strings(struct text_writer *w, struct err *e);
int text_writer_add_stack(
	struct text_writer *w, const struct trace_frame *frames, size_t n, struct err *e);
int text_writer_seal_stacks(struct text_writer *w, struct err *e);

#define TEXT_MAX_FRAMES 1024

struct text_reader {
	struct store *st;
	struct buf strings, stacks;        /* pages read last */
	uint32_t strings_first, strings_n; /* what they hold; n = 0 nothing */
	uint32_t stacks_first, stacks_n;
	struct trace_frame frames[TEXT_MAX_FRAMES];
};

void text_reader_init(struct text_reader *r, struct store *st);
void text_reader_clear(struct text_reader *r);

/* 1, 0 = no such number, -1. The result is valid until the next call. Number 0 is "" and no
 * frames. Bytes may be anything; they are not terminated. */
int text_get_string(struct text_reader *r, uint32_t id, const char **s, size_t *n, struct err *e);
int text_get_stack(struct text_reader *r, uint32_t id, const struct trace_frame **frames, size_t *n,
	struct err *e);

#endif

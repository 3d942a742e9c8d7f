/* batch.h — bytes into batches: framing only, contents untouched.
 *
 *	offset size meaning
 *	0      1    01 event batch │ 31 (hex) experimental batch │ 34 end of generation (1.26+)
 *	1      1    experiment, only after 31
 *	       1-10 generation, thread (M), time in ticks, size: four LEB128 numbers
 *	       size data; its first byte tells strings, stacks, samples and sync from events
 *
 * Knows nothing of what the data means beyond that first byte.
 *
 * 1. A batch's data stays valid until the next batch_next().
 * 2. After an error every later call reports the same error, until batch_seek() has found where
 *    batches go on: a chain of three of them, one right behind another, or of two that end with
 *    the file. One that stands there by accident inside other data is next to impossible.
 * 3. In a version newer than known, a batch that begins with an unknown event is handed out as
 *    BATCH_UNKNOWN, to be counted and left out.
 * 4. A seek looks at each byte at most twice, and needs no source that can go back.
 *
 * Memory: one buffer of a block and the longest batches of a chain. Threads: one reader belongs to
 * one thread. */
#ifndef PARSER_BATCH_H
#define PARSER_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/err.h"

struct limits;
struct source;

enum batch_kind {
	BATCH_EVENTS,
	BATCH_STRINGS,
	BATCH_STACKS,
	BATCH_CPU_SAMPLES,
	BATCH_SYNC, /* frequency and, from 1.25, a clock snapshot */
	BATCH_EXPERIMENTAL,
	BATCH_END, /* end of generation; nothing else of it is set */
	BATCH_UNKNOWN
};

struct batch {
	uint64_t generation;
	uint64_t m;
	uint64_t time;       /* ticks */
	const uint8_t *data; /* borrowed, see 1 */
	int64_t start;       /* of the batch in the file */
	int64_t offset;      /* of data in the file */
	uint32_t size;
	uint8_t kind; /* enum batch_kind */
};

struct batch_reader {
	struct source *src;
	const struct limits *lim;
	uint8_t *buf;
	size_t cap;
	size_t kept;    /* buf[kept .. at): the batch read last */
	size_t at, end; /* unread bytes: buf[at .. end) */
	int64_t base;   /* file offset of buf[0] */
	int64_t first;  /* file offset of the first batch */
	int64_t sought; /* no seek begins before this file offset */
	int minor;      /* Go version of the trace */
	bool at_eof;
	struct err cut;    /* why the source ends here, where that is not its end */
	struct err failed; /* sticky */
};

/* `src` stands behind the file header; source and limits are borrowed. 0 or -1. */
int batch_reader_init(struct batch_reader *r, struct source *src, const struct limits *lim,
	int minor, struct err *e);
void batch_reader_clear(struct batch_reader *r);

/* The next batch: 1, 0 at the end of the file, -1 on error. */
int batch_next(struct batch_reader *r, struct batch *b, struct err *e);

/* Let the next batch_next() return the batch of the last one again. */
void batch_unread(struct batch_reader *r);

/* Does the batch that was read last begin a chain? Its data is not valid any more. */
bool batch_begins_chain(struct batch_reader *r);

/* After an error: forget it, and stand where the next chain of batches begins: 1, 0 where there is
 * none up to the end of the file. */
int batch_seek(struct batch_reader *r);

/* File offset of the next unread byte. */
int64_t batch_offset(const struct batch_reader *r);

#endif

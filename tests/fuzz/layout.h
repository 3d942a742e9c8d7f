/* layout.h — where the batches of a trace stand, and the records and numbers in them.
 *
 * Parses the framing itself, by GO_TRACE.md and not by the reader's code, so that it can be held against the reader; what
 * cannot be parsed is one piece "rest".
 *
 * Memory: malloc; layouts are the caller's to clear. Out of memory aborts. Threads: no state. */
#ifndef TESTS_FUZZ_LAYOUT_H
#define TESTS_FUZZ_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEADER_BYTES 16
#define MAX_NUMBERS  640 /* of one record: a stack of 128 frames has 514 */

enum piece_kind { PIECE_HEADER, PIECE_BATCH, PIECE_END, PIECE_REST };

/* A stretch of the file: bytes [start .. end), payload from data on. */
struct piece {
	size_t start, data, end;
	uint64_t generation, m, time;
	uint8_t kind; /* enum piece_kind */
};

struct layout {
	struct piece *pieces;
	size_t n, cap;
	int minor; /* Go version of the header, or 0 */
};

void layout_read(struct layout *l, const uint8_t *bytes, size_t n);
void layout_clear(struct layout *l);

/* How many bytes from the start settle the generation that piece i belongs to: they end with its end mark (1.26), or
 * with the header of the next generation's first batch. 0 where only the end of the file does. */
size_t layout_settled(const struct layout *l, size_t i);

/* Where the numbers of one record of a batch stand. */
struct record {
	size_t start, end;
	uint8_t type;
	unsigned n;
	size_t numbers[MAX_NUMBERS + 1]; /* offsets; one more for where the last ends */
};

/* Step over a number. 0 where it has no end, or more than 64 bits. */
size_t layout_number(const uint8_t *bytes, size_t at, size_t end, uint64_t *v);

/* Numbers behind the type byte of a record. Strings and stacks say themselves how many more. */
extern const uint8_t layout_numbers_of[256];

/* The record of a batch that begins at `at`; false where there is none. */
bool layout_record(struct record *r, const uint8_t *bytes, size_t at, size_t end);

#endif

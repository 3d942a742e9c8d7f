/* legacy_record.h — bytes of a version-1 trace into one record.
 *
 *	OFFSET  SIZE  DESCRIPTION
 *	0       1     type in the low six bits; in the high two how many numbers follow, less one,
 *	              or 3: the length of the record comes first
 *	1       ..    uvarints
 *
 * `GoStart` of goroutine 7 with sequence 4, 300 ticks later: 8E AC 02 07 04.
 * `GoCreate` has four numbers: CD 05 0A 12 07 C0 01 (five bytes; 10 ticks later, goroutine 18, …).
 * GO_TRACE.md tells the records with a form of their own. Nothing has a length but these, so the
 * only way through the file is record by record. Three passes share this one decoder: the index,
 * the cursors, and the look ahead for ends of system calls.
 *
 * Knows no order and no meaning. Memory: none; a record borrows the bytes. */
#ifndef PARSER_LEGACY_RECORD_H
#define PARSER_LEGACY_RECORD_H

#include <stdint.h>

#include "parser/base/bytes.h"
#include "parser/legacy_spec.h"

struct limits;

enum { LEGACY_BAD = -1, LEGACY_PARTIAL = 0, LEGACY_COMPLETE = 1 };

struct legacy_record {
	uint64_t numbers[LEGACY_MAX_NUMBERS]; /* of a string: its id; of a stack: id, frames */
	const uint8_t *text;                  /* string, log message; of a stack its frames */
	uint32_t n_text;
	uint8_t type;
	const char *why; /* after LEGACY_BAD: what is wrong */
};

/* The record at b->at, which moves behind it. After PARTIAL, with more bytes, begin again. */
int legacy_record_next(
	struct bytes *b, const struct limits *lim, int minor, struct legacy_record *r);

#endif

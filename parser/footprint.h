/* footprint.h — how many of a trace's bytes each type of event takes: what
 * `go tool trace -d=footprint` prints, byte for byte.
 *
 *	Event                Bytes   %       Count  %
 *	-                    -       -       -      -
 *	GoUnblock            463888  36.03%  62801  30.66%
 *
 * A number counts as short as it can be written, though Go writes some longer (the size of a
 * batch), so the shares sum up to a little less than 100 %. They are of all bytes of the file.
 *
 * 1. Rows are in the order of Go's sort by bytes, which is not stable: types with equal bytes,
 *    those that do not occur above all, come as they come there (base/sort.h).
 *
 * Plain data; one value belongs to one thread. */
#ifndef PARSER_FOOTPRINT_H
#define PARSER_FOOTPRINT_H

#include <stdint.h>

#include "parser/base/text.h"
#include "parser/wire.h"

struct footprint {
	uint64_t count[WIRE_N_TYPES];
	uint64_t bytes[WIRE_N_TYPES];
	uint64_t n_events;
	uint64_t file_bytes; /* set by the caller: all that was read */
	unsigned n_types;    /* set by the caller: wire_n_types() */
};

void footprint_add(struct footprint *f, const struct wire_event *ev);

/* Types in the order of the table. */
void footprint_order(const struct footprint *f, uint8_t order[WIRE_N_TYPES]);

/* Append the table. 0, or -1 where memory ran out. */
int footprint_write(const struct footprint *f, struct text *out);

#endif

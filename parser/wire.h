/* wire.h — bytes into raw events: every record of a version-2 file, framing and tables included,
 * one after another as they lie in it.
 *
 * What Go's internal/trace/raw reads. A batch is here only a record with a size: what follows it
 * is not held to that size, so the reader needs no batch.h and looks at files that it refuses.
 *
 *	type    1 byte, below wire_n_types()
 *	numbers one LEB128 each: as many as the type has names for
 *	frames  only of a stack: the second number times four more numbers
 *	data    only of a string and an experimental batch: a length, then that many bytes
 *
 * Knows nothing of order, time and generations.
 *
 * 1. An event's bytes stay valid until the next wire_next().
 * 2. A type that Go gives no name, but has room for in its table, is an event without arguments.
 * 3. A version newer than known is read with the newest table; what is unknown ends it.
 *
 * Memory: two blocks, or twice the largest event (16 MiB at most; Go writes 64 KiB at most).
 * Threads: one reader belongs to one thread. Errors: sticky; a file that ends inside an event is
 * ERR_TRUNCATED. */
#ifndef PARSER_WIRE_H
#define PARSER_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/err.h"

struct source;

#define WIRE_MAX_ARGS   5
#define WIRE_N_TYPES    256
#define WIRE_EVENT_MAX  ((size_t)16 << 20)
#define WIRE_STACK_ARGS 4 /* of a frame: pc, function, file, line */

struct wire_event {
	const uint8_t *at;   /* first number */
	const uint8_t *data; /* NULL where there is none, or none of it */
	size_t n_data;
	uint64_t n_frames;
	uint64_t canonical; /* bytes, were each number written as short as can be */
	int64_t offset;     /* of the type in the file */
	size_t size;        /* bytes in the file */
	uint8_t type;       /* enum ev_type */
	uint8_t n_args;     /* before the frames */
};

struct wire_reader {
	struct source *src;
	uint8_t *buf;
	size_t cap;
	size_t at, end; /* unread bytes: buf[at .. end) */
	int64_t base;   /* file offset of buf[0] */
	unsigned n_types;
	bool is_newer; /* than known */
	bool at_eof;
	struct err failed; /* sticky */
};

/* `src` stands behind the file header of a trace of Go 1.`minor`; it is borrowed. 0 or -1:
 * ERR_VERSION where that format has no such events (before 1.22). */
int wire_open(struct wire_reader *r, struct source *src, int minor, struct err *e);
void wire_close(struct wire_reader *r);

/* The next event: 1, 0 at the end of the file, -1 on error. */
int wire_next(struct wire_reader *r, struct wire_event *ev, struct err *e);

/* How many types, named or not, a version's table has; 0 for versions before 1.22. */
unsigned wire_n_types(int minor);

/* As Go names them: "" for an unused number. */
const char *wire_name(unsigned type);
const char *wire_arg_name(unsigned type, unsigned arg);
unsigned wire_n_args(unsigned type);

#endif

/* err.h — the error value that every fallible function fills in.
 *
 * Carries a kind (decides the exit code and the HTTP status), a byte offset into the input and
 * one sentence: "Cannot <verb> <thing>: key=value, key=\"…\"", no prefix, no newline.
 *
 * 1. The first error wins: a later err_set() on the same value changes nothing.
 * 2. Control bytes in the text are replaced by "?", so that a message is one safe line.
 *
 * Memory: none is allocated. Threads: one value belongs to one thread. */
#ifndef PARSER_BASE_ERR_H
#define PARSER_BASE_ERR_H

#include <stdint.h>

enum err_kind {
	ERR_NONE,
	ERR_USAGE,     /* the caller asked for something that makes no sense */
	ERR_IO,        /* the operating system refused a read, write, open, … */
	ERR_NOT_FOUND, /* no such file, trace, tile */
	ERR_FORMAT,    /* the bytes are no Go execution trace at all */
	ERR_VERSION,   /* a Go trace, but of a version this reader cannot read */
	ERR_DAMAGED,   /* a Go trace whose bytes contradict the format */
	ERR_TRUNCATED, /* a Go trace that ends too early */
	ERR_LIMIT,     /* well formed, but beyond a limit of limits.h */
	ERR_MEMORY,    /* an allocation failed or the memory cap was reached */
	ERR_NOSPACE,   /* the disk is full */
	ERR_CANCELLED, /* somebody asked to stop */
	ERR_INTERNAL,  /* our own bug */
	ERR_N_KINDS
};

struct err {
	enum err_kind kind;
	int64_t offset; /* byte offset in the input, or -1 where there is none */
	char msg[512];
};

/* Initialiser: no error. A zeroed value is as good, but for the offset. */
#define ERR_INIT \
	{ \
		ERR_NONE, -1, "" \
	}

/* Store an error unless one is stored already. `e` may be NULL. Returns -1, so that a caller
 * can write `return err_set(…)`. */
int err_set(struct err *e, enum err_kind kind, int64_t offset, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Forget what is stored. */
void err_clear(struct err *e);

/* Exit code of a command that ended with this kind: 0 for ERR_NONE, 2 for ERR_USAGE, … */
int err_exit_code(enum err_kind kind);

/* Short fixed name, for logs and JSON: "damaged", "truncated", … Never NULL. */
const char *err_kind_name(enum err_kind kind);

#endif

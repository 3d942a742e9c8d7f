/* unpack.h — compressed bytes into the bytes they were made from, as a stream within bounds.
 *
 * Knows gzip files of several members and zstd files of several frames, skippable ones too; knows
 * nothing of files and of traces. What the bytes are is told by their beginning, never by a name.
 *
 * 1. Everything that is whole before a fault is handed out before the fault is told: a cut or
 *    damaged file gives what it has, and then the error, again and again.
 * 2. Checksums are verified; what follows the last part is an error, not dropped in silence.
 * 3. Never more than limits.trace_bytes come out, never more than limits.unpack_ratio times what
 *    went in beyond the first limits.unpack_free_bytes. One layer: what was compressed twice is
 *    refused.
 *
 * Memory: 128 KiB and the codec's window, 32 KiB (gzip) or at most 128 MiB (zstd).
 * Threads: one belongs to one thread.
 * Errors: ERR_DAMAGED, ERR_TRUNCATED, ERR_LIMIT, ERR_FORMAT with the offset in the compressed
 * bytes; those of the bytes' origin as they are. */
#ifndef PARSER_UNPACK_H
#define PARSER_UNPACK_H

#include <stddef.h>
#include <stdint.h>

struct codec;
struct err;
struct limits;
struct unpack;

#define UNPACK_HEAD 4 /* bytes that unpack_detect() wants to see, where there are as many */

/* Where the compressed bytes come from; answers like source_read(). */
typedef int64_t unpack_origin(void *context, void *dst, size_t cap, struct err *e);

/* How bytes that begin so are compressed; NULL: they are not. */
const struct codec *unpack_detect(const void *head, size_t n);

/* From the first compressed byte on. `lim` is copied. NULL on error. */
struct unpack *unpack_create(const struct codec *codec, const struct limits *lim,
	unpack_origin *origin, void *context, struct err *e);
void unpack_destroy(struct unpack *u); /* NULL is fine */

/* Up to `cap` bytes into dst: how many (fewer only before the end or an error), 0 at the end, -1. */
int64_t unpack_read(struct unpack *u, void *dst, size_t cap, struct err *e);

int64_t unpack_offset(const struct unpack *u); /* compressed bytes used so far */

#endif

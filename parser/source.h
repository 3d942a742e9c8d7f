/* source.h — where the bytes of a trace come from: a file, standard input, or memory; compressed
 * or not.
 *
 *	fd or memory ► [unpack] ► source_read()
 *	                   └────► source_spool(): a file without a name ► source_read_at()
 *
 * Hands bytes out in order, in the block sizes the reader asks for. Uses read calls, never mmap:
 * a file that shrinks while it is read ends early instead of killing the process. gzip and zstd
 * are known by their first bytes, never by a name, and unpacked on the way (unpack.h); offsets
 * are those of the unpacked bytes.
 *
 * 1. source_offset() counts the bytes handed out; it never moves back.
 * 2. A path names a regular file: a pipe, a device or a directory is an error, not a hang.
 *    Standard input, "-", may be a pipe; it is waited for as long as source_set_cancel() lets it.
 * 3. All bytes that are good come before the error that ends them: a source_read() may return
 *    fewer bytes than asked for where the next one will fail.
 *
 * Memory: a source_open_memory() borrows its bytes until source_close(). 5 KiB, and unpack.h's.
 * Threads: one source belongs to one thread, but for source_stop().
 * Errors: ERR_NOT_FOUND, ERR_USAGE, ERR_IO; ERR_CANCELLED; ERR_NOSPACE of a spool; unpack.h's,
 * whose offset is one of the compressed bytes. */
#ifndef PARSER_SOURCE_H
#define PARSER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct limits;
struct source;

#define SOURCE_HASH_BYTES 16
#define SOURCE_HEAD_BYTES 4096 /* read before source_spool() at most */

/* A file by path, or standard input by "-"; unpacked where it is compressed. */
struct source *source_open(const char *path, const struct limits *lim, struct err *e);

/* Exactly these bytes, compressed or not. */
struct source *source_open_file(const char *path, struct err *e);
struct source *source_open_memory(const void *bytes, size_t n, struct err *e);
void source_close(struct source *s); /* NULL is fine */

/* Before the first read: hand out what the bytes unpack to, where they are compressed. */
int source_unpack(struct source *s, const struct limits *lim, struct err *e);

/* Asked while standard input is waited for, and once a block by source_spool(); on the thread that
 * reads. */
void source_set_cancel(struct source *s, bool (*is_cancelled)(void *context), void *context);

/* From any thread: who reads, or waits for standard input, gets ERR_CANCELLED. The source can only be
 * closed. */
void source_stop(struct source *s);

/* Up to `cap` bytes into dst: how many (fewer only before the end or an error), 0 at the end, -1. */
int64_t source_read(struct source *s, void *dst, size_t cap, struct err *e);

/* The same from any offset; moves nothing. Only where source_is_seekable(). */
int64_t source_read_at(struct source *s, int64_t offset, void *dst, size_t cap, struct err *e);
bool source_is_seekable(const struct source *s);

/* Make it seekable: all its bytes go into a file that has no name, in `folder` or, with NULL, in
 * $TMPDIR or /tmp, and vanishes with the source. Reading goes on where it was. What is cut off or
 * damaged is kept up to there; the reads that come to its end tell the error. 0 or -1. */
int source_spool(struct source *s, const char *folder, struct err *e);

/* The spool's descriptor, the caller's from now on; the source can only be closed. */
int source_take_spool(struct source *s);

/* XXH3, 128 bits, most significant first, of all bytes; reads those that were not yet read. */
int source_hash(struct source *s, uint8_t hash[SOURCE_HASH_BYTES], struct err *e);

/* How far the input is read, in its own, compressed bytes; *total is -1 where unknown. */
void source_progress(const struct source *s, int64_t *done, int64_t *total);

int64_t source_size(const struct source *s);   /* bytes in all, or -1 while unknown */
int64_t source_offset(const struct source *s); /* bytes handed out so far */
bool source_is_packed(const struct source *s); /* was its input compressed? */
const char *source_name(
	const struct source *s); /* for messages: path, "standard input", "memory" */

#endif

/* source.h — where the bytes of a trace come from: a file, or memory.
 *
 * Hands them out in order, in the block sizes the reader asks for. Uses read calls, never mmap:
 * a file that shrinks while it is read ends early instead of killing the process.
 *
 * 1. source_offset() counts the bytes handed out; it never moves back.
 * 2. Only regular files are opened: a pipe, a device or a directory is an error, not a hang.
 *
 * Memory: a source_open_memory() borrows its bytes until source_close().
 * Threads: one source belongs to one thread. */
#ifndef PARSER_SOURCE_H
#define PARSER_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct source;

struct source *source_open_file(const char *path, struct err *e);
struct source *source_open_memory(const void *bytes, size_t n, struct err *e);
void source_close(struct source *s); /* NULL is fine */

/* Up to `cap` bytes into dst: how many (fewer only at the end), 0 at the end, -1 on error. */
int64_t source_read(struct source *s, void *dst, size_t cap, struct err *e);

int64_t source_size(const struct source *s);     /* bytes in all, or -1 where unknown */
int64_t source_offset(const struct source *s);   /* bytes handed out so far */
const char *source_name(const struct source *s); /* for messages: the path, or "memory" */

#endif

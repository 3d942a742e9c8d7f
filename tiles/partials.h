/* partials.h - files that are not a store yet: made, and removed where a process that died left them.
 *
 * Such a file, `<path>.partial.<16 digits>`, holds a lock while it is written, and none later.
 *
 * Memory: a path. Threads: any. */
#ifndef TILES_PARTIALS_H
#define TILES_PARTIALS_H

#include <stdint.h>

struct err;

#define PARTIALS_MARK ".partial."

/* A new one, locked for as long as *fd is open anywhere: its path, from mem, or NULL and *fd -1. */
char *partials_make(const char *path, int *fd, struct err *e);

/* Copies n bytes of a file into one, where it can be without moving any. 0, or -1 and errno. */
int partials_fill(int to, int from, int64_t n);

/* Remove left-over partial files beside the store `path`; the number removed. */
int partials_remove(const char *path);

/* The same when their writer has just been killed: for up to 0.1 s those count that are held still,
 * because a process that it had forked is ending. */
void partials_remove_soon(const char *path);

#endif

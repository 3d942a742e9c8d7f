/* partials.h - what a process that died leaves of the stores that it wrote.
 *
 * Such a file, `<path>.partial.<16 digits>`, holds no lock any more; one that is still written does.
 *
 * Memory: a path. Threads: any. */
#ifndef TILES_PARTIALS_H
#define TILES_PARTIALS_H

#define PARTIALS_MARK ".partial."

/* Remove left-over partial files beside the store `path`; the number removed. */
int partials_remove(const char *path);

#endif

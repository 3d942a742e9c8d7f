/* spool.h: a trace that comes compressed, or on standard input, as a plain file.
 *
 * A trace's id is one of its unpacked bytes, so that x.trace and x.trace.zst have the same links;
 * they have to be there before it can be told. They go into a file in the cache directory that
 * has no name: whatever ends this program frees its space. Other processes of the same user open
 * it through /proc.
 *
 * Shows progress on standard error. Threads: none. */
#ifndef SERVER_SPOOL_H
#define SERVER_SPOOL_H

#include <stdbool.h>

struct err;

struct spool {
	char path[64];   /* "/proc/<pid>/fd/<fd>"; "": the file is one that can be read as it is */
	int fd;          /* keeps the path alive; 0 none */
	struct err *cut; /* set, where not NULL, where the end of the trace is missing */

	/* Asked all the time; true ends it with ERR_CANCELLED. */
	bool (*is_cancelled)(void *context);
	void *context;
};

/* `path`: a file, or "-". */
int spool_open(struct spool *sp, const char *path, const char *folder, struct err *e);

#endif

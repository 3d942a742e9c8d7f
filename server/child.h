/* child.h: the process that reads one trace: start it within limits, kill it, hear how it ended.
 *
 * Threads: a child belongs to the thread that started it, whose end it does not survive;
 * child_kill() may come from any while that thread is not in child_wait(). */
#ifndef SERVER_CHILD_H
#define SERVER_CHILD_H

#include <stdint.h>
#include <sys/types.h>

struct err;

struct child {
	pid_t pid;
	int fd; /* its reports; not blocking */
};

struct child_files {
	const char *trace, *store;
	const char *snapshots; /* where each is published; NULL: none */
	int64_t trace_bytes;
};

/* Runs `ingest -o store --progress-fd=3 --snapshots=… -- trace` of this program. */
int child_start(struct child *c, const struct child_files *files, struct err *e);

void child_kill(const struct child *c);

/* Waits for its end, closes fd. 0 when it exited with 0, else -1; `e` then tells of a crash or a
 * limit, and stays empty where it exited by itself with another code, which is *exit_code. */
int child_wait(struct child *c, int *exit_code, struct err *e);

#endif

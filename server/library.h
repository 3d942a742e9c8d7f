/* library.h: the stores that lie in the cache directory from earlier runs.
 *
 *	<id>.v1.tiles   the store
 *	<id>.name       the trace's name then, as bytes: a store knows none, so that two copies of a
 *	                trace under two names make the same store
 *
 * Opens no store. Memory: none that stays. Threads: none. */
#ifndef SERVER_LIBRARY_H
#define SERVER_LIBRARY_H

struct catalog;
struct err;

#define LIBRARY_MAX 4096 /* the newest ones */

/* Add each store of the folder to the catalog, ready, the newest first. */
int library_add(struct catalog *c, const char *folder, struct err *e);

/* Remember the name of a trace whose store is there; a failure is told in the log. */
void library_keep_name(const char *folder, const char *id, const char *name);

#endif

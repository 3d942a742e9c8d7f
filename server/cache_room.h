/* cache_room.h: how much of the disk the stores in the cache directory may take.
 *
 * Before a trace is read, the stores that were used longest ago are removed until the others and the new
 * one, taken to be as large as its trace, fit into the bound; with each goes <id>.name, where it is
 * the store of this version. A store is used when it is made, and whenever a program opens it: that is
 * kept as the file's time of access, which is set, so that it holds on disks that do not keep it.
 *
 * Never removed: a store that somebody holds, here or in another process; one of a trace that `is_kept`;
 * what is being made, and any file that has not exactly the name of a store. So the bound may be
 * exceeded: by what is open, and by what a store is larger than its trace, until the next is read.
 *
 * Memory: none that stays. Threads: any; two at once remove what either would. Errors: none; what cannot
 * be removed stays, and the log says why. */
#ifndef SERVER_CACHE_ROOM_H
#define SERVER_CACHE_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache_room {
	const char *folder;
	int64_t most_bytes; /* 0: no bound */
	bool (*is_kept)(void *context, const char *id);
	void *context;
};

/* Room for `bytes` more; how many stores were removed. */
size_t cache_room_make(const struct cache_room *room, int64_t bytes);

/* Use a store, and hold it until the descriptor is closed; -1: it cannot be held. */
int cache_room_hold(const char *store);

#endif

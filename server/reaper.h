/* reaper.h: shuts down connections that are past an absolute deadline.
 *
 * The HTTP library's timeout starts anew with every byte, so a byte a second keeps a connection
 * for ever. Here each connection has one moment by which its present phase must be over.
 * A shut-down socket reads as closed; the library then cleans up as for any client that left.
 *
 * Memory: the owner's, one struct per connection. Threads: any; one lock, and one thread of its own
 * that wakes once a second while there are connections. */
#ifndef SERVER_REAPER_H
#define SERVER_REAPER_H

#include <stdatomic.h>
#include <stdint.h>

struct err;
struct reaper;

struct reaped {
	struct reaped *next, *prev;
	int fd;
	_Atomic int64_t deadline_ns; /* CLOCK_MONOTONIC; set it at will */
};

struct reaper *reaper_create(struct err *e);
void reaper_destroy(struct reaper *r); /* NULL is fine; all are removed */

/* `c` and `fd` must stay until reaper_remove(). */
void reaper_add(struct reaper *r, struct reaped *c, int fd, int64_t deadline_ns);
void reaper_remove(struct reaper *r, struct reaped *c);

#endif

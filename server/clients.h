/* clients.h: the connections that are there: how many, of how many of whom, and until when each may go on.
 *
 * Above the limits a few more are let in, the surplus, so that each can be told so; their deadline is
 * short. What is above that too is turned away at the door.
 *
 * Knows nothing of HTTP. Memory: one struct per connection. Threads: any; a client belongs to the
 * thread that added it, but for its deadline. */
#ifndef SERVER_CLIENTS_H
#define SERVER_CLIENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/reaper.h"

struct clients;
struct err;
struct sockaddr;

#define CLIENTS_PER_ADDRESS 2048
#define CLIENTS_SURPLUS     64 /* above either limit */

struct client {
	struct reaped reaped; /* first */
	uint32_t n_requests;  /* for the owner */
	uint32_t address;
	bool is_surplus; /* its first request is its last */
};

/* Limits: `n_max` in all, and CLIENTS_PER_ADDRESS. */
struct clients *clients_create(unsigned n_max, struct err *e);
void clients_destroy(struct clients *c); /* after the last was removed; NULL is fine */

/* May one more come from there? The limit of all is its caller's to keep, with the surplus. */
bool clients_have_room(struct clients *c, const struct sockaddr *from);

/* NULL: out of memory. `fd` must stay open until clients_remove(). */
struct client *clients_add(
	struct clients *c, int fd, const struct sockaddr *from, int64_t deadline_ns);
void clients_remove(struct clients *c, struct client *client);

#endif

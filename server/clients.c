/* clients.c */
#include "server/clients.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/socket.h>
#include <xxhash.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "server/workers.h"

#define N_ADDRESSES 1024
#define SURPLUS_NS  INT64_C(2000000000) /* to send the request that is refused */

struct clients {
	struct reaper *reaper;
	unsigned n_max;
	atomic_uint n;
	atomic_uint n_of_address[N_ADDRESSES]; /* by hash: two that share a slot share its limit */
};

struct clients *clients_create(unsigned n_max, struct err *e)
{
	struct clients *c = mem_calloc(1, sizeof(*c));

	if (!c) {
		err_set(e, ERR_MEMORY, -1, "Cannot start the server: out of memory");
		return NULL;
	}
	c->n_max = n_max;
	c->reaper = reaper_create(e);
	if (c->reaper)
		return c;
	mem_free(c);
	return NULL;
}

void clients_destroy(struct clients *c)
{
	if (!c)
		return;
	reaper_destroy(c->reaper);
	mem_free(c);
}

static uint32_t address_slot(const struct sockaddr *a)
{
	const void *bytes = NULL;
	size_t n = 0;

	if (a && a->sa_family == AF_INET) {
		bytes = &((const struct sockaddr_in *)(const void *)a)->sin_addr;
		n = sizeof(struct in_addr);
	} else if (a && a->sa_family == AF_INET6) {
		bytes = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
		n = sizeof(struct in6_addr);
	}
	return bytes ? (uint32_t)(XXH3_64bits(bytes, n) % N_ADDRESSES) : 0;
}

bool clients_have_room(struct clients *c, const struct sockaddr *from)
{
	return atomic_load(&c->n_of_address[address_slot(from)]) <
		CLIENTS_PER_ADDRESS + CLIENTS_SURPLUS;
}

struct client *clients_add(
	struct clients *c, int fd, const struct sockaddr *from, int64_t deadline_ns)
{
	struct client *x = mem_calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->address = address_slot(from);
	x->is_surplus = atomic_fetch_add(&c->n, 1) >= c->n_max;
	if (atomic_fetch_add(&c->n_of_address[x->address], 1) >= CLIENTS_PER_ADDRESS)
		x->is_surplus = true;
	if (x->is_surplus && deadline_ns > work_now_ns() + SURPLUS_NS)
		deadline_ns = work_now_ns() + SURPLUS_NS;
	reaper_add(c->reaper, &x->reaped, fd, deadline_ns);
	return x;
}

void clients_remove(struct clients *c, struct client *x)
{
	atomic_fetch_sub(&c->n, 1);
	atomic_fetch_sub(&c->n_of_address[x->address], 1);
	reaper_remove(c->reaper, &x->reaped);
	mem_free(x);
}

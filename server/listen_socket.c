/* listen_socket.c */
#include "server/listen_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "server/config.h"

#define BACKLOG 1024
#define TRIES   20

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t make_address(union address *a, const char *host, unsigned port)
{
	memset(a, 0, sizeof(*a));
	if (strcmp(host, "::1") == 0) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_addr = in6addr_loopback;
		a->v6.sin6_port = htons((uint16_t)port);
		return sizeof(a->v6);
	}
	a->v4.sin_family = AF_INET;
	a->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a->v4.sin_port = htons((uint16_t)port);
	return sizeof(a->v4);
}

/* -1 with errno. */
static int open_at(const char *host, unsigned port)
{
	union address a;
	socklen_t n = make_address(&a, host, port);
	int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1, error;

	if (fd < 0)
		return -1;
	/* A port that a server before us has just left is free; one with a listener is not. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &a.any, n) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static unsigned port_of(int fd)
{
	union address a;
	socklen_t n = sizeof(a);

	if (getsockname(fd, &a.any, &n) < 0)
		return 0;
	return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

int listen_socket_open(const struct config *c, unsigned *port, struct err *e)
{
	unsigned i, tries = c->is_port_asked ? 1 : TRIES;
	int fd = -1;

	for (i = 0; fd < 0 && i < tries; i++) {
		fd = open_at(c->host, c->port + i);
		if (fd < 0 && errno != EADDRINUSE)
			break;
	}
	if (fd >= 0)
		*port = port_of(fd);
	else if (errno == EADDRINUSE)
		err_set(e, ERR_IO, -1,
			"Cannot listen: port=%u is taken; name another with --http=localhost:PORT, "
			"or 0 for any",
			c->port);
	else
		err_set(e, ERR_IO, -1, "Cannot listen: port=%u: %s", c->port, strerror(errno));
	return fd;
}

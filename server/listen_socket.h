/* listen_socket.h: a listening socket on the loopback interface. */
#ifndef SERVER_LISTEN_SOCKET_H
#define SERVER_LISTEN_SOCKET_H

struct config;
struct err;

/* The socket, and its port in *port: that of the configuration, or, where that was not asked for
 * and is taken, one of the next. -1 on error. */
int listen_socket_open(const struct config *c, unsigned *port, struct err *e);

#endif

/* http.h: HTTP/1.1 in front of a route table.
 *
 *	socket ► gate, auth ► router ► quick handler, or suspend ► worker ► resume ► response
 *
 * With http_thread.h the only user of libmicrohttpd. Its threads never wait for what needs a store:
 * that runs on a worker.
 * Every answer carries the headers of the security policy; none allows another origin.
 *
 * Knows nothing of traces.
 * Threads: those that run libmicrohttpd, the reaper's; handlers run on the former (quick) and on the
 * workers (run). Memory: at most `connections` x (32 KiB + one request); a response lies with its
 * body (blob.h) where that is kept. */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include <stddef.h>
#include <stdint.h>

struct call;
struct err;
struct http;
struct route;
struct workers;

struct http_options {
	int listen_fd; /* listening; closed by http_stop() */
	unsigned port; /* what Host must name */
	const struct route *routes;
	size_t n_routes;
	void *server; /* for handlers */
	struct workers *workers;
	/* On a worker: runs the handler. */
	void (*answer)(void (*run)(struct call *c), struct call *c);
	unsigned threads;           /* at least 1 */
	unsigned connections;       /* in all; what is above is answered 503 */
	unsigned header_deadline_s; /* from the first byte to the end of the headers */
	unsigned idle_s;            /* between two requests */
	unsigned answer_s;          /* a client takes longer to read its answer: closed */
	int64_t wait_ns;            /* a request that waits longer for a worker is answered 503 */
	int64_t long_wait_ns;       /* the same, of routes with ROUTE_LONG */
	int64_t work_ns;            /* a handler that runs longer is told to give up */
};

/* The time limits and connections of the table in server/API.md. */
void http_options_default(struct http_options *o);

struct http *http_create(const struct http_options *o, struct err *e);

/* Take no more connections; answer what came in, for at most `drain_s`; then close all.
 * Stops the workers, since each may hold a request. NULL is fine. */
void http_stop(struct http *h, unsigned drain_s);

#endif

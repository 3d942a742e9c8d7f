/* call.h: one request as a route's handler sees it, and the answer it fills in. */
#ifndef SERVER_CALL_H
#define SERVER_CALL_H

#include <stdbool.h>
#include <stddef.h>

struct reply;
struct url;
struct work;

struct call {
	const struct url *url;
	const char *const *params; /* what the pattern's {} stand for, in order */
	size_t n_params;
	void *server;      /* what http_create() was given */
	struct work *work; /* in `run`: ask work_must_stop() now and then; NULL in `quick` */
	unsigned worker;   /* in `run`: number of the thread */
	bool takes_zstd;
	struct reply *reply;
};

#endif

/* pprof.h: a profile as `go tool pprof` reads it: gzip'ed protocol buffers (pprof.proto), by protobuf-c.
 *
 * Time in states has Go's two values of a delay profile, contentions/count and delay/nanoseconds; CPU
 * samples have one, samples/count. What has no stack is one sample without locations.
 *
 * Memory: all of it at once, some 100 bytes per frame of the distinct stacks. Threads: as the store. */
#ifndef SERVER_PPROF_H
#define SERVER_PPROF_H

#include <stdint.h>

#include "tiles/slabs.h"

struct err;
struct profile;
struct text;
struct text_reader;

struct pprof_about {
	bool samples;        /* not time */
	int64_t unix_ns;     /* of the range's begin; 0 unknown */
	int64_t duration_ns; /* of the range */
	struct cancel cancel;
};

/* Replaces `out`, zeroed or cleared. ERR_CANCELLED. */
int pprof_make(const struct profile *p, const struct pprof_about *about, struct text_reader *names,
	struct text *out, struct err *e);

#endif

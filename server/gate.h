/* gate.h: which raw requests are refused before anything looks at them closely.
 *
 *	request line and headers as the HTTP library split them  ►  pass, or the status of a refusal
 *
 * The library (libmicrohttpd 0.9.75) lets through what two servers in a row may read in two
 * ways: TE beside CL, several CL, NUL and dots hidden by %-escapes. Whatever is refused here gets
 * exactly one answer and its connection is closed.
 *
 * Knows nothing of routes, of who asks (auth.h), of sockets. Pure: no allocation, no state.
 * Invariants:
 *  1. A target that passes starts with '/', has only well-formed escapes, and decodes to no byte
 *     below 0x20, no 0x7f and no segment "." or "..".
 *  2. A request that passes has exactly one Host, no body, and no header given twice that decides
 *     where a request ends. */
#ifndef SERVER_GATE_H
#define SERVER_GATE_H

#include <stddef.h>

#define GATE_TARGET_BYTES 8192  /* request target */
#define GATE_HEADER_BYTES 16384 /* names and values together */
#define GATE_HEADERS      64

/* Both are terminated as well as counted. */
struct gate_header {
	const char *name;
	size_t n_name;
	const char *value;
	size_t n_value;
};

struct gate_request {
	const char *method;
	const char *target; /* as it was sent, query and all */
	const char *version;
	const struct gate_header *headers;
	size_t n_headers; /* more than GATE_HEADERS: the rest need not be there to read */
};

/* 0 to let it pass, else the HTTP status of the refusal; *why is a fixed sentence. */
int gate_check(const struct gate_request *r, const char **why);

/* The part of gate_check() that needs the request line alone. */
int gate_check_target(const char *target, const char **why);

#endif

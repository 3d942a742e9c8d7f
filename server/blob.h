/* blob.h: bytes that several answers share; freed with the last reference.
 *
 * One thing made of them can be attached, which goes when they go: http.c's ready response. What is
 * attached borrows the bytes and holds no reference, or neither would ever go.
 *
 * Invariants: immutable once a second reference exists, but for what is attached, once.
 * Memory: from mem. Threads: any; the count is atomic. */
#ifndef SERVER_BLOB_H
#define SERVER_BLOB_H

#include <stdatomic.h>
#include <stddef.h>

/* What to reckon for what is attached: a response with its headers. */
#define BLOB_ATTACHED_BYTES 2560

struct blob {
	atomic_uint refs;
	size_t n;
	unsigned char *bytes;
	_Atomic(void *) attached;
	_Atomic(void (*)(void *)) detach;
};

/* Takes `bytes` (from mem; freed on failure too); one reference. NULL: out of memory. */
struct blob *blob_create(void *bytes, size_t n);
struct blob *blob_copy(const void *bytes, size_t n);

struct blob *blob_ref(struct blob *b);
void blob_unref(struct blob *b); /* NULL is fine */

/* What is attached, or NULL. Valid as long as the caller's reference. */
void *blob_attached(struct blob *b);

/* Attaches *thing, to be ended by `detach`; where another one was first, ends *thing and gives that.
 * All callers give the same `detach`. */
void blob_attach(struct blob *b, void **thing, void (*detach)(void *thing));

#endif

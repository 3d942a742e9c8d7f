/* blob.h: bytes that several answers share; freed with the last reference.
 *
 * Invariants: immutable once a second reference exists.
 * Memory: from mem. Threads: any; the count is atomic. */
#ifndef SERVER_BLOB_H
#define SERVER_BLOB_H

#include <stdatomic.h>
#include <stddef.h>

struct blob {
	atomic_uint refs;
	size_t n;
	unsigned char *bytes;
};

/* Takes `bytes` (from mem; freed on failure too); one reference. NULL: out of memory. */
struct blob *blob_create(void *bytes, size_t n);
struct blob *blob_copy(const void *bytes, size_t n);

struct blob *blob_ref(struct blob *b);
void blob_unref(void *b); /* NULL is fine; void so that it can be a callback */

#endif

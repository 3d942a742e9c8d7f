/* blob.c */
#include "server/blob.h"

#include <string.h>

#include "parser/base/mem.h"

struct blob *blob_create(void *bytes, size_t n)
{
	struct blob *b = mem_alloc(sizeof(*b));

	if (!b) {
		mem_free(bytes);
		return NULL;
	}
	atomic_init(&b->refs, 1);
	b->n = n;
	b->bytes = bytes;
	return b;
}

struct blob *blob_copy(const void *bytes, size_t n)
{
	void *copy = mem_alloc(n);

	if (!copy)
		return NULL;
	if (n)
		memcpy(copy, bytes, n);
	return blob_create(copy, n);
}

struct blob *blob_ref(struct blob *b)
{
	atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
	return b;
}

void blob_unref(void *p)
{
	struct blob *b = p;

	if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
		return;
	mem_free(b->bytes);
	mem_free(b);
}

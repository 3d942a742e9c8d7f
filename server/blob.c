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
	atomic_init(&b->attached, NULL);
	atomic_init(&b->detach, NULL);
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

void blob_unref(struct blob *b)
{
	void *attached;

	if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
		return;
	attached = atomic_load(&b->attached);
	if (attached)
		atomic_load (&b->detach)(attached);
	mem_free(b->bytes);
	mem_free(b);
}

void *blob_attached(struct blob *b)
{
	return atomic_load_explicit(&b->attached, memory_order_acquire);
}

void blob_attach(struct blob *b, void **thing, void (*detach)(void *thing))
{
	void *first = NULL;

	atomic_store(&b->detach, detach);
	if (atomic_compare_exchange_strong(&b->attached, &first, *thing))
		return;
	detach(*thing);
	*thing = first;
}

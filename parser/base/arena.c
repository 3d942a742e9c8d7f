#include "parser/base/arena.h"

#include <string.h>

#include "parser/base/mem.h"

#define ALIGN 16u

struct arena_block {
	struct arena_block *next;
	size_t size; /* of what follows the header */
	size_t used;
	size_t pad; /* header of a multiple of 16 bytes */
};

void arena_init(struct arena *a, size_t block_size)
{
	memset(a, 0, sizeof(*a));
	a->block_size = block_size ? block_size : (size_t)1 << 20;
}

void arena_clear(struct arena *a)
{
	struct arena_block *b = a->first, *next;

	for (; b; b = next) {
		next = b->next;
		mem_free(b);
	}
	arena_init(a, a->block_size);
}

void arena_reset(struct arena *a)
{
	struct arena_block *b;

	for (b = a->first; b; b = b->next)
		b->used = 0;
	a->current = a->first;
	a->used = 0;
	a->failed = false;
}

/* A block with room for n bytes behind the current one, reused or new; becomes the current. */
static struct arena_block *block_add(struct arena *a, size_t n)
{
	struct arena_block **link = a->current ? &a->current->next : &a->first;
	struct arena_block *b = *link;
	size_t size = n > a->block_size ? n : a->block_size;

	if (!b || b->size < n) {
		b = mem_alloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		b->next = *link;
		b->size = size;
		b->used = 0;
		*link = b;
	}
	a->current = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = a->current;
	void *p;

	if (a->failed || n > SIZE_MAX / 2)
		goto fail;
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!b || b->size - b->used < n) {
		b = block_add(a, n);
		if (!b)
			goto fail;
	}
	p = (char *)(b + 1) + b->used;
	b->used += n;
	a->used += n;
	return p;
fail:
	a->failed = true;
	return NULL;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	void *p;

	if (size != 0 && n > SIZE_MAX / 2 / size) {
		a->failed = true;
		return NULL;
	}
	p = arena_alloc(a, n * size);
	return p ? memset(p, 0, n * size) : NULL;
}

void *arena_copy(struct arena *a, const void *src, size_t n, size_t zero_pad)
{
	char *p;

	if (n > SIZE_MAX / 4 || zero_pad > SIZE_MAX / 4) {
		a->failed = true;
		return NULL;
	}
	p = arena_alloc(a, n + zero_pad);
	if (!p)
		return NULL;
	if (n > 0)
		memcpy(p, src, n);
	memset(p + n, 0, zero_pad);
	return p;
}

bool arena_is_consistent(const struct arena *a)
{
	const struct arena_block *b;
	bool has_current = a->current == NULL;
	size_t sum = 0;

	for (b = a->first; b; b = b->next) {
		if (b->used > b->size)
			return false;
		sum += b->used;
		has_current |= b == a->current;
	}
	return has_current && sum == a->used;
}

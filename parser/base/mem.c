#include "parser/base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* In front of every block, so that a free knows what it gives back; 16 keeps the alignment. */
#define HEAD 16

static atomic_size_t used, peak, cap;
static atomic_long calls, fail_at;
static atomic_bool fail_rest;

static bool must_fail(void)
{
	long n = atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed) + 1;
	long at = atomic_load_explicit(&fail_at, memory_order_relaxed);

	if (at == 0)
		return false;
	return n == at || (n > at && atomic_load_explicit(&fail_rest, memory_order_relaxed));
}

/* Count `n` more bytes, or say no. */
static bool take(size_t n)
{
	size_t limit = atomic_load_explicit(&cap, memory_order_relaxed);
	size_t now = atomic_fetch_add_explicit(&used, n, memory_order_relaxed) + n;
	size_t top = atomic_load_explicit(&peak, memory_order_relaxed);

	if (limit != 0 && now > limit) {
		atomic_fetch_sub_explicit(&used, n, memory_order_relaxed);
		return false;
	}
	while (now > top &&
		!atomic_compare_exchange_weak_explicit(
			&peak, &top, now, memory_order_relaxed, memory_order_relaxed))
		;
	return true;
}

static void give_back(size_t n)
{
	atomic_fetch_sub_explicit(&used, n, memory_order_relaxed);
}

static size_t size_of(const void *p)
{
	size_t n;

	memcpy(&n, (const char *)p - HEAD, sizeof(n));
	return n;
}

static void *head_set(void *block, size_t n)
{
	memcpy(block, &n, sizeof(n));
	return (char *)block + HEAD;
}

void *mem_alloc(size_t n)
{
	void *block;

	if (must_fail() || n > SIZE_MAX - HEAD || !take(n))
		return NULL;
	block = malloc(n + HEAD);
	if (!block) {
		give_back(n);
		return NULL;
	}
	return head_set(block, n);
}

void *mem_calloc(size_t n, size_t size)
{
	void *block;

	if (size != 0 && n > (SIZE_MAX - HEAD) / size)
		return NULL;
	n *= size;
	if (must_fail() || !take(n))
		return NULL;
	block = calloc(1, n + HEAD);
	if (!block) {
		give_back(n);
		return NULL;
	}
	return head_set(block, n);
}

void *mem_realloc(void *p, size_t n)
{
	size_t old;
	void *block;

	if (!p)
		return mem_alloc(n);
	old = size_of(p);
	if (must_fail() || n > SIZE_MAX - HEAD || (n > old && !take(n - old)))
		return NULL;
	block = realloc((char *)p - HEAD, n + HEAD);
	if (!block) {
		if (n > old)
			give_back(n - old);
		return NULL;
	}
	if (n < old)
		give_back(old - n);
	return head_set(block, n);
}

void mem_free(void *p)
{
	if (!p)
		return;
	give_back(size_of(p));
	free((char *)p - HEAD);
}

char *mem_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = mem_alloc(n);

	return p ? memcpy(p, s, n) : NULL;
}

size_t mem_used(void)
{
	return atomic_load(&used);
}

size_t mem_peak(void)
{
	return atomic_load(&peak);
}

void mem_reset_peak(void)
{
	atomic_store(&peak, atomic_load(&used));
}

void mem_set_cap(size_t bytes)
{
	atomic_store(&cap, bytes);
}

size_t mem_cap(void)
{
	return atomic_load(&cap);
}

void mem_fail_nth(long n, int from_then)
{
	atomic_store(&calls, 0);
	atomic_store(&fail_rest, from_then != 0);
	atomic_store(&fail_at, n);
}

long mem_calls(void)
{
	return atomic_load(&calls);
}

/* mem.h — the only malloc and free of the program.
 *
 * Counts the bytes in use, refuses what would exceed a cap, and fails the n-th allocation when
 * a test asks for it.
 *
 * 1. Every pointer from here goes back through mem_free() or mem_realloc(), never free().
 * 2. A failed call returns NULL and changes nothing; mem_realloc() then leaves the old block.
 * 3. A size of zero yields a pointer that may be freed but holds nothing.
 *
 * Threads: any; the counters are atomic. Alignment: 16 bytes. */
#ifndef PARSER_BASE_MEM_H
#define PARSER_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t n);
void *mem_calloc(size_t n, size_t size); /* zeroed; NULL when n * size overflows */
void *mem_realloc(void *p, size_t n);    /* p may be NULL */
void mem_free(void *p);                  /* p may be NULL */
char *mem_strdup(const char *s);

/* Bytes in use now, and the most there ever was since mem_reset_peak(). */
size_t mem_used(void);
size_t mem_peak(void);
void mem_reset_peak(void);

/* Refuse allocations that would bring the sum above `bytes`; 0 = no cap. */
void mem_set_cap(size_t bytes);
size_t mem_cap(void);

/* Tests: let the n-th allocation from now on fail (1 = the next one), once, or with `from_then`
 * that one and all after it. 0 switches the injection off. */
void mem_fail_nth(long n, int from_then);

/* Number of allocations tried since the last mem_fail_nth(). */
long mem_calls(void);

#endif

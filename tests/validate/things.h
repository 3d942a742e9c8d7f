/* things.h — what validate.c knows of every goroutine, proc, thread and task, in one table by kind and id.
 *
 * Memory: malloc, until things_clear(); out of memory ends the program. */
#ifndef TESTS_VALIDATE_THINGS_H
#define TESTS_VALIDATE_THINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NONE (-1)

struct names {
	char **at;
	size_t n, cap;
};

/* A goroutine 'G', proc 'P', thread 'M', task 'T', or the whole program 'W'. */
struct thing {
	char kind;
	int64_t id;
	char state[16]; /* of G and P; "" before the first transition */
	int64_t on;     /* G, P: thread it runs on, while `bound` */
	bool bound;
	int64_t g, p;         /* M: what runs on it */
	struct names ranges;  /* open ones */
	struct names regions; /* G: open ones, innermost last */
	char *type;           /* T: while open */
};

struct things {
	struct thing *things;
	size_t n, cap;
	uint32_t *slots; /* 1 + index; 0 = free */
	size_t n_slots;
};

/* NULL where there is no such thing. Pointers into the table are good until the next one is added. */
struct thing *things_find(const struct things *t, char kind, int64_t id);
struct thing *things_find_or_add(struct things *t, char kind, int64_t id);
void things_clear(struct things *t);

void names_add(struct names *l, const char *s);
size_t names_find(const struct names *l, const char *s); /* l->n where it is not there */
void names_remove(struct names *l, size_t i);

void *things_must(void *p); /* p, unless it is NULL */

#endif

#include "tests/validate/things.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *things_must(void *p)
{
	if (!p) {
		fprintf(stderr, "validate_events: out of memory\n");
		exit(2);
	}
	return p;
}

static size_t slot_of(const struct things *t, char kind, int64_t id)
{
	uint64_t h = ((uint64_t)id ^ (uint64_t)kind << 56) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(h >> 20) & (t->n_slots - 1);

	for (; t->slots[at] != 0; at = (at + 1) & (t->n_slots - 1)) {
		const struct thing *x = &t->things[t->slots[at] - 1];

		if (x->kind == kind && x->id == id)
			break;
	}
	return at;
}

struct thing *things_find(const struct things *t, char kind, int64_t id)
{
	size_t at = t->n_slots ? slot_of(t, kind, id) : 0;

	return t->n_slots && t->slots[at] != 0 ? &t->things[t->slots[at] - 1] : NULL;
}

static void grow(struct things *t)
{
	size_t i;

	t->cap = t->cap ? t->cap * 2 : 256;
	t->n_slots = t->cap * 2;
	t->things = things_must(realloc(t->things, t->cap * sizeof(*t->things)));
	free(t->slots);
	t->slots = things_must(calloc(t->n_slots, sizeof(*t->slots)));
	for (i = 0; i < t->n; i++)
		t->slots[slot_of(t, t->things[i].kind, t->things[i].id)] = (uint32_t)i + 1;
}

struct thing *things_find_or_add(struct things *t, char kind, int64_t id)
{
	struct thing *x = things_find(t, kind, id);

	if (x)
		return x;
	if (t->n == t->cap)
		grow(t);
	x = &t->things[t->n++];
	memset(x, 0, sizeof(*x));
	x->kind = kind;
	x->id = id;
	x->on = x->g = x->p = NONE;
	t->slots[slot_of(t, kind, id)] = (uint32_t)t->n;
	return x;
}

void names_add(struct names *l, const char *s)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 4;
		l->at = things_must(realloc(l->at, l->cap * sizeof(*l->at)));
	}
	l->at[l->n++] = things_must(strdup(s));
}

size_t names_find(const struct names *l, const char *s)
{
	size_t i;

	for (i = 0; i < l->n && strcmp(l->at[i], s) != 0; i++)
		;
	return i;
}

void names_remove(struct names *l, size_t i)
{
	free(l->at[i]);
	memmove(&l->at[i], &l->at[i + 1], (l->n - i - 1) * sizeof(*l->at));
	l->n--;
}

void things_clear(struct things *t)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		while (t->things[i].ranges.n > 0)
			names_remove(&t->things[i].ranges, t->things[i].ranges.n - 1);
		while (t->things[i].regions.n > 0)
			names_remove(&t->things[i].regions, t->things[i].regions.n - 1);
		free(t->things[i].ranges.at);
		free(t->things[i].regions.at);
		free(t->things[i].type);
	}
	free(t->things);
	free(t->slots);
}

#include "parser/base/map.h"

#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

#include "parser/base/mem.h"

#define FIRST_BITS 6
#define SPARSE     64 /* slots for each key: a table is far too large */

void map_init(struct map *m)
{
	memset(m, 0, sizeof(*m));
	if (getrandom(&m->seed, sizeof(m->seed), GRND_NONBLOCK) != sizeof(m->seed))
		m->seed = (uint64_t)(uintptr_t)m;
}

void map_clear(struct map *m)
{
	mem_free(m->slots);
	m->slots = NULL;
	m->n = 0;
	m->mask = 0;
	m->shift = 0;
}

void map_reset(struct map *m)
{
	if (m->n > 0 && m->mask / SPARSE > m->n)
		map_clear(m); /* or every small use would pay for the largest there was */
	else if (m->n > 0)
		memset(m->slots, 0xff, (m->mask + 1) * sizeof(*m->slots));
	m->n = 0;
}

static void insert_new(struct map *m, uint64_t key, uint32_t value)
{
	size_t i = map_home(m, key);

	while (m->slots[i].value != MAP_NONE)
		i = (i + 1) & m->mask;
	m->slots[i].key = key;
	m->slots[i].value = value;
}

static int grow(struct map *m)
{
	unsigned bits = m->slots ? 64 - m->shift + 1 : FIRST_BITS;
	size_t n_old = m->slots ? m->mask + 1 : 0, i;
	struct map_slot *old = m->slots, *slots;

	if (bits > 40)
		return -1;
	slots = mem_alloc(sizeof(*slots) << bits);
	if (!slots)
		return -1;
	memset(slots, 0xff, sizeof(*slots) << bits); /* every value MAP_NONE */
	m->slots = slots;
	m->mask = ((size_t)1 << bits) - 1;
	m->shift = 64 - bits;
	for (i = 0; i < n_old; i++) {
		if (old[i].value != MAP_NONE)
			insert_new(m, old[i].key, old[i].value);
	}
	mem_free(old);
	return 0;
}

int map_put(struct map *m, uint64_t key, uint32_t value)
{
	size_t i;

	if (!m->slots || (m->n + 1) * 8 > (m->mask + 1) * 5) {
		if (grow(m) < 0)
			return -1;
	}
	for (i = map_home(m, key); m->slots[i].value != MAP_NONE; i = (i + 1) & m->mask) {
		if (m->slots[i].key == key) {
			m->slots[i].value = value;
			return 0;
		}
	}
	m->slots[i].key = key;
	m->slots[i].value = value;
	m->n++;
	return 0;
}

void map_remove(struct map *m, uint64_t key)
{
	size_t hole, i;

	if (m->n == 0)
		return;
	for (hole = map_home(m, key);; hole = (hole + 1) & m->mask) {
		if (m->slots[hole].value == MAP_NONE)
			return;
		if (m->slots[hole].key == key)
			break;
	}
	/* Move back whatever would no longer be found past the hole. */
	for (i = (hole + 1) & m->mask; m->slots[i].value != MAP_NONE; i = (i + 1) & m->mask) {
		size_t home = map_home(m, m->slots[i].key);

		if (((i - home) & m->mask) >= ((i - hole) & m->mask)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole].value = MAP_NONE;
	m->n--;
}

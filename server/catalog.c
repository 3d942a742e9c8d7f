/* catalog.c */
#include "server/catalog.h"

#include <pthread.h>
#include <string.h>

#include "parser/base/mem.h"
#include "parser/base/vec.h"

struct catalog {
	/* guards: traces */
	pthread_mutex_t lock;
	VEC(struct trace_info) traces;
};

struct catalog *catalog_create(struct err *e)
{
	struct catalog *c = mem_calloc(1, sizeof(*c));

	if (c)
		pthread_mutex_init(&c->lock, NULL);
	else
		err_set(e, ERR_MEMORY, -1, "Cannot start the server: out of memory");
	return c;
}

static void clear_info(struct trace_info *t)
{
	const char *const texts[] = {t->id, t->name, t->path, t->store, t->part_store};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		mem_free((void *)(uintptr_t)texts[i]);
}

void catalog_destroy(struct catalog *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->traces.n; i++)
		clear_info(&c->traces.at[i]);
	vec_clear(&c->traces);
	pthread_mutex_destroy(&c->lock);
	mem_free(c);
}

static struct trace_info *find_locked(struct catalog *c, const char *id)
{
	size_t i;

	for (i = 0; i < c->traces.n; i++) {
		if (strcmp(c->traces.at[i].id, id) == 0)
			return &c->traces.at[i];
	}
	return NULL;
}

int catalog_add(struct catalog *c, const struct trace_info *t, struct err *e)
{
	struct trace_info mine = *t;
	int rc = 1;

	mine.id = mem_strdup(t->id);
	mine.name = mem_strdup(t->name);
	mine.path = mem_strdup(t->path);
	mine.store = mem_strdup(t->store);
	mine.state = TRACE_WAITING;
	mine.part = 0;
	mine.part_store = NULL;
	pthread_mutex_lock(&c->lock);
	if (!mine.id || !mine.name || !mine.path || !mine.store)
		rc = err_set(e, ERR_MEMORY, -1, "Cannot add a trace: out of memory");
	else if (find_locked(c, t->id))
		rc = 0;
	else if (vec_push(&c->traces, mine) < 0)
		rc = err_set(e, ERR_MEMORY, -1, "Cannot add a trace: out of memory");
	pthread_mutex_unlock(&c->lock);
	if (rc != 1)
		clear_info(&mine);
	return rc;
}

bool catalog_find(struct catalog *c, const char *id, struct trace_info *out)
{
	struct trace_info *t;

	pthread_mutex_lock(&c->lock);
	t = find_locked(c, id);
	if (t)
		*out = *t;
	pthread_mutex_unlock(&c->lock);
	return t != NULL;
}

bool catalog_at(struct catalog *c, size_t i, struct trace_info *out)
{
	bool is_there;

	pthread_mutex_lock(&c->lock);
	is_there = i < c->traces.n;
	if (is_there)
		*out = c->traces.at[i];
	pthread_mutex_unlock(&c->lock);
	return is_there;
}

static void set_state(struct catalog *c, const char *id, enum trace_state state,
	const struct progress *p, const struct err *error)
{
	struct trace_info *t;

	pthread_mutex_lock(&c->lock);
	t = find_locked(c, id);
	if (t) {
		t->state = state;
		if (p)
			t->progress = *p;
		if (error)
			t->error = *error;
	}
	pthread_mutex_unlock(&c->lock);
}

void catalog_set_progress(struct catalog *c, const char *id, const struct progress *p)
{
	set_state(c, id, TRACE_READING, p, NULL);
}

void catalog_set_part(struct catalog *c, const char *id, unsigned part, const char *store)
{
	struct trace_info *t;

	pthread_mutex_lock(&c->lock);
	t = find_locked(c, id);
	if (t && !t->part_store)
		t->part_store = mem_strdup(store);
	if (t && t->part_store)
		t->part = part;
	pthread_mutex_unlock(&c->lock);
}

void catalog_set_ready(struct catalog *c, const char *id)
{
	set_state(c, id, TRACE_READY, NULL, NULL);
}

void catalog_set_failed(struct catalog *c, const char *id, const struct err *error)
{
	set_state(c, id, TRACE_FAILED, NULL, error);
}

void catalog_set_facts(struct catalog *c, const char *id, const struct trace_facts *facts)
{
	struct trace_info *t;

	pthread_mutex_lock(&c->lock);
	t = find_locked(c, id);
	if (t) {
		t->facts = *facts;
		t->facts.is_known = true;
	}
	pthread_mutex_unlock(&c->lock);
}

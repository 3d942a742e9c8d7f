/* task_list.h - user tasks (trace.NewTask): how many of which type, and those of one type in an order.
 *
 * A task counts where it overlaps the range. One that began before the trace, or had not ended when the
 * trace did, lasts as long as it is seen.
 *
 * Memory: types: 48 bytes per type; a list: its limit, and the durations of all of its tasks
 * (durations.h). Threads: as the store. Errors: of the store; ERR_CANCELLED. */
#ifndef TILES_TASK_LIST_H
#define TILES_TASK_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "tiles/durations.h"
#include "tiles/slabs.h"
#include "tiles/tables.h"

struct err;
struct store;

struct task_type {
	uint64_t n, ns;
	int64_t max_ns;
	uint32_t type;   /* string */
	uint64_t n_open; /* that had not ended */
};

struct task_types {
	VEC(struct task_type) types; /* the most time first, then by string */
	struct map known;
};

void task_types_init(struct task_types *t);
void task_types_clear(struct task_types *t);
int task_types_make(struct task_types *t, struct store *st, int64_t from, int64_t to,
	struct cancel cancel, struct err *e);

#define TASK_LIST_MAX 1000 /* the greatest limit */

struct task_query {
	int64_t from, to;
	uint32_t type;    /* string */
	bool by_begin;    /* the earliest first; else the longest, then the earliest */
	bool has_after;   /* only what comes behind this one in that order: */
	int64_t after_ns; /* its length; by_begin: unused */
	int64_t after_t;  /* its begin */
	uint64_t after_id;
	uint32_t limit; /* 1 .. TASK_LIST_MAX */
	struct cancel cancel;
};

struct task_list {
	VEC(struct range) tasks;
	bool has_next;
	struct durations durations; /* sorted; of all of the type in the range */
};

void task_list_init(struct task_list *l);
void task_list_clear(struct task_list *l);
int task_list_make(
	struct task_list *l, struct store *st, const struct task_query *q, struct err *e);

#endif

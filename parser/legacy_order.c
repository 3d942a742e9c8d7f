#include "parser/legacy_order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/legacy_index.h"
#include "parser/legacy_spec.h"
#include "parser/limits.h"

enum status { G_DEAD, G_RUNNABLE, G_RUNNING, G_WAITING };
enum subject { ANY, GOROUTINE, COLLECTOR };

/* What a role needs before it, and what holds after it. */
struct rule {
	uint8_t subject; /* enum subject */
	uint8_t before, after;
	bool has_seq;  /* the goroutine's number must be the event's */
	bool adds_one; /* without a number of its own, it counts the goroutine's up */
};

static const struct rule rules[LEGACY_N_ROLES] = {
	[LEGACY_COLLECTS] = {.subject = COLLECTOR},
	[LEGACY_CREATES] = {GOROUTINE, G_DEAD, G_RUNNABLE, true, false},
	[LEGACY_LISTS] = {GOROUTINE, G_RUNNABLE, G_WAITING, true, false},
	[LEGACY_STARTS] = {GOROUTINE, G_RUNNABLE, G_RUNNING, true, false},
	[LEGACY_STARTS_LOCAL] = {GOROUTINE, G_RUNNABLE, G_RUNNING, false, true},
	[LEGACY_WAKES] = {GOROUTINE, G_WAITING, G_RUNNABLE, true, false},
	[LEGACY_WAKES_LOCAL] = {GOROUTINE, G_WAITING, G_RUNNABLE, false, true},
	[LEGACY_RETURNS] = {GOROUTINE, G_WAITING, G_RUNNABLE, true, false},
	[LEGACY_YIELDS] = {GOROUTINE, G_RUNNING, G_RUNNABLE, false, false},
	[LEGACY_BLOCKS] = {GOROUTINE, G_RUNNING, G_WAITING, false, false},
};

void legacy_order_init(struct legacy_order *o, struct legacy_index *x)
{
	memset(o, 0, sizeof(*o));
	o->x = x;
	id_table_init(&o->g_of);
}

void legacy_order_clear(struct legacy_order *o)
{
	size_t i;

	for (i = 0; i < o->heads.n; i++)
		legacy_cursor_clear(&o->heads.at[i].cursor);
	vec_clear(&o->heads);
	vec_clear(&o->waiting);
	vec_clear(&o->frontier);
	vec_clear(&o->gs);
	vec_clear(&o->free_gs);
	vec_clear(&o->pieces);
	vec_clear(&o->early);
	vec_clear(&o->late);
	id_table_clear(&o->g_of);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot order events: out of memory");
}

static struct legacy_need need_of(const struct legacy_event *ev)
{
	enum legacy_role role = legacy_spec_table[ev->type].role;
	struct legacy_need need = {.g = ev->args[0], .seq = ev->args[1], .role = (uint8_t)role};

	if (legacy_role_leaves(role))
		need.g = ev->g;
	if (role == LEGACY_CREATES || role == LEGACY_LISTS)
		need.seq = role == LEGACY_LISTS; /* the first two of each goroutine */
	else if (role == LEGACY_COLLECTS)
		need.seq = ev->args[0];
	return need;
}

/* The goroutine, or one that does not exist yet. */
static const struct legacy_goroutine *find_goroutine(struct legacy_order *o, uint64_t id)
{
	static const struct legacy_goroutine unknown = {.status = G_DEAD};
	uint32_t at = id_table_get(&o->g_of, id);

	return at == MAP_NONE ? &unknown : &o->gs.at[at];
}

static bool is_ready(struct legacy_order *o, const struct legacy_need *need)
{
	const struct rule *rule = &rules[need->role];
	const struct legacy_goroutine *g;

	if (rule->subject != GOROUTINE)
		return rule->subject == ANY || need->seq == o->gc_seq;
	g = find_goroutine(o, need->g);
	return g->status == rule->before && (!rule->has_seq || g->seq == need->seq);
}

static struct legacy_goroutine *add_goroutine(struct legacy_order *o, uint64_t id, struct err *e)
{
	static const struct legacy_goroutine unknown = {.status = G_DEAD};
	uint32_t at = id_table_get(&o->g_of, id);

	if (at != MAP_NONE)
		return &o->gs.at[at];
	if (o->free_gs.n > 0) {
		at = o->free_gs.at[--o->free_gs.n];
	} else {
		at = (uint32_t)o->gs.n;
		if (at >= o->x->lim->goroutines) {
			err_set(e, ERR_LIMIT, -1,
				"Cannot order events: too many goroutines, limit=%" PRIu32,
				o->x->lim->goroutines);
			return NULL;
		}
		if (vec_push(&o->gs, unknown) < 0) {
			no_memory(e);
			return NULL;
		}
	}
	if (id_table_put(&o->g_of, id, at) < 0) {
		no_memory(e);
		return NULL;
	}
	o->gs.at[at] = unknown;
	return &o->gs.at[at];
}

static int forget_goroutine(struct legacy_order *o, uint64_t id, struct err *e)
{
	uint32_t at = id_table_get(&o->g_of, id);

	if (at == MAP_NONE)
		return 0;
	id_table_remove(&o->g_of, id);
	return vec_push(&o->free_gs, at) < 0 ? no_memory(e) : 0;
}

static int apply(struct legacy_order *o, const struct legacy_event *ev,
	const struct legacy_need *need, struct err *e)
{
	const struct rule *rule = &rules[need->role];
	struct legacy_goroutine *g;

	if (!is_ready(o, need)) {
		return err_set(e, ERR_DAMAGED, ev->offset,
			"Cannot order events: two Ps change one goroutine at once, event=%s, "
			"goroutine=%" PRIu64 ", at byte %" PRId64,
			legacy_spec_table[ev->type].name, need->g, ev->offset);
	}
	o->changed = need->g;
	if (rule->subject == COLLECTOR)
		o->gc_seq = need->seq + 1;
	if (need->role == LEGACY_ENDS)
		return forget_goroutine(o, ev->g, e);
	if (rule->subject != GOROUTINE)
		return 0;
	g = add_goroutine(o, need->g, e);
	if (!g)
		return -1;
	g->status = rule->after;
	if (rule->has_seq)
		g->seq = need->seq + 1;
	else if (rule->adds_one)
		g->seq++;
	if (ev->type == LEGACY_GO_SYS_BLOCK || ev->type == LEGACY_GO_IN_SYSCALL)
		g->blocked = ev->ticks;
	return 0;
}

/* Heaps. */

/* Go's heap, step for step: of equal times one that Go may choose, too. */
static bool is_earlier(const struct sort_item *a, const struct sort_item *b)
{
	return a->key < b->key;
}

static int frontier_push(struct legacy_order *o, int64_t ticks, uint32_t head, struct err *e)
{
	struct sort_item item = {ticks, head}, *at;
	size_t i = o->frontier.n;

	if (vec_push(&o->frontier, item) < 0)
		return no_memory(e);
	for (at = o->frontier.at; i > 0 && is_earlier(&item, &at[(i - 1) / 2]); i = (i - 1) / 2)
		at[i] = at[(i - 1) / 2];
	at[i] = item;
	return 0;
}

static uint32_t frontier_pop(struct legacy_order *o)
{
	struct sort_item *at = o->frontier.at, last;
	uint32_t head = at[0].value;
	size_t n = --o->frontier.n, i = 0, child;

	last = at[n];
	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && is_earlier(&at[child + 1], &at[child]))
			child++;
		if (!is_earlier(&at[child], &last))
			break;
		at[i] = at[child];
		i = child;
	}
	at[i] = last;
	return head;
}

static bool exits_earlier(const struct legacy_exit *a, const struct legacy_exit *b)
{
	if (a->real != b->real)
		return a->real < b->real;
	return a->emitted != b->emitted ? a->emitted < b->emitted : a->offset < b->offset;
}

/* The last of n exits moves up. */
static void exit_up(struct legacy_exit *at, size_t n)
{
	size_t i = n - 1;
	struct legacy_exit item = at[i];

	for (; i > 0 && exits_earlier(&item, &at[(i - 1) / 2]); i = (i - 1) / 2)
		at[i] = at[(i - 1) / 2];
	at[i] = item;
}

/* The first of n exits leaves. */
static struct legacy_exit exit_pop(struct legacy_exit *at, size_t n)
{
	struct legacy_exit first = at[0], last = at[n - 1];
	size_t i = 0, child;

	n--;
	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && exits_earlier(&at[child + 1], &at[child]))
			child++;
		if (!exits_earlier(&at[child], &last))
			break;
		at[i] = at[child];
		i = child;
	}
	at[i] = last;
	return first;
}

/* The merge. */

static bool is_profile(const struct legacy_order *o, uint32_t head)
{
	return head == o->x->procs.n;
}

static int next_sample(struct legacy_order *o, struct legacy_event *ev)
{
	const struct legacy_sample *s;

	if (o->next_sample == o->x->sample_order.n)
		return 0;
	s = &o->x->samples.at[o->x->sample_order.at[o->next_sample++].value];
	memset(ev, 0, sizeof(*ev));
	ev->type = LEGACY_CPU_SAMPLE;
	ev->ticks = s->ticks;
	ev->g = s->g;
	ev->p = s->p;
	ev->stack = s->stack;
	ev->offset = s->offset;
	return 1;
}

/* The head's next event; it waits until the next look at the waiting ones. */
static int refresh(struct legacy_order *o, uint32_t i, struct err *e)
{
	struct legacy_head *head = &o->heads.at[i];
	uint32_t piece = head->cursor.piece;
	int n = is_profile(o, i) ? next_sample(o, &head->ev)
				 : legacy_cursor_next(&head->cursor, o->x, &head->ev, e);

	if (head->cursor.piece != piece)
		o->n_bytes += o->x->pieces.at[piece].size;
	if (n == 0)
		head->ev.type = LEGACY_NONE;
	if (n <= 0)
		return n;
	head->need = need_of(&head->ev);
	head->is_new = true;
	return vec_push(&o->waiting, i) < 0 ? no_memory(e) : 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct sort_item *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

static int open_order(struct legacy_order *o, struct err *e)
{
	struct legacy_head head;
	size_t i;

	o->is_open = true;
	o->last_ticks = INT64_MIN;
	for (i = 0; i < o->x->pieces.n; i++) {
		struct sort_item item = {o->x->pieces.at[i].first_exit, (uint32_t)i};

		if (item.key != INT64_MAX && vec_push(&o->pieces, item) < 0)
			return no_memory(e);
	}
	if (o->pieces.n > 0)
		qsort(o->pieces.at, o->pieces.n, sizeof(*o->pieces.at), compare_items);
	for (i = 0; i <= o->x->procs.n; i++) {
		memset(&head, 0, sizeof(head));
		if (i < o->x->procs.n)
			legacy_cursor_init(&head.cursor, o->x, i);
		if (vec_push(&o->heads, head) < 0)
			return no_memory(e);
		if (refresh(o, (uint32_t)i, e) < 0)
			return -1;
	}
	return 0;
}

static int spend(struct legacy_order *o, int64_t offset, struct err *e)
{
	const struct limits *lim = o->x->lim;

	o->tries += o->waiting.n;
	if (o->tries <= lim->order_tries_peak + lim->order_tries * o->n_events)
		return 0;
	return err_set(e, ERR_LIMIT, offset,
		"Cannot order events: too many tries, limit=%" PRIu32 " an event, events=%" PRIu64
		", at byte %" PRId64,
		lim->order_tries, o->n_events, offset);
}

/* May it have become ready since it was last looked at? */
static bool may_come(const struct legacy_order *o, const struct legacy_head *head)
{
	return head->is_new || head->need.g == o->changed || head->need.role == LEGACY_COLLECTS;
}

/* Into the frontier with those whose turn has come. */
static int collect_ready(struct legacy_order *o, struct err *e)
{
	size_t i = 0;

	if (o->waiting.n > 0 && spend(o, o->heads.at[o->waiting.at[0]].ev.offset, e) < 0)
		return -1;
	while (i < o->waiting.n) {
		uint32_t at = o->waiting.at[i];
		struct legacy_head *head = &o->heads.at[at];

		if (!may_come(o, head) || !is_ready(o, &head->need)) {
			head->is_new = false;
			i++;
			continue;
		}
		if (frontier_push(o, head->ev.ticks, at, e) < 0)
			return -1;
		o->waiting.at[i] = o->waiting.at[--o->waiting.n];
	}
	return 0;
}

/* Nothing is ready: the end, unless a P of a whole file still has events. */
static int end_of_merge(const struct legacy_order *o, struct err *e)
{
	const struct legacy_event *ev;

	if (o->waiting.n == 0 || o->x->cut.kind != ERR_NONE)
		return 0;
	ev = &o->heads.at[o->waiting.at[0]].ev;
	return err_set(e, ERR_DAMAGED, ev->offset,
		"Cannot order events: none of the next events of %zu Ps can come first; one is %s, "
		"goroutine=%" PRIu64 ", at byte %" PRId64 ". The trace lacks events or is damaged",
		o->waiting.n, legacy_spec_table[ev->type].name, ev->g, ev->offset);
}

/* Does the system call of goroutine g on that P, just taken, give the P away? What the P does
 * next with g tells. */
static bool is_blocking(struct legacy_order *o, const struct legacy_head *head, uint64_t g)
{
	if (head->ev.type == LEGACY_NONE)
		return false;
	if (head->ev.g == g)
		return head->ev.type == LEGACY_GO_SYS_BLOCK;
	return legacy_cursor_peek(&head->cursor, o->x, g) == LEGACY_GO_SYS_BLOCK;
}

static void drop_local(struct legacy_event *ev)
{
	switch (ev->type) {
	case LEGACY_GO_START_LOCAL:
		ev->type = LEGACY_GO_START;
		break;
	case LEGACY_GO_UNBLOCK_LOCAL:
		ev->type = LEGACY_GO_UNBLOCK;
		break;
	case LEGACY_GO_SYS_EXIT_LOCAL: /* says no real time in the place where Go looks for it */
		ev->type = LEGACY_GO_SYS_EXIT;
		ev->args[2] = 0;
		break;
	default:
		break;
	}
}

static int merge(struct legacy_order *o, struct legacy_ordered *out, struct err *e)
{
	uint32_t at;

	if (!o->is_open && open_order(o, e) < 0)
		return -1;
	if (collect_ready(o, e) < 0)
		return -1;
	if (o->frontier.n == 0)
		return end_of_merge(o, e);
	at = frontier_pop(o);
	out->ev = o->heads.at[at].ev;
	out->blocks = false;
	o->n_events++;
	if (apply(o, &out->ev, &o->heads.at[at].need, e) < 0 || refresh(o, at, e) < 0)
		return -1;
	if (out->ev.ticks < o->last_ticks) {
		return err_set(e, ERR_DAMAGED, out->ev.offset,
			"Cannot order events: their times contradict their order, event=%s, "
			"at byte %" PRId64,
			legacy_spec_table[out->ev.type].name, out->ev.offset);
	}
	o->last_ticks = out->ev.ticks;
	if (out->ev.type == LEGACY_GO_SYS_CALL)
		out->blocks = is_blocking(o, &o->heads.at[at], out->ev.g);
	drop_local(&out->ev);
	return 1;
}

/* Ends of system calls. */

/* The early exits of a piece. */
static int look_into(struct legacy_order *o, uint32_t piece, struct err *e)
{
	struct legacy_cursor c = {.piece = piece, .ticks = o->x->pieces.at[piece].ticks};
	struct legacy_event ev;
	int n;

	while ((n = legacy_cursor_next(&c, o->x, &ev, e)) > 0) {
		struct legacy_exit item = {(int64_t)ev.args[2], ev.ticks, ev.offset, ev.args[0]};

		c.piece = LEGACY_NO_PIECE; /* no further than this one */
		if (ev.type != LEGACY_GO_SYS_EXIT || item.real <= 0 || item.real >= item.emitted)
			continue;
		if (vec_push(&o->early, item) < 0) {
			n = no_memory(e);
			break;
		}
		exit_up(o->early.at, o->early.n);
	}
	legacy_cursor_clear(&c);
	return n;
}

static int look_ahead(struct legacy_order *o, int64_t ticks, struct err *e)
{
	while (o->next_piece < o->pieces.n && o->pieces.at[o->next_piece].key < ticks) {
		if (look_into(o, o->pieces.at[o->next_piece++].value, e) < 0)
			return -1;
	}
	return 0;
}

static int give_exit(const struct legacy_exit *x, struct legacy_ordered *out)
{
	memset(out, 0, sizeof(*out));
	out->ev.type = LEGACY_GO_SYS_EXIT;
	out->ev.ticks = x->real;
	out->ev.offset = x->offset;
	out->ev.g = x->g;
	out->ev.args[0] = x->g;
	out->ev.p = LEGACY_SYSCALL_P;
	return 1;
}

/* An exit that comes before the held event; 0 where there is none. Of equal real times the late
 * one is first: its record came before that time, an early one's comes after it. */
static int take_exit(struct legacy_order *o)
{
	bool early = o->has_held && o->early.n > 0 && o->early.at[0].real < o->held.ev.ticks;
	bool late = o->late.n > 0 && (!o->has_held || o->late.at[0].real <= o->held.ev.ticks);
	struct legacy_exit x;

	if (early && late)
		early = o->early.at[0].real < o->late.at[0].real;
	if (!early && !late)
		return 0;
	x = early ? exit_pop(o->early.at, o->early.n--) : exit_pop(o->late.at, o->late.n--);
	return give_exit(&x, &o->exit);
}

/* The held event is an end of a system call: does it stay where it is? 1, 0 where not, -1. */
static int place_exit(struct legacy_order *o, struct err *e)
{
	const struct legacy_event *ev = &o->held.ev;
	struct legacy_exit item = {(int64_t)ev->args[2], ev->ticks, ev->offset, ev->args[0]};
	int64_t blocked = find_goroutine(o, ev->g)->blocked;

	if (item.real == 0 || item.real == item.emitted)
		return 1;
	if (blocked == 0 || item.real < blocked) {
		return err_set(e, ERR_DAMAGED, ev->offset,
			"Cannot order events: a system call ends before it blocked, "
			"goroutine=%" PRIu64 ", at byte %" PRId64,
			ev->g, ev->offset);
	}
	if (item.real < item.emitted)
		return 0; /* has been handed out */
	if (vec_push(&o->late, item) < 0)
		return no_memory(e);
	exit_up(o->late.at, o->late.n);
	return 0;
}

/* Hold the next merged event; at the end none. */
static int hold(struct legacy_order *o, struct err *e)
{
	int n;

	if (o->has_held || o->at_end)
		return 0;
	n = merge(o, &o->held, e);
	if (n < 0)
		return -1;
	o->has_held = n > 0;
	o->at_end = n == 0;
	return n > 0 ? look_ahead(o, o->held.ev.ticks, e) : 0;
}

int legacy_order_next(struct legacy_order *o, struct legacy_ordered **ev, struct err *e)
{
	int n = 0;

	while (n == 0) {
		if (hold(o, e) < 0)
			return -1;
		*ev = &o->exit;
		if (take_exit(o) > 0)
			return 1;
		if (!o->has_held)
			return 0;
		*ev = &o->held;
		o->has_held = false;
		n = 1;
		if (o->held.ev.type == LEGACY_GO_SYS_EXIT) {
			n = place_exit(o, e);
			o->held.ev.p = LEGACY_SYSCALL_P;
		}
	}
	return n;
}

/* rule_user.h — rules for ranges (GC, sweep, assist, stop-the-world), tasks, regions, logs,
 * labels, metrics and experimental events: see rule.h for the answers.
 *
 * The rules are those of Go's reader (internal/trace/order.go); GO_TRACE.md lists them. */
#ifndef PARSER_RULE_USER_H
#define PARSER_RULE_USER_H

struct event;
struct order;
struct raw;
struct sched_m;

int rule_range_begin(struct order *o, const struct raw *raw, struct sched_m *m,
	struct event *ev); /* of a goroutine: STW, mark assist */
int rule_range_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_assist_active(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_sweep_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_sweep_active(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_sweep_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_gc_active(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_gc_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_gc_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_task_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_task_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_region_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_region_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_log(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_label(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_procs_change(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_heap(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_experimental(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);

#endif

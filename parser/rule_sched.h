/* rule_sched.h — rules for what procs and goroutines do: see rule.h for the answers.
 *
 * The rules are those of Go's reader (internal/trace/order.go); GO_TRACE.md lists them. */
#ifndef PARSER_RULE_SCHED_H
#define PARSER_RULE_SCHED_H

struct event;
struct order;
struct raw;
struct sched_m;

int rule_proc_status(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_proc_start(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_proc_stop(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_proc_steal(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_go_status(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_go_create(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_go_create_syscall(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_go_start(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_go_stop(struct order *o, const struct raw *raw, struct sched_m *m,
	struct event *ev); /* GoDestroy, GoStop, GoBlock */
int rule_go_unblock(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_go_switch(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_syscall_begin(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_syscall_end(struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_syscall_end_blocked(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);
int rule_go_destroy_syscall(
	struct order *o, const struct raw *raw, struct sched_m *m, struct event *ev);

#endif

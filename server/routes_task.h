/* routes_task.h: user tasks: their types, those of one type, one of them, and lanes of them. */
#ifndef SERVER_ROUTES_TASK_H
#define SERVER_ROUTES_TASK_H

struct call;

/* server_check_trace() goes before these. */
void run_task_types(struct call *c);
void run_tasks(struct call *c);
void run_task(struct call *c);
void run_task_lanes(struct call *c);
void run_task_lane(struct call *c);

#endif

/* routes_task.h: user tasks of a range: their types, and those of one type. */
#ifndef SERVER_ROUTES_TASK_H
#define SERVER_ROUTES_TASK_H

struct call;

/* server_check_trace() goes before these. */
void run_task_types(struct call *c);
void run_tasks(struct call *c);

#endif

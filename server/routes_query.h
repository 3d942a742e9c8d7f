/* routes_query.h: questions about a range of time, answered exactly, from chunks. */
#ifndef SERVER_ROUTES_QUERY_H
#define SERVER_ROUTES_QUERY_H

struct call;

/* server_check_trace() goes before these. */
void run_events(struct call *c);
void run_summary(struct call *c);

#endif

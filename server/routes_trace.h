/* routes_trace.h: the list of traces, a trace's manifest, and its tables. */
#ifndef SERVER_ROUTES_TRACE_H
#define SERVER_ROUTES_TRACE_H

struct call;

int quick_traces(struct call *c);
void run_traces(struct call *c);
int quick_manifest(struct call *c);
void run_manifest(struct call *c);
int quick_ready(struct call *c);

/* server_check_trace() goes before these. */
void run_stacks(struct call *c);
void run_strings(struct call *c);

#endif

/* routes_profile.h: stacks with the time or the samples of a range, as a call tree, or for other tools. */
#ifndef SERVER_ROUTES_PROFILE_H
#define SERVER_ROUTES_PROFILE_H

struct call;

/* server_check_trace() goes before it. */
void run_profile(struct call *c);

#endif

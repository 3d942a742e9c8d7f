/* routes_goroutine.h: the table of goroutines: one record, or those that fit a query.
 *
 * Functions are sought by their groups: pages that have none of them are not read. */
#ifndef SERVER_ROUTES_GOROUTINE_H
#define SERVER_ROUTES_GOROUTINE_H

struct call;

void run_goroutine(struct call *c);
void run_goroutines(struct call *c);

#endif

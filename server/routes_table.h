/* routes_table.h: what goroutines did over any range: by start function, and one by one.
 *
 * Both are of the goroutines that `match` fits: part of the start function's name, whatever the case of ASCII
 * letters, or of the goroutine's number. */
#ifndef SERVER_ROUTES_TABLE_H
#define SERVER_ROUTES_TABLE_H

struct call;

void run_goroutine_functions(struct call *c);
void run_goroutine_times(struct call *c);

#endif

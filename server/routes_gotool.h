/* routes_gotool.h: the addresses of `go tool trace`, so that its links and habits lead to the right view.
 *
 *	/trace?goid=17  ►  302 t/{trace}?go=trace&goid=17
 *
 * The page (web/core/gotool.js) knows what each means; what the browser keeps behind # comes along.
 * A profile of all goroutines with raw=1 is answered with one. There is one trace behind those addresses: the first that
 * this server was given. */
#ifndef SERVER_ROUTES_GOTOOL_H
#define SERVER_ROUTES_GOTOOL_H

struct call;

/* Query keys of all of them. */
#define GOTOOL_KEYS \
	"view goid focustask taskid start end name sortby raw type pc latmin latmax complete " \
	"logtext mode flags window"

int quick_gotool(struct call *c);

#endif

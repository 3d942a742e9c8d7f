/* routes_web.h: the page: its two addresses and its files, as they are embedded in the program. */
#ifndef SERVER_ROUTES_WEB_H
#define SERVER_ROUTES_WEB_H

struct call;

int quick_library(struct call *c);
int quick_viewer(struct call *c);
int quick_asset(struct call *c);

#endif

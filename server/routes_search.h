/* routes_search.h: the hits of a query of the search box, page by page, or how many lie where. */
#ifndef SERVER_ROUTES_SEARCH_H
#define SERVER_ROUTES_SEARCH_H

struct call;

void run_search(struct call *c);

#endif

/* search_lives.h - hits that are goroutines, from birth to end: out of the table of goroutines alone.
 *
 * Part of search.c's inside. They come by birth, then by id, and so does the place of a hit: its birth's page time, and
 * its id. Pages of the table without a group that the query leaves are not read.
 *
 * Memory: twice the hits of a page, a page of the table. Threads: as the table. */
#ifndef TILES_SEARCH_LIVES_H
#define TILES_SEARCH_LIVES_H

struct err;
struct search_match;
struct search_request;
struct search_result;
struct search_source;

/* Counts them, or leaves one more than the limit in out->hits where there are so many. */
int search_lives(const struct search_source *s, const struct search_request *r,
	struct search_match *match, struct search_result *out, struct err *e);

#endif

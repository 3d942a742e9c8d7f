/* place.h: the range and the rows that a question is about, as a query tells them.
 *
 * from, to: page time; without them all of the trace. Then one of: view with block and row, g, group,
 * view alone, or rows; which of them a route takes is its own affair.
 *
 * rows: up to PLACE_ROWS of these with commas between: P3, M0-7, G12-40 rows of a view, by their numbers in it
 * (block * 32 + row), from the first to the last; F2 all goroutines of a group; g149 one goroutine alone. */
#ifndef SERVER_PLACE_H
#define SERVER_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/goroutine_table.h"
#include "tiles/row_set.h"
#include "tiles/tile_key.h"

struct call;
struct err;
struct reader;

#define PLACE_MAX_NS (INT64_C(1) << 53)
#define PLACE_ROWS   256

struct place {
	int64_t from, to;
	int64_t end; /* `to`; where none is told, behind the last event, which lies at the very end */
	bool has_view, has_row, has_g, has_group;
	enum view view;
	uint64_t block, row, g, group;
};

int place_range(struct call *c, struct reader *r, struct place *p, struct err *e);
int place_parse(struct call *c, struct place *p, struct err *e);

/* Is there such a block? ERR_NOT_FOUND. */
int place_check(struct reader *r, const struct place *p, struct err *e);

/* Where a goroutine lives; ERR_NOT_FOUND. */
int place_goroutine(struct reader *r, uint64_t g, struct goroutine *out, struct err *e);

/* The rows that the query names; *has: it names some. ERR_USAGE, ERR_NOT_FOUND. Then, and after an error, too,
 * row_set_clear(). */
int place_rows(struct call *c, struct reader *r, struct row_set *set, bool *has, struct err *e);

#endif

/* column_table.h - tables of integers: columns of varints in pages of 4,096 records.
 *
 *	column_writer_init ► column_writer_add … ► column_writer_seal
 *	column_table_open ► column_table_page(i) ► t.n_rows, t.at[column][row]
 *
 * A page is one blob; the table's index tells, per page, its records and the smallest and greatest
 * value of column 0. Column names and meaning live with the table's owner.
 *
 * Page: varint rows, varint columns, then column after column: varint length in bytes, varint shift,
 * values. A value is a zigzag varint times 2^shift (clocks mostly tick in 64 ns), of the difference
 * to the row before where the column is COLUMN_DELTA.
 *
 * Memory: one page. Threads: as the store. Pages are untrusted. */
#ifndef TILES_COLUMN_TABLE_H
#define TILES_COLUMN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/bytes.h"
#include "parser/base/vec.h"
#include "tiles/buf.h"

struct err;
struct store;

#define COLUMN_MAX  40
#define COLUMN_PAGE 4096

enum column_code { COLUMN_PLAIN, COLUMN_DELTA };

/* Numbers are in stores: append only. */
enum table_number {
	TABLE_GOROUTINES = 1,
	TABLE_TASKS,
	TABLE_GC,
	TABLE_STW,
	TABLE_PROCS,
	TABLE_THREADS,
	TABLE_REASONS,
	TABLE_GROUPS,
	TABLE_GROUP_BLOCKS,
	TABLE_COUNTERS,
	TABLE_WALL,
	TABLE_GENERATIONS,
	TABLE_WARNINGS,
	TABLE_LANDMARKS,
	TABLE_GAPS
};

struct column_spec {
	uint32_t table; /* enum table_number */
	uint32_t n_columns;
	const uint8_t *codes; /* enum column_code each */
};

struct column_page {
	int64_t min, max; /* of column 0 */
	uint32_t n_rows;
};

struct column_writer {
	struct store *st;
	struct column_spec spec;
	int64_t *values; /* [n_columns][COLUMN_PAGE] */
	uint32_t n_rows;
	VEC(struct column_page) pages;
	struct buf bytes, column;
};

void column_writer_init(struct column_writer *w, struct store *st, struct column_spec spec);
void column_writer_clear(struct column_writer *w);
int column_writer_add(struct column_writer *w, const int64_t *values, struct err *e);
int column_writer_flush(struct column_writer *w, struct err *e); /* end the page */
int column_writer_seal(struct column_writer *w, struct err *e);  /* last page and index */

struct column_table {
	struct store *st;
	struct column_spec spec;
	VEC(struct column_page) pages;
	uint64_t n_total;
	int64_t *at[COLUMN_MAX]; /* columns of the page read last */
	uint32_t n_rows;         /* of that page */
	uint32_t page;           /* its number, UINT32_MAX none */
	int64_t *values;
	struct buf bytes;
};

/* A table that was never sealed is empty. */
int column_table_open(
	struct column_table *t, struct store *st, struct column_spec spec, struct err *e);
int column_table_page(struct column_table *t, uint32_t page, struct err *e);
void column_table_clear(struct column_table *t);

#endif

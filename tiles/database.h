/* database.h - SQLite as stores use it: opened, hardened, asked, its errors in our words.
 *
 * A file is written once, without a journal, under a name that nobody reads; and read as one that never
 * changes. What a file brings along is not trusted: no views, triggers, extensions or functions of its
 * own, and cells are checked.
 *
 * Memory: SQLite's own, at most 512 MiB in all of the process. Threads: a connection belongs to one at a
 * time. Errors: as SQLite's, ERR_NOSPACE, ERR_DAMAGED, ERR_FORMAT and so on. */
#ifndef TILES_DATABASE_H
#define TILES_DATABASE_H

#include <sqlite3.h>
#include <stdint.h>

struct err;

/* *out is to be closed after an error, too. */
int database_create(sqlite3 **out, const char *name, struct err *e);
int database_open(sqlite3 **out, const char *path, struct err *e);

int database_run(sqlite3 *db, const char *sql, struct err *e);
int database_prepare(sqlite3 *db, sqlite3_stmt **stmt, const char *sql, struct err *e);
int database_number(sqlite3 *db, const char *sql, int64_t *value, struct err *e); /* of one row */
int database_check(sqlite3 *db, struct err *e); /* its structure; ERR_DAMAGED */

/* "Cannot <what> store": always -1. `db` may be NULL. */
int database_fail(sqlite3 *db, const char *what, int rc, struct err *e);

#endif

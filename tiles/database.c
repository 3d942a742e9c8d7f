#include "tiles/database.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/tile_codec.h"

#define HEAP_LIMIT ((sqlite3_int64)512 << 20)

int database_fail(sqlite3 *db, const char *what, int rc, struct err *e)
{
	int io = db ? sqlite3_system_errno(db) : 0;
	enum err_kind kind = ERR_IO;

	switch (rc & 0xff) {
	case SQLITE_FULL:
		kind = ERR_NOSPACE;
		break;
	case SQLITE_NOMEM:
		kind = ERR_MEMORY;
		break;
	case SQLITE_NOTADB:
		kind = ERR_FORMAT;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_ERROR:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
		kind = ERR_DAMAGED;
		break;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISUSE:
		kind = ERR_INTERNAL;
		break;
	case SQLITE_IOERR:
		if (io == ENOSPC || io == EDQUOT || io == EFBIG)
			kind = ERR_NOSPACE;
		break;
	}
	return err_set(e, kind, -1, "Cannot %s store: reason=\"%s\"", what,
		db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
}

int database_run(sqlite3 *db, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : database_fail(db, "set up", rc, e);
}

/* What any connection gets; a defensive one refuses journal_mode=OFF, so it comes after that. */
static int harden(sqlite3 *db, struct err *e)
{
	static const struct {
		int option, value;
	} options[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		int rc = sqlite3_db_config(db, options[i].option, options[i].value, NULL);

		if (rc != SQLITE_OK)
			return database_fail(db, "harden", rc, e);
	}
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, (int)CODEC_MAX_PLAIN + (1 << 20));
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	return database_run(
		db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY", e);
}

int database_prepare(sqlite3 *db, sqlite3_stmt **stmt, const char *sql, struct err *e)
{
	int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);

	return rc == SQLITE_OK ? 0 : database_fail(db, "prepare", rc, e);
}

int database_number(sqlite3 *db, const char *sql, int64_t *value, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	*value = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? 0 : database_fail(db, "open", rc, e);
}

int database_create(sqlite3 **out, const char *name, struct err *e)
{
	int rc = sqlite3_open_v2(name, out,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
			SQLITE_OPEN_PRIVATECACHE,
		NULL);

	sqlite3_hard_heap_limit64(HEAP_LIMIT);
	if (rc != SQLITE_OK)
		return database_fail(*out, "create", rc, e);
	if (database_run(*out,
		    "PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
		    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-16384; PRAGMA "
		    "secure_delete=OFF",
		    e) < 0)
		return -1;
	return harden(*out, e);
}

static char *immutable_uri(const char *path)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = strlen(path), at = 5;
	char *uri = mem_alloc(3 * n + 32);

	if (!uri)
		return NULL;
	memcpy(uri, "file:", 5);
	if (path[0] == '/' && path[1] == '/') /* would be read as a host */
		at += (size_t)sprintf(uri + at, "//");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)path[i];

		if (c > ' ' && c < 0x7f && c != '%' && c != '?' && c != '#') {
			uri[at++] = (char)c;
			continue;
		}
		uri[at++] = '%';
		uri[at++] = hex[c >> 4];
		uri[at++] = hex[c & 15];
	}
	strcpy(uri + at, "?immutable=1");
	return uri;
}

int database_open(sqlite3 **out, const char *path, struct err *e)
{
	char *uri = immutable_uri(path);
	int rc;

	if (!uri)
		return err_set(e, ERR_MEMORY, -1, "Cannot open store: path=\"%s\"", path);
	rc = sqlite3_open_v2(uri, out,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
			SQLITE_OPEN_URI,
		NULL);
	mem_free(uri);
	sqlite3_hard_heap_limit64(HEAP_LIMIT);
	if (rc != SQLITE_OK)
		return database_fail(*out, "open", rc, e);
	if (harden(*out, e) < 0)
		return -1;
	return database_run(*out, "PRAGMA query_only=ON; PRAGMA cache_size=-2048", e);
}

int database_check(sqlite3 *db, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL), ok = -1;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW)
		database_fail(db, "check", rc, e);
	else if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
		err_set(e, ERR_DAMAGED, -1, "Cannot check store: reason=\"%s\"",
			(const char *)sqlite3_column_text(stmt, 0));
	else
		ok = 0;
	sqlite3_finalize(stmt);
	return ok;
}

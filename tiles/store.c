#include "tiles/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/database.h"
#include "tiles/partials.h"
#include "tiles/relay.h"
#include "tiles/schema.h"

#define FOOTER_ID    1
#define FOOTER_BYTES 16

struct store {
	pthread_mutex_t lock; /* guards: put, get, db in store_put() and store_get() */
	sqlite3 *db;
	sqlite3_stmt *put, *get, *find_last;
	struct codec codec;
	struct buf frame;
	struct relay *relay; /* NULL: puts are done at once */
	struct buf handed;   /* id and bytes, on their way to the relay */
	char *path;          /* final; NULL in memory and while reading */
	char *partial;       /* NULL once published */
	int fd;              /* of the partial file, flocked; -1 none */
	uint64_t n_rows, hash;
	int64_t n_bytes;
	bool is_writer, is_passing; /* passing: a snapshot, nobody's after a crash */
	bool has_begun;             /* store_begin() */
};

static int fail_os(const char *what, const char *path, struct err *e)
{
	enum err_kind kind = errno == ENOSPC || errno == EDQUOT ? ERR_NOSPACE
		: errno == ENOENT                               ? ERR_NOT_FOUND
		: errno == ENOMEM                               ? ERR_MEMORY
								: ERR_IO;

	return err_set(e, kind, -1, "Cannot %s store: path=\"%s\", reason=\"%s\"", what, path,
		strerror(errno));
}

static int prepare_gets(struct store *st, struct err *e)
{
	if (database_prepare(st->db, &st->get, "SELECT data FROM main.blob WHERE id = ?1", e) < 0)
		return -1;
	return database_prepare(st->db, &st->find_last,
		"SELECT id FROM main.blob WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 1", e);
}

static struct store *store_new(struct err *e)
{
	struct store *st = mem_calloc(1, sizeof(*st));

	if (!st) {
		err_set(e, ERR_MEMORY, -1, "Cannot make store: bytes=%zu", sizeof(*st));
		return NULL;
	}
	pthread_mutex_init(&st->lock, NULL);
	st->fd = -1;
	return st;
}

static int writer_prepare(struct store *st, struct err *e)
{
	if (database_prepare(
		    st->db, &st->put, "INSERT INTO main.blob(id, data) VALUES(?1, ?2)", e) < 0)
		return -1;
	return prepare_gets(st, e);
}

static int writer_set_up(struct store *st, struct err *e)
{
	char sql[160];

	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d",
		STORE_APPLICATION_ID, TILE_VERSION);
	if (database_run(st->db, sql, e) < 0 || database_run(st->db, tiles_schema_sql, e) < 0)
		return -1;
	return writer_prepare(st, e);
}

struct store *store_create(const char *path, struct err *e)
{
	bool in_memory = strcmp(path, STORE_IN_MEMORY) == 0;
	struct store *st = store_new(e);

	if (!st)
		return NULL;
	st->is_writer = true;
	if (!in_memory) {
		st->path = mem_strdup(path);
		if (!st->path)
			err_set(e, ERR_MEMORY, -1, "Cannot create store: path=\"%s\"", path);
		else
			st->partial = partials_make(path, &st->fd, e);
		if (!st->partial)
			goto failed;
	}
	if (database_create(&st->db, in_memory ? path : st->partial, e) == 0 &&
		writer_set_up(st, e) == 0)
		return st;
failed:
	store_close(st);
	return NULL;
}

int store_begin(struct store *st, struct err *e)
{
	if (st->has_begun)
		return 0;
	st->has_begun = true;
	return database_run(st->db, "BEGIN", e);
}

/* ---- what a forked process goes on with ---- */

int store_copy_make(struct store *st, const char *path, struct store_copy *c, struct err *e)
{
	struct stat info;

	*c = (struct store_copy){.fd = -1};
	if (!st->partial || st->has_begun)
		return err_set(e, ERR_INTERNAL, -1, "Cannot copy store: path=\"%s\"", path);
	c->path = mem_strdup(path);
	if (!c->path)
		return err_set(e, ERR_MEMORY, -1, "Cannot copy store: path=\"%s\"", path);
	c->partial = partials_make(st->path, &c->fd, e);
	if (c->partial && fstat(st->fd, &info) == 0 &&
		partials_fill(c->fd, st->fd, info.st_size) == 0)
		return 0;
	if (c->partial)
		fail_os("copy", c->partial, e);
	store_copy_clear(c, true);
	return -1;
}

void store_copy_clear(struct store_copy *c, bool removes)
{
	if (c->partial && removes)
		unlink(c->partial);
	if (c->fd >= 0)
		close(c->fd);
	mem_free(c->path);
	mem_free(c->partial);
	*c = (struct store_copy){.fd = -1};
}

/* The connection of the process that forked stays as it is, and open: to close it would touch its file. */
int store_copy_take(struct store *st, struct store_copy *c, struct err *e)
{
	pthread_mutex_init(&st->lock, NULL);
	st->db = NULL;
	st->put = st->get = st->find_last = NULL;
	st->relay = NULL;
	st->path = c->path;
	st->partial = c->partial;
	st->fd = c->fd;
	st->is_passing = true;
	*c = (struct store_copy){.fd = -1};
	if (database_create(&st->db, st->partial, e) < 0 || writer_prepare(st, e) < 0)
		return -1;
	return store_begin(st, e);
}

/* "file:<path>?immutable=1" with whatever could end the path escaped. */
static int reader_set_up(struct store *st, struct err *e)
{
	int64_t application, version;

	if (database_number(st->db, "PRAGMA application_id", &application, e) < 0 ||
		database_number(st->db, "PRAGMA user_version", &version, e) < 0)
		return -1;
	if (application != STORE_APPLICATION_ID)
		return err_set(e, ERR_FORMAT, -1, "Cannot open store: application_id=%" PRId64,
			application);
	if (version != TILE_VERSION)
		return err_set(e, ERR_VERSION, -1,
			"Cannot open store: version=%" PRId64 ", known=%d", version, TILE_VERSION);
	return prepare_gets(st, e);
}

struct store *store_open(const char *path, struct err *e)
{
	struct store *st = store_new(e);
	struct stat info;
	int rc;

	if (!st)
		return NULL;
	rc = stat(path, &info);
	if (rc == 0 && !S_ISREG(info.st_mode)) {
		errno = ENOENT;
		rc = -1;
	}
	if (rc < 0) {
		fail_os("open", path, e);
		goto failed;
	}
	st->n_bytes = info.st_size;
	if (database_open(&st->db, path, e) == 0 && reader_set_up(st, e) == 0)
		return st;
failed:
	store_close(st);
	return NULL;
}

static void close_db(struct store *st)
{
	sqlite3_finalize(st->put);
	sqlite3_finalize(st->get);
	sqlite3_finalize(st->find_last);
	sqlite3_close(st->db);
	st->put = st->get = st->find_last = NULL;
	st->db = NULL;
}

void store_close(struct store *st)
{
	if (!st)
		return;
	close_db(st);
	if (st->partial)
		unlink(st->partial);
	if (st->fd >= 0)
		close(st->fd);
	codec_clear(&st->codec);
	buf_clear(&st->frame);
	buf_clear(&st->handed);
	mem_free(st->path);
	mem_free(st->partial);
	pthread_mutex_destroy(&st->lock);
	mem_free(st);
}

static int sync_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *folder = mem_strdup(path);
	int fd, rc;

	if (!folder)
		return err_set(e, ERR_MEMORY, -1, "Cannot publish store: path=\"%s\"", path);
	folder[slash ? slash - path + (slash == path) : 0] = '\0';
	fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd >= 0 && fsync(fd) == 0 ? 0 : fail_os("publish", path, e);
	if (fd >= 0)
		close(fd);
	mem_free(folder);
	return rc;
}

int store_publish(struct store *st, struct err *e)
{
	uint8_t bytes[FOOTER_BYTES];
	struct buf footer = {.at = bytes, .cap = sizeof(bytes)};
	struct stat info;

	buf_put_le(&footer, st->n_rows, 8);
	buf_put_le(&footer, st->hash, 8);
	if (store_put(st, blob_id(BLOB_META, FOOTER_ID), footer.at, footer.n, e) < 0 ||
		(st->has_begun && database_run(st->db, "COMMIT", e) < 0))
		return -1;
	if (!st->path)
		return 0;
	close_db(st);
	if ((!st->is_passing && fsync(st->fd) < 0) || fstat(st->fd, &info) < 0)
		return fail_os("publish", st->partial, e);
	if (rename(st->partial, st->path) < 0)
		return fail_os("publish", st->path, e);
	st->n_bytes = info.st_size;
	mem_free(st->partial);
	st->partial = NULL;
	return st->is_passing ? 0 : sync_folder(st->path, e);
}

static uint64_t blob_hash(int64_t id, const void *data, size_t n)
{
	return XXH3_64bits_withSeed(data, n, (uint64_t)id);
}

static int put_locked(struct store *st, int64_t id, const void *data, size_t n, struct err *e)
{
	int rc;

	sqlite3_bind_int64(st->put, 1, id);
	rc = sqlite3_bind_blob64(st->put, 2, data, n, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st->put);
	sqlite3_reset(st->put);
	sqlite3_clear_bindings(st->put);
	if (rc != SQLITE_DONE)
		return database_fail(st->db, "write", rc, e);
	st->n_rows++;
	st->hash += blob_hash(id, data, n);
	st->n_bytes += (int64_t)n;
	return 0;
}

int store_put(struct store *st, int64_t id, const void *data, size_t n, struct err *e)
{
	int rc;

	pthread_mutex_lock(&st->lock);
	rc = put_locked(st, id, data, n, e);
	pthread_mutex_unlock(&st->lock);
	return rc;
}

int store_put_here(struct store *st, int64_t id, const void *data, size_t n, struct err *e)
{
	st->frame.n = 0;
	if (codec_compress(&st->codec, data, n, &st->frame, e) < 0)
		return -1;
	return store_put(st, id, st->frame.at, st->frame.n, e);
}

void store_set_relay(struct store *st, struct relay *relay)
{
	st->relay = relay;
}

struct relay *store_relay(struct store *st)
{
	return st->relay;
}

/* On the relay: an id, then the bytes. */
static int put_handed(void *context, const void *bytes, size_t n, struct err *e)
{
	int64_t id;

	memcpy(&id, bytes, sizeof(id));
	return store_put_here(context, id, (const char *)bytes + sizeof(id), n - sizeof(id), e);
}

int store_put_plain(struct store *st, int64_t id, const void *data, size_t n, struct err *e)
{
	struct buf *b = &st->handed;

	if (!st->relay)
		return store_put_here(st, id, data, n, e);
	b->n = 0;
	if (buf_append(b, &id, sizeof(id)) < 0 || buf_append(b, data, n) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot hand over blob: bytes=%zu", n);
	return relay_push(st->relay, put_handed, st, b, e);
}

static int get_locked(struct store *st, int64_t id, struct buf *out, struct err *e)
{
	int rc, found = -1;

	out->n = 0;
	sqlite3_bind_int64(st->get, 1, id);
	rc = sqlite3_step(st->get);
	if (rc == SQLITE_DONE) {
		found = 0;
	} else if (rc != SQLITE_ROW) {
		database_fail(st->db, "read", rc, e);
	} else {
		const void *data = sqlite3_column_blob(st->get, 0);
		int n = sqlite3_column_bytes(st->get, 0);

		found = 1;
		if (n > 0 && !data)
			found = database_fail(st->db, "read", SQLITE_NOMEM, e);
		else if (buf_append(out, data, (size_t)n) < 0)
			found = err_set(e, ERR_MEMORY, -1, "Cannot read store: bytes=%d", n);
	}
	sqlite3_reset(st->get);
	return found;
}

int store_get(struct store *st, int64_t id, struct buf *out, struct err *e)
{
	int rc;

	pthread_mutex_lock(&st->lock);
	rc = get_locked(st, id, out, e);
	pthread_mutex_unlock(&st->lock);
	return rc;
}

int store_get_plain(struct store *st, int64_t id, struct buf *out, struct err *e)
{
	int rc = store_get(st, id, &st->frame, e);

	if (rc <= 0)
		return rc;
	if (codec_decompress(&st->codec, st->frame.at, st->frame.n, CODEC_MAX_PLAIN, out, e) < 0)
		return -1;
	return 1;
}

int store_find_last(struct store *st, int64_t lowest, int64_t id, int64_t *found, struct err *e)
{
	int rc;

	sqlite3_bind_int64(st->find_last, 1, lowest);
	sqlite3_bind_int64(st->find_last, 2, id);
	rc = sqlite3_step(st->find_last);
	if (rc == SQLITE_ROW)
		*found = sqlite3_column_int64(st->find_last, 0);
	sqlite3_reset(st->find_last);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return database_fail(st->db, "search", rc, e);
	return rc == SQLITE_ROW;
}

int store_check(struct store *st, struct err *e)
{
	int64_t footer_id = blob_id(BLOB_META, FOOTER_ID);
	uint64_t n = 0, hash = 0, want_n = 0, want_hash = 0;
	sqlite3_stmt *stmt = NULL;
	int rc;

	if (database_check(st->db, e) < 0)
		return -1;
	rc = sqlite3_prepare_v2(st->db, "SELECT id, data FROM main.blob", -1, &stmt, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(stmt);
		if (rc != SQLITE_ROW)
			break;
		int64_t id = sqlite3_column_int64(stmt, 0);
		const void *data = sqlite3_column_blob(stmt, 1);
		size_t size = (size_t)sqlite3_column_bytes(stmt, 1);

		if (id != footer_id) {
			hash += blob_hash(id, data, size);
			n++;
		} else if (data && size == FOOTER_BYTES) {
			memcpy(&want_n, data, 8);
			memcpy(&want_hash, (const char *)data + 8, 8);
		}
	}
	sqlite3_finalize(stmt);
	if (rc != SQLITE_DONE)
		return database_fail(st->db, "check", rc, e);
	if (n != want_n || hash != want_hash)
		return err_set(e, ERR_DAMAGED, -1, "Cannot check store: what=\"hash\"");
	return 0;
}

struct codec *store_codec(struct store *st)
{
	return &st->codec;
}

int64_t store_bytes(struct store *st)
{
	return st->n_bytes;
}

int64_t store_room(struct store *st)
{
	struct statvfs fs;

	if (st->fd < 0 || fstatvfs(st->fd, &fs) < 0)
		return 0;
	return (int64_t)(fs.f_bavail * fs.f_frsize);
}

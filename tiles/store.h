/* store.h - the one file that holds a trace: blobs under 64-bit ids, in SQLite.
 *
 *   store_create ► store_put … ► store_publish        a private file, visible by one rename
 *   store_open   ► store_get …                        immutable, as untrusted as any input
 *
 * The only user of <sqlite3.h> in tiles/. Ids are made by tile_key.h; what lies in the blobs is
 * known elsewhere. Everything is one zstd frame; store_get_plain() unpacks.
 *
 * 1. Until store_publish() returns 0 nothing exists under the final name; a store that is closed
 *    before leaves no file. A process that dies leaves `<path>.partial.<random>`, which holds no
 *    lock any more: partials_remove() tells and removes it.
 * 2. Same puts in, same bytes in the file.
 *    Each put is in the file, whole, when it returns; from store_begin() on all of them at the end.
 * 3. A store of another format version is ERR_VERSION, one that is none ERR_FORMAT.
 *
 * Memory: SQLite's cache, 2 MiB per reader, 16 MiB for a writer.
 * Threads: one store object per thread, but for store_set_relay(), and for store_put() and
 *          store_get(), which may be called by several. Many objects may read one file.
 * Errors: ERR_NOSPACE disk full, ERR_IO, ERR_DAMAGED what lies in the file is no store of ours. */
#ifndef TILES_STORE_H
#define TILES_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles/buf.h"
#include "tiles/tile_codec.h"
#include "tiles/tile_key.h"

struct err;
struct relay;
struct store;

#define STORE_APPLICATION_ID 0x54534331 /* "TSC1" */
#define STORE_IN_MEMORY      ":memory:" /* for tests; publish does nothing */

/* A new store that store_publish() will put at `path`, over whatever is there. */
struct store *store_create(const char *path, struct err *e);
int store_publish(struct store *st, struct err *e);

/* What follows is many small puts: one transaction of them and store_publish(). */
int store_begin(struct store *st, struct err *e);

/* For a process that is forked to go on alone (snapshot.h): what is put so far, before store_begin(),
 * in a file of its own. */
struct store_copy {
	char *path, *partial;
	int fd; /* of `partial`, flocked; -1 none */
};

int store_copy_make(struct store *st, const char *path, struct store_copy *c, struct err *e);
void store_copy_clear(struct store_copy *c, bool removes);

/* In the forked process, while no other one of its threads was in a call of the store: `st` is the
 * copy from now on, to be published at its path, and only for as long as the machine runs. It
 * cannot be closed: the process ends by _exit(). */
int store_copy_take(struct store *st, struct store_copy *c, struct err *e);

/* An existing one. */
struct store *store_open(const char *path, struct err *e);

/* Slow, for a file of unknown origin: SQLite's own check, then the hash over all blobs. */
int store_check(struct store *st, struct err *e);

void store_close(struct store *st); /* accepts NULL */

/* Store a frame as it is; compress `n` bytes and store them. An id is put once. */
int store_put(struct store *st, int64_t id, const void *data, size_t n, struct err *e);
int store_put_plain(struct store *st, int64_t id, const void *data, size_t n, struct err *e);

/* From now on, until NULL, store_put_plain() only hands over, and the store belongs to what runs on
 * the relay; there it is store_put_here() that compresses and stores. */
void store_set_relay(struct store *st, struct relay *relay);
struct relay *store_relay(struct store *st);
int store_put_here(struct store *st, int64_t id, const void *data, size_t n, struct err *e);

/* Replace `out` by the blob as it is stored; by its content. 1, 0 = no such id, -1. */
int store_get(struct store *st, int64_t id, struct buf *out, struct err *e);
int store_get_plain(struct store *st, int64_t id, struct buf *out, struct err *e);

/* The greatest id that is there in [lowest, id]: 1 and *found, 0, -1. */
int store_find_last(struct store *st, int64_t lowest, int64_t id, int64_t *found, struct err *e);

struct codec *store_codec(struct store *st); /* for who is on the store's thread anyway */
int64_t store_bytes(struct store *st);       /* length of the file; what is put so far */
int64_t store_room(struct store *st);        /* bytes free where it is written; 0 unknown */

#endif

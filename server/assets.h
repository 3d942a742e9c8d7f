/* assets.h: the page's files, as they lay under web/ when the program was built.
 *
 * Knows nothing of HTTP. The bytes and the table are made by cmake/embed_files.cmake.
 * Invariants: rows are in byte order of their path; everything lives as long as the program.
 * Memory: none. Threads: any; all is const. Errors: none but "no such path". */
#ifndef SERVER_ASSETS_H
#define SERVER_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
	const char *path;           /* below web/, no leading slash: "index.html", "core/time.js" */
	const char *type;           /* Content-Type, with its charset */
	const unsigned char *bytes; /* a NUL stands after the last */
	size_t n_bytes;
	const unsigned char *packed; /* the same as one zstd frame */
	size_t n_packed;
	const char *etag, *etag_packed; /* strong, in their quotes; a hash of the bytes */
	bool is_imported;               /* by main.js, or by what it imports: needed to draw */
};

/* Another one for any other files: 16 hex digits. */
extern const char asset_version[];

/* The file at exactly this path, or NULL. */
const struct asset *asset_find(const char *path);

size_t asset_count(void);
const struct asset *asset_at(size_t i); /* i < asset_count() */

/* What the build makes; for assets.c only. */
extern const struct asset asset_table[];
extern const size_t asset_table_n;

#endif

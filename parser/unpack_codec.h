/* unpack_codec.h — what unpack.c needs of a way to compress: gzip and zstd, one const table each.
 *
 * A compressed file is a row of parts, each complete in itself: gzip calls them members, zstd
 * frames. A codec knows one part; that there are several, and every bound but the window, is
 * unpack.c's. */
#ifndef PARSER_UNPACK_CODEC_H
#define PARSER_UNPACK_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limits;

#define CODEC_HEAD 4 /* bytes that tell whether a part begins */

/* What a step may take and fill; it moves both pointers on. */
struct codec_io {
	const uint8_t *in;
	uint8_t *out;
	size_t n_in, n_out; /* left */
};

enum codec_result {
	CODEC_MORE, /* did what it could with what it had */
	CODEC_END,  /* the part is whole, its checksum right */
	CODEC_DAMAGED,
	CODEC_TOO_WIDE, /* it refers further back than limits.h allows */
	CODEC_NO_MEMORY
};

struct codec {
	const char *name, *part; /* "gzip", "member" */

	/* May these n bytes begin a part? `n` below CODEC_HEAD: the file ends after them. */
	bool (*begins)(const uint8_t *head, size_t n);
	size_t n_magic; /* bytes that must be there for a file to count as compressed */

	void *(*create)(const struct limits *lim); /* NULL: no memory */
	void (*destroy)(void *z);
	bool (*reset)(void *z); /* for the next part */

	/* *why is set where the answer is CODEC_DAMAGED: a phrase that lives for ever. */
	enum codec_result (*step)(void *z, struct codec_io *io, const char **why);
};

extern const struct codec codec_gzip, codec_zstd;

#endif

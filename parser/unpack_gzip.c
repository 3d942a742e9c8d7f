/* unpack_gzip.c — a gzip member, by zlib; its memory comes from mem. */
#include <limits.h>
#include <zlib.h>

#include "parser/base/mem.h"
#include "parser/unpack_codec.h"

#define GZIP_ONLY (15 + 16) /* zlib's code for: window of any size, gzip's header, no other */

static bool begins(const uint8_t *head, size_t n)
{
	return n > 0 && head[0] == 0x1f && (n < 2 || head[1] == 0x8b);
}

static void *allocate(void *opaque, unsigned n, unsigned size)
{
	(void)opaque;
	return mem_calloc(n, size);
}

static void release(void *opaque, void *p)
{
	(void)opaque;
	mem_free(p);
}

static void *create(const struct limits *lim)
{
	z_stream *z = mem_calloc(1, sizeof(*z));

	(void)lim; /* a window is 32 KiB at most */
	if (!z)
		return NULL;
	z->zalloc = allocate;
	z->zfree = release;
	if (inflateInit2(z, GZIP_ONLY) != Z_OK) {
		mem_free(z);
		return NULL;
	}
	return z;
}

static void destroy(void *p)
{
	inflateEnd(p);
	mem_free(p);
}

static bool reset(void *p)
{
	return inflateReset(p) == Z_OK;
}

static unsigned clip(size_t n)
{
	return n < UINT_MAX ? (unsigned)n : UINT_MAX;
}

static enum codec_result step(void *p, struct codec_io *io, const char **why)
{
	const unsigned n_in = clip(io->n_in), n_out = clip(io->n_out);
	z_stream *z = p;
	int rc;

	z->next_in = (Bytef *)(uintptr_t)io->in; /* zlib's declaration knows no const */
	z->avail_in = n_in;
	z->next_out = io->out;
	z->avail_out = n_out;
	rc = inflate(z, Z_NO_FLUSH);
	io->in += n_in - z->avail_in;
	io->n_in -= n_in - z->avail_in;
	io->out += n_out - z->avail_out;
	io->n_out -= n_out - z->avail_out;
	switch (rc) {
	case Z_OK:
	case Z_BUF_ERROR: /* nothing to take, or no room: not an error of the data */
		return CODEC_MORE;
	case Z_STREAM_END:
		return CODEC_END;
	case Z_MEM_ERROR:
		return CODEC_NO_MEMORY;
	default:
		*why = z->msg ? z->msg : "not gzip";
		return CODEC_DAMAGED;
	}
}

const struct codec codec_gzip = {.name = "gzip",
	.part = "member",
	.n_magic = 2,
	.begins = begins,
	.create = create,
	.destroy = destroy,
	.reset = reset,
	.step = step};

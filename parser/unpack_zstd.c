/* unpack_zstd.c — a zstd frame, or a skippable one, by libzstd.
 *
 * Memory: libzstd's own, bounded by the window: limits.zstd_window_log, 128 MiB. A frame's header
 * claims its window before any byte proves it; the memory is reserved then, and touched only as
 * far as bytes come. */
#include <zstd.h>
#include <zstd_errors.h>

#include "parser/base/mem.h"
#include "parser/limits.h"
#include "parser/unpack_codec.h"

static bool begins(const uint8_t *head, size_t n)
{
	static const uint8_t frame[CODEC_HEAD] = {0x28, 0xb5, 0x2f, 0xfd};
	static const uint8_t skippable[CODEC_HEAD] = {0x50, 0x2a, 0x4d, 0x18};
	bool is_frame = n > 0, is_skippable = n > 0 && (head[0] & 0xf0) == skippable[0];

	for (size_t i = 0; i < n && i < CODEC_HEAD; i++) {
		is_frame = is_frame && head[i] == frame[i];
		is_skippable = is_skippable && (i == 0 || head[i] == skippable[i]);
	}
	return is_frame || is_skippable;
}

/* On an error libzstd does not tell what it wrote in that call. So it gets no more input at once
 * than the next block, and none while it still has something to hand out. */
struct unzstd {
	ZSTD_DCtx *z;
	size_t hint;  /* bytes it wants next */
	bool is_full; /* there was no room for more */
};

#define FIRST_HINT 5 /* the shortest that tells what kind of frame it is */

static void *create(const struct limits *lim)
{
	struct unzstd *u = mem_calloc(1, sizeof(*u));

	if (u)
		u->z = ZSTD_createDCtx();
	if (!u || !u->z ||
		ZSTD_isError(ZSTD_DCtx_setParameter(
			u->z, ZSTD_d_windowLogMax, (int)lim->zstd_window_log))) {
		if (u)
			ZSTD_freeDCtx(u->z);
		mem_free(u);
		return NULL;
	}
	return u;
}

static void destroy(void *p)
{
	struct unzstd *u = p;

	ZSTD_freeDCtx(u->z);
	mem_free(u);
}

static bool reset(void *p)
{
	struct unzstd *u = p;

	u->hint = FIRST_HINT;
	u->is_full = false;
	return !ZSTD_isError(ZSTD_DCtx_reset(u->z, ZSTD_reset_session_only));
}

/* One call with at most n_in bytes; libzstd's answer. */
static size_t call(struct unzstd *u, struct codec_io *io, size_t n_in)
{
	ZSTD_inBuffer in = {.src = io->in, .size = n_in};
	ZSTD_outBuffer out = {.dst = io->out, .size = io->n_out};
	size_t rc = ZSTD_decompressStream(u->z, &out, &in);

	io->in += in.pos;
	io->out += out.pos;
	io->n_in -= in.pos;
	io->n_out -= out.pos;
	u->is_full = io->n_out == 0;
	if (!ZSTD_isError(rc))
		u->hint = rc > 0 ? rc : 1;
	return rc;
}

static enum codec_result step(void *p, struct codec_io *io, const char **why)
{
	struct unzstd *u = p;
	const size_t n_out = io->n_out;
	size_t rc = 1;

	if (u->is_full)
		rc = call(u, io, 0);
	if (io->n_out == n_out && rc > 0 && !ZSTD_isError(rc))
		rc = call(u, io, io->n_in < u->hint ? io->n_in : u->hint);
	if (!ZSTD_isError(rc))
		return rc == 0 ? CODEC_END : CODEC_MORE;
	switch (ZSTD_getErrorCode(rc)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return CODEC_TOO_WIDE;
	case ZSTD_error_memory_allocation:
		return CODEC_NO_MEMORY;
	default:
		*why = ZSTD_getErrorName(rc);
		return CODEC_DAMAGED;
	}
}

const struct codec codec_zstd = {.name = "zstd",
	.part = "frame",
	.n_magic = CODEC_HEAD,
	.begins = begins,
	.create = create,
	.destroy = destroy,
	.reset = reset,
	.step = step};

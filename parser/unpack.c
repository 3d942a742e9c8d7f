#include "parser/unpack.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/limits.h"
#include "parser/unpack_codec.h"

#define IN_BYTES   ((size_t)128 << 10)
#define STEP_BYTES ((size_t)128 << 10) /* out of one step: how far a bound can be overrun unseen */

struct unpack {
	const struct codec *codec;
	void *z;
	unpack_origin *origin;
	void *context;
	struct limits lim;
	uint8_t *in;
	size_t at, end;    /* in `in`: used, filled */
	int64_t base;      /* offset of in[0] */
	int64_t n_out;     /* bytes handed out, or about to be */
	uint64_t n_parts;  /* begun */
	struct err failed; /* sticky: what every later call answers */
	uint8_t head[UNPACK_HEAD];
	uint8_t n_head;
	bool at_eof;
	bool is_inside; /* a part */
	bool is_done;
};

const struct codec *unpack_detect(const void *head, size_t n)
{
	static const struct codec *const codecs[] = {&codec_gzip, &codec_zstd};

	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		if (n >= codecs[i]->n_magic && codecs[i]->begins(head, n))
			return codecs[i];
	}
	return NULL;
}

struct unpack *unpack_create(const struct codec *codec, const struct limits *lim,
	unpack_origin *origin, void *context, struct err *e)
{
	struct unpack *u = mem_calloc(1, sizeof(*u));

	if (u) {
		u->codec = codec;
		u->lim = *lim;
		u->origin = origin;
		u->context = context;
		err_clear(&u->failed);
		u->in = mem_alloc(IN_BYTES);
		u->z = codec->create(lim);
	}
	if (!u || !u->in || !u->z) {
		unpack_destroy(u);
		err_set(e, ERR_MEMORY, -1, "Cannot unpack trace: out of memory");
		return NULL;
	}
	return u;
}

void unpack_destroy(struct unpack *u)
{
	if (!u)
		return;
	if (u->z)
		u->codec->destroy(u->z);
	mem_free(u->in);
	mem_free(u);
}

int64_t unpack_offset(const struct unpack *u)
{
	return u->base + (int64_t)u->at;
}

/* Make `need` bytes available where there are as many. */
static int fill(struct unpack *u, size_t need)
{
	int64_t n;

	if (u->at_eof || u->end - u->at >= need)
		return 0;
	memmove(u->in, u->in + u->at, u->end - u->at);
	u->base += (int64_t)u->at;
	u->end -= u->at;
	u->at = 0;
	while (u->end < need && !u->at_eof) {
		n = u->origin(u->context, u->in + u->end, IN_BYTES - u->end, &u->failed);
		if (n < 0)
			return -1;
		u->at_eof = n == 0;
		u->end += (size_t)n;
	}
	return 0;
}

/* The next part begins here, or the end is reached, or what is here does not belong here. */
static int begin_part(struct unpack *u)
{
	size_t n;

	if (fill(u, CODEC_HEAD) < 0)
		return -1;
	n = u->end - u->at;
	if (n == 0) {
		u->is_done = true;
		return 0;
	}
	if (!u->codec->begins(u->in + u->at, n < CODEC_HEAD ? n : CODEC_HEAD)) {
		return err_set(&u->failed, ERR_DAMAGED, unpack_offset(u),
			"Cannot unpack trace: what follows the last %s %s, from byte %" PRId64
			" of the compressed file on, is not part of it",
			u->codec->name, u->codec->part, unpack_offset(u));
	}
	u->n_parts++;
	if (u->codec == &codec_zstd && u->n_parts > u->lim.zstd_frames) {
		return err_set(&u->failed, ERR_LIMIT, unpack_offset(u),
			"Cannot unpack trace: too many zstd frames, limit=%" PRIu32,
			u->lim.zstd_frames);
	}
	if (!u->codec->reset(u->z))
		return err_set(&u->failed, ERR_MEMORY, -1, "Cannot unpack trace: out of memory");
	u->is_inside = true;
	return 0;
}

static int fail_step(struct unpack *u, enum codec_result result, const char *why)
{
	int64_t at = unpack_offset(u);

	switch (result) {
	case CODEC_TOO_WIDE:
		return err_set(&u->failed, ERR_LIMIT, at,
			"Cannot unpack trace: its zstd window is beyond 2^%" PRIu32
			" bytes, at byte %" PRId64
			"; compress it without --ultra and --long, or unpack it first (zstd -dc)",
			u->lim.zstd_window_log, at);
	case CODEC_NO_MEMORY:
		return err_set(&u->failed, ERR_MEMORY, -1, "Cannot unpack trace: out of memory");
	default:
		return err_set(&u->failed, ERR_DAMAGED, at,
			"Cannot unpack trace: %s %s %" PRIu64 " is damaged, near byte %" PRId64
			" of the compressed file, reason=\"%s\"",
			u->codec->name, u->codec->part, u->n_parts, at, why);
	}
}

static int fail_truncated(struct unpack *u)
{
	int64_t at = unpack_offset(u);

	return err_set(&u->failed, ERR_TRUNCATED, at,
		"Cannot unpack trace: the compressed file ends inside a %s %s, at byte %" PRId64
		". Let the download or the copy finish, and try again",
		u->codec->name, u->codec->part, at);
}

/* The bounds on what came out, looked at after `n` bytes more of it. */
static int check_bounds(struct unpack *u)
{
	int64_t packed = unpack_offset(u);

	if (u->n_out > u->lim.trace_bytes) {
		return err_set(&u->failed, ERR_LIMIT, packed,
			"Cannot unpack trace: too large, limit=%" PRId64, u->lim.trace_bytes);
	}
	if (u->n_out > u->lim.unpack_free_bytes && u->n_out / u->lim.unpack_ratio > packed) {
		return err_set(&u->failed, ERR_LIMIT, packed,
			"Cannot unpack trace: its %" PRId64
			" first bytes unpack to more than %" PRIu32
			" times as many; no trace does, see limits.h",
			packed, u->lim.unpack_ratio);
	}
	return 0;
}

/* One layer: the first bytes are not themselves a compressed file. */
static int check_layer(struct unpack *u, const uint8_t *out, size_t n)
{
	while (u->n_head < UNPACK_HEAD && n > 0) {
		u->head[u->n_head++] = *out++;
		n--;
	}
	if (!unpack_detect(u->head, u->n_head))
		return 0;
	return err_set(&u->failed, ERR_FORMAT, 0,
		"Cannot unpack trace: it is compressed twice; undo one of the two first (gzip -dc, "
		"zstd -dc)");
}

/* Part of a part, into dst: how many bytes, or -1 where none of them counts. */
static int64_t unpack_some(struct unpack *u, uint8_t *dst, size_t cap)
{
	struct codec_io io = {.in = u->in + u->at, .out = dst, .n_in = u->end - u->at};
	const char *why = "";
	enum codec_result result;
	size_t n;

	io.n_out = cap < STEP_BYTES ? cap : STEP_BYTES;
	result = u->codec->step(u->z, &io, &why);
	n = (size_t)(io.out - dst);
	if (result == CODEC_MORE && n == 0 && io.n_in == u->end - u->at && u->at_eof)
		return fail_truncated(u);
	u->at = u->end - io.n_in;
	u->n_out += (int64_t)n;
	if (check_bounds(u) < 0 || (u->n_head < UNPACK_HEAD && check_layer(u, dst, n) < 0))
		return -1;
	if (result == CODEC_END)
		u->is_inside = false;
	else if (result != CODEC_MORE)
		fail_step(u, result, why); /* told by the next call: these n bytes are good */
	return (int64_t)n;
}

static int64_t next_bytes(struct unpack *u, uint8_t *dst, size_t cap)
{
	if (!u->is_inside)
		return begin_part(u);
	if (u->at == u->end && fill(u, 1) < 0)
		return -1;
	return unpack_some(u, dst, cap);
}

int64_t unpack_read(struct unpack *u, void *dst, size_t cap, struct err *e)
{
	size_t done = 0;

	while (done < cap && !u->is_done && u->failed.kind == ERR_NONE) {
		int64_t n = next_bytes(u, (uint8_t *)dst + done, cap - done);

		if (n > 0)
			done += (size_t)n;
	}
	if (done > 0 || u->failed.kind == ERR_NONE)
		return (int64_t)done;
	return err_set(e, u->failed.kind, u->failed.offset, "%s", u->failed.msg);
}

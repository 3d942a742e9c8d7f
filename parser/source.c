#include "parser/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/limits.h"
#include "parser/unpack.h"

#define WAIT_MS    100 /* between two looks at is_cancelled() */
#define COPY_BYTES ((size_t)1 << 18)

struct source {
	char *name;
	const unsigned char *bytes; /* memory source: borrowed */
	int fd;                     /* -1 for memory, and once spooled */
	bool is_pipe;               /* fd knows no offsets */
	int64_t base;               /* file: where the input begins */
	int64_t raw_size;           /* of the input; -1 pipe */
	int64_t raw_limit;
	int64_t raw_offset; /* taken from it */
	unsigned char peek[UNPACK_HEAD];
	uint8_t n_peek, at_peek; /* taken from a pipe, handed out */

	struct limits lim;
	bool must_detect;      /* a pipe: its first bytes are waited for by the first read */
	struct unpack *unpack; /* NULL: handed out as they are */
	bool is_packed;

	int spool;         /* -1: none */
	struct err failed; /* what ends the bytes of the spool, if not their end */

	int64_t size, offset; /* of what is handed out */
	unsigned char head[SOURCE_HEAD_BYTES];

	XXH3_state_t *hash;
	int64_t n_hashed;

	bool (*is_cancelled)(void *context);
	void *cancel_context;
	atomic_bool is_stopped;
};

static struct source *source_new(const char *name, struct err *e)
{
	struct source *s = mem_calloc(1, sizeof(*s));

	if (s) {
		s->name = mem_strdup(name);
		s->hash = XXH3_createState();
		s->fd = s->spool = -1;
		s->raw_limit = INT64_MAX;
		err_clear(&s->failed);
	}
	if (!s || !s->name || !s->hash || XXH3_128bits_reset(s->hash) != XXH_OK) {
		source_close(s);
		err_set(e, ERR_MEMORY, -1, "Cannot open source: out of memory");
		return NULL;
	}
	return s;
}

static int fail_open(const struct source *s, struct err *e)
{
	return err_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, -1,
		"Cannot open trace: path=\"%s\", reason=\"%s\"", s->name, strerror(errno));
}

static int open_regular(struct source *s, struct err *e)
{
	struct stat st;

	/* O_NONBLOCK: opening a pipe without a writer must not hang. */
	s->fd = open(s->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return fail_open(s, e);
	if (!S_ISREG(st.st_mode)) {
		return err_set(e, ERR_USAGE, -1,
			"Cannot open trace: not a regular file, path=\"%s\"", s->name);
	}
	s->raw_size = s->size = st.st_size;
	return 0;
}

/* A file there is read from where it stands on; it may have been read half. */
static int open_stdin(struct source *s, struct err *e)
{
	struct stat st;

	if (isatty(STDIN_FILENO)) {
		return err_set(e, ERR_USAGE, -1,
			"Cannot read trace: standard input is a terminal; give it a trace: "
			"tilescope - < FILE");
	}
	s->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return fail_open(s, e);
	if (S_ISREG(st.st_mode))
		s->base = lseek(s->fd, 0, SEEK_CUR);
	s->is_pipe = !S_ISREG(st.st_mode) || s->base < 0;
	s->raw_size = s->is_pipe ? -1 : st.st_size > s->base ? st.st_size - s->base : 0;
	s->size = s->raw_size;
	return 0;
}

struct source *source_open_file(const char *path, struct err *e)
{
	struct source *s = source_new(path, e);

	if (s && open_regular(s, e) < 0) {
		source_close(s);
		s = NULL;
	}
	return s;
}

struct source *source_open(const char *path, const struct limits *lim, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct source *s = source_new(is_stdin ? "standard input" : path, e);

	if (s && (is_stdin ? open_stdin(s, e) : open_regular(s, e)) == 0) {
		s->lim = *lim;
		s->raw_limit = lim->trace_bytes;
		s->must_detect = true;
		if (s->is_pipe || source_unpack(s, lim, e) == 0)
			return s;
	}
	source_close(s);
	return NULL;
}

struct source *source_open_memory(const void *bytes, size_t n, struct err *e)
{
	struct source *s = source_new("memory", e);

	if (s) {
		s->bytes = bytes;
		s->raw_size = s->size = (int64_t)n;
	}
	return s;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->spool >= 0)
		close(s->spool);
	unpack_destroy(s->unpack);
	XXH3_freeState(s->hash);
	mem_free(s->name);
	mem_free(s);
}

void source_set_cancel(struct source *s, bool (*is_cancelled)(void *context), void *context)
{
	s->is_cancelled = is_cancelled;
	s->cancel_context = context;
}

void source_stop(struct source *s)
{
	atomic_store_explicit(&s->is_stopped, true, memory_order_relaxed);
}

static int fail_cancelled(struct err *e)
{
	return err_set(e, ERR_CANCELLED, -1, "Cannot read trace: cancelled");
}

static bool is_cancelled(const struct source *s)
{
	return atomic_load_explicit(&s->is_stopped, memory_order_relaxed) ||
		(s->is_cancelled && s->is_cancelled(s->cancel_context));
}

static int64_t fail_read(const struct source *s, int64_t at, struct err *e)
{
	return err_set(e, ERR_IO, at, "Cannot read trace: path=\"%s\", reason=\"%s\"", s->name,
		strerror(errno));
}

static int64_t read_fd_at(
	const struct source *s, int fd, int64_t at, void *dst, size_t cap, struct err *e)
{
	size_t done = 0;

	while (done < cap) {
		ssize_t n = pread(fd, (char *)dst + done, cap - done, at + (int64_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_read(s, at + (int64_t)done, e);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (int64_t)done;
}

/* What the pipe gives next: a read that blocks would not see that the program is to end. */
static int64_t read_pipe_once(struct source *s, void *dst, size_t cap, struct err *e)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};

	while (!is_cancelled(s)) {
		int n_ready = poll(&p, 1, WAIT_MS);
		ssize_t n = n_ready > 0 ? read(s->fd, dst, cap) : n_ready;

		if (n_ready > 0 && n >= 0)
			return n;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return fail_read(s, s->raw_offset, e);
	}
	return fail_cancelled(e);
}

static int64_t read_pipe(struct source *s, unsigned char *dst, size_t cap, struct err *e)
{
	size_t done = 0;

	while (done < cap && s->at_peek < s->n_peek)
		dst[done++] = s->peek[s->at_peek++];
	while (done < cap) {
		int64_t n = read_pipe_once(s, dst + done, cap - done, e);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (int64_t)done;
}

static int64_t read_memory(const struct source *s, int64_t at, void *dst, size_t cap)
{
	int64_t left = s->raw_size - at, n = left < (int64_t)cap ? left : (int64_t)cap;

	if (n <= 0)
		return 0;
	memcpy(dst, s->bytes + at, (size_t)n);
	return n;
}

/* Bytes of the input as they are, from any offset; no pipe. */
static int64_t read_raw_at(struct source *s, int64_t at, void *dst, size_t cap, struct err *e)
{
	if (s->fd < 0)
		return read_memory(s, at, dst, cap);
	return read_fd_at(s, s->fd, s->base + at, dst, cap, e);
}

static int64_t read_raw(void *context, void *dst, size_t cap, struct err *e)
{
	struct source *s = context;
	int64_t n =
		s->is_pipe ? read_pipe(s, dst, cap, e) : read_raw_at(s, s->raw_offset, dst, cap, e);

	if (n > 0)
		s->raw_offset += n;
	if (s->raw_offset > s->raw_limit) {
		return err_set(e, ERR_LIMIT, -1, "Cannot read trace: too large, limit=%" PRId64,
			s->raw_limit);
	}
	return n;
}

int source_unpack(struct source *s, const struct limits *lim, struct err *e)
{
	unsigned char head[UNPACK_HEAD];
	const struct codec *codec;
	int64_t n = s->is_pipe ? read_pipe(s, head, sizeof(head), e)
			       : read_raw_at(s, 0, head, sizeof(head), e);

	s->must_detect = false;
	if (n < 0)
		return -1;
	if (s->is_pipe) {
		memcpy(s->peek, head, (size_t)n);
		s->n_peek = (uint8_t)n;
	}
	codec = unpack_detect(head, (size_t)n);
	if (!codec)
		return 0;
	s->unpack = unpack_create(codec, lim, read_raw, s, e);
	s->is_packed = true;
	s->size = -1;
	return s->unpack ? 0 : -1;
}

/* Bytes [at, at + n) have been seen. */
static void add_hash(struct source *s, int64_t at, const unsigned char *bytes, int64_t n)
{
	int64_t old = s->n_hashed - at; /* bytes of these that it knows */

	if (old < 0 || old >= n)
		return;
	XXH3_128bits_update(s->hash, bytes + old, (size_t)(n - old));
	s->n_hashed = at + n;
}

/* From the spool; its end is that of the input, or what cut the input off. */
static int64_t read_spool_at(struct source *s, int64_t at, void *dst, size_t cap, struct err *e)
{
	int64_t n = read_fd_at(s, s->spool, at, dst, cap, e);

	if (n == 0 && cap > 0 && s->failed.kind != ERR_NONE)
		return err_set(e, s->failed.kind, s->failed.offset, "%s", s->failed.msg);
	return n;
}

int64_t source_read(struct source *s, void *dst, size_t cap, struct err *e)
{
	int64_t n;

	if (atomic_load_explicit(&s->is_stopped, memory_order_relaxed))
		return fail_cancelled(e);
	if (s->must_detect && source_unpack(s, &s->lim, e) < 0)
		return -1;
	if (s->spool >= 0)
		n = read_spool_at(s, s->offset, dst, cap, e);
	else if (s->unpack)
		n = unpack_read(s->unpack, dst, cap, e);
	else
		n = read_raw(s, dst, cap, e);
	if (n > 0) {
		if (s->offset < SOURCE_HEAD_BYTES) {
			int64_t left = SOURCE_HEAD_BYTES - s->offset;

			memcpy(s->head + s->offset, dst, (size_t)(n < left ? n : left));
		}
		add_hash(s, s->offset, dst, n);
		s->offset += n;
	}
	if (n == 0 && cap > 0 && s->size < 0)
		s->size = s->offset;
	return n;
}

bool source_is_seekable(const struct source *s)
{
	return s->spool >= 0 || (!s->unpack && !s->is_pipe);
}

int64_t source_read_at(struct source *s, int64_t offset, void *dst, size_t cap, struct err *e)
{
	int64_t n;

	if (!source_is_seekable(s) || offset < 0)
		return err_set(e, ERR_INTERNAL, offset,
			"Cannot read trace: no bytes at byte %" PRId64 " of what comes as a stream",
			offset);
	n = s->spool >= 0 ? read_spool_at(s, offset, dst, cap, e)
			  : read_raw_at(s, offset, dst, cap, e);
	if (n > 0)
		add_hash(s, offset, dst, n);
	return n;
}

static int fail_spool(const char *folder, struct err *e)
{
	bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

	return err_set(e, is_full ? ERR_NOSPACE : ERR_IO, -1,
		"Cannot keep the unpacked trace in %s: %s", folder, strerror(errno));
}

/* A file without a name, readable by us alone; above the standard descriptors. */
static int open_spool(const char *folder, struct err *e)
{
	char path[4096];
	int low = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), fd;

	if (low < 0) { /* not every file system has these */
		int n = snprintf(path, sizeof(path), "%s/tilescope.XXXXXX", folder);

		if (n < 0 || (size_t)n >= sizeof(path))
			return err_set(e, ERR_USAGE, -1,
				"Cannot keep the unpacked trace: the path is too long");
		low = mkostemp(path, O_CLOEXEC);
		if (low < 0)
			return fail_spool(folder, e);
		unlink(path);
	}
	fd = fcntl(low, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		fail_spool(folder, e);
	close(low);
	return fd;
}

static int write_all(
	int fd, const unsigned char *bytes, int64_t n, const char *folder, struct err *e)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, (size_t)n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return fail_spool(folder, e);
		bytes += done;
		n -= done;
	}
	return 0;
}

/* All that source_read() still has goes into fd. What only cuts the end off is kept for later. */
static int copy_rest(struct source *s, int fd, const char *folder, struct err *e)
{
	unsigned char *block = mem_alloc(COPY_BYTES);
	struct err why = ERR_INIT;
	int64_t n = 0;
	int rc = 0;

	if (!block)
		return err_set(e, ERR_MEMORY, -1, "Cannot unpack trace: out of memory");
	while (rc == 0 && (n = source_read(s, block, COPY_BYTES, &why)) > 0) {
		rc = write_all(fd, block, n, folder, e);
		if (rc == 0 && is_cancelled(s))
			rc = fail_cancelled(e);
	}
	mem_free(block);
	if (n >= 0)
		return rc;
	if (why.kind != ERR_DAMAGED && why.kind != ERR_TRUNCATED)
		return err_set(e, why.kind, why.offset, "%s", why.msg);
	s->failed = why;
	return 0;
}

static const char *default_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

int source_spool(struct source *s, const char *folder, struct err *e)
{
	const int64_t begin = s->offset;
	int fd;

	if (source_is_seekable(s))
		return 0;
	if (begin > SOURCE_HEAD_BYTES)
		return err_set(e, ERR_INTERNAL, begin,
			"Cannot unpack trace: too much of it has gone by, bytes=%" PRId64, begin);
	if (!folder)
		folder = default_folder();
	fd = open_spool(folder, e);
	if (fd < 0)
		return -1;
	if (write_all(fd, s->head, begin, folder, e) < 0 || copy_rest(s, fd, folder, e) < 0) {
		close(fd);
		return -1;
	}
	s->spool = fd;
	s->size = s->offset;
	s->offset = begin;
	unpack_destroy(s->unpack);
	s->unpack = NULL;
	close(s->fd);
	s->fd = -1;
	return 0;
}

int source_take_spool(struct source *s)
{
	int fd = s->spool;

	s->spool = -1;
	return fd;
}

/* What no read has come by yet. A reader that jumps, or gave up, leaves something out. */
static int hash_rest(struct source *s, struct err *e)
{
	unsigned char *block = mem_alloc(COPY_BYTES);
	int64_t n;

	if (!block)
		return err_set(e, ERR_MEMORY, -1, "Cannot read trace: out of memory");
	do {
		if (source_is_seekable(s))
			n = source_read_at(s, s->n_hashed, block, COPY_BYTES, e);
		else
			n = source_read(s, block, COPY_BYTES, e);
	} while (n > 0);
	mem_free(block);
	return n < 0 ? -1 : 0;
}

int source_hash(struct source *s, uint8_t hash[SOURCE_HASH_BYTES], struct err *e)
{
	struct err why = ERR_INIT;
	XXH128_canonical_t c;

	if (hash_rest(s, &why) < 0 && why.kind != ERR_DAMAGED && why.kind != ERR_TRUNCATED)
		return err_set(e, why.kind, why.offset, "%s", why.msg);
	if (s->size < 0)
		s->size = s->offset; /* all there is of what is cut off */
	XXH128_canonicalFromHash(&c, XXH3_128bits_digest(s->hash));
	_Static_assert(sizeof(c) == SOURCE_HASH_BYTES, "XXH128");
	memcpy(hash, &c, sizeof(c));
	return 0;
}

void source_progress(const struct source *s, int64_t *done, int64_t *total)
{
	*done = s->unpack ? unpack_offset(s->unpack) : s->offset;
	*total = s->unpack ? s->raw_size : s->size;
}

int64_t source_size(const struct source *s)
{
	return s->size;
}

int64_t source_offset(const struct source *s)
{
	return s->offset;
}

bool source_is_packed(const struct source *s)
{
	return s->is_packed;
}

const char *source_name(const struct source *s)
{
	return s->name;
}

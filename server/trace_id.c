/* trace_id.c */
#include "server/trace_id.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"

#define BLOCK    4096
#define N_BLOCKS 64

static int stamp_of(
	const char *path, const struct stat *s, struct trace_stamp *stamp, struct err *e)
{
	if (S_ISDIR(s->st_mode))
		return err_set(e, ERR_USAGE, -1,
			"Cannot open %s: it is a directory; name the trace in it", path);
	if (!S_ISREG(s->st_mode))
		return err_set(e, ERR_USAGE, -1,
			"Cannot open %s: it is no regular file; save it to one first", path);
	if (s->st_size == 0)
		return err_set(e, ERR_FORMAT, 0,
			"Cannot open %s: it is empty; did the program end before trace.Stop?",
			path);
	*stamp = (struct trace_stamp){
		.dev = (uint64_t)s->st_dev,
		.ino = (uint64_t)s->st_ino,
		.size = (int64_t)s->st_size,
		.mtime_ns = (int64_t)s->st_mtim.tv_sec * 1000000000 + s->st_mtim.tv_nsec,
		.ctime_ns = (int64_t)s->st_ctim.tv_sec * 1000000000 + s->st_ctim.tv_nsec,
	};
	return 0;
}

static int cannot_open(const char *path, struct err *e)
{
	return err_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, -1,
		"Cannot open %s: %s", path, strerror(errno));
}

int trace_stamp_of_file(const char *path, struct trace_stamp *stamp, struct err *e)
{
	struct stat s;

	if (stat(path, &s) < 0)
		return cannot_open(path, e);
	return stamp_of(path, &s, stamp, e);
}

bool trace_stamp_equal(const struct trace_stamp *a, const struct trace_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
		a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static int read_at(int fd, void *dst, size_t n, int64_t at)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(fd, (char *)dst + done, n - done, at + (int64_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		done += (size_t)got;
	}
	return 0;
}

static int read_sample(int fd, int64_t size, unsigned char *dst)
{
	int i;

	if (size <= BLOCK * N_BLOCKS)
		return read_at(fd, dst, (size_t)size, 0);
	for (i = 0; i < N_BLOCKS; i++) {
		/* split: i * (size - BLOCK) must not overflow for any file */
		int64_t span = size - BLOCK;
		int64_t at = span / (N_BLOCKS - 1) * i + span % (N_BLOCKS - 1) * i / (N_BLOCKS - 1);

		if (read_at(fd, dst + (size_t)i * BLOCK, BLOCK, at) < 0)
			return -1;
	}
	return 0;
}

static int hash_file(
	int fd, const char *path, const struct trace_stamp *stamp, char *id, struct err *e)
{
	size_t n = stamp->size < BLOCK * N_BLOCKS ? (size_t)stamp->size : BLOCK * N_BLOCKS;
	unsigned char *sample = mem_alloc(8 + n);
	XXH128_hash_t h;
	int i;

	if (!sample)
		return err_set(e, ERR_MEMORY, -1, "Cannot open %s: out of memory", path);
	for (i = 0; i < 8; i++)
		sample[i] = (unsigned char)((uint64_t)stamp->size >> (8 * i));
	if (read_sample(fd, stamp->size, sample + 8) < 0) {
		mem_free(sample);
		return err_set(
			e, ERR_IO, -1, "Cannot read %s: it changed or failed meanwhile", path);
	}
	h = XXH3_128bits(sample, 8 + n);
	mem_free(sample);
	snprintf(id, TRACE_ID_LENGTH + 1, "%016" PRIx64 "%016" PRIx64, (uint64_t)h.high64,
		(uint64_t)h.low64);
	return 0;
}

int trace_id_of_file(
	const char *path, char id[TRACE_ID_LENGTH + 1], struct trace_stamp *stamp, struct err *e)
{
	/* O_NONBLOCK: a FIFO must be refused, not waited for. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat s;
	int rc = -1;

	if (fd < 0)
		return cannot_open(path, e);
	if (fstat(fd, &s) < 0)
		cannot_open(path, e);
	else if (stamp_of(path, &s, stamp, e) == 0)
		rc = hash_file(fd, path, stamp, id, e);
	close(fd);
	return rc;
}

bool trace_id_is_valid(const char *text)
{
	return strlen(text) == TRACE_ID_LENGTH &&
		strspn(text, "0123456789abcdef") == TRACE_ID_LENGTH;
}

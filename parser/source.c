#include "parser/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"

struct source {
	const unsigned char *bytes; /* memory source: borrowed */
	char *name;
	int64_t size;
	int64_t offset;
	int fd; /* -1 for memory */
};

static struct source *source_new(const char *name, struct err *e)
{
	struct source *s = mem_calloc(1, sizeof(*s));

	if (s)
		s->name = mem_strdup(name);
	if (!s || !s->name) {
		mem_free(s);
		err_set(e, ERR_MEMORY, -1, "Cannot open source: out of memory");
		return NULL;
	}
	s->fd = -1;
	return s;
}

static int open_regular(struct source *s, const char *path, struct err *e)
{
	struct stat st;

	/* O_NONBLOCK: opening a pipe without a writer must not hang. */
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (s->fd < 0) {
		return err_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, -1,
			"Cannot open trace: path=\"%s\", reason=\"%s\"", path, strerror(errno));
	}
	if (fstat(s->fd, &st) < 0) {
		return err_set(e, ERR_IO, -1, "Cannot open trace: path=\"%s\", reason=\"%s\"", path,
			strerror(errno));
	}
	if (!S_ISREG(st.st_mode)) {
		return err_set(e, ERR_USAGE, -1,
			"Cannot open trace: not a regular file, path=\"%s\"", path);
	}
	s->size = st.st_size;
	return 0;
}

struct source *source_open_file(const char *path, struct err *e)
{
	struct source *s = source_new(path, e);

	if (s && open_regular(s, path, e) < 0) {
		source_close(s);
		s = NULL;
	}
	return s;
}

struct source *source_open_memory(const void *bytes, size_t n, struct err *e)
{
	struct source *s = source_new("memory", e);

	if (s) {
		s->bytes = bytes;
		s->size = (int64_t)n;
	}
	return s;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	mem_free(s->name);
	mem_free(s);
}

static int64_t read_file(struct source *s, void *dst, size_t cap, struct err *e)
{
	size_t done = 0;

	while (done < cap) {
		ssize_t n = pread(s->fd, (char *)dst + done, cap - done, s->offset + (int64_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			return err_set(e, ERR_IO, s->offset + (int64_t)done,
				"Cannot read trace: path=\"%s\", reason=\"%s\"", s->name,
				strerror(errno));
		}
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (int64_t)done;
}

int64_t source_read(struct source *s, void *dst, size_t cap, struct err *e)
{
	int64_t n, left;

	if (s->fd >= 0) {
		n = read_file(s, dst, cap, e);
	} else {
		left = s->size - s->offset;
		n = left < (int64_t)cap ? left : (int64_t)cap;
		if (n > 0)
			memcpy(dst, s->bytes + s->offset, (size_t)n);
	}
	if (n > 0)
		s->offset += n;
	return n;
}

int64_t source_size(const struct source *s)
{
	return s->size;
}

int64_t source_offset(const struct source *s)
{
	return s->offset;
}

const char *source_name(const struct source *s)
{
	return s->name;
}

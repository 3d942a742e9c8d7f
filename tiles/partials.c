#include "tiles/partials.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"

/* Nobody holds a lock on it: the one who wrote it is gone. */
static bool is_abandoned(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool is_free = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

	if (fd >= 0)
		close(fd);
	return is_free;
}

/* *n_held: those that are still written. */
static int remove_all(const char *path, int *n_held)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n_name = strlen(name), n_mark = strlen(PARTIALS_MARK);
	char *folder = mem_strdup(path);
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	if (!folder)
		return 0;
	folder[slash ? slash - path + 1 : 0] = '\0';
	dir = opendir(slash ? folder : ".");
	mem_free(folder);
	while (dir && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, name, n_name) != 0 ||
			strncmp(entry->d_name + n_name, PARTIALS_MARK, n_mark) != 0 ||
			strlen(entry->d_name) != n_name + n_mark + 16)
			continue;
		if (!is_abandoned(dirfd(dir), entry->d_name))
			++*n_held;
		else if (unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

int partials_remove(const char *path)
{
	int n_held = 0;

	return remove_all(path, &n_held);
}

void partials_remove_soon(const char *path)
{
	const struct timespec moment = {0, 1000000};
	int n_held, tries = 0;

	do {
		if (tries)
			nanosleep(&moment, NULL);
		n_held = 0;
		remove_all(path, &n_held);
	} while (n_held > 0 && ++tries < 100);
}

static void cannot_create(const char *path, struct err *e)
{
	enum err_kind kind = errno == ENOSPC || errno == EDQUOT ? ERR_NOSPACE
		: errno == ENOENT                               ? ERR_NOT_FOUND
								: ERR_IO;

	err_set(e, kind, -1, "Cannot create store: path=\"%s\", reason=\"%s\"", path,
		strerror(errno));
}

char *partials_make(const char *path, int *fd, struct err *e)
{
	size_t n = strlen(path) + sizeof(PARTIALS_MARK) + 16;
	char *partial = mem_alloc(n);
	uint64_t random;

	if (!partial) {
		err_set(e, ERR_MEMORY, -1, "Cannot create store: path=\"%s\"", path);
		return NULL;
	}
	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
		cannot_create(path, e);
		goto failed;
	}
	snprintf(partial, n, "%s" PARTIALS_MARK "%016" PRIx64, path, random);
	*fd = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return partial;
	cannot_create(partial, e);
	if (*fd >= 0) { /* else not ours to remove */
		close(*fd);
		unlink(partial);
	}
failed:
	*fd = -1;
	mem_free(partial);
	return NULL;
}

/* Offsets of our own: those of the descriptors belong to others. */
int partials_fill(int to, int from, int64_t n)
{
	static const size_t most = (size_t)1 << 20;
	off_t in = 0, out = 0;
	ssize_t got = 1;
	char *bytes;

	while (in < n && (got = copy_file_range(from, &in, to, &out, (size_t)(n - in), 0)) > 0)
		;
	if (in == n)
		return 0;
	bytes = mem_alloc(most); /* another file system, an old kernel */
	while (bytes && in < n) {
		got = pread(from, bytes, most, in);
		if (got <= 0 || pwrite(to, bytes, (size_t)got, in) != got)
			break;
		in += got;
	}
	mem_free(bytes);
	return in == n ? 0 : -1;
}

#include "tiles/partials.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

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

int partials_remove(const char *path)
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
		if (strncmp(entry->d_name, name, n_name) == 0 &&
			strncmp(entry->d_name + n_name, PARTIALS_MARK, n_mark) == 0 &&
			strlen(entry->d_name) == n_name + n_mark + 16 &&
			is_abandoned(dirfd(dir), entry->d_name) &&
			unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

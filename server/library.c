/* library.c */
#include "server/library.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/log.h"
#include "parser/base/vec.h"
#include "server/cache_dir.h"
#include "server/catalog.h"

#define PATH_BYTES 4096
#define NAME_BYTES 256 /* a file's name, terminated */

struct found {
	char id[TRACE_ID_LENGTH + 1];
	struct timespec made;
};

struct found_list {
	VEC(struct found) stores;
};

static int compare_newest(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	if (a->made.tv_sec != b->made.tv_sec)
		return a->made.tv_sec < b->made.tv_sec ? 1 : -1;
	if (a->made.tv_nsec != b->made.tv_nsec)
		return a->made.tv_nsec < b->made.tv_nsec ? 1 : -1;
	return strcmp(a->id, b->id);
}

/* An id comes from a file's name only when the name is exactly that of its store. */
static bool take_entry(int folder, const char *name, struct found *f)
{
	char expected[NAME_BYTES];
	struct err e = ERR_INIT;
	struct stat s;

	snprintf(f->id, sizeof(f->id), "%s", name);
	if (!trace_id_is_valid(f->id) ||
		cache_dir_store(".", f->id, expected, sizeof(expected), &e) < 0 ||
		strcmp(expected + 2, name) != 0 ||
		fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(s.st_mode))
		return false;
	f->made = s.st_mtim;
	return true;
}

static int find_stores(const char *folder, struct found_list *list, struct err *e)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return err_set(
			e, ERR_IO, -1, "Cannot list stores in %s: %s", folder, strerror(errno));
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		struct found f = {0};

		if (take_entry(dirfd(dir), entry->d_name, &f) && vec_push(&list->stores, f) < 0)
			rc = err_set(e, ERR_MEMORY, -1, "Cannot list stores: out of memory");
	}
	closedir(dir);
	return rc;
}

static int open_name(const char *folder, const char *id, int flags)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s.name", folder, id);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}

/* The id where no name is kept. */
static void read_name(const char *folder, const char *id, char name[NAME_BYTES])
{
	int fd = open_name(folder, id, O_RDONLY);
	ssize_t n = fd >= 0 ? read(fd, name, NAME_BYTES - 1) : -1;

	if (fd >= 0)
		close(fd);
	name[n > 0 ? n : 0] = '\0';
	if (!name[0])
		snprintf(name, NAME_BYTES, "%s", id);
}

static int add_store(struct catalog *c, const char *folder, const char *id, struct err *e)
{
	char name[NAME_BYTES], store[PATH_BYTES];
	struct trace_info t = {.id = id, .name = name, .path = "", .store = store};

	read_name(folder, id, name);
	if (cache_dir_store(folder, id, store, sizeof(store), e) < 0 || catalog_add(c, &t, e) < 0)
		return -1;
	catalog_set_ready(c, id);
	return 0;
}

int library_add(struct catalog *c, const char *folder, struct err *e)
{
	struct found_list list = {0};
	int rc = find_stores(folder, &list, e);
	size_t i;

	if (list.stores.n > 0)
		qsort(list.stores.at, list.stores.n, sizeof(list.stores.at[0]), compare_newest);
	for (i = 0; rc == 0 && i < list.stores.n && i < LIBRARY_MAX; i++)
		rc = add_store(c, folder, list.stores.at[i].id, e);
	vec_clear(&list.stores);
	return rc;
}

void library_keep_name(const char *folder, const char *id, const char *name)
{
	char kept[NAME_BYTES];
	size_t n = strnlen(name, NAME_BYTES - 1);
	int fd;

	read_name(folder, id, kept);
	if (strlen(kept) == n && memcmp(kept, name, n) == 0)
		return;
	fd = open_name(folder, id, O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0 || write(fd, name, n) != (ssize_t)n)
		log_warn("cannot keep the name id=%s message=\"%s\"", id, strerror(errno));
	if (fd >= 0)
		close(fd);
}

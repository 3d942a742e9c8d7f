/* cache_room.c */
#include "server/cache_room.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/log.h"
#include "parser/base/vec.h"
#include "server/trace_id.h"
#include "tiles/tile_key.h"

#define NAME_BYTES 64

struct kept {
	char name[NAME_BYTES]; /* <id>.v<version>.tiles */
	char id[TRACE_ID_LENGTH + 1];
	unsigned version;
	int64_t bytes;
	struct timespec used;
};

struct kept_list {
	VEC(struct kept) stores;
	int64_t bytes;
};

/* Stores of older versions too: nobody opens them any more. */
static bool take_entry(int folder, const char *name, struct kept *k)
{
	char again[NAME_BYTES];
	struct stat s;

	snprintf(k->id, sizeof(k->id), "%.*s", TRACE_ID_LENGTH, name);
	if (!trace_id_is_valid(k->id) || strncmp(name + TRACE_ID_LENGTH, ".v", 2) != 0)
		return false;
	k->version = (unsigned)strtoul(name + TRACE_ID_LENGTH + 2, NULL, 10);
	snprintf(again, sizeof(again), "%s.v%u.tiles", k->id, k->version);
	if (strcmp(again, name) != 0 || fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(s.st_mode))
		return false;
	memcpy(k->name, again, sizeof(again));
	k->bytes = s.st_size;
	k->used = s.st_atim;
	return true;
}

static void list_stores(DIR *folder, struct kept_list *list)
{
	struct dirent *entry;

	while ((entry = readdir(folder)) != NULL) {
		struct kept k = {0};

		if (!take_entry(dirfd(folder), entry->d_name, &k))
			continue;
		list->bytes += k.bytes;
		if (vec_push(&list->stores, k) < 0)
			return; /* with less memory, what was found must do */
	}
}

static int compare_used(const void *left, const void *right)
{
	const struct kept *a = left, *b = right;

	if (a->used.tv_sec != b->used.tv_sec)
		return a->used.tv_sec > b->used.tv_sec ? 1 : -1;
	if (a->used.tv_nsec != b->used.tv_nsec)
		return a->used.tv_nsec > b->used.tv_nsec ? 1 : -1;
	return strcmp(a->name, b->name);
}

/* Whoever holds it has a lock on it, and we would have to wait for ours. */
static bool remove_store(int folder, const struct kept *k)
{
	int fd = openat(folder, k->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool is_free = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
	bool is_removed = is_free && unlinkat(folder, k->name, 0) == 0;
	char name[NAME_BYTES];

	if (is_free && !is_removed)
		log_warn("cannot remove a store name=%s message=\"%s\"", k->name, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (is_removed && k->version == TILE_VERSION) {
		snprintf(name, sizeof(name), "%s.name", k->id);
		unlinkat(folder, name, 0);
	}
	return is_removed;
}

size_t cache_room_make(const struct cache_room *room, int64_t bytes)
{
	DIR *folder = room->most_bytes > 0 ? opendir(room->folder) : NULL;
	struct kept_list list = {0};
	size_t n = 0;

	if (!folder)
		return 0;
	list_stores(folder, &list);
	if (list.stores.n > 0)
		qsort(list.stores.at, list.stores.n, sizeof(list.stores.at[0]), compare_used);
	for (size_t i = 0; i < list.stores.n && list.bytes > room->most_bytes - bytes; i++) {
		const struct kept *k = &list.stores.at[i];

		if (room->is_kept(room->context, k->id) || !remove_store(dirfd(folder), k))
			continue;
		list.bytes -= k->bytes;
		n++;
		log_info("removed a store, used longest ago, to make room name=%s bytes=%lld "
			 "used_s=%lld",
			k->name, (long long)k->bytes, (long long)k->used.tv_sec);
	}
	closedir(folder);
	vec_clear(&list.stores);
	return n;
}

int cache_room_hold(const char *store)
{
	const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
	int fd = open(store, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return -1;
	futimens(fd, now); /* no matter if it fails */
	if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		return fd;
	close(fd);
	return -1;
}

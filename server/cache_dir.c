/* cache_dir.c */
#include "server/cache_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/log.h"
#include "tiles/partials.h"
#include "tiles/tile_key.h"

#define NEW_KEPT_S 86400 /* a store that waits for its final name waits milliseconds */

static int choose(const char *asked, char *path, size_t cap, struct err *e)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	int n;

	if (asked)
		n = snprintf(path, cap, "%s", asked);
	else if (cache && *cache == '/')
		n = snprintf(path, cap, "%s/tilescope", cache);
	else if (home && *home == '/')
		n = snprintf(path, cap, "%s/.cache/tilescope", home);
	else
		return err_set(e, ERR_USAGE, -1,
			"Cannot keep stores: neither $XDG_CACHE_HOME nor $HOME is set; use "
			"--cache-dir");
	if (n < 0 || (size_t)n >= cap || n == 0)
		return err_set(
			e, ERR_USAGE, -1, "Cannot keep stores: the path is empty or too long");
	return 0;
}

/* The folder and what is missing above it. */
static int make(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int rc;

		*slash = '\0';
		rc = mkdir(path, 0700);
		*slash = '/';
		if (rc < 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
			return -1;
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

int cache_dir_open(const char *asked, char *path, size_t cap, struct err *e)
{
	struct stat s;

	if (choose(asked, path, cap, e) < 0)
		return -1;
	if (make(path) < 0 || stat(path, &s) < 0)
		return err_set(e, ERR_IO, -1, "Cannot keep stores in %s: %s; use --cache-dir", path,
			strerror(errno));
	if (!S_ISDIR(s.st_mode) || access(path, W_OK | X_OK) < 0)
		return err_set(e, ERR_IO, -1,
			"Cannot keep stores in %s: no folder to write in; use --cache-dir", path);
	if (s.st_uid != geteuid() || (s.st_mode & (S_IWGRP | S_IWOTH)))
		return err_set(e, ERR_IO, -1,
			"Cannot keep stores in %s: others may write to it; use --cache-dir", path);
	return 0;
}

/* The path without what begins at `mark`. */
static void sweep_partial(const char *folder, const char *name, const char *mark)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%.*s", folder, (int)(mark - name), name);

	if (n > 0 && (size_t)n < sizeof(path) && partials_remove(path) > 0)
		log_info("removed unfinished stores path=%s", path);
}

static void sweep_new(const char *folder, const char *name)
{
	char path[4096];
	struct stat s;
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (n > 0 && (size_t)n < sizeof(path) && lstat(path, &s) == 0 && S_ISREG(s.st_mode) &&
		s.st_mtime < time(NULL) - NEW_KEPT_S)
		unlink(path);
}

/* Of a store of any version. */
#define STORE_END ".tiles"

void cache_dir_sweep(const char *path)
{
	static const char new_end[] = STORE_END ".new";
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)) != NULL) {
		const char *mark = strstr(entry->d_name, ".partial.");
		size_t n = strlen(entry->d_name);

		if (mark && strstr(entry->d_name, STORE_END))
			sweep_partial(path, entry->d_name, mark);
		else if (n > sizeof(new_end) &&
			strcmp(entry->d_name + n + 1 - sizeof(new_end), new_end) == 0)
			sweep_new(path, entry->d_name);
	}
	if (folder)
		closedir(folder);
}

int cache_dir_store(const char *path, const char *id, char *store, size_t cap, struct err *e)
{
	int n = snprintf(store, cap, "%s/%s.v%d.tiles", path, id, TILE_VERSION);

	if (n < 0 || (size_t)n >= cap)
		return err_set(e, ERR_USAGE, -1, "Cannot keep stores: the path is too long");
	return 0;
}

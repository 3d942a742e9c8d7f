/* trace_store.c */
#include "server/trace_store.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/log.h"
#include "parser/source.h"
#include "server/cache_dir.h"
#include "server/cache_room.h"
#include "server/catalog.h"
#include "server/jobs.h"
#include "server/spool.h"
#include "tiles/store.h"

#define TICK_NS 10000000

static const char store_magic[16] = "SQLite format 3";

int trace_store_is(const char *path, struct err *e)
{
	bool is_file = strcmp(path, "-") != 0;
	struct source *src = is_file ? source_open_file(path, e) : NULL;
	char head[sizeof(store_magic)] = "";
	int64_t n = !is_file ? 0 : src ? source_read(src, head, sizeof(head), e) : -1;

	source_close(src);
	return n < 0 ? -1 : memcmp(head, store_magic, sizeof(head)) == 0;
}

/* Signals are waited for while another process reads, so that it is ended with us. */
static bool has_signal(void *context)
{
	const struct timespec none = {0};

	return sigtimedwait(context, NULL, &none) > 0;
}

/* Has the trace read by a child process. */
static int read_trace(
	const struct trace_info *t, const struct jobs_options *o, sigset_t *signals, struct err *e)
{
	const struct timespec tick = {0, TICK_NS};
	struct catalog *catalog = catalog_create(e);
	struct jobs *jobs = catalog ? jobs_create(catalog, o, e) : NULL;
	struct trace_info read = {0};
	int rc = -1;

	if (!jobs || catalog_add(catalog, t, e) < 0 || jobs_add(jobs, t->id, e) < 0)
		goto out;
	while (!jobs_are_done(jobs)) {
		if (sigtimedwait(signals, NULL, &tick) > 0) {
			err_set(e, ERR_CANCELLED, -1, "Cannot finish reading: stopped by a signal");
			goto out;
		}
	}
	if (catalog_find(catalog, t->id, &read) && read.state == TRACE_READY)
		rc = 0;
	else
		err_set(e, read.error.kind, read.error.offset, "%s", read.error.msg);
out:
	jobs_stop(jobs);
	catalog_destroy(catalog);
	return rc;
}

static struct store *open_known(const char *path)
{
	struct err e = ERR_INIT;
	int hold = cache_room_hold(path); /* until it is open: then it may be removed */
	struct store *st = access(path, R_OK) == 0 ? store_open(path, &e) : NULL;

	if (hold >= 0)
		close(hold);
	if (e.kind != ERR_NONE)
		log_warn("reading again store=%s message=\"%s\"", path, e.msg);
	return st;
}

static struct store *open_of_trace(
	const char *path, const struct trace_store_place *place, sigset_t *signals, struct err *e)
{
	struct err cut = ERR_INIT;
	struct spool sp = {.cut = &cut, .is_cancelled = has_signal, .context = signals};
	char folder[3072], id[TRACE_ID_LENGTH + 1], file[4096];
	struct trace_info t = {.id = id, .name = path, .store = file};
	const struct jobs_options o = {.cache = folder, .cache_most_bytes = place->most_bytes};
	struct store *st = NULL;

	if (cache_dir_open(place->cache, folder, sizeof(folder), e) < 0 ||
		spool_open(&sp, path, folder, e) < 0)
		return NULL;
	t.path = *sp.path ? sp.path : path;
	if (trace_id_of_file(t.path, id, &t.stamp, e) < 0 ||
		cache_dir_store(folder, id, file, sizeof(file), e) < 0)
		goto out;
	st = open_known(file);
	if (!st && read_trace(&t, &o, signals, e) == 0)
		st = store_open(file, e);
	if (st && cut.kind != ERR_NONE)
		fprintf(stderr, "tilescope: %s\n", cut.msg);
out:
	if (sp.fd > 0)
		close(sp.fd);
	return st;
}

struct store *trace_store_open(
	const char *path, const struct trace_store_place *place, struct err *e)
{
	int is_store = trace_store_is(path, e);
	struct store *st = NULL;
	sigset_t signals, before;
	mode_t mask;

	if (is_store != 0)
		return is_store < 0 ? NULL : store_open(path, e);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, &before);
	mask = umask(077);
	st = open_of_trace(path, place, &signals, e);
	umask(mask);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return st;
}

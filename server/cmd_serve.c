/* cmd_serve.c: FILE... ► [spool] ► ids ► stores, read where they are not in the cache yet ► HTTP.
 * Without a file: the stores that are in the cache. */
#include "server/cmd.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/log.h"
#include "parser/base/mem.h"
#include "server/browser.h"
#include "server/cache_dir.h"
#include "server/call.h"
#include "server/catalog.h"
#include "server/clients.h"
#include "server/config.h"
#include "server/http.h"
#include "server/jobs.h"
#include "server/library.h"
#include "server/listen_socket.h"
#include "server/routes.h"
#include "server/server.h"
#include "server/spool.h"
#include "server/tile_cache.h"
#include "server/workers.h"
#include "tiles/store.h"

#define QUEUE       256
#define DRAIN_S     4
#define SPARE_FILES (128 + CLIENTS_SURPLUS) /* descriptors that are not connections served */
#define SETTLE_MS   700 /* a file that is no trace shows it sooner: no page for it */
#define TICK_MS     100

struct serving {
	struct config config;
	struct server server;
	struct jobs *jobs;
	struct workers *workers;
	struct http *http;
	unsigned n_workers;
	unsigned port;
	sigset_t signals;               /* that end the program, and SIGCHLD */
	pid_t browser;                  /* 0: none runs */
	size_t n_asked;                 /* traces named by FILE: the first of the catalog */
	bool is_told[CONFIG_MAX_FILES]; /* by number in the catalog: its failure */
	bool is_error_told;
	char folder[3072];
};

/* A message may hold a file's name: nothing in it reaches the terminal but plain letters. */
static void print_plain(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p; p++)
		fprintf(stderr, *p >= 0x20 && *p < 0x7f ? "%c" : "\\x%02x", *p);
}

/* `name`: the trace it is about, where there are several; else NULL. */
static void complain(const struct err *e, const char *name)
{
	fprintf(stderr, "tilescope: ");
	if (name) {
		print_plain(name);
		fprintf(stderr, ": ");
	}
	print_plain(e->msg);
	if (e->offset > 0 && !strstr(e->msg, "byte "))
		fprintf(stderr, " (at byte %lld)", (long long)e->offset);
	fprintf(stderr, "\n");
	if (e->kind == ERR_FORMAT)
		fprintf(stderr,
			"tilescope: Go writes traces with go test -trace=FILE, runtime/trace, "
			"and /debug/pprof/trace.\n");
}

static bool is_readable_store(const char *path)
{
	struct err e = ERR_INIT;
	struct store *st = access(path, R_OK) == 0 ? store_open(path, &e) : NULL;

	if (e.kind != ERR_NONE)
		log_warn("reading again store=%s message=\"%s\"", path, e.msg);
	store_close(st);
	return st != NULL;
}

/* The signal to end that came within `ms`, or 0; sooner where a child process ended. */
static int wait_signal(struct serving *s, long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	int number = sigtimedwait(&s->signals, NULL, &t);

	if (number == SIGCHLD)
		browser_reap(&s->browser);
	return number > 0 && number != SIGCHLD ? number : 0;
}

static bool has_signal(void *context)
{
	return wait_signal(context, 0) != 0;
}

/* 1: it waits for its turn to be read, or is ready without; 0: it was there. */
static int add_trace(struct serving *s, struct trace_info *t, struct err *e)
{
	int added = catalog_add(s->server.catalog, t, e);

	if (added <= 0)
		return added;
	s->n_asked++;
	if (!is_readable_store(t->store))
		return jobs_add(s->jobs, t->id, e) < 0 ? -1 : 1;
	catalog_set_ready(s->server.catalog, t->id);
	return 0;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return "standard input";
	return slash ? slash + 1 : path;
}

static int add_file(struct serving *s, const char *path, struct err *e)
{
	struct err cut = ERR_INIT;
	struct spool sp = {.cut = &cut, .is_cancelled = has_signal, .context = s};
	char id[TRACE_ID_LENGTH + 1], store[4096];
	struct trace_info t = {.id = id, .name = name_of(path), .store = store};
	int rc = -1;

	if (spool_open(&sp, path, s->folder, e) < 0)
		return -1;
	t.path = *sp.path ? sp.path : path;
	t.spool_fd = sp.fd;
	if (trace_id_of_file(t.path, id, &t.stamp, e) == 0 &&
		cache_dir_store(s->folder, id, store, sizeof(store), e) == 0)
		rc = add_trace(s, &t, e);
	if (rc <= 0 && sp.fd > 0)
		close(sp.fd); /* no job will */
	if (rc >= 0 && cut.kind != ERR_NONE)
		complain(&cut, t.name);
	return rc < 0 ? -1 : 0;
}

/* Those that can be read are served, the others told of; none at all is an error. */
static int add_files(struct serving *s, struct err *e)
{
	size_t i, n_good = 0;

	for (i = 0; i < s->config.n_files; i++) {
		struct err mine = ERR_INIT;

		if (add_file(s, s->config.files[i], &mine) == 0)
			n_good++;
		else if (s->config.n_files == 1 || mine.kind == ERR_CANCELLED)
			return err_set(e, mine.kind, mine.offset, "%s", mine.msg);
		else
			complain(&mine, NULL);
	}
	if (n_good == 0 && s->config.n_files > 1)
		err_set(e, ERR_NOT_FOUND, -1, "Cannot serve any of these traces");
	return n_good == 0 && s->config.n_files > 0 ? -1 : 0;
}

/* Tells of traces that failed, once each. All failed: -1 and *e is the last one's error, told. */
static int check_failed(struct serving *s, struct err *e)
{
	struct trace_info t;
	size_t i, n_failed = 0;

	for (i = 0; i < s->n_asked && catalog_at(s->server.catalog, i, &t); i++) {
		if (t.state != TRACE_FAILED)
			continue;
		if (!s->is_told[i])
			complain(&t.error, s->config.n_files > 1 ? t.name : NULL);
		s->is_told[i] = true;
		n_failed++;
		*e = t.error;
	}
	if (i == 0 || n_failed < i) {
		err_clear(e);
		return 0;
	}
	s->is_error_told = true;
	return -1;
}

/* Has the first trace something to show already? */
static bool has_part(struct serving *s)
{
	struct trace_info t;

	return catalog_at(s->server.catalog, 0, &t) && t.part > 0;
}

/* A trace that cannot be read at all shows it before the page is opened. */
static int settle(struct serving *s, struct err *e)
{
	long ms;

	for (ms = 0; ms < SETTLE_MS && !jobs_are_done(s->jobs) && !has_part(s);
		ms += TICK_MS / 10) {
		if (wait_signal(s, TICK_MS / 10))
			return err_set(e, ERR_CANCELLED, -1, "Stopped by a signal");
	}
	return check_failed(s, e);
}

static unsigned raise_files(unsigned connections, unsigned n_workers)
{
	/* A worker's open store is two: SQLite's, and the hold on it. */
	const rlim_t spare = SPARE_FILES + (rlim_t)n_workers * READERS_OPEN * 2;
	const rlim_t want = connections + spare;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return connections;
	if (limit.rlim_cur < want) {
		limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur < want && limit.rlim_cur > 2 * spare
		? (unsigned)(limit.rlim_cur - spare)
		: connections;
}

static void close_readers(void *cls, unsigned worker)
{
	struct server *server = cls;

	readers_clear(&server->readers[worker]);
}

/* Answers kept take a quarter of the memory at most: the rest is for making them. */
static size_t cache_bytes(const struct config *c)
{
	size_t cap = (size_t)c->cache_mib << 20;

	return mem_cap() && cap > mem_cap() / 4 ? mem_cap() / 4 : cap;
}

/* After each answer: what a store made a worker hold is given back before all of the memory is in use. */
static void rest(struct call *c)
{
	struct server *server = c->server;

	if (mem_cap() && mem_used() > mem_cap() / 2)
		readers_clear(&server->readers[c->worker]);
}

static void answer(void (*run)(struct call *c), struct call *c)
{
	struct server *server = c->server;

	turns_run(&server->turns, run, rest, c);
}

static int start_http(struct serving *s, struct err *e)
{
	struct http_options o;

	s->workers = workers_create(s->n_workers, QUEUE, close_readers, &s->server, e);
	if (!s->workers)
		return -1;
	http_options_default(&o);
	o.listen_fd = listen_socket_open(&s->config, &s->port, e);
	if (o.listen_fd < 0)
		return -1;
	if (s->config.port != 0 && s->port != s->config.port)
		fprintf(stderr, "tilescope: Port %u is taken; using %u.\n", s->config.port,
			s->port);
	o.port = s->port;
	o.routes = server_routes;
	o.n_routes = server_n_routes;
	o.server = &s->server;
	o.workers = s->workers;
	o.answer = answer;
	o.threads = s->n_workers;
	o.connections = raise_files(s->config.connections, s->n_workers);
	o.header_deadline_s = s->config.header_deadline_s;
	s->http = http_create(&o, e);
	return s->http ? 0 : -1;
}

static void announce(struct serving *s)
{
	bool is_v6 = strcmp(s->config.host, "::1") == 0;
	struct trace_info first;
	bool is_one = s->n_asked == 1 && catalog_at(s->server.catalog, 0, &first);
	char address[256];

	snprintf(address, sizeof(address), "http://%s:%u/%s%s", is_v6 ? "[::1]" : s->config.host,
		s->port, is_one ? "t/" : "", is_one ? first.id : "");
	if (!s->config.no_browser && browser_is_likely() && browser_open(address, &s->browser))
		fprintf(stderr, "Opening browser. ");
	fprintf(stderr, "Trace viewer is listening on %s\n", address);
}

/* For the library of a later run. */
static void keep_names(const struct serving *s)
{
	struct trace_info t;
	size_t i;

	for (i = 0; i < s->n_asked && catalog_at(s->server.catalog, i, &t); i++) {
		if (t.state == TRACE_READY)
			library_keep_name(s->folder, t.id, t.name);
	}
}

/* Until a signal, or until nothing is left to serve. */
static int serve(struct serving *s, struct err *e)
{
	int number = 0;

	while (!number && !jobs_are_done(s->jobs)) {
		number = wait_signal(s, TICK_MS);
		check_failed(s, e);
	}
	keep_names(s);
	if (!number && check_failed(s, e) < 0)
		return -1;
	while (!number)
		number = wait_signal(s, 3600000);
	log_debug("ending signal=%d", number);
	return 0;
}

static int start(struct serving *s, struct err *e)
{
	struct jobs_options o = {.takes_snapshots = true, .cache = s->folder};
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	umask(077);
	mem_set_cap((size_t)s->config.memory_mib << 20);
	turns_init(&s->server.turns);
	if (cache_dir_open(s->config.cache_dir, s->folder, sizeof(s->folder), e) < 0)
		return -1;
	cache_dir_sweep(s->folder);
	s->n_workers = s->config.workers ? s->config.workers : cores > 2 ? (unsigned)cores : 2;
	s->server.catalog = catalog_create(e);
	s->server.cache = tile_cache_create(cache_bytes(&s->config));
	s->server.readers = mem_calloc(s->n_workers, sizeof(*s->server.readers));
	if (!s->server.cache || !s->server.readers)
		return err_set(e, ERR_MEMORY, -1, "Cannot start the server: out of memory");
	s->server.cache_most_bytes = (int64_t)s->config.cache_dir_gib << 30;
	o.cache_most_bytes = s->server.cache_most_bytes;
	s->jobs = s->server.catalog ? jobs_create(s->server.catalog, &o, e) : NULL;
	if (!s->jobs || add_files(s, e) < 0)
		return -1;
	if (s->config.n_files == 0 && library_add(s->server.catalog, s->folder, e) < 0)
		return -1;
	if (start_http(s, e) < 0)
		return -1;
	return settle(s, e);
}

static void stop(struct serving *s)
{
	if (s->http)
		http_stop(s->http, DRAIN_S); /* stops the workers too */
	else
		workers_stop(s->workers);
	workers_destroy(s->workers);
	jobs_stop(s->jobs);
	tile_cache_destroy(s->server.cache);
	mem_free(s->server.readers);
	catalog_destroy(s->server.catalog);
	turns_clear(&s->server.turns);
}

/* They are waited for, by the main thread alone: all threads inherit the mask. */
static void block_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGHUP);
	sigaddset(signals, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int cmd_serve(int argc, char **argv)
{
	static struct serving s; /* file names: not for a stack */
	struct err e = ERR_INIT;
	int rc;

	if (config_parse(&s.config, argc, argv, &e) < 0) {
		complain(&e, NULL);
		return err_exit_code(e.kind);
	}
	if (s.config.help || s.config.version) {
		if (s.config.help)
			fputs(config_help, stdout);
		else
			printf("tilescope %s (store format %d)\n", TILESCOPE_VERSION, TILE_VERSION);
		return 0;
	}
	log_set_level(s.config.verbose ? LOG_DEBUG : LOG_INFO);
	block_signals(&s.signals);
	rc = start(&s, &e);
	if (rc == 0) {
		announce(&s);
		rc = serve(&s, &e);
	}
	stop(&s);
	if (rc == 0 || e.kind == ERR_CANCELLED)
		return 0;
	if (!s.is_error_told)
		complain(&e, NULL);
	return err_exit_code(e.kind);
}

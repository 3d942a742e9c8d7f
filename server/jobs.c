/* jobs.c: one thread takes ids off a queue and sees each through. */
#include "server/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/log.h"
#include "parser/base/mem.h"
#include "parser/base/vec.h"
#include "server/cache_room.h"
#include "server/catalog.h"
#include "server/child.h"
#include "server/json.h"
#include "server/progress_line.h"
#include "server/workers.h"
#include "tiles/partials.h"

#define TERMINAL_NS 1000000000
#define LOG_NS      5000000000
#define POLL_MS     200
#define LINE_BYTES  4096

struct jobs {
	struct catalog *catalog;
	struct jobs_options options;
	bool is_terminal;
	/* guards: queue, n_taken, child, has_child, stop */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	VEC(const char *) queue; /* ids, owned by the catalog */
	size_t n_taken, n_done;
	struct child child;
	bool has_child;
	bool stop;
	pthread_t thread;
};

/* One trace being read. */
struct reading {
	struct jobs *jobs;
	struct trace_info trace;
	char *new_store; /* what the child writes; renamed when all is well */
	char *part_store;
	int part_fd; /* of the last snapshot, locked; -1 none */
	struct child child;
	struct progress progress;
	struct err error;
	int64_t start_ns, shown_ns;
	int64_t phase_ns; /* when the reading, or the preparing, began */
	char line[LINE_BYTES];
	size_t n_line;
};

static void show_progress(struct reading *r, bool is_last)
{
	struct jobs *j = r->jobs;
	int64_t now = work_now_ns();
	char text[512];

	if (!is_last && now - r->shown_ns < (j->is_terminal ? TERMINAL_NS : LOG_NS))
		return;
	if (is_last && (j->is_terminal ? r->shown_ns == r->start_ns : true))
		return;
	r->shown_ns = now;
	progress_line(text, sizeof(text), "reading", r->trace.name, &r->progress);
	if (j->is_terminal)
		fprintf(stderr, "\r\033[K%s%s", text, is_last ? "\n" : "");
	else
		fprintf(stderr, "%s\n", text);
	fflush(stderr);
}

static enum err_kind kind_of_name(const char *name)
{
	int kind;

	for (kind = ERR_NONE + 1; kind < ERR_N_KINDS; kind++) {
		if (strcmp(err_kind_name((enum err_kind)kind), name) == 0)
			return (enum err_kind)kind;
	}
	return ERR_INTERNAL;
}

static void take_error(struct reading *r, const struct json *error)
{
	const char *code = json_get_text(error, "code");
	const char *message = json_get_text(error, "message");
	int64_t offset = -1;

	if (!json_get_i64(error, "offset", &offset))
		offset = -1;
	err_set(&r->error, kind_of_name(code ? code : ""), offset, "%s",
		message ? message : "Cannot read the trace");
}

/* The lock says that somebody needs it. Where another process was quicker and swept it away there is
 * none until the next one. */
static void take_part(struct reading *r, int64_t number)
{
	int fd = open(r->part_store, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || number <= 0 || number > INT32_MAX) {
		if (fd >= 0)
			close(fd);
		catalog_set_part(r->jobs->catalog, r->trace.id, 0, r->part_store);
		return;
	}
	if (r->part_fd >= 0)
		close(r->part_fd);
	r->part_fd = fd;
	catalog_set_part(r->jobs->catalog, r->trace.id, (unsigned)number, r->part_store);
}

/* Nobody opens it any more; those who have go on reading what they have. */
static void remove_part(struct reading *r)
{
	if (r->part_store)
		unlink(r->part_store);
	if (r->part_fd >= 0)
		close(r->part_fd);
	r->part_fd = -1;
}

/* {"bytes","total","events"}, once all is read with {"prepared","to_prepare"}. */
static void take_progress(struct reading *r, const struct json *root)
{
	struct progress *p = &r->progress;
	int64_t bytes, total, events, prepared, to_prepare;

	if (!json_get_i64(root, "bytes", &bytes) || !json_get_i64(root, "total", &total) ||
		!json_get_i64(root, "events", &events))
		return;
	p->bytes = bytes;
	p->total = total >= 0 ? total : r->trace.stamp.size;
	p->events = (uint64_t)events;
	if (json_get_i64(root, "prepared", &prepared) &&
		json_get_i64(root, "to_prepare", &to_prepare) && prepared >= 0 &&
		prepared <= to_prepare) {
		if (p->to_prepare == 0)
			r->phase_ns = work_now_ns();
		p->prepared = (uint64_t)prepared;
		p->to_prepare = (uint64_t)to_prepare;
	}
	progress_estimate(p, work_now_ns() - r->phase_ns);
	catalog_set_progress(r->jobs->catalog, r->trace.id, p);
}

static void take_line(struct reading *r, const char *line, size_t n)
{
	struct json *root = json_parse(line, n);
	const struct json *error = json_get(root, "error");
	int64_t part;

	if (error) {
		take_error(r, error);
	} else if (json_get_i64(root, "part", &part)) {
		take_part(r, part);
	} else {
		take_progress(r, root);
	}
	json_free(root);
}

/* What came in, line by line; a line that never ends is dropped. False: end of file. */
static bool take_bytes(struct reading *r)
{
	ssize_t n = read(r->child.fd, r->line + r->n_line, sizeof(r->line) - r->n_line);
	char *end, *start = r->line;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	r->n_line += (size_t)n;
	while ((end = memchr(start, '\n', r->n_line - (size_t)(start - r->line))) != NULL) {
		take_line(r, start, (size_t)(end - start));
		start = end + 1;
	}
	r->n_line -= (size_t)(start - r->line);
	memmove(r->line, start, r->n_line);
	if (r->n_line == sizeof(r->line))
		r->n_line = 0;
	return true;
}

static bool start_child(struct reading *r)
{
	const struct child_files files = {.trace = r->trace.path,
		.store = r->new_store,
		.snapshots = r->jobs->options.takes_snapshots ? r->part_store : NULL,
		.trace_bytes = r->trace.stamp.size};
	struct jobs *j = r->jobs;
	bool started;

	pthread_mutex_lock(&j->lock);
	started = !j->stop && child_start(&r->child, &files, &r->error) == 0;
	j->child = r->child;
	j->has_child = started;
	pthread_mutex_unlock(&j->lock);
	return started;
}

static int end_child(struct reading *r)
{
	struct jobs *j = r->jobs;
	int exit_code = 0, rc;

	pthread_mutex_lock(&j->lock);
	j->has_child = false; /* from here nobody kills what may be another's process */
	pthread_mutex_unlock(&j->lock);
	rc = child_wait(&r->child, &exit_code, &r->error);
	if (rc < 0 && r->error.kind == ERR_NONE)
		err_set(&r->error, ERR_INTERNAL, -1,
			"Cannot read the trace: its reader ended with code %d", exit_code);
	return rc;
}

/* The final name, once the trace is known to have held still. */
static int publish(struct reading *r)
{
	struct trace_stamp now;

	if (trace_stamp_of_file(r->trace.path, &now, &r->error) < 0)
		return -1;
	if (!trace_stamp_equal(&now, &r->trace.stamp))
		return err_set(&r->error, ERR_IO, -1,
			"Cannot serve %s: it changed while it was read; open it again when it is "
			"complete",
			r->trace.name);
	if (rename(r->new_store, r->trace.store) < 0 && access(r->trace.store, R_OK) < 0)
		return err_set(&r->error, ERR_IO, -1, "Cannot keep the store of %s: %s",
			r->trace.name, strerror(errno));
	return 0;
}

static int read_trace(struct reading *r)
{
	struct pollfd p = {.events = POLLIN};

	if (!start_child(r))
		return -1;
	p.fd = r->child.fd;
	for (;;) {
		int n = poll(&p, 1, POLL_MS);

		if (n > 0 && !take_bytes(r))
			break;
		show_progress(r, false);
	}
	show_progress(r, true);
	if (end_child(r) < 0)
		return -1;
	return publish(r);
}

/* Failures are the catalog's to tell. */
static void tell_end(const struct reading *r, int rc)
{
	double seconds = (double)(work_now_ns() - r->start_ns) / 1e9;
	char name[256], bytes[16];

	if (rc < 0)
		return;
	log_escape(name, sizeof(name), r->trace.name, strlen(r->trace.name));
	fprintf(stderr, "Read %s: %s, %llu events in %.1f s.\n", name,
		bytes_text(bytes, r->trace.stamp.size), (unsigned long long)r->progress.events,
		seconds);
}

/* Paths of a job, from that of its store. */
static int name_files(struct reading *r)
{
	size_t n = strlen(r->trace.store) + sizeof(".new" PARTIALS_MARK) + 16;
	uint64_t random;

	r->new_store = mem_alloc(n);
	r->part_store = mem_alloc(n);
	if (!r->new_store || !r->part_store)
		return err_set(&r->error, ERR_MEMORY, -1, "Cannot read the trace: out of memory");
	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return err_set(&r->error, ERR_IO, -1, "Cannot read the trace: no random numbers");
	snprintf(r->new_store, n, "%s.new", r->trace.store);
	snprintf(r->part_store, n, "%s" PARTIALS_MARK "%016" PRIx64, r->new_store, random);
	return 0;
}

static bool is_in_catalog(void *context, const char *id)
{
	struct trace_info t;

	return catalog_find(context, id, &t);
}

static void make_room(const struct jobs *j, int64_t trace_bytes)
{
	const struct cache_room room = {.folder = j->options.cache,
		.most_bytes = j->options.cache_most_bytes,
		.is_kept = is_in_catalog,
		.context = j->catalog};

	cache_room_make(&room, trace_bytes);
}

static void run_job(struct jobs *j, const char *id)
{
	struct reading r = {.jobs = j, .error = ERR_INIT, .part_fd = -1};
	int rc = -1;

	if (!catalog_find(j->catalog, id, &r.trace))
		return;
	r.start_ns = r.shown_ns = r.phase_ns = work_now_ns();
	r.progress = (struct progress){.total = r.trace.stamp.size, .left_s = -1};
	catalog_set_progress(j->catalog, id, &r.progress);
	make_room(j, r.trace.stamp.size);
	if (name_files(&r) == 0)
		rc = read_trace(&r);
	if (r.trace.spool_fd > 0)
		close(r.trace.spool_fd);
	tell_end(&r, rc);
	if (rc == 0)
		catalog_set_ready(j->catalog, id);
	else
		catalog_set_failed(j->catalog, id, &r.error);
	remove_part(&r);
	if (rc < 0 && r.part_store) {
		unlink(r.new_store);
		partials_remove_soon(r.new_store);
	}
	mem_free(r.new_store);
	mem_free(r.part_store);
}

static const char *next_job(struct jobs *j)
{
	const char *id = NULL;

	pthread_mutex_lock(&j->lock);
	while (!j->stop && j->n_taken == j->queue.n)
		pthread_cond_wait(&j->wake, &j->lock);
	if (!j->stop)
		id = j->queue.at[j->n_taken++];
	pthread_mutex_unlock(&j->lock);
	return id;
}

static void *jobs_main(void *arg)
{
	struct jobs *j = arg;
	const char *id;

	while ((id = next_job(j)) != NULL) {
		run_job(j, id);
		pthread_mutex_lock(&j->lock);
		j->n_done++;
		pthread_mutex_unlock(&j->lock);
	}
	return NULL;
}

struct jobs *jobs_create(struct catalog *catalog, const struct jobs_options *o, struct err *e)
{
	struct jobs *j = mem_calloc(1, sizeof(*j));

	if (!j) {
		err_set(e, ERR_MEMORY, -1, "Cannot start the server: out of memory");
		return NULL;
	}
	j->catalog = catalog;
	j->options = *o;
	j->is_terminal = isatty(STDERR_FILENO);
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->wake, NULL);
	if (pthread_create(&j->thread, NULL, jobs_main, j) != 0) {
		err_set(e, ERR_IO, -1, "Cannot start the server: no thread for reading traces");
		pthread_cond_destroy(&j->wake);
		pthread_mutex_destroy(&j->lock);
		mem_free(j);
		return NULL;
	}
	return j;
}

int jobs_add(struct jobs *j, const char *id, struct err *e)
{
	struct trace_info t;
	int rc = -1;

	if (!catalog_find(j->catalog, id, &t))
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot read the trace: it is not known");
	pthread_mutex_lock(&j->lock);
	if (vec_push(&j->queue, t.id) < 0)
		err_set(e, ERR_MEMORY, -1, "Cannot read the trace: out of memory");
	else
		rc = 0;
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->lock);
	return rc;
}

bool jobs_are_done(struct jobs *j)
{
	bool done;

	pthread_mutex_lock(&j->lock);
	done = j->n_done == j->queue.n;
	pthread_mutex_unlock(&j->lock);
	return done;
}

void jobs_stop(struct jobs *j)
{
	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	j->stop = true;
	if (j->has_child)
		child_kill(&j->child);
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->lock);
	pthread_join(j->thread, NULL);
	vec_clear(&j->queue);
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->lock);
	mem_free(j);
}

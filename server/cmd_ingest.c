/* cmd_ingest.c: a trace into a store; what it tells on the way is written down in cmd.h. */
#include "server/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "server/catalog.h"
#include "server/helper.h"
#include "server/json_writer.h"
#include "server/progress_line.h"
#include "tiles/build.h"

#define REPORT_NS   INT64_C(100000000)  /* between two lines for the parent */
#define TERMINAL_NS INT64_C(1000000000) /* between two lines for people: on a terminal, */
#define LOG_NS      INT64_C(5000000000) /* and in a log */

#define MEMORY_MIB     4096 /* as the server's ingest has */
#define MEMORY_MAX_MIB (1 << 20)

struct ingest {
	const char *path, *store, *snapshots;
	long memory_mib;  /* the program may use; 0: no bound */
	int fd;           /* of the parent, -1 none */
	unsigned threads; /* at most so many, 1 to 3; 0: as there are processors */
	bool help;
	int64_t next_report_ns, next_line_ns;
	int64_t phase_ns; /* when the reading, or the preparing, began */
	int64_t line_ns;  /* between two lines; 0: none */
	struct progress last;
};

/* Written by the signal's handler only. */
static atomic_int caught_signal;

static void on_signal(int number)
{
	caught_signal = number;
}

static bool is_cancelled(void *context)
{
	(void)context;
	return caught_signal != 0;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A line for the parent; it may have gone, or may not read: then nothing is told. */
static void report(const struct ingest *in, struct json_writer *w)
{
	struct iovec parts[2] = {{0}, {.iov_base = "\n", .iov_len = 1}};
	ssize_t done;
	char *line;

	json_close(w, '}');
	line = json_take(w, &parts[0].iov_len);
	if (!line)
		return;
	parts[0].iov_base = line;
	do
		done = writev(in->fd, parts, 2);
	while (done < 0 && errno == EINTR && !caught_signal);
	mem_free(line);
}

static void report_progress(const struct ingest *in, const struct progress *p)
{
	struct json_writer w = {0};

	json_open(&w, '{');
	json_key_i64(&w, "bytes", p->bytes);
	json_key_i64(&w, "total", p->total);
	json_key_u64(&w, "events", p->events);
	if (p->to_prepare > 0) {
		json_key_u64(&w, "prepared", p->prepared);
		json_key_u64(&w, "to_prepare", p->to_prepare);
	}
	report(in, &w);
}

static void report_error(const struct ingest *in, const struct err *e)
{
	struct json_writer w = {0};

	if (in->fd < 0)
		return;
	json_open(&w, '{');
	json_key(&w, "error");
	json_open(&w, '{');
	json_key_text(&w, "code", err_kind_name(e->kind));
	json_key_text(&w, "message", e->msg);
	if (e->offset >= 0)
		json_key_i64(&w, "offset", e->offset);
	json_close(&w, '}');
	report(in, &w);
}

static void on_progress(void *context, const struct build_progress *b)
{
	struct ingest *in = context;
	struct progress p = {.bytes = b->bytes,
		.total = b->total,
		.events = b->events,
		.prepared = b->prepared,
		.to_prepare = b->to_prepare};
	bool is_new_phase = p.to_prepare > 0 && in->last.to_prepare == 0;
	int64_t now = now_ns();
	char line[512];

	in->last = p;
	if (is_new_phase)
		in->phase_ns = now;
	if (in->fd >= 0 && (is_new_phase || now >= in->next_report_ns)) {
		in->next_report_ns = now + REPORT_NS;
		report_progress(in, &p);
	}
	if (in->line_ns && now >= in->next_line_ns) {
		in->next_line_ns = now + in->line_ns;
		progress_estimate(&p, now - in->phase_ns);
		fprintf(stderr, "tilescope: %s\n",
			progress_line(line, sizeof(line), "reading", in->path, &p));
	}
}

/* A snapshot of what is read so far is where --snapshots says. */
static void on_snapshot(void *context, unsigned number)
{
	const struct ingest *in = context;
	struct json_writer w = {0};

	if (in->fd < 0)
		return;
	json_open(&w, '{');
	json_key_u64(&w, "part", number);
	report(in, &w);
}

static int parse_fd(const char *text, int *fd, struct err *e)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < 0 || n > 65535 || fcntl((int)n, F_GETFD) < 0)
		return err_set(e, ERR_USAGE, -1,
			"Cannot report progress: --progress-fd=\"%s\" is no open file", text);
	*fd = (int)n;
	return 0;
}

static int parse_memory(const char *text, long *mib, struct err *e)
{
	char *end;

	errno = 0;
	*mib = strtol(text, &end, 10);
	if (errno || end == text || *end || *mib < 0 || *mib > MEMORY_MAX_MIB)
		return err_set(e, ERR_USAGE, -1,
			"Cannot ingest: --memory=\"%s\" is not a number of MiB, 0 to %d", text,
			MEMORY_MAX_MIB);
	return 0;
}

/* The value of the flag `name` at argv[*i]: after '=', or the next argument. NULL: not this flag. */
static const char *flag_value(char **argv, int *i, const char *name)
{
	const char *arg = argv[*i];
	size_t n = strlen(name);

	if (arg[0] != '-')
		return NULL;
	arg += arg[1] == '-' ? 2 : 1;
	if (strncmp(arg, name, n) != 0)
		return NULL;
	if (arg[n] == '=')
		return arg + n + 1;
	if (arg[n] != '\0')
		return NULL;
	return argv[++*i] ? argv[*i] : "";
}

static int parse_threads(const char *text, unsigned *threads, struct err *e)
{
	if (text[0] < '1' || text[0] > '1' + HELPER_THREADS || text[1] != '\0')
		return err_set(
			e, ERR_USAGE, -1, "Cannot ingest: --threads=\"%s\" is not 1, 2 or 3", text);
	*threads = (unsigned)(text[0] - '0');
	return 0;
}

static int set_once(const char **field, const char *value, const char *what, struct err *e)
{
	if (*value == '\0')
		return err_set(e, ERR_USAGE, -1, "Cannot ingest: %s is empty", what);
	if (*field)
		return err_set(
			e, ERR_USAGE, -1, "Cannot ingest: %s is given twice: \"%s\"", what, value);
	*field = value;
	return 0;
}

static int parse_args(struct ingest *in, int argc, char **argv, struct err *e)
{
	bool flags_end = false;
	const char *value;

	for (int i = 1; i < argc; i++) {
		if (flags_end || argv[i][0] != '-' || argv[i][1] == '\0') {
			if (set_once(&in->path, argv[i], "the trace", e) < 0)
				return -1;
		} else if (strcmp(argv[i], "--") == 0) {
			flags_end = true;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			in->help = true;
		} else if ((value = flag_value(argv, &i, "o")) ||
			(value = flag_value(argv, &i, "output"))) {
			if (set_once(&in->store, value, "the store (-o)", e) < 0)
				return -1;
		} else if ((value = flag_value(argv, &i, "snapshots"))) {
			if (set_once(&in->snapshots, value, "--snapshots", e) < 0)
				return -1;
		} else if ((value = flag_value(argv, &i, "progress-fd"))) {
			if (parse_fd(value, &in->fd, e) < 0)
				return -1;
		} else if ((value = flag_value(argv, &i, "threads"))) {
			if (parse_threads(value, &in->threads, e) < 0)
				return -1;
		} else if ((value = flag_value(argv, &i, "memory"))) {
			if (parse_memory(value, &in->memory_mib, e) < 0)
				return -1;
		} else {
			return err_set(
				e, ERR_USAGE, -1, "Cannot ingest: unknown flag \"%s\"", argv[i]);
		}
	}
	if (!in->help && (!in->path || !in->store))
		return err_set(e, ERR_USAGE, -1,
			"Cannot ingest: usage: tilescope ingest FILE -o STORE [--threads=1|2|3] "
			"[--memory=MIB] [--progress-fd=N] [--snapshots=FILE]");
	return 0;
}

static void catch_signals(void)
{
	struct sigaction a = {.sa_handler = on_signal};

	sigemptyset(&a.sa_mask);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* whoever ignores it does not hear how a snapshot ended */
}

/* *damage tells, where 0 is returned, what cut the trace's end off. */
static int ingest(struct ingest *in, struct err *damage, struct err *e)
{
	struct helper helper = {.n_max = in->threads ? in->threads - 1 : helper_threads()};
	const struct crew crew = helper_crew(&helper);
	const struct build_options o = {.crew = &crew,
		.cancel = {.is_cancelled = is_cancelled},
		.progress = on_progress,
		.progress_context = in,
		.snapshots = {.path = in->snapshots, .published = on_snapshot, .context = in},
		.damage = damage};
	const struct limits lim = LIMITS_DEFAULT;
	struct source *src = source_open(in->path, &lim, e);
	int rc;

	if (!src)
		return -1;
	source_set_cancel(src, is_cancelled, NULL);
	in->phase_ns = now_ns();
	in->next_line_ns = in->phase_ns + in->line_ns;
	rc = build_run(src, in->store, &o, e);
	source_close(src);
	return rc;
}

int cmd_ingest(int argc, char **argv)
{
	struct ingest in = {.fd = -1, .memory_mib = MEMORY_MIB};
	struct err e = ERR_INIT, damage = ERR_INIT;

	caught_signal = 0;
	catch_signals();
	if (parse_args(&in, argc, argv, &e) == 0 && in.help) {
		puts("Usage: tilescope ingest FILE -o STORE [--threads=1|2|3] [--memory=MIB] "
		     "[--progress-fd=N] [--snapshots=FILE]");
		return 0;
	}
	if (in.fd < 0)
		in.line_ns = isatty(STDERR_FILENO) ? TERMINAL_NS : LOG_NS;
	mem_set_cap((size_t)in.memory_mib << 20);
	if (e.kind == ERR_NONE)
		ingest(&in, &damage, &e);
	if (damage.kind != ERR_NONE)
		fprintf(stderr, "tilescope: A part of the trace is missing. %s\n", damage.msg);
	if (e.kind == ERR_NONE) {
		if (in.fd >= 0)
			report_progress(&in, &in.last); /* the totals, whatever was told last */
		return 0;
	}
	report_error(&in, &e);
	fprintf(stderr, "tilescope: %s\n", e.msg);
	if (e.kind == ERR_MEMORY && in.memory_mib > 0)
		fprintf(stderr, "tilescope: It may use %ld MiB; --memory=MIB allows more\n",
			in.memory_mib);
	return caught_signal ? 128 + caught_signal : err_exit_code(e.kind);
}

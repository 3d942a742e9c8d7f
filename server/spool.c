/* spool.c */
#include "server/spool.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "server/catalog.h"
#include "server/progress_line.h"
#include "server/trace_id.h"
#include "server/workers.h"

#define TERMINAL_NS 1000000000
#define LOG_NS      5000000000

struct watch {
	const struct spool *spool;
	const struct source *source;
	const char *name;
	int64_t start_ns, shown_ns;
	bool is_terminal;
};

static void show(struct watch *w, int64_t now)
{
	struct progress p = {0};
	char line[512];

	w->shown_ns = now;
	source_progress(w->source, &p.bytes, &p.total);
	progress_estimate(&p, now - w->start_ns);
	fprintf(stderr, w->is_terminal ? "\r\033[K%s" : "%s\n",
		progress_line(line, sizeof(line), "unpacking", w->name, &p));
	fflush(stderr);
}

static bool look(void *context)
{
	struct watch *w = context;
	int64_t now = work_now_ns();

	if (now - w->shown_ns >= (w->is_terminal ? TERMINAL_NS : LOG_NS))
		show(w, now);
	return w->spool->is_cancelled && w->spool->is_cancelled(w->spool->context);
}

/* Before its bytes fill the disk. What begins like one is the reader's to judge. */
static int check_head(struct source *src, const char *name, struct err *e)
{
	static const char magic[] = "go 1.";
	char head[sizeof(magic) - 1];
	int64_t n = source_read(src, head, sizeof(head), e);

	if (n < 0)
		return -1;
	if (n == 0)
		return err_set(e, ERR_FORMAT, 0,
			"Cannot open %s: it is empty; did the program end before trace.Stop?",
			name);
	if (n != sizeof(head) || memcmp(head, magic, sizeof(head)) != 0)
		return err_set(e, ERR_FORMAT, 0,
			"Cannot open %s: it is not a Go execution trace (it does not begin with "
			"\"%s\")",
			name, magic);
	return 0;
}

static int fill(struct spool *sp, struct source *src, const char *folder, struct err *e)
{
	struct watch w = {.spool = sp,
		.source = src,
		.name = source_name(src),
		.start_ns = work_now_ns(),
		.is_terminal = isatty(STDERR_FILENO)};
	int rc;

	w.shown_ns = w.start_ns;
	source_set_cancel(src, look, &w);
	rc = check_head(src, w.name, e) < 0 ? -1 : source_spool(src, folder, e);
	if (w.is_terminal && w.shown_ns != w.start_ns)
		fprintf(stderr, "\r\033[K");
	return rc;
}

/* What is cut off shows where the bytes end. */
static void take_cut(struct spool *sp, struct source *src)
{
	char byte;

	if (sp->cut)
		source_read_at(src, source_size(src), &byte, 1, sp->cut);
}

/* A file that changed meanwhile may hold a bit of each. */
static int check_stamp(const char *path, const struct trace_stamp *before, struct err *e)
{
	struct trace_stamp after;

	if (trace_stamp_of_file(path, &after, e) < 0)
		return -1;
	if (!trace_stamp_equal(before, &after))
		return err_set(e, ERR_IO, -1,
			"Cannot serve %s: it changed while it was read; open it again when it is "
			"complete",
			path);
	return 0;
}

static void take_spool(struct spool *sp, struct source *src)
{
	take_cut(sp, src);
	sp->fd = source_take_spool(src);
	snprintf(sp->path, sizeof(sp->path), "/proc/%ld/fd/%d", (long)getpid(), sp->fd);
}

int spool_open(struct spool *sp, const char *path, const char *folder, struct err *e)
{
	const struct limits lim = LIMITS_DEFAULT;
	bool is_stdin = strcmp(path, "-") == 0;
	struct trace_stamp stamp;
	struct source *src;
	int rc = 0;

	sp->path[0] = '\0';
	sp->fd = 0;
	if (!is_stdin && trace_stamp_of_file(path, &stamp, e) < 0)
		return -1;
	src = source_open(path, &lim, e);
	if (!src)
		return -1;
	if (is_stdin || source_is_packed(src)) {
		rc = fill(sp, src, folder, e);
		if (rc == 0 && !is_stdin)
			rc = check_stamp(path, &stamp, e);
		if (rc == 0)
			take_spool(sp, src);
	}
	source_close(src);
	return rc;
}

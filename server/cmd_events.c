#include "server/cmd_events.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/event.h"
#include "parser/event_text.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"

#define FLUSH_AT ((size_t)1 << 18)

/* 1 written, 0 nobody reads any more, -1. */
static int flush(struct text *t, struct err *e)
{
	size_t done = 0;

	while (done < t->len) {
		ssize_t n = write(STDOUT_FILENO, t->data + done, t->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return 0;
		if (n < 0) {
			return err_set(e, errno == ENOSPC ? ERR_NOSPACE : ERR_IO, -1,
				"Cannot write events: reason=\"%s\"", strerror(errno));
		}
		done += (size_t)n;
	}
	t->len = 0;
	return 1;
}

/* As flush() answers: 1 all printed, also where an error of the trace waits in *e. */
static int print_events(struct trace *tr, struct text *t, struct err *e)
{
	struct event ev;
	int n;

	while (trace_next(tr, &ev, e) > 0) {
		if (event_text_write(tr, &ev, t) < 0)
			return err_set(e, ERR_MEMORY, -1, "Cannot print events: out of memory");
		if (t->len < FLUSH_AT)
			continue;
		n = flush(t, e);
		if (n <= 0)
			return n;
	}
	return flush(t, e);
}

int cmd_events(int argc, char **argv)
{
	struct limits lim = LIMITS_DEFAULT;
	struct source *src = NULL;
	struct trace *tr = NULL;
	struct text text = {0};
	struct err e = ERR_INIT;

	if (argc != 2 || argv[1][0] == '\0') {
		err_set(&e, ERR_USAGE, -1, "Cannot print events: usage: tilescope events FILE");
		goto out;
	}
	signal(SIGPIPE, SIG_IGN);
	src = source_open(argv[1], &lim, &e);
	if (!src)
		goto out;
	tr = trace_open(src, &lim, &e);
	if (tr && print_events(tr, &text, &e) == 0)
		err_clear(&e); /* the reader has gone: it has what it wanted */
out:
	if (e.kind != ERR_NONE)
		fprintf(stderr, "tilescope: %s\n", e.msg);
	trace_close(tr);
	source_close(src);
	text_clear(&text);
	return err_exit_code(e.kind);
}

/* output.c */
#include "server/output.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/text.h"

void output_begin(void)
{
	signal(SIGPIPE, SIG_IGN);
}

enum output output_flush(struct text *t, struct err *e)
{
	size_t done = 0;

	while (done < t->len) {
		ssize_t n = write(STDOUT_FILENO, t->data + done, t->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return OUTPUT_CLOSED;
		if (n < 0) {
			err_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_NOSPACE : ERR_IO, -1,
				"Cannot write to standard output: reason=\"%s\"", strerror(errno));
			return OUTPUT_FAILED;
		}
		done += (size_t)n;
	}
	t->len = 0;
	return OUTPUT_WRITTEN;
}

enum output output_maybe(struct text *t, struct err *e)
{
	return t->len < OUTPUT_FLUSH_AT ? OUTPUT_WRITTEN : output_flush(t, e);
}

int output_end(const struct err *e)
{
	if (e->kind != ERR_NONE)
		fprintf(stderr, "tilescope: %s\n", e->msg);
	return err_exit_code(e->kind);
}

int output_help(const char *help)
{
	struct text t = {0};
	struct err e = ERR_INIT;

	output_begin();
	if (text_room(&t, strlen(help)) < 0)
		err_set(&e, ERR_MEMORY, -1, "Cannot print help: out of memory");
	else
		text_name(&t, help);
	output_flush(&t, &e);
	text_clear(&t);
	return output_end(&e);
}

/* read_events.c — reads every event of a trace and does nothing with them: the reader alone, for `bench-reader`.
 *
 *	read_events TRACE            trace_take() to the end, reading ahead where there is a second core;
 *	                             prints how many events
 *	read_events --floor TRACE    only frames and decodes, thread by thread, without ordering; prints
 *	                             how many records. Of a version-1 trace that is its first pass.
 *
 * What no reader can do without is the floor: time spent above it is ordering and meaning.
 * Exit codes as those of tilescope. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/intern.h"
#include "parser/batch.h"
#include "parser/decode.h"
#include "parser/generation.h"
#include "parser/legacy_index.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/spec.h"
#include "parser/trace.h"
#include "server/helper.h"

#define BLOCK 64 /* records at a time, as the ordering takes them */

static int read_all(struct source *src, const struct limits *lim, uint64_t *n, struct err *e)
{
	struct helper helper = {.n_max = helper_threads()};
	const struct crew crew = helper_crew(&helper);
	struct trace *tr = trace_open(src, lim, e);
	const struct event *events;
	size_t n_taken;
	int rc = -1;

	if (tr)
		trace_read_ahead(tr, &crew);
	while (tr && (rc = trace_take(tr, &events, &n_taken, e)) > 0)
		*n += n_taken;
	trace_close(tr);
	return rc;
}

static int decode_generation(const struct generation *g, bool is_new, uint64_t *n, struct err *e)
{
	struct raw block[BLOCK];
	struct decoder d;
	size_t i;
	int got = 0;

	for (i = 0; i < g->threads.n; i++) {
		decoder_init(&d, g, i);
		d.skips_unknown = is_new;
		while ((got = decoder_read(&d, g, block, BLOCK, e)) > 0)
			*n += (uint64_t)got;
		if (got < 0)
			return -1;
	}
	return 0;
}

static int decode_all(
	struct source *src, const struct limits *lim, int minor, uint64_t *n, struct err *e)
{
	struct batch_reader reader;
	struct generation g;
	int rc;

	if (batch_reader_init(&reader, src, lim, minor, e) < 0)
		return -1;
	generation_init(&g, lim);
	while ((rc = generation_read(&g, &reader, e)) > 0) {
		rc = decode_generation(&g, minor > SPEC_NEWEST_MINOR, n, e);
		if (rc < 0)
			break;
	}
	generation_clear(&g);
	batch_reader_clear(&reader);
	return rc;
}

static int index_all(
	struct source *src, const struct limits *lim, int minor, uint64_t *n, struct err *e)
{
	struct intern strings, stacks;
	struct legacy_index x;
	int rc;

	intern_init(&strings);
	intern_init(&stacks);
	legacy_index_init(&x, src, lim, minor, &strings, &stacks);
	rc = legacy_index_read(&x, e);
	*n = x.pieces.n;
	legacy_index_clear(&x);
	intern_clear(&stacks);
	intern_clear(&strings);
	return rc;
}

static int read_floor(struct source *src, const struct limits *lim, uint64_t *n, struct err *e)
{
	int minor = trace_read_version(src, e);

	if (minor < 0)
		return -1;
	return minor < SPEC_FIRST_MINOR ? index_all(src, lim, minor, n, e)
					: decode_all(src, lim, minor, n, e);
}

int main(int argc, char **argv)
{
	bool is_floor = argc == 3 && strcmp(argv[1], "--floor") == 0;
	struct limits lim = LIMITS_DEFAULT;
	struct err e = ERR_INIT;
	struct source *src;
	uint64_t n = 0;
	int rc = -1;

	if (argc != 2 && !is_floor) {
		fputs("usage: read_events [--floor] TRACE\n", stderr);
		return err_exit_code(ERR_USAGE);
	}
	src = source_open(argv[argc - 1], &lim, &e);
	if (src)
		rc = is_floor ? read_floor(src, &lim, &n, &e) : read_all(src, &lim, &n, &e);
	source_close(src);
	printf("%" PRIu64 " events\n", n);
	if (rc < 0)
		fprintf(stderr, "read_events: %s\n", e.msg);
	return err_exit_code(e.kind);
}

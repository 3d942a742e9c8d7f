#include "tests/hostile/against.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/hostile/reading.h"

#define FIRST_FRAMED 22 /* versions before have no batches with a size */

static void fail(const char *what)
{
	fprintf(stderr, "against: cannot read %s\n", what);
	exit(2);
}

static void read_hashes(struct go_reading *go, const char *dir, uint64_t number)
{
	char path[4096];
	FILE *f;

	if (go->n > go->cap) {
		go->cap = go->n * 2;
		go->hashes = realloc(go->hashes, go->cap * sizeof(*go->hashes));
		if (!go->hashes)
			abort();
	}
	snprintf(path, sizeof(path), "%s/%" PRIu64 ".hashes", dir, number);
	f = fopen(path, "rb");
	if (!f || fread(go->hashes, sizeof(*go->hashes), go->n, f) != go->n)
		fail(path);
	fclose(f);
}

uint64_t go_reading_of(struct go_reading *go, const char *dir, const char *line)
{
	char verdict[8];
	uint64_t number;
	int closed, at = 0;

	/* The table is our own. NOLINTNEXTLINE(cert-err34-c) */
	if (sscanf(line, "%" SCNu64 " %zu %d %7s %n", &number, &go->n, &closed, verdict, &at) != 4)
		fail(line);
	go->is_closed = closed != 0;
	go->is_good = strcmp(verdict, "good") == 0;
	snprintf(go->why, sizeof(go->why), "%.*s", (int)strcspn(line + at, "\n"), line + at);
	read_hashes(go, dir, number);
	return number;
}

void go_reading_clear(struct go_reading *go)
{
	free(go->hashes);
	memset(go, 0, sizeof(*go));
}

size_t against_n_same(const struct go_reading *go, const struct reading *ours)
{
	size_t n = go->n < ours->n ? go->n : ours->n, i;

	for (i = 0; i < n && go->hashes[i] == ours->hashes[i]; i++)
		;
	return i;
}

/* Do we refuse for one of our bounds, which Go does not have? */
static bool is_limit(const struct err *e)
{
	return e->kind == ERR_LIMIT || strstr(e->msg, "time is out of range") ||
		strstr(e->msg, "more than 104 days") || strstr(e->msg, "impossible frequency");
}

/* We refuse; Go goes on, or refuses later. */
static enum against of_shorter(
	const struct go_reading *go, const struct reading *ours, size_t n_same)
{
	if (n_same + ours->has_last_sync < ours->n)
		return AGAINST_DIFFERS;
	if (is_limit(&ours->e))
		return AGAINST_LIMIT;
	if (go->is_good && (ours->e.kind == ERR_TRUNCATED || strstr(ours->e.msg, "cut off number")))
		return AGAINST_CUT;
	return AGAINST_DIFFERS;
}

enum against against(const struct go_reading *go, const struct reading *ours, int minor)
{
	size_t n_same = against_n_same(go, ours);
	bool is_good = ours->e.kind == ERR_NONE;

	if (strstr(go->why, "unsupported trace version"))
		return AGAINST_VERSION;
	if (n_same == go->n && n_same == ours->n && is_good == go->is_good)
		return AGAINST_SAME;
	if (is_good)
		return AGAINST_DIFFERS; /* Go refuses what we accept */
	if (!go->is_good && minor < FIRST_FRAMED && go->n == 0)
		return AGAINST_OLD;
	/* Go's last Sync says that an error came between generations; with one inside a generation we must agree. */
	if (!go->is_good && go->is_closed && ours->n >= go->n && n_same + 1 >= go->n)
		return AGAINST_SALVAGE;
	return of_shorter(go, ours, n_same);
}

const char *against_name(enum against a)
{
	static const char *const names[AGAINST_N] = {
		"same", "version", "old", "salvage", "limit", "cut", "DIFFERS"};

	return names[a];
}

/* mutants.c — reads damaged copies of good traces, and holds that what stands before the damage is served as it was.
 *
 *	mutants [OPTION...] TRACE...
 *	  --n=N        so many mutants (2000), the traces in turn
 *	  --first=I    from number I on (0); --first=I --n=1 --write=DIR gives the bytes of one
 *	  --kind=NAME  of one mutator alone
 *	  --cuts=STEP  instead of mutants, every STEP-th prefix of each trace; around the edges of batches, every one
 *	  --random-cuts=N
 *	  --write=DIR  write them as DIR/I.trace, read none
 *	  --against=DIR  read those alone that DIR/verdicts names, and compare with what Go's reader said of them there: against.h
 *
 * Held for each: no crash, no sanitizer's report, at most SECONDS of processor time, no broken promise of a header,
 * all memory back, and every generation that was settled before the first byte that differs gives
 * exactly the events that it gives in the undamaged trace.
 *
 * Works in a child process; where that dies, the number of the mutant is told and the next child goes on
 * behind it. Exit code 1 where anything was found. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/mem.h"
#include "tests/fuzz/mutate.h"
#include "tests/hostile/against.h"
#include "tests/hostile/reading.h"

#define SECONDS      5
#define MEMORY_CAP   ((size_t)1 << 30)
#define MAX_TRACES   256
#define MAX_SETTLED  64
#define GROWTH       ((size_t)1 << 16) /* a mutant may be this much longer than twice its source */
#define N_NEAR_EDGES 24

struct original {
	const char *path;
	uint8_t *bytes;
	size_t n;
	struct reading reading;
	struct layout layout;
	size_t settled_bytes[MAX_SETTLED];  /* so many bytes settle … */
	size_t settled_events[MAX_SETTLED]; /* … so many events */
	size_t n_settled;
};

struct options {
	uint64_t n, first, cuts, random_cuts;
	const char *kind, *write, *against;
};

/* Shared by the children and their parent. */
struct shared {
	uint64_t now; /* the mutant being read */
	uint64_t n_done, n_failed, n_same, n_events;
	uint64_t verdicts[ERR_N_KINDS];
	uint64_t n_prefix_events; /* that had to be, and were, as in the original */
	uint64_t n_against[AGAINST_N];
	double slowest_s;
	uint64_t slowest;
	size_t peak_bytes;
};

static struct original originals[MAX_TRACES];
static size_t n_originals;
static struct shared *shared;

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- the undamaged traces ---- */

/* Which bytes settle which events. */
static void note_settled(struct original *o)
{
	const struct layout *l = &o->layout;
	uint64_t generation = 0;
	size_t i, k = 0, end = 0;

	for (i = 0; i < l->n && o->n_settled < MAX_SETTLED; i++) {
		const struct piece *p = &l->pieces[i];

		if (p->kind != PIECE_BATCH || p->start < end || p->generation == generation)
			continue;
		generation = p->generation;
		end = layout_settled(l, i);
		if (end == 0 || ++k >= o->reading.n_syncs)
			return;
		o->settled_bytes[o->n_settled] = end;
		o->settled_events[o->n_settled++] = o->reading.syncs[k];
		end = l->minor >= 26 ? end : 0;
	}
}

static void open_original(const char *path)
{
	struct original *o = &originals[n_originals];

	if (n_originals == MAX_TRACES) {
		fprintf(stderr, "mutants: more than %d traces\n", MAX_TRACES);
		exit(2);
	}
	o->path = path;
	o->bytes = reading_file(path, &o->n);
	reading_of_bytes(&o->reading, o->bytes, o->n);
	if (o->reading.e.kind == ERR_VERSION) {
		free(o->bytes);
		memset(o, 0, sizeof(*o));
		return; /* a version that this build does not read */
	}
	layout_read(&o->layout, o->bytes, o->n);
	note_settled(o);
	n_originals++;
}

/* ---- one mutant ---- */

struct mutant {
	const struct original *of;
	uint8_t *bytes;
	size_t n, cap;
	size_t damage; /* first byte that differs, or where the shorter one ends */
};

static unsigned kind_named(const char *name)
{
	unsigned k;

	for (k = 0; k < mutate_n_kinds(); k++) {
		if (strcmp(mutate_kind_name(k), name) == 0)
			return k;
	}
	fprintf(stderr, "mutants: no mutator %s\n", name);
	exit(2);
}

static void find_damage(struct mutant *m)
{
	size_t n = m->n < m->of->n ? m->n : m->of->n;

	for (m->damage = 0; m->damage < n && m->bytes[m->damage] == m->of->bytes[m->damage];)
		m->damage++;
}

static void make_mutant(struct mutant *m, const struct options *opt, uint64_t i)
{
	const struct original *other = &originals[(i / n_originals + i) % n_originals];
	uint64_t seed = i * UINT64_C(0xd1342543de82ef95) + 1;

	m->of = &originals[i % n_originals];
	if (m->cap < m->of->n * 2 + GROWTH) {
		m->cap = m->of->n * 2 + GROWTH;
		m->bytes = realloc(m->bytes, m->cap);
		if (!m->bytes)
			abort();
	}
	if (opt->random_cuts) {
		m->n = (size_t)(mutate_random(&seed) % m->of->n);
		memcpy(m->bytes, m->of->bytes, m->n);
	} else if (opt->kind) {
		m->n = mutate_kind(m->of->bytes, m->of->n, other->bytes, other->n, m->bytes, m->cap,
			seed, kind_named(opt->kind));
	} else {
		m->n = mutate(
			m->of->bytes, m->of->n, other->bytes, other->n, m->bytes, m->cap, seed);
	}
	find_damage(m);
}

static void failed(const struct mutant *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void failed(const struct mutant *m, const char *fmt, ...)
{
	va_list ap;

	shared->n_failed++;
	printf("FAIL mutant %" PRIu64 " of %s, bytes=%zu, damage=%zu: ", shared->now, m->of->path,
		m->n, m->damage);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* The events that were settled before the damage. */
static size_t settled_events(const struct mutant *m)
{
	const struct original *o = m->of;
	size_t k, n = 0;

	if (m->n == o->n && m->damage == o->n)
		return o->reading.n; /* nothing differs */
	for (k = 0; k < o->n_settled && o->settled_bytes[k] <= m->damage; k++)
		n = o->settled_events[k];
	return n;
}

static void check_prefix(const struct mutant *m, const struct reading *r)
{
	size_t n = settled_events(m), i;
	const struct original *o = m->of;

	shared->n_prefix_events += n;
	if (n == 0 || (r->n >= n && r->hashes[n - 1] == o->reading.hashes[n - 1]))
		return;
	for (i = 0; i < n && i < r->n && r->hashes[i] == o->reading.hashes[i];)
		i++;
	failed(m, "of %zu settled events only %zu are served unchanged", n, i);
}

/* The mutant lies in memory of exactly its size, so that a read past the end is seen. */
static void read_mutant(struct mutant *m, struct reading *r)
{
	double t0 = cpu_seconds(), dt;
	uint8_t *exact = malloc(m->n ? m->n : 1);

	if (!exact)
		abort();
	memcpy(exact, m->bytes, m->n);
	alarm(SECONDS * 12); /* where it never comes back */
	reading_of_bytes(r, exact, m->n);
	dt = cpu_seconds() - t0;
	check_prefix(m, r);
	shared->n_events += r->n;
	shared->verdicts[r->e.kind]++;
	shared->n_same += m->n == m->of->n && m->damage == m->n;
	reading_changes(exact, m->n);
	alarm(0);
	if (dt > SECONDS)
		failed(m, "took %.0f ms, of %d", dt * 1e3, SECONDS * 1000);
	if (dt > shared->slowest_s) {
		shared->slowest_s = dt;
		shared->slowest = shared->now;
	}
	if (r->peak_bytes > shared->peak_bytes)
		shared->peak_bytes = r->peak_bytes;
	shared->n_done++;
	free(exact);
}

static void write_mutant(const struct mutant *m, const char *dir, uint64_t i)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%" PRIu64 ".trace", dir, i);
	f = fopen(path, "wb");
	if (!f || fwrite(m->bytes, 1, m->n, f) != m->n || fclose(f) != 0) {
		perror(path);
		exit(2);
	}
}

/* ---- runs ---- */

static void run_mutants(const struct options *opt, uint64_t from)
{
	struct mutant m = {0};
	struct reading r = {0};
	uint64_t i;

	for (i = from; i < opt->first + opt->n; i++) {
		shared->now = i;
		make_mutant(&m, opt, i);
		if (opt->write)
			write_mutant(&m, opt->write, i);
		else
			read_mutant(&m, &r);
	}
	reading_clear(&r);
	free(m.bytes);
}

/* Is byte `at` near where a batch, or its payload, begins? *edge moves along. */
static int is_near_edge(const struct layout *l, size_t at, size_t *edge)
{
	while (*edge < l->n && l->pieces[*edge].data + N_NEAR_EDGES < at)
		++*edge;
	return *edge < l->n && at + N_NEAR_EDGES >= l->pieces[*edge].start;
}

/* shared->now counts bytes over all traces here. */
static void run_cuts(const struct options *opt, uint64_t from)
{
	struct mutant m = {0};
	struct reading r = {0};
	uint64_t base = 0;
	size_t k;

	for (k = 0; k < n_originals; base += originals[k].n, k++) {
		size_t edge = 0;

		m.of = &originals[k];
		m.bytes = originals[k].bytes;
		for (m.n = 0; m.n < m.of->n; m.n++) {
			if (base + m.n < from ||
				(m.n % opt->cuts != 0 && !is_near_edge(&m.of->layout, m.n, &edge)))
				continue;
			shared->now = base + m.n;
			m.damage = m.n;
			read_mutant(&m, &r);
		}
	}
	reading_clear(&r);
}

/* The version in the mutant's own header. */
static int minor_of(const struct mutant *m)
{
	if (m->n < 7)
		return 0;
	return (m->bytes[5] - '0') * 10 + (m->bytes[6] - '0');
}

static void compare(const struct mutant *m, const struct reading *r, const struct go_reading *go)
{
	enum against a = against(go, r, minor_of(m));

	shared->n_against[a]++;
	if (a == AGAINST_DIFFERS)
		failed(m,
			"Go gives %zu events, we %zu, the first %zu are the same; Go: %s; ours: %s",
			go->n, r->n, against_n_same(go, r), go->is_good ? "good" : go->why,
			r->e.kind ? r->e.msg : "good");
}

static void run_against(const struct options *opt, uint64_t from)
{
	struct go_reading go = {0};
	struct mutant m = {0};
	struct reading r = {.is_strict = true};
	char *line = NULL, path[4096];
	size_t cap = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/verdicts", opt->against);
	f = fopen(path, "r");
	if (!f) {
		perror(path);
		exit(2);
	}
	while (getline(&line, &cap, f) > 0) {
		shared->now = go_reading_of(&go, opt->against, line);
		if (shared->now < from)
			continue;
		make_mutant(&m, opt, shared->now);
		read_mutant(&m, &r);
		compare(&m, &r, &go);
	}
	free(line);
	free(m.bytes);
	reading_clear(&r);
	go_reading_clear(&go);
	fclose(f);
}

static void run(const struct options *opt, uint64_t from)
{
	mem_set_cap(MEMORY_CAP);
	if (opt->against)
		run_against(opt, from);
	else if (opt->cuts)
		run_cuts(opt, from);
	else
		run_mutants(opt, from);
}

/* Children, one after another, until one comes to the end. Number of those that died. */
static uint64_t run_children(const struct options *opt)
{
	uint64_t from = opt->first, n_dead = 0;
	int status;
	pid_t pid;

	for (;;) {
		fflush(stdout);
		pid = fork();
		if (pid < 0) {
			perror("fork");
			exit(2);
		}
		if (pid == 0) {
			run(opt, from);
			fflush(stdout);
			_exit(0);
		}
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			return n_dead;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
			exit(2);
		n_dead++;
		printf("FAIL mutant %" PRIu64 ": died, status=0x%x%s\n", shared->now,
			(unsigned)status,
			WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? " (never came back)"
									   : "");
		from = shared->now + 1;
	}
}

static void report(uint64_t n_dead)
{
	int k;

	printf("%" PRIu64 " readings, %" PRIu64 " events, %" PRIu64 " unchanged, %" PRIu64
	       " settled events as before\n",
		shared->n_done, shared->n_events, shared->n_same, shared->n_prefix_events);
	for (k = 0; k < ERR_N_KINDS; k++) {
		if (shared->verdicts[k] > 0)
			printf("  %-10s %" PRIu64 "\n",
				k ? err_kind_name((enum err_kind)k) : "good", shared->verdicts[k]);
	}
	for (k = 0; k < AGAINST_N; k++) {
		if (shared->n_against[k] > 0)
			printf("  against Go: %-8s %" PRIu64 "\n", against_name((enum against)k),
				shared->n_against[k]);
	}
	printf("  slowest %.3f s (mutant %" PRIu64 "), most memory %.1f MiB, died %" PRIu64
	       ", failed %" PRIu64 "\n",
		shared->slowest_s, shared->slowest, (double)shared->peak_bytes / 1048576, n_dead,
		shared->n_failed);
}

static int option(struct options *opt, const char *arg)
{
	const char *v = strchr(arg, '=');

	if (strncmp(arg, "--", 2) != 0 || !v++)
		return 0;
	if (strncmp(arg, "--n=", 4) == 0)
		opt->n = strtoull(v, NULL, 10);
	else if (strncmp(arg, "--first=", 8) == 0)
		opt->first = strtoull(v, NULL, 10);
	else if (strncmp(arg, "--kind=", 7) == 0)
		opt->kind = v;
	else if (strncmp(arg, "--cuts=", 7) == 0)
		opt->cuts = strtoull(v, NULL, 10);
	else if (strncmp(arg, "--random-cuts=", 14) == 0)
		opt->n = opt->random_cuts = strtoull(v, NULL, 10);
	else if (strncmp(arg, "--write=", 8) == 0)
		opt->write = v;
	else if (strncmp(arg, "--against=", 10) == 0)
		opt->against = v;
	else
		return 0;
	return 1;
}

int main(int argc, char **argv)
{
	struct options opt = {.n = 2000};
	uint64_t n_dead;
	size_t k;
	int i;

	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	for (i = 1; i < argc; i++) {
		if (!option(&opt, argv[i]))
			open_original(argv[i]);
	}
	if (n_originals == 0) {
		fprintf(stderr, "usage: mutants [OPTION...] TRACE...\n");
		return 2;
	}
	n_dead = run_children(&opt);
	if (!opt.write)
		report(n_dead);
	for (k = 0; k < n_originals; k++) {
		reading_clear(&originals[k].reading);
		layout_clear(&originals[k].layout);
		free(originals[k].bytes);
	}
	return n_dead > 0 || shared->n_failed > 0;
}

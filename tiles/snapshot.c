#include "tiles/snapshot.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"

#define FIRST_NS   INT64_C(100000000)
#define LEAST_NS   INT64_C(250000000) /* from one to the next */
#define ROOM_TIMES 4 /* a copy, what it grows by, and as much again for the ingest itself */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void snapshots_init(struct snapshots *s, const struct snapshot_options *o)
{
	*s = (struct snapshots){.o = *o, .copy = {.fd = -1}};
	s->start_ns = now_ns();
	s->next_ns = s->start_ns + FIRST_NS;
}

int64_t snapshots_due(int64_t start_ns, int64_t begun_ns, int64_t done_ns)
{
	int64_t more = (begun_ns - start_ns) / 4; /* a fifth of both */
	int64_t due = begun_ns + (more > LEAST_NS ? more : LEAST_NS);
	int64_t rested = done_ns + (done_ns - begun_ns);

	return due > rested ? due : rested;
}

/* Waits for the process; what it has not published is removed. Did it publish? */
static bool reap(struct snapshots *s, int flags)
{
	int status = -1;
	pid_t got;

	do
		got = waitpid(s->pid, &status, flags);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return false;
	s->pid = 0;
	s->next_ns = snapshots_due(s->start_ns, s->begun_ns, now_ns());
	if (got > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		store_copy_clear(&s->copy, false);
		return true;
	}
	store_copy_clear(&s->copy, true);
	return false;
}

bool snapshots_look(struct snapshots *s, int64_t bytes, int64_t total)
{
	if (!s->o.path)
		return false;
	if (s->pid && reap(s, WNOHANG))
		s->o.published(s->o.context, ++s->n_published);
	if (total >= 0 && bytes >= total - total / 10)
		s->is_over = true; /* the last tenth */
	return !s->is_over && !s->pid && now_ns() >= s->next_ns;
}

static bool has_room(struct store *st)
{
	size_t cap = mem_cap();

	if (cap && mem_used() > cap / 2)
		return false;
	return store_room(st) / ROOM_TIMES > store_bytes(st);
}

/* In the forked process, which never returns. */
static void run(struct snapshots *s, struct store *st, pid_t ingest,
	int (*finish)(void *context, struct err *e), void *context)
{
	struct err e = ERR_INIT;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != ingest)
		_exit(1);
	_exit(store_copy_take(st, &s->copy, &e) == 0 && finish(context, &e) == 0 ? 0 : 1);
}

/* A forked process has this thread alone. By POSIX it may call little before an exec, for another
 * thread may have held a lock of the C library: glibc makes an exception of malloc, whose locks fork()
 * takes itself, and beside memory what follows uses files alone. SQLite forbids a connection to be
 * carried over a fork: the process opens one of its own, on a copy of the file; the old one is not
 * even closed. Its global locks are free, because no other thread is in a call of the store; the
 * locks of our own threads are not looked at. */
void snapshots_take(struct snapshots *s, struct store *st,
	int (*finish)(void *context, struct err *e), void *context)
{
	struct err e = ERR_INIT;
	pid_t ingest = getpid();

	s->begun_ns = now_ns();
	s->next_ns = snapshots_due(s->start_ns, s->begun_ns, s->begun_ns);
	if (!has_room(st))
		return;
	if (store_copy_make(st, s->o.path, &s->copy, &e) < 0) {
		s->is_over = true;
		return;
	}
	s->pid = fork();
	if (s->pid == 0)
		run(s, st, ingest, finish, context);
	if (s->pid < 0) {
		s->pid = 0;
		store_copy_clear(&s->copy, true);
	}
}

void snapshots_clear(struct snapshots *s)
{
	if (!s->pid)
		return;
	kill(s->pid, SIGKILL);
	reap(s, 0);
}

/* child.c: between fork and exec only what is safe after fork in a program with threads. */
#include "server/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parser/base/err.h"

#define PROGRESS_FD       3
#define NICE              5 /* whoever looks at a snapshot goes before what makes the next one */
#define MEMORY_BYTES      ((rlim_t)4 << 30)
#define STORE_BYTES       ((int64_t)256 << 30)
#define SMALL_STORE_BYTES ((int64_t)256 << 20) /* 4 x the trace says nothing of tiny traces */

/* A sanitizer reserves terabytes of addresses. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

static int set_limit(int what, rlim_t value)
{
	struct rlimit old, limit = {value, value};

	if (getrlimit((__rlimit_resource_t)what, &old) < 0)
		return -1;
	if (old.rlim_max < value)
		limit.rlim_cur = limit.rlim_max = old.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &limit);
}

static int set_limits(int64_t trace_bytes)
{
	int64_t store = trace_bytes < STORE_BYTES / 4 ? trace_bytes * 4 : STORE_BYTES;
	rlim_t cpu_s = 60 + (rlim_t)(trace_bytes >> 20);

	if (store < SMALL_STORE_BYTES)
		store = SMALL_STORE_BYTES;
	if (!HAS_SANITIZER && set_limit(RLIMIT_AS, MEMORY_BYTES) < 0)
		return -1;
	return set_limit(RLIMIT_CPU, cpu_s) < 0 || set_limit(RLIMIT_FSIZE, (rlim_t)store) < 0 ||
			set_limit(RLIMIT_CORE, 0) < 0 || set_limit(RLIMIT_NOFILE, 64) < 0
		? -1
		: 0;
}

/* In the child. Never returns. */
static void become_ingest(char *const argv[], int progress, int64_t trace_bytes)
{
	static const char failed[] = "tilescope: cannot start the reader\n";
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* the write fails instead, and is reported */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 && dup2(null, 2) >= 0 &&
		dup2(progress, PROGRESS_FD) >= 0 && setpgid(0, 0) == 0 &&
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && set_limits(trace_bytes) == 0)
		execv("/proc/self/exe", argv);
	if (write(progress, failed, sizeof(failed) - 1) < 0)
		_exit(126);
	_exit(127);
}

/* Both ends above the descriptor that the child gets it as, so that dup2 never meets itself. */
static int open_pipe(int ends[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) < 0)
		return -1;
	ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, PROGRESS_FD + 1);
	ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, PROGRESS_FD + 1);
	close(low[0]);
	close(low[1]);
	if (ends[0] >= 0 && ends[1] >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
		return 0;
	if (ends[0] >= 0)
		close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	return -1;
}

int child_start(struct child *c, const struct child_files *f, struct err *e)
{
	const char *plain[] = {
		"tilescope", "ingest", "-o", f->store, "--progress-fd=3", "--", f->trace, NULL};
	const char *with[] = {"tilescope", "ingest", "-o", f->store, "--progress-fd=3",
		"--snapshots", f->snapshots, "--", f->trace, NULL};
	const char *const *argv = f->snapshots ? with : plain;
	pid_t parent = getpid();
	int ends[2];

	if (open_pipe(ends) < 0)
		return err_set(e, ERR_IO, -1, "Cannot start the reader: %s", strerror(errno));
	c->pid = fork();
	if (c->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (f->snapshots)
			setpriority(PRIO_PROCESS, 0, NICE); /* no matter if it fails */
		if (getppid() == parent)
			become_ingest((char *const *)argv, ends[1], f->trace_bytes);
		_exit(127);
	}
	close(ends[1]);
	if (c->pid < 0) {
		close(ends[0]);
		return err_set(e, ERR_IO, -1, "Cannot start the reader: %s", strerror(errno));
	}
	c->fd = ends[0];
	return 0;
}

void child_kill(const struct child *c)
{
	kill(c->pid, SIGKILL);
}

int child_wait(struct child *c, int *exit_code, struct err *e)
{
	int status = 0;

	close(c->fd);
	c->fd = -1;
	while (waitpid(c->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return err_set(e, ERR_INTERNAL, -1, "Cannot wait for the reader");
	}
	*exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (WIFEXITED(status))
		return *exit_code == 0 ? 0 : -1;
	if (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)
		return err_set(e, ERR_LIMIT, -1,
			"Cannot read the trace: its reader took too long or too much memory and "
			"was stopped");
	return err_set(e, ERR_INTERNAL, -1,
		"Cannot read the trace: its reader crashed: signal=%d; please report it, with the "
		"trace if you can",
		WTERMSIG(status));
}

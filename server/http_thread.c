/* http_thread.c */
#include "server/http_thread.h"

#include <limits.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"

#define STACK_BYTES (512u << 10)

struct http_thread {
	pthread_t thread;
	struct MHD_Daemon *daemon; /* NULL: not started */
	int epoll;                 /* the daemon's */
	int wake;                  /* eventfd: look again */
	atomic_bool must_quiesce, must_end;
};

/* Until the daemon has something to do, a timeout of its own too, or it was woken. */
static void wait_for_work(struct http_thread *t)
{
	struct pollfd fds[] = {
		{.fd = t->epoll, .events = POLLIN}, {.fd = t->wake, .events = POLLIN}};
	MHD_UNSIGNED_LONG_LONG left;
	int timeout_ms = -1;
	uint64_t times;

	if (MHD_get_timeout(t->daemon, &left) == MHD_YES)
		timeout_ms = left < INT_MAX ? (int)left : INT_MAX;
	if (timeout_ms == 0)
		return;
	if (poll(fds, 2, timeout_ms) > 0 && fds[1].revents &&
		read(t->wake, &times, sizeof(times)) < 0)
		return; /* taken before: as good */
}

static void *thread_main(void *arg)
{
	struct http_thread *t = arg;
	bool is_quiet = false;

	while (!atomic_load(&t->must_end)) {
		wait_for_work(t);
		if (!is_quiet && atomic_load(&t->must_quiesce)) {
			MHD_quiesce_daemon(t->daemon);
			is_quiet = true;
		}
		MHD_run(t->daemon);
	}
	return NULL;
}

static int start_thread(struct http_thread *t)
{
	pthread_attr_t attr;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	rc = pthread_create(&t->thread, &attr, thread_main, t);
	pthread_attr_destroy(&attr);
	return rc;
}

struct http_thread *http_thread_create(struct err *e)
{
	struct http_thread *t = mem_calloc(1, sizeof(*t));

	if (t)
		t->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (t && t->wake >= 0)
		return t;
	err_set(e, ERR_MEMORY, -1, "Cannot start the HTTP server: out of memory or files");
	mem_free(t);
	return NULL;
}

int http_thread_start(struct http_thread *t, struct MHD_Daemon *daemon, struct err *e)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);

	t->daemon = daemon;
	t->epoll = info ? info->epoll_fd : -1;
	if (t->epoll >= 0 && start_thread(t) == 0)
		return 0;
	t->daemon = NULL;
	MHD_stop_daemon(daemon);
	return err_set(e, ERR_IO, -1, "Cannot start the HTTP server: no thread for it");
}

/* The counter is far from full: the write is never refused. */
void http_thread_wake(struct http_thread *t)
{
	const uint64_t one = 1;

	if (write(t->wake, &one, sizeof(one)) < 0)
		return;
}

void http_thread_quiesce(struct http_thread *t)
{
	atomic_store(&t->must_quiesce, true);
	http_thread_wake(t);
}

void http_thread_destroy(struct http_thread *t)
{
	if (!t)
		return;
	if (t->daemon) {
		atomic_store(&t->must_end, true);
		http_thread_wake(t);
		pthread_join(t->thread, NULL);
		MHD_stop_daemon(t->daemon);
	}
	close(t->wake);
	mem_free(t);
}

/* http_thread.h: one daemon of libmicrohttpd, run by a thread of ours.
 *
 * The library's own threads (0.9.75, with epoll) take 128 events at once, and where there were just as
 * many they wait for more before they look at any: when each of a thousand clients waits for its
 * answer, none comes until a timeout. So the waiting is done here, and the library is only told to
 * look (MHD_run), which never waits.
 *
 * Invariants: the daemon has epoll, no threads and no other user; it is called from this thread alone
 * but for MHD_resume_connection(), after which http_thread_wake() tells it to look.
 * Memory: one struct. Threads: any may wake it; all else from one other thread. */
#ifndef SERVER_HTTP_THREAD_H
#define SERVER_HTTP_THREAD_H

struct MHD_Daemon;
struct err;
struct http_thread;

struct http_thread *http_thread_create(struct err *e);

/* Takes the daemon over, on failure too. */
int http_thread_start(struct http_thread *t, struct MHD_Daemon *daemon, struct err *e);

void http_thread_wake(struct http_thread *t);

/* Soon takes no more connections; the listening socket stays open. */
void http_thread_quiesce(struct http_thread *t);

/* Ends the thread and all its connections. NULL is fine. */
void http_thread_destroy(struct http_thread *t);

#endif

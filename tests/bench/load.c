/* load.c: asks a server on the loopback interface for a list of addresses, over and over, for
 * `bench-serve`.
 *
 *	load --port=N --connections=N --seconds=S [--warm=S] [--rate=N] ADDRESSES
 *
 * ADDRESSES holds lines "TARGET BYTES". Each answer must be a 200 with as many bytes; what is not,
 * and a connection that ends within an answer, is counted as bad. Without --rate each connection asks
 * anew as soon as it was answered: the peak. With it request i is due at i / rate whatever came before,
 * and waits where all connections are busy; its latency counts from when it was due, so that a server
 * that stalls is not spared what it kept from being asked. Connections take turns.
 *
 * Prints "requests bad seconds p50_us p99_us max_us cpu_s bytes_per_s"; the warm time counts for none.
 * One thread: epoll. Headers are those of a browser. Exit codes as those of tilescope. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/base/vec.h"

#define HEAD_BYTES  4096
#define READ_BYTES  (256u << 10)
#define N_EVENTS    256
#define SUB_BITS    7 /* a bucket of latencies is at most 1/128 wide */
#define N_BUCKETS   ((64 - SUB_BITS) << SUB_BITS)
#define MAX_TARGET  1024
#define NS_PER_S    INT64_C(1000000000)
#define DRAIN_NS    (2 * NS_PER_S) /* behind the end: what is due and not answered yet */
#define MAX_CONNECT 65536

struct target {
	char *request;
	size_t n_request;
	uint64_t n_body;
};

struct conn {
	int fd;
	bool is_busy, has_head;
	size_t target;
	int64_t due_ns;
	uint64_t left; /* bytes of the body still to come */
	size_t n_head;
	char head[HEAD_BYTES];
};

struct load {
	unsigned port, n_conns;
	double seconds, warm_s, rate;
	VEC(struct target) targets;
	struct conn *conns;
	size_t *idle; /* ring of connections that wait for their turn */
	size_t idle_at, n_idle;
	int epoll;
	size_t next_target;
	int64_t begin_ns, end_ns; /* of what counts */
	int64_t next_due_ns;
	uint64_t n_sent, n_due, n_done, n_bad, n_bytes;
	uint64_t *buckets;
	int64_t max_ns, last_ns;
	char *read_buffer;
	bool is_told; /* of the first bad answer */
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* ---- latencies, by buckets that widen with what they hold ---- */

static size_t bucket_of(uint64_t v)
{
	unsigned shift;

	if (v >> SUB_BITS == 0)
		return (size_t)v;
	shift = 63u - SUB_BITS - (unsigned)__builtin_clzll(v);
	return ((size_t)shift << SUB_BITS) + (size_t)(v >> shift);
}

static double bucket_us(size_t i)
{
	size_t shift = i >> SUB_BITS ? (i >> SUB_BITS) - 1 : 0;

	return (double)((uint64_t)(i - (shift << SUB_BITS)) << shift) / 1e3;
}

static double quantile_us(const struct load *l, double q)
{
	uint64_t rank = (uint64_t)(q * (double)l->n_done), n = 0;
	size_t i;

	for (i = 0; i + 1 < N_BUCKETS; i++) {
		n += l->buckets[i];
		if (n > rank)
			break;
	}
	return bucket_us(i);
}

/* ---- the list of addresses ---- */

static int add_target(struct load *l, const char *path, uint64_t n_body, struct err *e)
{
	char text[MAX_TARGET + 1024];
	struct target t = {.n_body = n_body};
	int n = snprintf(text, sizeof(text),
		"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: keep-alive\r\n"
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like "
		"Gecko) "
		"Chrome/140.0.0.0 Safari/537.36\r\nAccept: */*\r\nSec-Fetch-Site: same-origin\r\n"
		"Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
		"Referer: http://127.0.0.1:%u/t/0\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
		"Accept-Language: en-US,en;q=0.9\r\n\r\n",
		path, l->port, l->port);

	t.n_request = (size_t)n;
	t.request = mem_strdup(text);
	if (!t.request || vec_push(&l->targets, t) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot read the list: out of memory");
	return 0;
}

static int read_targets(struct load *l, const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	char line[MAX_TARGET + 64];
	int rc = 0;

	if (!f)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot open %s: %s", path, strerror(errno));
	while (rc == 0 && fgets(line, sizeof(line), f)) {
		char *end = line + strcspn(line, " ");

		if (end == line || *end != ' ' || end[1] < '0' || end[1] > '9' ||
			end - line > MAX_TARGET) {
			rc = err_set(e, ERR_FORMAT, -1, "Cannot read the list: %s", line);
			break;
		}
		*end = 0;
		rc = add_target(l, line, strtoull(end + 1, NULL, 10), e);
	}
	fclose(f);
	if (rc == 0 && l->targets.n == 0)
		rc = err_set(e, ERR_FORMAT, -1, "Cannot read the list: it is empty");
	return rc;
}

/* ---- connections ---- */

static int connect_one(struct load *l, struct conn *c, struct err *e)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)l->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return err_set(e, ERR_IO, -1, "Cannot connect: %s", strerror(errno));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0 ||
		epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) < 0)
		return err_set(e, ERR_IO, -1, "Cannot connect: %s", strerror(errno));
	return 0;
}

static int reconnect(struct load *l, struct conn *c, struct err *e)
{
	close(c->fd);
	c->n_head = 0;
	c->has_head = false;
	return connect_one(l, c, e);
}

static void put_idle(struct load *l, struct conn *c)
{
	c->is_busy = false;
	l->idle[(l->idle_at + l->n_idle++) % l->n_conns] = (size_t)(c - l->conns);
}

/* A request is far smaller than a socket's empty buffer: it is taken whole, or the peer is gone. */
static int send_request(struct load *l, struct conn *c, struct err *e)
{
	const struct target *t = &l->targets.at[c->target];

	if (send(c->fd, t->request, t->n_request, MSG_NOSIGNAL) == (ssize_t)t->n_request)
		return 0;
	if (reconnect(l, c, e) < 0)
		return -1;
	if (send(c->fd, t->request, t->n_request, MSG_NOSIGNAL) == (ssize_t)t->n_request)
		return 0;
	return err_set(e, ERR_IO, -1, "Cannot send: %s", strerror(errno));
}

static int ask(struct load *l, struct conn *c, int64_t due_ns, struct err *e)
{
	c->is_busy = true;
	c->due_ns = due_ns;
	c->target = l->next_target++ % l->targets.n;
	l->n_sent++;
	return send_request(l, c, e);
}

/* ---- answers ---- */

static void count(struct load *l, const struct conn *c, bool is_good)
{
	int64_t now = now_ns(), took = now - c->due_ns;

	if (c->due_ns < l->begin_ns || c->due_ns >= l->end_ns)
		return;
	l->last_ns = now;
	l->n_done++;
	l->n_bad += !is_good;
	l->n_bytes += l->targets.at[c->target].n_body;
	l->buckets[bucket_of((uint64_t)(took > 0 ? took : 0))]++;
	if (took > l->max_ns)
		l->max_ns = took;
}

static const char *find_header(const char *head, const char *name)
{
	const char *at = strstr(head, "\r\n");
	size_t n = strlen(name);

	while (at && at[2] != '\r') {
		at += 2;
		if (strncasecmp(at, name, n) == 0)
			return at + n + strspn(at + n, " ");
		at = strstr(at, "\r\n");
	}
	return NULL;
}

/* 1: the answer is over; 0: more is to come. */
static int end_answer(struct load *l, struct conn *c, bool is_good, struct err *e)
{
	const char *connection = find_header(c->head, "Connection:");
	bool closes = !is_good || (connection && strncasecmp(connection, "close", 5) == 0);

	count(l, c, is_good);
	if (!is_good && !l->is_told)
		fprintf(stderr, "load: bad answer to %.*s: %.*s\n",
			(int)strcspn(l->targets.at[c->target].request, "\r"),
			l->targets.at[c->target].request, (int)strcspn(c->head, "\r"), c->head);
	l->is_told |= !is_good;
	c->n_head = 0;
	c->has_head = false;
	if (closes && reconnect(l, c, e) < 0)
		return -1;
	put_idle(l, c);
	return 1;
}

/* Takes the head from the bytes; how many of them it took, or -1: no good answer. */
static ssize_t take_head(struct load *l, struct conn *c, const char *bytes, size_t n)
{
	const struct target *t = &l->targets.at[c->target];
	size_t take = n < HEAD_BYTES - 1 - c->n_head ? n : HEAD_BYTES - 1 - c->n_head;
	const char *length;
	char *end;

	memcpy(c->head + c->n_head, bytes, take);
	c->head[c->n_head + take] = 0;
	end = strstr(c->head, "\r\n\r\n");
	if (!end) {
		c->n_head += take;
		return take < n ? -1 : (ssize_t)take;
	}
	end[4] = 0;
	c->has_head = true;
	length = find_header(c->head, "Content-Length:");
	if (strncmp(c->head, "HTTP/1.1 200", 12) != 0 || !length ||
		strtoull(length, NULL, 10) != t->n_body)
		return -1;
	c->left = t->n_body;
	return end + 4 - c->head - (ssize_t)c->n_head;
}

static int on_bytes(struct load *l, struct conn *c, const char *bytes, size_t n, struct err *e)
{
	if (!c->has_head) {
		ssize_t took = take_head(l, c, bytes, n);

		if (took < 0)
			return end_answer(l, c, false, e);
		n -= (size_t)took;
	}
	if (!c->has_head)
		return 0;
	if (n > c->left)
		return end_answer(l, c, false, e);
	c->left -= n;
	return c->left == 0 ? end_answer(l, c, true, e) : 0;
}

/* The peer closed: between two answers it may, and what it had not begun to answer is sent anew. */
static int on_close(struct load *l, struct conn *c, struct err *e)
{
	if (c->is_busy && (c->has_head || c->n_head))
		return end_answer(l, c, false, e);
	if (reconnect(l, c, e) < 0)
		return -1;
	return c->is_busy ? send_request(l, c, e) : 0;
}

static int on_readable(struct load *l, struct conn *c, struct err *e)
{
	ssize_t n = recv(c->fd, l->read_buffer, READ_BYTES, 0);
	int rc;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return on_close(l, c, e);
	rc = on_bytes(l, c, l->read_buffer, (size_t)n, e);
	return rc < 0 ? -1 : 0;
}

/* ---- the loop ---- */

/* Asks what is due; *next_ns is when the next is, INT64_MAX where only an answer brings it. */
static int ask_due(struct load *l, int64_t now, int64_t *next_ns, struct err *e)
{
	*next_ns = INT64_MAX;
	while (l->n_idle > 0 && now < l->end_ns) {
		struct conn *c = &l->conns[l->idle[l->idle_at]];
		int64_t due = l->rate > 0 ? l->next_due_ns : now;

		if (due >= l->end_ns)
			break;
		if (due > now) {
			*next_ns = due;
			break;
		}
		l->idle_at = (l->idle_at + 1) % l->n_conns;
		l->n_idle--;
		if (ask(l, c, due, e) < 0)
			return -1;
		l->n_due++;
		if (l->rate > 0)
			l->next_due_ns = l->begin_ns - (int64_t)(l->warm_s * 1e9) +
				(int64_t)((double)l->n_due * 1e9 / l->rate);
	}
	return 0;
}

static int run(struct load *l, struct err *e)
{
	struct epoll_event events[N_EVENTS];
	int64_t now, next_ns;

	l->next_due_ns = now_ns();
	l->begin_ns = l->next_due_ns + (int64_t)(l->warm_s * 1e9);
	l->end_ns = l->begin_ns + (int64_t)(l->seconds * 1e9);
	while ((now = now_ns()) < l->end_ns ||
		(l->n_idle < l->n_conns && now < l->end_ns + DRAIN_NS)) {
		struct timespec wait;
		int i, n;

		if (ask_due(l, now, &next_ns, e) < 0)
			return -1;
		next_ns = next_ns == INT64_MAX ? now + NS_PER_S / 10 : next_ns;
		wait = (struct timespec){(next_ns - now) / NS_PER_S, (next_ns - now) % NS_PER_S};
		n = epoll_pwait2(l->epoll, events, N_EVENTS, &wait, NULL);
		for (i = 0; i < n; i++) {
			if (on_readable(l, events[i].data.ptr, e) < 0)
				return -1;
		}
	}
	if (l->n_idle < l->n_conns)
		fprintf(stderr, "load: %zu requests were never answered\n", l->n_conns - l->n_idle);
	l->n_bad += l->n_conns - l->n_idle;
	return 0;
}

static int open_all(struct load *l, struct err *e)
{
	unsigned i;

	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->conns = mem_calloc(l->n_conns, sizeof(*l->conns));
	l->idle = mem_calloc(l->n_conns, sizeof(*l->idle));
	l->buckets = mem_calloc(N_BUCKETS, sizeof(*l->buckets));
	l->read_buffer = mem_alloc(READ_BYTES);
	if (l->epoll < 0 || !l->conns || !l->idle || !l->buckets || !l->read_buffer)
		return err_set(e, ERR_MEMORY, -1, "Cannot begin: out of memory");
	for (i = 0; i < l->n_conns; i++) {
		if (connect_one(l, &l->conns[i], e) < 0)
			return -1;
		put_idle(l, &l->conns[i]);
	}
	return 0;
}

static void close_all(struct load *l)
{
	size_t i;

	for (i = 0; i < l->targets.n; i++)
		mem_free(l->targets.at[i].request);
	vec_clear(&l->targets);
	mem_free(l->conns);
	mem_free(l->idle);
	mem_free(l->buckets);
	mem_free(l->read_buffer);
}

static void print_result(const struct load *l)
{
	double seconds = (double)(l->end_ns - l->begin_ns) / 1e9;
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	/* At a rate the server cannot keep, the answers come later than the end. */
	if (l->last_ns > l->end_ns)
		seconds = (double)(l->last_ns - l->begin_ns) / 1e9;
	printf("%" PRIu64 " %" PRIu64 " %.3f %.1f %.1f %.1f %.2f %.0f\n", l->n_done, l->n_bad,
		seconds, quantile_us(l, 0.5), quantile_us(l, 0.99), (double)l->max_ns / 1e3,
		(double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
			(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
		(double)l->n_bytes / seconds);
}

static bool take_flag(struct load *l, const char *arg)
{
	static const char *const names[] = {
		"--port=", "--connections=", "--seconds=", "--warm=", "--rate="};
	double v;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(arg, names[i], n) != 0)
			continue;
		v = strtod(arg + n, NULL);
		if (!(v >= 0 && v <= 1e9))
			return false;
		switch (i) {
		case 0:
			l->port = (unsigned)v;
			break;
		case 1:
			l->n_conns = (unsigned)v;
			break;
		case 2:
			l->seconds = v;
			break;
		case 3:
			l->warm_s = v;
			break;
		default:
			l->rate = v;
			break;
		}
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct load l = {.seconds = 5, .warm_s = 1};
	struct err e = ERR_INIT;
	int i;

	for (i = 1; i < argc - 1; i++) {
		if (!take_flag(&l, argv[i]))
			argc = 0;
	}
	if (argc < 2 || l.n_conns < 1 || l.n_conns > MAX_CONNECT || l.port < 1) {
		fputs("usage: load --port=N --connections=N [--seconds=S] [--warm=S] [--rate=N] "
		      "ADDRESSES\n",
			stderr);
		return err_exit_code(ERR_USAGE);
	}
	prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0); /* or each wait for what is due ends 50 us late */
	if (read_targets(&l, argv[argc - 1], &e) == 0 && open_all(&l, &e) == 0 && run(&l, &e) == 0)
		print_result(&l);
	close_all(&l);
	if (e.kind != ERR_NONE)
		fprintf(stderr, "load: %s\n", e.msg);
	return err_exit_code(e.kind);
}

/* http.c: one struct exchange per request, from its first line to its last byte.
 *
 *	NEW ──first call──► ADMITTED ──second call──► (WAITING ──worker──►) READY ► queued
 *	 └─ refused: answered in the first call, which makes the library close the connection
 *
 * A good request must not be answered in the first call, or keep-alive is lost with it. */
#include "server/http.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "parser/base/err.h"
#include "parser/base/log.h"
#include "parser/base/mem.h"
#include "server/auth.h"
#include "server/blob.h"
#include "server/call.h"
#include "server/clients.h"
#include "server/gate.h"
#include "server/http_thread.h"
#include "server/negotiate.h"
#include "server/reply.h"
#include "server/router.h"
#include "server/url.h"
#include "server/workers.h"

#define CONNECTION_BYTES        (32u << 10)
#define REQUESTS_PER_CONNECTION 10000

enum stage { STAGE_NEW, STAGE_ADMITTED, STAGE_WAITING, STAGE_READY };

/* What a daemon's callbacks get. */
struct loop {
	struct http *http;
	struct http_thread *thread;
};

struct http {
	struct http_options o;
	struct clients *clients;
	atomic_uint n_active; /* exchanges between admission and completion */
	atomic_bool stopping;
	unsigned n_loops;
	struct loop loops[];
};

struct exchange {
	struct work work; /* first: the worker gets a pointer to it */
	struct http *http;
	struct http_thread *thread;
	struct MHD_Connection *connection;
	struct client *client; /* NULL: out of memory when it came */
	enum stage stage;      /* handed to and fro with suspend and resume */
	bool is_counted;
	bool is_head;
	bool takes_zstd;
	enum route_result result;
	struct route_match match;
	struct reply reply;
	struct url url;
	char *url_text;
	char target[]; /* cut: the gate then finds it too long; behind it url_text */
};

static const char *const every_answer[][2] = {
	{"Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: "
		"blob:; "
		"font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; "
		"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
		"trusted-types tilescope"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
};

void http_options_default(struct http_options *o)
{
	*o = (struct http_options){
		.listen_fd = -1,
		.threads = 2,
		.connections = 4096,
		.header_deadline_s = 10,
		.idle_s = 30,
		.answer_s = 300,
		.wait_ns = INT64_C(2000000000),
		.long_wait_ns = INT64_C(20000000000),
		.work_ns = INT64_C(20000000000),
	};
}

/* ---- responses ---- */

/* Borrows the body, which the exchange holds until its last byte is sent. Also for 304, whose
 * Content-Length is that of the 200: the library leaves the body out. */
static struct MHD_Response *body_response(const struct reply *r)
{
	size_t n = r->body ? r->body->n : r->n_fixed;
	const void *bytes = r->body ? r->body->bytes : r->fixed ? r->fixed : "";

	return MHD_create_response_from_buffer(n, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
}

static const char *keep_text(enum reply_keep keep)
{
	switch (keep) {
	case KEEP_FOR_EVER:
		return "private, max-age=31536000, immutable";
	case KEEP_REVALIDATE:
		return "no-cache";
	case KEEP_NOTHING:
		break;
	}
	return "no-store";
}

static void add_headers(struct MHD_Response *response, const struct reply *r, bool is_empty)
{
	char seconds[16];
	size_t i;

	for (i = 0; i < sizeof(every_answer) / sizeof(every_answer[0]); i++)
		MHD_add_response_header(response, every_answer[i][0], every_answer[i][1]);
	MHD_add_response_header(response, "Cache-Control", keep_text(r->keep));
	if (r->varies)
		MHD_add_response_header(response, "Vary", "Accept-Encoding");
	if (r->etag[0])
		MHD_add_response_header(response, "ETag", r->etag);
	if (r->allow)
		MHD_add_response_header(response, "Allow", r->allow);
	if (r->location)
		MHD_add_response_header(response, "Location", r->location);
	if (r->closes)
		MHD_add_response_header(response, "Connection", "close");
	if (r->retry_after_s) {
		snprintf(seconds, sizeof(seconds), "%u", r->retry_after_s);
		MHD_add_response_header(response, "Retry-After", seconds);
	}
	if (r->next[0])
		MHD_add_response_header(response, "Tilescope-Next", r->next);
	if (is_empty)
		return;
	if (r->type)
		MHD_add_response_header(response, "Content-Type", r->type);
	if (r->is_zstd)
		MHD_add_response_header(response, "Content-Encoding", "zstd");
}

static struct MHD_Response *make_response(const struct reply *r, bool is_empty)
{
	struct MHD_Response *response = body_response(r);

	if (response)
		add_headers(response, r, is_empty);
	return response;
}

static void destroy_response(void *response)
{
	MHD_destroy_response(response);
}

/* An answer that is kept for ever is the same for all: its response is made once, and lies with its
 * body. Making one, a dozen headers, costs as much as all else that is done for a request here. */
static struct MHD_Response *shared_response(const struct reply *r)
{
	void *response = blob_attached(r->body);

	if (response)
		return response;
	response = make_response(r, false);
	if (response)
		blob_attach(r->body, &response, destroy_response);
	return response;
}

static enum MHD_Result send_reply(struct exchange *x)
{
	struct reply *r = &x->reply;
	const char *match = MHD_lookup_connection_value(
		x->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
	bool is_same = r->status == 200 && negotiate_match(match, r->etag);
	struct MHD_Response *response;
	enum MHD_Result rc;

	if (atomic_load(&x->http->stopping) ||
		(x->client && x->client->n_requests >= REQUESTS_PER_CONNECTION))
		r->closes = true;
	if (r->body && r->keep == KEEP_FOR_EVER && !is_same && !r->closes) {
		response = shared_response(r);
		return response ? MHD_queue_response(x->connection, r->status, response) : MHD_NO;
	}
	response = make_response(r, is_same);
	if (!response)
		return MHD_NO;
	rc = MHD_queue_response(x->connection, is_same ? 304 : r->status, response);
	MHD_destroy_response(response);
	return rc;
}

/* ---- the first call: may it come in ---- */

struct header_list {
	struct gate_header at[GATE_HEADERS];
	size_t n;
};

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *key,
	size_t n_key, const char *value, size_t n_value)
{
	struct header_list *list = cls;

	(void)kind;
	if (list->n < GATE_HEADERS) {
		list->at[list->n] = (struct gate_header){
			key ? key : "", key ? n_key : 0, value ? value : "", value ? n_value : 0};
	}
	list->n++;
	return MHD_YES;
}

static const char *header(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

static int check_gate(struct exchange *x, const char *method, const char *version, const char **why)
{
	struct header_list headers = {.n = 0};
	struct gate_request request = {
		.method = method, .target = x->target, .version = version, .headers = headers.at};

	MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, collect_header, &headers);
	request.n_headers = headers.n;
	return gate_check(&request, why);
}

static int check_auth(struct exchange *x, const char **why)
{
	struct auth_request request = {
		.host = header(x, "Host"),
		.origin = header(x, "Origin"),
		.site = header(x, "Sec-Fetch-Site"),
		.mode = header(x, "Sec-Fetch-Mode"),
		.dest = header(x, "Sec-Fetch-Dest"),
		.is_page = x->result != ROUTE_NOT_FOUND && (x->match.route->flags & ROUTE_PAGE),
	};

	return auth_check(&request, x->http->o.port, why);
}

static const char *refusal_code(int status)
{
	switch (status) {
	case 403:
	case 421:
		return "refused";
	case 405:
		return "method";
	case 413:
	case 414:
	case 431:
		return "limit";
	case 503:
		return "busy";
	default:
		return "bad_request";
	}
}

static enum MHD_Result admit(struct exchange *x, const char *method, const char *version)
{
	const char *why = "";
	int status = check_gate(x, method, version, &why);

	if (status == 0 && url_parse(&x->url, x->target, x->url_text) < 0) {
		status = 400;
		why = "Cannot take the request: too many parts, or a key twice";
	}
	if (status == 0) {
		x->result =
			router_match(x->http->o.routes, x->http->o.n_routes, &x->url, &x->match);
		status = check_auth(x, &why);
	}
	if (status == 0 && x->client && x->client->is_surplus) {
		status = 503;
		why = "Cannot answer now: too many connections";
	}
	if (status != 0) {
		reply_error(&x->reply, (unsigned)status, refusal_code(status), why);
		x->reply.closes = true;
		x->reply.allow = status == 405 ? "GET, HEAD" : NULL;
		return send_reply(x);
	}
	x->is_head = strcmp(method, "HEAD") == 0;
	x->takes_zstd = negotiate_zstd(header(x, "Accept-Encoding"));
	x->stage = STAGE_ADMITTED;
	return MHD_YES;
}

/* ---- the second call: who answers ---- */

static struct call call_of(struct exchange *x)
{
	return (struct call){
		.url = &x->url,
		.params = x->match.params,
		.n_params = x->match.n_params,
		.server = x->http->o.server,
		.takes_zstd = x->takes_zstd,
		.reply = &x->reply,
	};
}

static bool is_unwanted(struct work *w)
{
	struct exchange *x = (struct exchange *)w;
	struct pollfd p = {.fd = x->client->reaped.fd, .events = POLLRDHUP};

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

static void run_exchange(struct work *w, unsigned worker)
{
	struct exchange *x = (struct exchange *)w;
	struct http_thread *thread = x->thread;
	struct call c = call_of(x);

	c.work = w;
	c.worker = worker;
	if (work_must_stop(w)) {
		reply_error(&x->reply, 503, "busy", "Cannot answer in time: the server is busy");
	} else {
		/* What is begun is ended: thrown away, it would be begun again by who asks again. */
		w->deadline_ns = work_now_ns() + x->http->o.work_ns;
		x->http->o.answer(x->match.route->run, &c);
	}
	x->stage = STAGE_READY;
	MHD_resume_connection(x->connection); /* x may be gone after this */
	http_thread_wake(thread);
}

/* Under the queue's lock: no worker can resume what is not suspended yet. */
static void suspend_exchange(struct work *w)
{
	struct exchange *x = (struct exchange *)w;

	x->stage = STAGE_WAITING;
	MHD_suspend_connection(x->connection);
}

static enum MHD_Result answer(struct exchange *x)
{
	struct call c = call_of(x);

	x->stage = STAGE_READY;
	if (x->result == ROUTE_NOT_FOUND) {
		reply_error(&x->reply, 404, "not_found", "Cannot find anything at this address");
		return send_reply(x);
	}
	if (x->result == ROUTE_BAD_QUERY) {
		reply_error(&x->reply, 400, "usage", "Cannot answer: unknown key in the query");
		return send_reply(x);
	}
	if (x->match.route->quick && x->match.route->quick(&c))
		return send_reply(x);
	x->work.run = run_exchange;
	x->work.is_long = x->match.route->flags & ROUTE_LONG;
	x->work.is_unwanted = x->client ? is_unwanted : NULL;
	x->work.deadline_ns =
		work_now_ns() + (x->work.is_long ? x->http->o.long_wait_ns : x->http->o.wait_ns);
	if (workers_push(x->http->o.workers, &x->work, suspend_exchange))
		return MHD_YES;
	reply_error(&x->reply, 503, "busy", "Cannot answer now: too many requests wait");
	return send_reply(x);
}

/* ---- what libmicrohttpd calls ---- */

static int64_t in_seconds(unsigned s)
{
	return work_now_ns() + (int64_t)s * 1000000000;
}

static void set_deadline(struct exchange *x, int64_t deadline_ns)
{
	if (x->client)
		atomic_store_explicit(
			&x->client->reaped.deadline_ns, deadline_ns, memory_order_relaxed);
}

static void *on_request_line(void *cls, const char *target, struct MHD_Connection *connection)
{
	const struct loop *loop = cls;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	size_t n = strnlen(target, GATE_TARGET_BYTES + 1);
	struct exchange *x = mem_alloc(sizeof(*x) + n + 1 + URL_TEXT_BYTES(n));

	if (!x)
		return NULL; /* on_request() then ends the connection */
	memset(x, 0, offsetof(struct exchange, url));
	x->http = loop->http;
	x->thread = loop->thread;
	x->connection = connection;
	x->client = info ? info->socket_context : NULL;
	x->work.pool = x->http->o.workers;
	memcpy(x->target, target, n);
	x->target[n] = '\0';
	x->url_text = x->target + n + 1;
	if (x->client && x->client->n_requests++ > 0)
		set_deadline(x, in_seconds(x->http->o.header_deadline_s));
	return x;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *n_upload,
	void **request)
{
	struct exchange *x = *request;

	(void)cls, (void)connection, (void)url, (void)upload;
	*n_upload = 0;
	if (!x)
		return MHD_NO;
	switch (x->stage) {
	case STAGE_NEW:
		x->is_counted = true;
		atomic_fetch_add(&x->http->n_active, 1);
		set_deadline(x, in_seconds(x->http->o.answer_s));
		return admit(x, method, version);
	case STAGE_ADMITTED:
		return answer(x);
	case STAGE_READY:
		return send_reply(x);
	case STAGE_WAITING:
		break;
	}
	return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **request,
	enum MHD_RequestTerminationCode code)
{
	struct exchange *x = *request;

	(void)cls, (void)connection, (void)code;
	if (!x)
		return;
	*request = NULL;
	set_deadline(x, in_seconds(x->http->o.idle_s + x->http->o.header_deadline_s));
	if (x->is_counted)
		atomic_fetch_sub(&x->http->n_active, 1);
	reply_clear(&x->reply);
	mem_free(x);
}

static enum MHD_Result on_accept(void *cls, const struct sockaddr *from, socklen_t n)
{
	struct http *h = cls;

	(void)n;
	return clients_have_room(h->clients, from) ? MHD_YES : MHD_NO;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	struct http *h = cls;
	const union MHD_ConnectionInfo *fd, *from;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*context)
			clients_remove(h->clients, *context);
		*context = NULL;
		return;
	}
	fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	from = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (fd)
		*context = clients_add(h->clients, fd->connect_fd, from ? from->client_addr : NULL,
			in_seconds(h->o.header_deadline_s));
}

__attribute__((format(printf, 2, 0))) static void on_log(void *cls, const char *fmt, va_list args)
{
	char line[512];

	(void)cls;
	if (log_get_level() > LOG_DEBUG)
		return;
	vsnprintf(line, sizeof(line), fmt, args);
	log_debug("http library text=\"%s\"", line);
}

/* ---- lifecycle ---- */

static struct MHD_Daemon *start_daemon(struct loop *l)
{
	struct http *h = l->http;
	unsigned limit = (h->o.connections + CLIENTS_SURPLUS + h->o.threads - 1) / h->o.threads;

	/* clang-format off */
	return MHD_start_daemon(MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_EPOLL,
		(uint16_t)h->o.port, on_accept, h, on_request, h,
		MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, (MHD_socket)h->o.listen_fd,
		MHD_OPTION_CONNECTION_LIMIT, limit,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, h->o.idle_s,
		MHD_OPTION_STRICT_FOR_CLIENT, (int)1,
		MHD_OPTION_URI_LOG_CALLBACK, on_request_line, l,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, (int)1,
		MHD_OPTION_END);
	/* clang-format on */
}

static int start_loops(struct http *h, struct err *e)
{
	while (h->n_loops < h->o.threads) {
		struct loop *l = &h->loops[h->n_loops];
		struct MHD_Daemon *daemon;

		l->http = h;
		l->thread = http_thread_create(e);
		if (!l->thread)
			return -1;
		h->n_loops++;
		daemon = start_daemon(l);
		if (!daemon)
			return err_set(
				e, ERR_IO, -1, "Cannot start the HTTP server: port=%u", h->o.port);
		if (http_thread_start(l->thread, daemon, e) < 0)
			return -1;
	}
	return 0;
}

static void stop_loops(struct http *h)
{
	unsigned i;

	for (i = 0; i < h->n_loops; i++)
		http_thread_destroy(h->loops[i].thread);
	h->n_loops = 0;
}

struct http *http_create(const struct http_options *o, struct err *e)
{
	struct http *h = mem_calloc(1, sizeof(*h) + o->threads * sizeof(h->loops[0]));

	if (!h) {
		err_set(e, ERR_MEMORY, -1, "Cannot start the server: out of memory");
		return NULL;
	}
	h->o = *o;
	h->clients = clients_create(o->connections, e);
	if (h->clients && start_loops(h, e) == 0)
		return h;
	stop_loops(h);
	clients_destroy(h->clients);
	mem_free(h);
	return NULL;
}

void http_stop(struct http *h, unsigned drain_s)
{
	const struct timespec tick = {0, 5000000};
	int64_t end;
	unsigned i;

	if (!h)
		return;
	end = in_seconds(drain_s);
	for (i = 0; i < h->n_loops; i++)
		http_thread_quiesce(h->loops[i].thread);
	atomic_store(&h->stopping, true);
	workers_stop(h->o.workers); /* each waiting request is answered: nothing stays suspended */
	while (atomic_load(&h->n_active) > 0 && work_now_ns() < end)
		nanosleep(&tick, NULL);
	stop_loops(h);
	close(h->o.listen_fd);
	clients_destroy(h->clients);
	mem_free(h);
}

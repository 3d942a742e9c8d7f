/* gate_test.c: requests that two servers in a row may read in two ways, and good ones. */
#include "server/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOST \
	{ \
		"Host", 4, "127.0.0.1:80", 12 \
	}
#define H(name, value) \
	{ \
		name, sizeof(name) - 1, value, sizeof(value) - 1 \
	}
#define MAX_HEADERS 4

struct shape {
	const char *method, *target, *version;
	int status;
	struct gate_header headers[MAX_HEADERS]; /* up to the first without a name pointer */
};

/* clang-format off */
static const struct shape shapes[] = {
	{"GET", "/", "HTTP/1.1", 0, {HOST}},
	{"HEAD", "/t/00112233445566778899aabbccddeeff", "HTTP/1.1", 0, {HOST}},
	{"GET", "/a?b=%3c&c=1+2", "HTTP/1.0", 0, {HOST}},
	{"GET", "/a/...b/.c", "HTTP/1.1", 0, {HOST}},
	{"GET", "/a?../..", "HTTP/1.1", 0, {HOST}},
	{"GET", "/", "HTTP/1.1", 0, {HOST, H("Content-Length", "0")}},
	{"GET", "/", "HTTP/1.1", 0, {HOST, H("X", "a\tb \xc3\xa4")}},
	/* methods and versions */
	{"TRACE", "/", "HTTP/1.1", 405, {HOST}},
	{"POST", "/", "HTTP/1.1", 405, {HOST}},
	{"get", "/", "HTTP/1.1", 405, {HOST}},
	{"", "/", "HTTP/1.1", 405, {HOST}},
	{"GET", "/", "HTTP/1.9", 400, {HOST}},
	{"GET", "/", "HTTP/2.0", 400, {HOST}},
	{"GET", "/", "http/1.1", 400, {HOST}},
	{"GET", "/", "", 400, {HOST}},
	/* targets */
	{"GET", "", "HTTP/1.1", 400, {HOST}},
	{"GET", "*", "HTTP/1.1", 400, {HOST}},
	{"GET", "a", "HTTP/1.1", 400, {HOST}},
	{"GET", "http://127.0.0.1/", "HTTP/1.1", 400, {HOST}},
	{"GET", "/%", "HTTP/1.1", 400, {HOST}},
	{"GET", "/%4", "HTTP/1.1", 400, {HOST}},
	{"GET", "/%zz", "HTTP/1.1", 400, {HOST}},
	{"GET", "/?a=%g0", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a%00b", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a?b=%00", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a%0d%0aX:1", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a%1f", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a%7F", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a\x01", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a\xff", "HTTP/1.1", 400, {HOST}},
	{"GET", "/..", "HTTP/1.1", 400, {HOST}},
	{"GET", "/../etc/passwd", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a/./b", "HTTP/1.1", 400, {HOST}},
	{"GET", "/%2e%2e/%2e%2e%2fetc/passwd", "HTTP/1.1", 400, {HOST}},
	{"GET", "/%2E./a", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a/..?x", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a%5c..%5cb", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a\\b", "HTTP/1.1", 400, {HOST}},
	{"GET", "/a#b", "HTTP/1.1", 400, {HOST}},
	/* one Host */
	{"GET", "/", "HTTP/1.1", 400, {{NULL, 0, NULL, 0}}},
	{"GET", "/", "HTTP/1.0", 400, {{NULL, 0, NULL, 0}}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, HOST}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("hOST", "evil.example")}},
	/* where the request ends */
	{"GET", "/", "HTTP/1.1", 413, {HOST, H("Content-Length", "3")}},
	{"GET", "/", "HTTP/1.1", 413, {HOST, H("Transfer-Encoding", "chunked")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "0"), H("Content-Length", "0")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "0"), H("content-length", "5")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "4"), H("Transfer-Encoding", "chunked")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Transfer-Encoding", "chunked"), H("Transfer-Encoding", "chunked")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Transfer-Encoding", "xchunked")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Transfer-Encoding", "chunked, identity")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Transfer-Encoding", "")}},
	{"GET", "/", "HTTP/1.0", 400, {HOST, H("Transfer-Encoding", "chunked")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "-1")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "+0")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "0x0")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "0,0")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length", "0 0")}},
	/* headers themselves */
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("Content-Length ", "0")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("", "v")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("X\0Y", "v")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("X(Y)", "v")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("X", "a\0b")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("X", "a\rb")}},
	{"GET", "/", "HTTP/1.1", 400, {HOST, H("X", "a\x7f")}},
	{"GET", "/", "HTTP/1.0", 400, {HOST, H("Upgrade", "h2c")}},
};
/* clang-format on */

static void test_shapes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *s = &shapes[i];
		struct gate_request r = {s->method, s->target, s->version, s->headers, 0};
		const char *why = NULL;
		int status;

		while (r.n_headers < MAX_HEADERS && s->headers[r.n_headers].name)
			r.n_headers++;
		status = gate_check(&r, &why);
		if (status != s->status)
			fail_msg(
				"shape %zu, %s: %d instead of %d", i, s->target, status, s->status);
		assert_true(status == 0 || (why && strlen(why) > 10));
	}
}

static void test_sizes(void **state)
{
	static struct gate_header many[GATE_HEADERS + 1];
	static char target[GATE_TARGET_BYTES + 2], value[GATE_HEADER_BYTES + 1];
	struct gate_request r = {"GET", "/", "HTTP/1.1", many, GATE_HEADERS};
	const char *why;
	size_t i;

	(void)state;
	many[0] = (struct gate_header)HOST;
	for (i = 1; i <= GATE_HEADERS; i++)
		many[i] = (struct gate_header)H("X", "v");
	assert_int_equal(gate_check(&r, &why), 0);
	r.n_headers++;
	assert_int_equal(gate_check(&r, &why), 431);

	memset(value, 'v', GATE_HEADER_BYTES);
	many[1] = (struct gate_header){"X", 1, value, GATE_HEADER_BYTES - 17};
	r.n_headers = 2;
	assert_int_equal(gate_check(&r, &why), 0);
	many[1].n_value++;
	assert_int_equal(gate_check(&r, &why), 431);

	memset(target, '/', GATE_TARGET_BYTES);
	assert_int_equal(gate_check_target(target, &why), 0);
	target[GATE_TARGET_BYTES] = 'a';
	assert_int_equal(gate_check_target(target, &why), 414);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

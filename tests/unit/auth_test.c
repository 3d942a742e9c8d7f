/* auth_test.c: names that are ours and names that only look so. */
#include "server/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PORT 8453

struct row {
	struct auth_request r;
	int status;
};

#define HOST "127.0.0.1:8453"

static void test_hosts(void **state)
{
	static const struct {
		const char *host;
		unsigned port;
		bool own;
	} cases[] = {
		{"127.0.0.1:8453", PORT, true},
		{"localhost:8453", PORT, true},
		{"LocalHost:8453", PORT, true},
		{"[::1]:8453", PORT, true},
		{"localhost", 80, true},
		{"127.0.0.1:80", 80, true},
		{"", PORT, false},
		{":8453", PORT, false},
		{"localhost", PORT, false},
		{"localhost:", PORT, false},
		{"localhost:8454", PORT, false},
		{"localhost:08453", PORT, false},
		{"localhost:84530", PORT, false},
		{"localhost:8453 ", PORT, false},
		{" localhost:8453", PORT, false},
		{"localhost.:8453", PORT, false},
		{"localhost.evil.com:8453", PORT, false},
		{"127.0.0.1.evil.com:8453", PORT, false},
		{"evil.com:8453", PORT, false},
		{"evil.com", PORT, false},
		{"evil.com@127.0.0.1:8453", PORT, false},
		{"127.0.0.1:8453@evil.com", PORT, false},
		{"127.0.0.1:8453,evil.com", PORT, false},
		{"0.0.0.0:8453", PORT, false},
		{"127.0.0.2:8453", PORT, false},
		{"127.1:8453", PORT, false},
		{"2130706433:8453", PORT, false},
		{"0x7f000001:8453", PORT, false},
		{"::1:8453", PORT, false},
		{"[::]:8453", PORT, false},
		{"[::ffff:127.0.0.1]:8453", PORT, false},
		{"[0:0:0:0:0:0:0:1]:8453", PORT, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (auth_is_own_host(cases[i].host, cases[i].port) != cases[i].own)
			fail_msg("Host: %s", cases[i].host);
	}
}

static void test_requests(void **state)
{
	/* host, origin, site, mode, dest, is_page */
	static const struct row rows[] = {
		{{HOST, NULL, NULL, NULL, NULL, false}, 0},
		{{NULL, NULL, NULL, NULL, NULL, false}, 421},
		{{"evil.com:8453", NULL, NULL, NULL, NULL, true}, 421},
		{{"evil.com:8453", "http://evil.com:8453", "same-origin", "cors", "empty", false},
			421},
		{{HOST, "http://127.0.0.1:8453", "same-origin", "cors", "empty", false}, 0},
		{{HOST, "http://localhost:8453", NULL, NULL, NULL, false}, 403},
		{{HOST, "https://127.0.0.1:8453", NULL, NULL, NULL, false}, 403},
		{{HOST, "http://127.0.0.1", NULL, NULL, NULL, false}, 403},
		{{HOST, "null", NULL, NULL, NULL, false}, 403},
		{{HOST, "", NULL, NULL, NULL, false}, 403},
		{{HOST, "http://evil.com", NULL, "navigate", "document", true}, 403},
		{{HOST, NULL, "same-origin", "cors", "empty", false}, 0},
		{{HOST, NULL, "none", "navigate", "document", true}, 0},
		{{HOST, NULL, "none", "navigate", "document", false}, 0},
		{{HOST, NULL, "cross-site", "no-cors", "image", false}, 403},
		{{HOST, NULL, "same-site", "cors", "empty", false}, 403},
		{{HOST, NULL, "cross-site", "navigate", "document", true}, 0},
		{{HOST, NULL, "cross-site", "navigate", "document", false}, 403},
		{{HOST, NULL, "cross-site", "navigate", "iframe", true}, 403},
		{{HOST, NULL, "cross-site", "no-cors", "script", true}, 403},
		{{HOST, NULL, "cross-site", NULL, NULL, true}, 403},
		{{HOST, NULL, "Same-Origin", NULL, NULL, false}, 403},
		{{HOST, NULL, "", NULL, NULL, false}, 403},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = "";
		int status = auth_check(&rows[i].r, PORT, &why);

		if (status != rows[i].status)
			fail_msg("row %zu: %d instead of %d", i, status, rows[i].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

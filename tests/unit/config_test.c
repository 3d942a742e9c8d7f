/* config_test.c: both spellings of every flag, and what is refused. */
#include "server/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parser/base/err.h"

#define MAX_ARGS 7

static int parse(struct config *c, const char *const args[], struct err *e)
{
	char *argv[MAX_ARGS + 2] = {(char *)(uintptr_t) "tilescope"};
	int argc = 1;

	for (; argc <= MAX_ARGS && args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	return config_parse(c, argc, argv, e);
}

static void test_spellings(void **state)
{
	static const char *const lines[][MAX_ARGS + 1] = {
		{"-http=:7000", "-no_browser", "f"},
		{"--http=localhost:7000", "--no-browser", "f"},
		{"-http", "127.0.0.1:7000", "--no_browser", "f"},
		{"f", "--http", "7000", "-no-browser=true"},
		{"--no-browser=1", "-http=LOCALHOST:7000", "--", "f"},
	};
	static struct config c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct err e = ERR_INIT;

		if (parse(&c, lines[i], &e) < 0)
			fail_msg("line %zu: %s", i, e.msg);
		assert_int_equal(c.port, 7000);
		assert_true(c.is_port_asked && c.no_browser);
		assert_string_equal(c.host, "127.0.0.1");
		assert_int_equal(c.n_files, 1);
		assert_string_equal(c.files[0], "f");
	}
}

static void test_values(void **state)
{
	static const char *const none[] = {NULL};
	static const char *const some[] = {"-http=[::1]:0", "-workers=3", "--header_deadline", "2",
		"-memory-mib=70", "--", "-h", NULL};
	static struct config c;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(parse(&c, none, &e), 0);
	assert_int_equal(c.port, CONFIG_DEFAULT_PORT);
	assert_false(c.is_port_asked || c.help || c.version || c.no_browser);
	assert_int_equal(c.connections, 4096);
	assert_int_equal(c.memory_mib, 2048);
	assert_int_equal(parse(&c, some, &e), 0);
	assert_string_equal(c.host, "::1");
	assert_int_equal(c.port, 0);
	assert_int_equal(c.workers, 3);
	assert_int_equal(c.header_deadline_s, 2);
	assert_int_equal(c.memory_mib, 70);
	assert_false(c.help);
	assert_string_equal(c.files[0], "-h");
}

static void test_refused(void **state)
{
	static const char *const lines[][MAX_ARGS + 1] = {
		{"--nothing"},
		{"--http"},
		{"--http="},
		{"--http=localhost"},
		{"--http=0.0.0.0:7000"},
		{"--http=[::]:7000"},
		{"--http=example.com:80"},
		{"--http=192.168.1.2:80"},
		{"--http=:65536"},
		{"--http=:-1"},
		{"--http=:7000x"},
		{"--http=127.0.0.1.evil.com:1"},
		{"--workers=0"},
		{"--workers=x"},
		{"--workers=1000"},
		{"--no-browser=maybe"},
		{"---help"},
	};
	static struct config c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct err e = ERR_INIT;

		if (parse(&c, lines[i], &e) == 0)
			fail_msg("accepted: %s", lines[i][0]);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "server/flags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/err.h"

#define MAX_WORDS 8
#define MAX_FILES 2

/* What a command line gives: "g=12 on=1 files=a,b", or the words of the error. */
static void parse(char *line, char *got, size_t cap)
{
	const char *g = "-", *format = "-", *files[MAX_FILES] = {"", ""};
	bool on = false;
	const struct flag_spec specs[] = {
		{"g", &g, NULL}, {"format", &format, NULL}, {"on", NULL, &on}};
	char *argv[MAX_WORDS] = {"events"}, *save = NULL;
	struct err e = ERR_INIT;
	int argc = 1;

	for (; (argv[argc] = strtok_r(line, " ", &save)) && argc < MAX_WORDS - 1; line = NULL)
		argc++;
	if (flags_parse(specs, 3, argc, argv, files, MAX_FILES, &e) < 0) {
		assert_int_equal(e.kind, ERR_USAGE);
		snprintf(got, cap, "%s", e.msg);
		return;
	}
	snprintf(got, cap, "g=%s format=%s on=%d files=%s,%s", g, format, on, files[0], files[1]);
}

static void test_command_lines(void **state)
{
	static const struct {
		const char *line, *want; /* all of it, or a part of the error */
	} rows[] = {
		{"", "g=- format=- on=0 files=,"},
		{"a b", "g=- format=- on=0 files=a,b"},
		{"-g=12 a", "g=12 format=- on=0 files=a,"},
		{"--g=12 a", "g=12 format=- on=0 files=a,"},
		{"-g 12 a", "g=12 format=- on=0 files=a,"},
		{"a --g 12", "g=12 format=- on=0 files=a,"},
		{"-g=1 -g=2", "g=2 format=- on=0 files=,"},
		{"-g=", "g= format=- on=0 files=,"},
		{"-g=a=b", "g=a=b format=- on=0 files=,"},
		{"-g -on", "g=-on format=- on=0 files=,"}, /* a value may look like a flag */
		{"-format=json -on", "g=- format=json on=1 files=,"},
		{"-on=true", "g=- format=- on=1 files=,"},
		{"-on=1 -on=false", "g=- format=- on=0 files=,"},
		{"--on=0", "g=- format=- on=0 files=,"},
		{"-", "g=- format=- on=0 files=-,"}, /* standard input */
		{"-- -g", "g=- format=- on=0 files=-g,"},
		{"a -- --", "g=- format=- on=0 files=a,--"},
		{"-on=maybe", "Cannot use -on=maybe: true or false"},
		{"-x", "Cannot use -x: no such flag"},
		{"-gg=1", "Cannot use -gg=1: no such flag"},
		{"---g=1", "no such flag"},
		{"-form=json", "no such flag"},
		{"a -g", "Cannot use -g: it needs a value"},
		{"a b c", "Cannot use \"c\": one file too many"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char line[64], got[512];

		snprintf(line, sizeof(line), "%s", rows[i].line);
		parse(line, got, sizeof(got));
		if (!strstr(got, rows[i].want))
			fail_msg("%s: expected %s, got %s", rows[i].line, rows[i].want, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_command_lines)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

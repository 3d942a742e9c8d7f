#include "parser/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/source.h"
#include "parser/trace.h"
#include "parser/wire_text.h"
#include "tests/unit/trace_script.h"
#include "tests/unit/trace_writer.h"

/* The text of all records, and how it ended; their sizes must add up to the bytes read. */
static char *text_of(const struct trace_writer *w, struct err *e)
{
	struct source *src = source_open_memory(w->bytes, w->n, e);
	struct wire_event ev = {0};
	struct wire_reader r;
	struct text text = {0};
	int64_t at = 16;
	char *copy;

	if (wire_open(&r, src, trace_read_version(src, e), e) == 0) {
		while (wire_next(&r, &ev, e) > 0) {
			assert_int_equal(ev.offset, at);
			assert_true(ev.size >= 1 && ev.canonical <= ev.size);
			assert_int_equal(wire_text_write(&ev, &text), 0);
			at += (int64_t)ev.size;
		}
		assert_true(e->kind != ERR_NONE || at == (int64_t)w->n);
		wire_close(&r);
	}
	copy = calloc(1, text.len + 1);
	assert_non_null(copy);
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	text_clear(&text);
	source_close(src);
	assert_int_equal(mem_used(), 0);
	return copy;
}

static void test_records(void **state)
{
	static const struct {
		const char *name;
		int minor;
		const char *script, *want;
		enum err_kind kind;
	} rows[] = {
		{"nothing", 26, "", "", ERR_NONE},
		{"a batch", 26, "batch 1 7 100; ProcStop 5",
			"EventBatch gen=1 m=7 time=100 size=2\nProcStop dt=5\n", ERR_NONE},
		{"tables", 26, "strings 1; string 3 a\tb; stacks 1; stack 1 1 7 3 3 12",
			"EventBatch gen=1 m=1 time=100 size=7\nStrings\nString "
			"id=3\n\tdata=\"a\\tb\"\n"
			"EventBatch gen=1 m=1 time=100 size=8\nStacks\nStack id=1 nframes=1\n"
			"\tpc=7 func=3 file=3 line=12\n",
			ERR_NONE},
		{"the size of a batch means nothing here", 26, "batch 1 7 100; size 9; ProcStop 5",
			"EventBatch gen=1 m=7 time=100 size=9\nProcStop dt=5\n", ERR_NONE},
		{"end marks", 26, "end; end", "EndOfGeneration\nEndOfGeneration\n", ERR_NONE},
		{"a long number is read, and would be short", 26, "x 0b 85 80 80 00",
			"ProcStop dt=5\n", ERR_NONE},
		{"a cut number", 26, "end; x 0b 80", "EndOfGeneration\n", ERR_TRUNCATED},
		{"a cut string", 26, "x 05 01 05 61", "", ERR_TRUNCATED},
		{"a cut stack", 26, "x 03 01 02 07 00 00 01", "", ERR_TRUNCATED},
		{"a string beyond an int is none, as in Go", 26,
			"x 05 01 ff ff ff ff ff ff ff ff ff 01", "String id=1\n", ERR_NONE},
		{"a string beyond the file", 26, "x 05 01 80 80 80 80 80 80 80 80 40", "",
			ERR_TRUNCATED},
		{"a stack beyond the file", 26, "x 03 01 80 80 80 80 80 80 80 80 40", "",
			ERR_TRUNCATED},
		{"a number of eleven bytes", 26, "x 0b 80 80 80 80 80 80 80 80 80 80 01", "",
			ERR_DAMAGED},
		{"an unknown type", 26, "end; x ff", "EndOfGeneration\n", ERR_DAMAGED},
		{"before 1.22", 21, "x 00", "", ERR_VERSION},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct trace_writer w = {0};
		struct err e = ERR_INIT;
		int64_t at;
		char *got;

		trace_script(&w, rows[i].minor, rows[i].script, &at);
		got = text_of(&w, &e);
		if (strcmp(got, rows[i].want) != 0 || e.kind != rows[i].kind)
			print_error("%s: got %s and \"%s\"\n%s", rows[i].name,
				err_kind_name(e.kind), e.msg, got);
		assert_string_equal(got, rows[i].want);
		assert_int_equal(e.kind, rows[i].kind);
		free(got);
		tw_clear(&w);
	}
}

static void test_names_and_counts(void **state)
{
	(void)state;
	assert_int_equal(wire_n_types(21), 0);
	assert_true(wire_n_types(22) < wire_n_types(26));
	assert_int_equal(wire_n_types(27), wire_n_types(26));
	assert_string_equal(wire_name(11), "ProcStop");
	assert_string_equal(wire_name(255), "");
	assert_int_equal(wire_n_args(11), 1);
	assert_string_equal(wire_arg_name(11, 0), "dt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_names_and_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

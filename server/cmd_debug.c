/* cmd_debug.c: `tilescope -d=MODE FILE`, what `go tool trace -d=MODE FILE` prints. */
#include "server/cmd.h"

#include <stdbool.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/footprint.h"
#include "parser/limits.h"
#include "parser/wire.h"
#include "parser/wire_text.h"
#include "server/flags.h"
#include "server/output.h"
#include "server/wire_file.h"

static const char help[] =
	"Usage: tilescope -d=parsed|wire|footprint FILE\n"
	"Prints what `go tool trace` prints with that flag, byte for byte:\n"
	"  -d=parsed     the events in order, as `tilescope events -strict FILE`\n"
	"  -d=wire       every record of the file as it lies in it, batches and tables too\n"
	"  -d=footprint  bytes and number of each type of record\n"
	"Of a damaged trace, what comes before the damage; the exit code tells. A footprint is\n"
	"printed of a whole trace, and of one that is cut off at its end.\n";

enum mode { MODE_PARSED, MODE_WIRE, MODE_FOOTPRINT };

static int parse_mode(const char *name, enum mode *mode, struct err *e)
{
	static const char *const names[] = {"parsed", "wire", "footprint"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*mode = (enum mode)i;
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, -1,
		"Cannot print the trace: -d=\"%s\" is none of parsed, wire, footprint", name);
}

static enum output print_wire(struct wire_file *f, struct text *t, struct err *e)
{
	enum output done = OUTPUT_WRITTEN;
	struct wire_event ev;

	while (done == OUTPUT_WRITTEN && wire_next(&f->reader, &ev, e) > 0) {
		if (wire_text_write(&ev, t) < 0) {
			err_set(e, ERR_MEMORY, -1, "Cannot print events: out of memory");
			return OUTPUT_FAILED;
		}
		done = output_maybe(t, e);
	}
	return done == OUTPUT_WRITTEN ? output_flush(t, e) : done;
}

static enum output print_footprint(struct wire_file *f, struct text *t, struct err *e)
{
	struct footprint counts;

	wire_file_count(f, &counts, e);
	if (e->kind != ERR_NONE && e->kind != ERR_TRUNCATED)
		return OUTPUT_FAILED;
	if (footprint_write(&counts, t) < 0) {
		err_clear(e);
		err_set(e, ERR_MEMORY, -1, "Cannot print the footprint: out of memory");
		return OUTPUT_FAILED;
	}
	return output_flush(t, e);
}

static int run_mode(enum mode mode, const char *file)
{
	struct err e = ERR_INIT;
	struct text text = {0};
	struct wire_file f;
	enum output done = OUTPUT_FAILED;

	output_begin();
	if (wire_file_open(&f, file, &e) == 0)
		done = mode == MODE_WIRE ? print_wire(&f, &text, &e)
					 : print_footprint(&f, &text, &e);
	if (done == OUTPUT_CLOSED)
		err_clear(&e); /* the reader has gone: it has what it wanted */
	wire_file_close(&f);
	text_clear(&text);
	return output_end(&e);
}

bool cmd_debug_is_asked(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *name = argv[i] + (strncmp(argv[i], "--", 2) == 0 ? 2 : 1);

		if (argv[i][0] == '-' && name[0] == 'd' && (name[1] == '=' || name[1] == '\0'))
			return true;
	}
	return false;
}

int cmd_debug(int argc, char **argv)
{
	const char *name = NULL, *file = NULL;
	char self[] = "-d", events[] = "events", strict[] = "-strict", end[] = "--";
	bool wants_help = false;
	const struct flag_spec specs[] = {{.name = "d", .value = &name},
		{.name = "help", .is_set = &wants_help}, {.name = "h", .is_set = &wants_help}};
	struct err e = ERR_INIT;
	enum mode mode = MODE_PARSED;

	argv[0] = self;
	if (flags_parse(specs, sizeof(specs) / sizeof(specs[0]), argc, argv, &file, 1, &e) < 0)
		return output_end(&e);
	if (wants_help)
		return output_help(help);
	if (!name || parse_mode(name, &mode, &e) < 0)
		return output_end(&e);
	if (!file || file[0] == '\0') {
		err_set(&e, ERR_USAGE, -1,
			"Cannot print the trace: usage: tilescope -d=parsed|wire|footprint FILE");
		return output_end(&e);
	}
	if (mode == MODE_PARSED)
		return cmd_events(
			4, (char *[]){events, strict, end, (char *)(uintptr_t)file, NULL});
	return run_mode(mode, file);
}

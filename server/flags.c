/* flags.c */
#include "server/flags.h"

#include <string.h>

#include "parser/base/err.h"

static const struct flag_spec *find(
	const struct flag_spec *specs, size_t n_specs, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < n_specs; i++) {
		if (strlen(specs[i].name) == n && memcmp(specs[i].name, name, n) == 0)
			return &specs[i];
	}
	return NULL;
}

static int set_bool(const struct flag_spec *f, const char *value, struct err *e)
{
	*f->is_set = !value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
	if (!*f->is_set && strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
		return err_set(
			e, ERR_USAGE, -1, "Cannot use -%s=%s: true or false", f->name, value);
	return 0;
}

/* The flag at argv[*i]; takes argv[*i + 1] too where its value stands there. */
static int parse_flag(
	const struct flag_spec *specs, size_t n_specs, int argc, char **argv, int *i, struct err *e)
{
	const char *name = argv[*i] + (argv[*i][1] == '-' ? 2 : 1);
	const char *equals = strchr(name, '=');
	const struct flag_spec *f =
		find(specs, n_specs, name, equals ? (size_t)(equals - name) : strlen(name));

	if (!f)
		return err_set(e, ERR_USAGE, -1,
			"Cannot use %s: no such flag; see tilescope %s --help", argv[*i], argv[0]);
	if (!f->value)
		return set_bool(f, equals ? equals + 1 : NULL, e);
	if (!equals && *i + 1 == argc)
		return err_set(e, ERR_USAGE, -1,
			"Cannot use %s: it needs a value; see tilescope %s --help", argv[*i],
			argv[0]);
	*f->value = equals ? equals + 1 : argv[++*i];
	return 0;
}

int flags_parse(const struct flag_spec *specs, size_t n_specs, int argc, char **argv,
	const char **files, size_t cap, struct err *e)
{
	bool flags_end = false;
	size_t n_files = 0;
	int i;

	for (i = 1; i < argc; i++) {
		if (!flags_end && strcmp(argv[i], "--") == 0) {
			flags_end = true;
		} else if (!flags_end && argv[i][0] == '-' && argv[i][1]) {
			if (parse_flag(specs, n_specs, argc, argv, &i, e) < 0)
				return -1;
		} else if (n_files == cap) {
			return err_set(e, ERR_USAGE, -1,
				"Cannot use \"%s\": one file too many; see tilescope %s --help",
				argv[i], argv[0]);
		} else {
			files[n_files++] = argv[i];
		}
	}
	return 0;
}

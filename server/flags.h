/* flags.h: the flags of a subcommand, in Go's spelling and in GNU's.
 *
 *	-g=12  --g=12  -g 12  --g 12        a flag with a value
 *	-help  --help  --help=false         one without
 *
 * Flags and files in any order; behind `--` all are files. Given twice, the last one holds.
 * Pure. Memory: points into argv. */
#ifndef SERVER_FLAGS_H
#define SERVER_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

struct err;

struct flag_spec {
	const char *name;
	const char **value; /* NULL: a flag without a value */
	bool *is_set;       /* of a flag without a value */
};

/* argv[0] is the subcommand's own name, for messages. At most `cap` files. 0; -1: ERR_USAGE. */
int flags_parse(const struct flag_spec *specs, size_t n_specs, int argc, char **argv,
	const char **files, size_t cap, struct err *e);

#endif

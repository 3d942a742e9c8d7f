/* damage_table.h — the rows of damage_test.c: traces that break one rule each. Constant data. */
#ifndef TESTS_UNIT_DAMAGE_TABLE_H
#define TESTS_UNIT_DAMAGE_TABLE_H

#include <stddef.h>

#include "parser/base/err.h"

enum damage_at {
	AT_MARK,
	AT_FILE,
	AT_GENERATION,
	AT_NOWHERE
};                                  /* the script's `!`, bytes 0 and 16, no offset */
enum damage_go { GO_BAD, GO_GOOD }; /* what Go's reader says */

struct damage {
	const char *name;
	int minor; /* of the header; 0: the script makes it */
	const char *script;
	enum err_kind kind;
	enum damage_at at;
	const char *words; /* of the message */
	enum damage_go go;
};

extern const struct damage damage_table[];
extern const size_t damage_n;

#endif

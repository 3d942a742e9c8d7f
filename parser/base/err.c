#include "parser/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int exit_code;
} kinds[ERR_N_KINDS] = {
	[ERR_NONE] = {"none", 0},
	[ERR_USAGE] = {"usage", 2},
	[ERR_IO] = {"io", 3},
	[ERR_NOT_FOUND] = {"not_found", 4},
	[ERR_FORMAT] = {"format", 5},
	[ERR_VERSION] = {"version", 6},
	[ERR_DAMAGED] = {"damaged", 7},
	[ERR_TRUNCATED] = {"truncated", 8},
	[ERR_LIMIT] = {"limit", 9},
	[ERR_MEMORY] = {"memory", 10},
	[ERR_NOSPACE] = {"no_space", 11},
	[ERR_CANCELLED] = {"cancelled", 12},
	[ERR_INTERNAL] = {"internal", 13},
};

int err_set(struct err *e, enum err_kind kind, int64_t offset, const char *fmt, ...)
{
	va_list ap;
	char *p;

	if (!e || e->kind != ERR_NONE)
		return -1;
	e->kind = kind;
	e->offset = offset;
	va_start(ap, fmt);
	if (vsnprintf(e->msg, sizeof(e->msg), fmt, ap) < 0)
		e->msg[0] = '\0';
	va_end(ap);
	for (p = e->msg; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
	return -1;
}

void err_clear(struct err *e)
{
	e->kind = ERR_NONE;
	e->offset = -1;
	e->msg[0] = '\0';
}

int err_exit_code(enum err_kind kind)
{
	if ((unsigned)kind >= ERR_N_KINDS)
		kind = ERR_INTERNAL;
	return kinds[kind].exit_code;
}

const char *err_kind_name(enum err_kind kind)
{
	if ((unsigned)kind >= ERR_N_KINDS)
		kind = ERR_INTERNAL;
	return kinds[kind].name;
}

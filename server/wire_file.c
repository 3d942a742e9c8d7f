/* wire_file.c */
#include "server/wire_file.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/footprint.h"
#include "parser/limits.h"
#include "parser/source.h"
#include "parser/trace.h"

int wire_file_open(struct wire_file *f, const char *path, struct err *e)
{
	const struct limits lim = LIMITS_DEFAULT;

	memset(f, 0, sizeof(*f));
	f->src = source_open(path, &lim, e);
	f->minor = f->src ? trace_read_version(f->src, e) : -1;
	return f->minor < 0 ? -1 : wire_open(&f->reader, f->src, f->minor, e);
}

void wire_file_close(struct wire_file *f)
{
	wire_close(&f->reader);
	source_close(f->src);
	memset(f, 0, sizeof(*f));
}

void wire_file_count(struct wire_file *f, struct footprint *counts, struct err *e)
{
	struct wire_event ev;

	*counts = (struct footprint){.n_types = wire_n_types(f->minor)};
	while (wire_next(&f->reader, &ev, e) > 0)
		footprint_add(counts, &ev);
	counts->file_bytes = (uint64_t)source_offset(f->src);
}

/* wire_file.h: a file's raw events: its header is read as for any trace, then wire.h takes over.
 *
 * Threads: one file belongs to one thread. */
#ifndef SERVER_WIRE_FILE_H
#define SERVER_WIRE_FILE_H

#include "parser/wire.h"

struct err;
struct footprint;
struct source;

struct wire_file {
	struct source *src;
	struct wire_reader reader;
	int minor;
};

/* 0 or -1. wire_file_close() after either. */
int wire_file_open(struct wire_file *f, const char *path, struct err *e);
void wire_file_close(struct wire_file *f);

/* Count all events, up to the end or to an error in *e. */
void wire_file_count(struct wire_file *f, struct footprint *counts, struct err *e);

#endif

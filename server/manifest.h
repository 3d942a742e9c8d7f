/* manifest.h: a trace's description as JSON: of a ready one from its store, of others what is
 * known. Threads: as the reader. */
#ifndef SERVER_MANIFEST_H
#define SERVER_MANIFEST_H

struct err;
struct json_writer;
struct reader;
struct trace_info;

int manifest_write(
	struct json_writer *w, const struct trace_info *t, struct reader *r, struct err *e);

/* An object of the list of traces; the whole manifest of one that is not ready. */
void manifest_write_state(struct json_writer *w, const struct trace_info *t);

#endif

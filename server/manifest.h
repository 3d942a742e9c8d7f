/* manifest.h: a trace's description as JSON: from its store, or the snapshot of what is read so far;
 * of others what is known. Threads: as the reader. */
#ifndef SERVER_MANIFEST_H
#define SERVER_MANIFEST_H

struct err;
struct json_writer;
struct reader;
struct trace_info;

int manifest_write(
	struct json_writer *w, const struct trace_info *t, struct reader *r, struct err *e);

/* An object of the list of traces; the whole manifest of one that has no store. */
void manifest_write_state(struct json_writer *w, const struct trace_info *t);

#endif

/* trace_id.h: a trace's name by content, known before it is parsed.
 *
 * XXH128 over the length (8 bytes, little-endian) and, of a file of at most 256 KiB, all bytes;
 * of a longer one 64 blocks of 4 KiB: block i at offset floor(i * (length - 4096) / 63).
 * Written as 32 lowercase hex digits. The same trace has the same id, and so the same links, on
 * every machine.
 *
 * Reads with pread: a file that shrinks meanwhile is ERR_IO. */
#ifndef SERVER_TRACE_ID_H
#define SERVER_TRACE_ID_H

#include <stdbool.h>
#include <stdint.h>

struct err;

#define TRACE_ID_LENGTH 32

/* Who the file is; two that differ were not the same file at rest. */
struct trace_stamp {
	uint64_t dev, ino;
	int64_t size;
	int64_t mtime_ns, ctime_ns;
};

/* Only a regular, non-empty file has an id. */
int trace_id_of_file(
	const char *path, char id[TRACE_ID_LENGTH + 1], struct trace_stamp *stamp, struct err *e);

int trace_stamp_of_file(const char *path, struct trace_stamp *stamp, struct err *e);
bool trace_stamp_equal(const struct trace_stamp *a, const struct trace_stamp *b);

bool trace_id_is_valid(const char *text);

#endif

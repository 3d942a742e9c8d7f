/* tile_json.h: the bytes of tiles and chunks as JSON, every field decoded, for people and scripts.
 *
 * Decodes with the readers of tiles/, so that what is shown is what the page draws from.
 * Memory: the writer's. Threads: as the reader. Errors: ERR_DAMAGED of the decoder. */
#ifndef SERVER_TILE_JSON_H
#define SERVER_TILE_JSON_H

#include <stddef.h>

struct err;
struct json_writer;
struct reader;

int tile_json_tile(struct json_writer *w, const void *data, size_t n, struct err *e);
int tile_json_rows(struct json_writer *w, const void *data, size_t n, struct err *e);
int tile_json_chunk(
	struct reader *r, struct json_writer *w, const void *data, size_t n, struct err *e);

#endif

/* fuzz_store.c — any bytes as what lies in a store: the first byte says as what.
 *
 * A slab is read both ways: whole events, and moves alone, which must be as many records. What a decoder accepts
 * holds together: an index finds its own chunks, a tile's planes lie in its bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/block_index.h"
#include "tiles/chunk_reader.h"
#include "tiles/goroutine_page.h"
#include "tiles/slab_reader.h"
#include "tiles/tile_codec.h"

#define MEMORY_CAP ((size_t)256 << 20)

enum what { SLAB, INDEX, TILE, CHUNK, GOROUTINES, FRAME, N_WHAT };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
	if (!holds)
		abort();
}

static int read_events(const uint8_t *bytes, size_t n, uint32_t *n_read)
{
	struct slab_rows rows = {0};
	struct slab_reader r = {0};
	struct slab_change change;
	struct slab_event ev;
	struct err e = ERR_INIT;
	int rc = slab_open(&r, &rows, bytes, n, &e) < 0 ? -1 : 1;

	while (rc > 0 && (rc = slab_next(&r, &ev, &change, &e)) > 0)
		must(ev.view < SLAB_VIEWS && ev.row < rows.view[ev.view].n);
	*n_read = r.n_read;
	must((rc < 0) == (e.kind != ERR_NONE));
	slab_reader_clear(&r);
	slab_rows_clear(&rows);
	return rc;
}

static int read_moves(const uint8_t *bytes, size_t n, uint32_t *n_read)
{
	struct slab_change change[1 + SLAB_ENTAILED];
	struct slab_move move[1 + SLAB_ENTAILED];
	struct slab_rows rows = {0};
	struct slab_reader r = {0};
	struct err e = ERR_INIT;
	int rc = slab_open(&r, &rows, bytes, n, &e) < 0 ? -1 : 1;

	while (rc > 0 && (rc = slab_next_moves(&r, move, change, &e)) > 0)
		for (int i = 0; i < rc; i++)
			must(move[i].view < SLAB_VIEWS && move[i].row < rows.view[move[i].view].n);
	*n_read = r.n_read;
	slab_reader_clear(&r);
	slab_rows_clear(&rows);
	return rc;
}

static void check_slab(const uint8_t *bytes, size_t n)
{
	uint32_t n_events, n_moves;

	if (read_events(bytes, n, &n_events) == 0) /* marks are not looked at by moves */
		must(read_moves(bytes, n, &n_moves) == 0 && n_moves == n_events);
	else
		read_moves(bytes, n, &n_moves);
}

static void check_index(const uint8_t *bytes, size_t n)
{
	struct block_index ix = {0};
	struct err e = ERR_INIT;

	if (block_index_decode(&ix, bytes, n, &e) == 0) {
		for (size_t i = 0; i < ix.chunks.n && i < 64; i++) {
			const struct block_entry *c = &ix.chunks.at[i];
			struct block_range range = block_index_range(&ix, c->t_lo, c->t_hi);

			must(range.first <= range.end && range.end <= ix.chunks.n);
		}
	}
	block_index_clear(&ix);
}

static void check_tile(const uint8_t *bytes, size_t n)
{
	struct err e = ERR_INIT;
	struct tile_view v;

	if (tile_decode(bytes, n, &v, &e) < 0 || v.kind != TILE_HIST || v.key.view == VIEW_C)
		return;
	for (uint32_t i = 0; i < v.n; i++)
		for (unsigned s = 0; s < N_STATES; s++) {
			const uint8_t *p = tile_row_plane(&v.rows[i], s);

			must(!p || (p >= bytes && p + TILE_BINS <= bytes + n));
		}
}

static void check_chunk(const uint8_t *bytes, size_t n)
{
	struct chunk_reader r = {0};
	struct err e = ERR_INIT;

	if (chunk_open(&r, bytes, n, &e) == 0)
		must(r.n_events > 0);
}

/* The two bytes in front: how many records. */
static void check_goroutines(const uint8_t *bytes, size_t n)
{
	struct goroutine_page *page = n < 2 ? NULL : mem_alloc(sizeof(*page));

	if (!page)
		return;
	if (goroutine_page_ids(page, (uint32_t)bytes_le(bytes, 2) % (GOROUTINE_PAGE + 1),
		    bytes_of(bytes + 2, n - 2)) == 0) {
		goroutine_page_groups(page);
		goroutine_page_rest(page);
	}
	mem_free(page);
}

static void check_frame(const uint8_t *bytes, size_t n)
{
	struct err e = ERR_INIT;
	struct codec c = {0};
	struct buf out = {0};

	if (codec_decompress(&c, bytes, n, 65536, &out, &e) == 0)
		must(out.n <= 65536);
	buf_clear(&out);
	codec_clear(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static void (*const checks[N_WHAT])(const uint8_t *bytes, size_t n) = {
		[SLAB] = check_slab,
		[INDEX] = check_index,
		[TILE] = check_tile,
		[CHUNK] = check_chunk,
		[GOROUTINES] = check_goroutines,
		[FRAME] = check_frame,
	};

	mem_set_cap(MEMORY_CAP);
	if (n > 0)
		checks[bytes[0] % N_WHAT](bytes + 1, n - 1);
	must(mem_used() == 0);
	return 0;
}

/* fuzz_source.c — any bytes as a source that may be compressed, within small bounds.
 *
 * Beyond what the sanitizers see: never more comes out than the bounds allow, the size of blocks
 * changes nothing, an error stays, and all memory comes back. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/limits.h"
#include "parser/source.h"

#define MEMORY_CAP ((size_t)1 << 20) /* of ours; libzstd's is bounded by the window */
#define OUT_LIMIT  ((int64_t)1 << 20)
#define FREE_BYTES ((int64_t)1 << 16)
#define RATIO      20
#define STEP       ((int64_t)1 << 17) /* unpack.c looks at its bounds as often */

static void must(int holds)
{
	if (!holds)
		abort();
}

static int64_t read_in_blocks(const uint8_t *bytes, size_t n, size_t block, struct err *e)
{
	static uint8_t dst[(size_t)1 << 18];
	struct limits lim = LIMITS_DEFAULT;
	struct err again = ERR_INIT;
	struct source *s = source_open_memory(bytes, n, e);
	int64_t got = -1, total = 0;

	lim.trace_bytes = OUT_LIMIT;
	lim.unpack_free_bytes = FREE_BYTES;
	lim.unpack_ratio = RATIO;
	lim.zstd_window_log = 20;
	lim.zstd_frames = 64;
	must(s != NULL && source_unpack(s, &lim, e) == 0);
	while ((got = source_read(s, dst, block, e)) > 0)
		total += got;
	must((got < 0) == (e->kind != ERR_NONE));
	must(source_read(s, dst, block, &again) == got && again.kind == e->kind);
	must(source_offset(s) == total);
	if (source_is_packed(s)) {
		must(total <= OUT_LIMIT);
		must(total <= FREE_BYTES + RATIO * (int64_t)n + STEP);
	}
	source_close(s);
	return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct err a = ERR_INIT, b = ERR_INIT;
	int64_t one, other;

	mem_set_cap(MEMORY_CAP);
	one = read_in_blocks(bytes, n, (size_t)1 << 18, &a);
	other = read_in_blocks(bytes, n, 509, &b);
	must((a.kind == ERR_NONE) == (b.kind == ERR_NONE));
	if (a.kind == ERR_NONE)
		must(one == other);
	must(mem_used() == 0);
	return 0;
}

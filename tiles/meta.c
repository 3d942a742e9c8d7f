/* The blob: varint 1, then the fields in the order of the struct, as zigzag varints. */
#include "tiles/meta.h"

#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "tiles/store.h"

#define N_FIELDS (4 + 2 + N_VIEWS + 16)

static void fields_of(const struct meta *m, uint64_t *f)
{
	uint64_t all[] = {(uint64_t)m->origin_ns, (uint64_t)m->origin_time_ns, (uint64_t)m->span_ns,
		(uint64_t)m->end_time_ns, m->levels, m->go_minor, m->n_blocks[0], m->n_blocks[1],
		m->n_blocks[2], m->n_blocks[3], m->n_blocks[4], m->n_blocks[5], m->n_events,
		m->n_chunks, m->n_strings, m->n_stacks, m->n_goroutines, m->n_gc, m->n_stw,
		m->n_tasks, m->n_generations, m->trace_bytes, m->n_skipped, m->n_experimental,
		m->hash_lo, m->hash_hi, m->damage, (uint64_t)m->damage_offset};

	_Static_assert(sizeof(all) == sizeof(uint64_t) * N_FIELDS, "a field is missing");
	memcpy(f, all, sizeof(all));
	f[N_FIELDS] = (uint64_t)m->max_corr_ns;
}

static void of_fields(struct meta *m, const uint64_t *f)
{
	m->origin_ns = (int64_t)f[0];
	m->origin_time_ns = (int64_t)f[1];
	m->span_ns = (int64_t)f[2];
	m->end_time_ns = (int64_t)f[3];
	m->levels = (uint32_t)f[4];
	m->go_minor = (uint32_t)f[5];
	for (unsigned v = 0; v < N_VIEWS; v++)
		m->n_blocks[v] = (uint32_t)f[6 + v];
	f += 6 + N_VIEWS;
	m->n_events = f[0];
	m->n_chunks = f[1];
	m->n_strings = f[2];
	m->n_stacks = f[3];
	m->n_goroutines = f[4];
	m->n_gc = f[5];
	m->n_stw = f[6];
	m->n_tasks = f[7];
	m->n_generations = f[8];
	m->trace_bytes = f[9];
	m->n_skipped = f[10];
	m->n_experimental = f[11];
	m->hash_lo = f[12];
	m->hash_hi = f[13];
	m->damage = (uint32_t)f[14];
	m->damage_offset = (int64_t)f[15];
	m->max_corr_ns = (int64_t)f[16];
}

int meta_put(struct store *st, const struct meta *m, struct err *e)
{
	uint8_t bytes[(2 + N_FIELDS) * BUF_VARINT_MAX];
	struct buf b = {.at = bytes, .cap = sizeof(bytes)};
	uint64_t f[N_FIELDS + 1];

	fields_of(m, f);
	buf_put_varint(&b, 1);
	for (unsigned i = 0; i <= N_FIELDS; i++)
		buf_put_zigzag(&b, f[i]);
	return store_put_plain(st, blob_id(BLOB_META, 0), b.at, b.n, e);
}

/* Of one view: no more than goroutines may be alive at once (limits.h), each in a group of its own. */
#define MOST_BLOCKS (UINT32_C(16) << 20)

static int check(const struct meta *m, struct err *e)
{
	for (unsigned v = 0; v < N_VIEWS; v++)
		if (m->n_blocks[v] > MOST_BLOCKS)
			return err_set(e, ERR_DAMAGED, -1, "Cannot read store: what=\"blocks\"");
	if (m->span_ns < 0 || m->span_ns > INT64_C(1) << 53 || m->levels != tile_levels(m->span_ns))
		return err_set(e, ERR_DAMAGED, -1, "Cannot read store: what=\"span\"");
	if (m->origin_ns < 0 || m->origin_ns > INT64_C(1) << 62)
		return err_set(e, ERR_DAMAGED, -1, "Cannot read store: what=\"origin\"");
	return 0;
}

int meta_get(struct store *st, struct meta *m, struct err *e)
{
	struct buf plain = {0};
	uint64_t f[N_FIELDS + 1];
	struct bytes b;
	int rc = store_get_plain(st, blob_id(BLOB_META, 0), &plain, e);

	if (rc <= 0)
		goto out;
	b = bytes_of(plain.at, plain.n);
	if (bytes_uvarint(&b) != 1)
		bytes_fail(&b);
	for (unsigned i = 0; i <= N_FIELDS; i++)
		f[i] = zigzag_undo(bytes_uvarint(&b));
	rc = b.bad || bytes_left(&b) ? 0 : 1;
	if (rc == 1) {
		memset(m, 0, sizeof(*m));
		of_fields(m, f);
	}
out:
	buf_clear(&plain);
	if (rc == 0)
		return err_set(e, ERR_DAMAGED, -1, "Cannot read store: what=\"meta\"");
	return rc < 0 ? -1 : check(m, e);
}

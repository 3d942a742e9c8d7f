/* golden_test.c - chunks and tiles against the bytes under tests/golden/tiles, which the page's tests read too.
 *
 * `golden_test golden` writes them anew: a .bin and a .json of each kind. */
#include "tests/unit/tile_scene.h"

#include <inttypes.h>

#include "tiles/chunk_reader.h"
#include "tiles/solo.h"
#include "tiles/tile_codec.h"

static uint64_t seed = 88172645463325252u;

static uint64_t any(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % below;
}

static void add_samples(struct scene *s, unsigned n)
{
	struct err e = ERR_INIT;

	for (unsigned i = 0; i < n; i++)
		ok(blocks_add_counter(s->b, 0, 100 + 10 * (int64_t)i, 1000 + 7 * any(1000), &e));
}

static bool is_writing;

static void golden_path(char *path, size_t n, const char *name, const char *end)
{
	const char *source = getenv("SOURCE");

	snprintf(path, n, "%s/tests/golden/tiles/%s.%s", source ? source : ".", name, end);
}

/* Compare with the golden file, or write it. */
static void golden_bytes(const char *name, const char *end, const void *data, size_t n)
{
	char path[512];
	FILE *f;
	char *was;
	size_t got;

	golden_path(path, sizeof(path), name, end);
	f = fopen(path, is_writing ? "wb" : "rb");
	if (!f)
		fail_msg("no golden file: %s", path);
	if (is_writing) {
		fwrite(data, 1, n, f);
		fclose(f);
		return;
	}
	was = malloc(n + 1);
	got = fread(was, 1, n + 1, f);
	fclose(f);
	assert_int_equal(got, n);
	assert_memory_equal(was, data, n);
	free(was);
}

static void json_head(FILE *f, const struct chunk_head *h)
{
	fprintf(f,
		"{\"state\":%u,\"ticks\":\"%" PRIu64 "\",\"corr\":\"%" PRId64
		"\",\"reason\":%u,\"stack\":%u,\"g\":\"%" PRIu64
		"\",\"p\":%u,\"m\":%u,\"occupant\":\"%" PRIu64 "\",\"bornTicks\":\"%" PRIu64 "\"}",
		h->state, h->ticks, h->corr_ns, h->reason, h->stack, h->g, h->p, h->m, h->occupant,
		h->born_ticks);
}

static void json_event(FILE *f, const struct chunk_event *ev)
{
	static const char *kinds[] = {"STATE", "BORN", "GONE", "MARK"};

	fprintf(f, "{\"row\":%u,\"kind\":\"%s\",\"ticks\":\"%" PRIu64 "\",\"corr\":\"%" PRId64 "\"",
		ev->row, kinds[ev->kind], ev->ticks, ev->corr_ns);
	if (ev->kind == CHUNK_STATE)
		fprintf(f,
			",\"state\":%u,\"reason\":%u,\"stack\":%u,\"g\":\"%" PRIu64
			"\",\"p\":%u,\"m\":%u",
			ev->state, ev->reason, ev->stack, ev->g, ev->p, ev->m);
	if (ev->kind == CHUNK_BORN)
		fprintf(f, ",\"stack\":%u,\"g\":\"%" PRIu64 "\",\"creator\":\"%" PRIu64 "\"",
			ev->stack, ev->g, ev->g2);
	if (ev->kind == CHUNK_MARK)
		fprintf(f,
			",\"mark\":%u,\"stack\":%u,\"g\":\"%" PRIu64
			"\",\"text\":%u,\"text2\":%u,\"task\":\"%" PRIu64 "\"",
			ev->mark, ev->stack, ev->g, ev->text, ev->text2, ev->task);
	fputc('}', f);
}

static void json_chunk_start(FILE *f, const struct chunk_reader *r)
{
	fprintf(f,
		"{\"view\":\"%c\",\"rows\":%u,\"block\":%u,\"number\":%u,\"n\":%u,\"base\":"
		"\"%" PRIu64 "\",\"nsPerTick\":%.17g",
		view_letter(r->view), r->n_rows, r->block, r->number, r->n_events, r->base,
		r->ns_per_tick);
}

static void json_lanes(FILE *f, struct chunk_reader *r)
{
	struct chunk_event ev;
	struct err e = ERR_INIT;
	const char *comma = "\n";
	int rc;

	fputs(",\n\"heads\":[", f);
	for (unsigned i = 0; i < r->n_rows; i++) {
		fputs(i ? ",\n" : "\n", f);
		json_head(f, &r->head[i]);
	}
	fputs("],\n\"events\":[", f);
	while ((rc = chunk_next(r, &ev, &e)) > 0) {
		fputs(comma, f);
		json_event(f, &ev);
		comma = ",\n";
	}
	ok(rc);
	fputs("]}\n", f);
}

static void json_groups(FILE *f, struct chunk_reader *r)
{
	struct group_event ev;
	struct err e = ERR_INIT;
	const char *comma = "\n";
	int rc;

	fputs(",\n\"heads\":[", f);
	for (unsigned i = 0; i < r->n_rows; i++) {
		fputs(i ? ",\n[" : "\n[", f);
		for (unsigned s = 0; s < N_STATES; s++)
			fprintf(f, "%s%" PRIu64, s ? "," : "", r->alive[i][s]);
		fputc(']', f);
	}
	fputs("],\n\"events\":[", f);
	while ((rc = chunk_next_group(r, &ev, &e)) > 0) {
		fprintf(f, "%s{\"row\":%u,\"ticks\":\"%" PRIu64 "\",\"left\":%u,\"entered\":%u}",
			comma, ev.row, ev.ticks, ev.left, ev.entered);
		comma = ",\n";
	}
	ok(rc);
	fputs("]}\n", f);
}

static void json_samples(FILE *f, struct chunk_reader *r)
{
	int64_t *t = malloc(sizeof(*t) * COUNTER_SAMPLES);
	uint64_t *value = malloc(sizeof(*value) * COUNTER_SAMPLES);
	struct err e = ERR_INIT;

	ok(chunk_read_counter(r, t, value, &e));
	fputs(",\n\"samples\":[", f);
	for (uint32_t i = 0; i < r->n_events; i++)
		fprintf(f, "%s[%" PRId64 ",\"%" PRIu64 "\"]", i ? ",\n" : "\n", t[i], value[i]);
	fputs("]}\n", f);
	free(t);
	free(value);
}

static void golden_json(
	const char *name, void (*json)(FILE *f, const struct buf *b), const struct buf *b)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	json(f, b);
	fclose(f);
	golden_bytes(name, "json", text, n);
	free(text);
}

static void json_chunk(FILE *f, const struct buf *b)
{
	static struct chunk_reader r;
	struct err e = ERR_INIT;

	ok(chunk_open(&r, b->at, b->n, &e));
	json_chunk_start(f, &r);
	if (r.view == VIEW_C)
		json_samples(f, &r);
	else if (r.view == VIEW_F)
		json_groups(f, &r);
	else
		json_lanes(f, &r);
}

static void json_tile_row(FILE *f, const struct tile_row *row)
{
	const char *comma = "\n";

	fprintf(f,
		"{\"row\":%u,\"mask\":%u,\"goroutines\":%u,\"full\":%.17g,\"firstG\":\"%" PRIu64
		"\",\"intervals\":%" PRIu64 ",\"planes\":{",
		row->row, row->mask, row->goroutines, row->full, row->first_g, row->intervals);
	for (unsigned s = 1; s < N_STATES; s++) {
		const uint8_t *v = tile_row_plane(row, s);

		if (!v)
			continue;
		fprintf(f, "%s\"%u\":[", comma, s);
		for (unsigned i = 0; i < TILE_BINS; i++)
			fprintf(f, "%s%u", i ? "," : "", v[i]);
		fputc(']', f);
		comma = ",\n";
	}
	fputs("}}", f);
}

static void json_points(FILE *f, const uint8_t *points)
{
	for (unsigned i = 0; i < TILE_BINS; i++) {
		double v[6];

		memcpy(v, points + (size_t)i * sizeof(v), sizeof(v));
		if (v[0] == v[0])
			fprintf(f, "%s[%.17g,%.17g,%.17g,%.17g,%.17g,%.17g]", i ? ",\n" : "\n",
				v[0], v[1], v[2], v[3], v[4], v[5]);
		else
			fprintf(f, "%snull", i ? ",\n" : "\n");
	}
}

static void json_tile(FILE *f, const struct buf *b)
{
	struct tile_view v;
	struct err e = ERR_INIT;

	ok(tile_decode(b->at, b->n, &v, &e));
	fprintf(f,
		"{\"view\":\"%c\",\"kind\":\"%s\",\"r\":%u,\"k\":%u,\"y\":%u,\"x\":%" PRIu64 ",\n",
		view_letter((enum view)v.key.view), v.kind == TILE_RAW ? "RAW" : "HIST", v.key.r,
		v.key.k, v.key.y, v.key.x);
	fputs(v.kind == TILE_RAW ? "\"chunks\":[" : v.points ? "\"bins\":[" : "\"rows\":[", f);
	for (uint32_t i = 0; i < v.n && v.kind == TILE_RAW; i++)
		fprintf(f, "%s%u", i ? "," : "", v.chunks[i]);
	for (uint32_t i = 0; i < v.n && v.kind == TILE_HIST && !v.points; i++) {
		fputs(i ? ",\n" : "\n", f);
		json_tile_row(f, &v.rows[i]);
	}
	if (v.points)
		json_points(f, v.points);
	fputs("]}\n", f);
}

static void golden_chunk(struct tile_reader *r, const char *name, enum view view, uint32_t number)
{
	struct buf b = {0};
	struct err e = ERR_INIT;

	ok(tile_get_chunk_plain(r, view, 0, number, &b, &e));
	golden_bytes(name, "bin", b.at, b.n);
	golden_json(name, json_chunk, &b);
	buf_clear(&b);
}

static void golden_tile(
	struct tile_reader *r, const char *name, enum view view, unsigned below_top, bool as_frame)
{
	struct tile_key key = {
		.view = (uint8_t)view, .k = (uint8_t)(tile_reader_meta(r)->levels - 1 - below_top)};
	struct buf frame = {0}, b = {0};
	struct err e = ERR_INIT;

	ok(tile_get(r, key, &frame, &e));
	ok(codec_decompress(store_codec(tile_reader_store(r)), frame.at, frame.n, 1 << 20, &b, &e));
	golden_bytes(name, "bin", b.at, b.n);
	golden_json(name, json_tile, &b);
	if (as_frame && is_writing) /* another zstd may make other frames */
		golden_bytes(name, "bin.zst", frame.at, frame.n);
	buf_clear(&frame);
	buf_clear(&b);
}

static void json_solo(FILE *f, const struct buf *b)
{
	static const char *const kinds[] = {"none", "RAW", "HIST"};
	struct solo_view v = {0};
	struct err e = ERR_INIT;

	ok(solo_decode(&v, b->at, b->n, &e));
	fprintf(f, "{\"k\":%u,\"x\":%" PRIu64 ",\n\"goroutines\":[", v.tile.key.k, v.tile.key.x);
	for (unsigned i = 0; i < v.n; i++)
		fprintf(f,
			"%s\n{\"g\":\"%" PRIu64 "\",\"kind\":\"%s\",\"block\":%u,\"row\":%u,"
			"\"first\":%u,\"chunks\":%u,\"born\":%" PRId64 ",\"gone\":%" PRId64 "}",
			i ? "," : "", v.place[i].g, kinds[v.place[i].source], v.place[i].block,
			v.place[i].row, v.place[i].first, v.place[i].n_chunks, v.place[i].born_t,
			v.place[i].gone_t);
	fputs("],\n\"rows\":[", f);
	for (uint32_t i = 0; i < v.tile.n; i++) {
		fputs(i ? ",\n" : "\n", f);
		json_tile_row(f, &v.tile.rows[i]);
	}
	fputs("]}\n", f);
	solo_clear(&v);
}

/* Some that live in the last tile but one of a level, some elsewhere; of two blocks. */
static void golden_solo(void)
{
	struct goroutine who[6];
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s;
	struct buf b = {0};
	unsigned k;

	scene_make(&s, STORE_IN_MEMORY, 6, 30000, 34, 64.0);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	for (unsigned i = 0; i < 6; i++) {
		const struct scene_life *life = &s.lives.at[s.lives.n * i / 6];

		who[i] = (struct goroutine){.id = life->g,
			.block = life->row / BLOCK_ROWS,
			.row = life->row % BLOCK_ROWS,
			.born_t = life->t0,
			.gone_t = life->t1};
	}
	who[5].block = 1; /* a quiet one: RAW */
	who[5].row = 0;
	who[5].born_t = 1000;
	k = tile_reader_meta(r)->levels - 2;
	ok(solo_get(r, who, 6, (uint8_t)k, 0, &b, &e));
	golden_bytes("tile_solo", "bin", b.at, b.n);
	golden_json("tile_solo", json_solo, &b);
	buf_clear(&b);
	tile_reader_destroy(r);
	scene_clear(&s);
}

static void golden_scene(const char *suffix, unsigned n, bool with_chunks)
{
	static const char *const views[] = {"procs", "threads", "goroutines", "groups"};
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s;
	char name[64];

	scene_make(&s, STORE_IN_MEMORY, 5, n, 9, 64.0);
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	for (unsigned v = 0; v < 4; v++) {
		if (with_chunks) {
			snprintf(name, sizeof(name), "chunk_%s", views[v]);
			golden_chunk(r, name, (enum view)v, 0);
		}
		snprintf(name, sizeof(name), "tile_%s_%s", views[v], suffix);
		golden_tile(r, name, (enum view)v, 0, v == VIEW_G);
	}
	if (!with_chunks)
		golden_tile(r, "tile_activity_hist", VIEW_A, 1, false);
	tile_reader_destroy(r);
	scene_clear(&s);
}

static void golden_counter(void)
{
	struct meta meta = {.n_blocks = {0, 0, 0, 0, 1, 1}};
	struct err e = ERR_INIT;
	struct tile_reader *r;
	struct scene s = {.st = store_create(STORE_IN_MEMORY, &e)};

	seed = 88172645463325252u;
	s.b = blocks_create(s.st, 0, 1.0, &e);
	add_samples(&s, 700);
	ok(blocks_seal(s.b, &e));
	meta.span_ns = 100 + 10 * 699;
	meta.levels = tile_levels(meta.span_ns);
	ok(meta_put(s.st, &meta, &e));
	r = tile_reader_create(s.st, &e);
	scene_ok(r != NULL, &e, __LINE__);
	golden_chunk(r, "chunk_counter", VIEW_C, 0);
	golden_tile(r, "tile_counter", VIEW_C, 0, false);
	tile_reader_destroy(r);
	scene_clear(&s);
}

static void test_golden_bytes(void **state)
{
	(void)state;
	golden_scene("raw", 400, true);
	golden_scene("hist", 60000, false);
	golden_counter();
	golden_solo();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden_bytes),
	};

	is_writing = argc > 1 && strcmp(argv[1], "golden") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* pprof.c — messages point to one another, so all of one kind are there before the next points to them. */
#include "server/pprof.h"

#include <string.h>
#include <pprof.pb-c.h>
#include <zlib.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "parser/base/mem.h"
#include "parser/base/text.h"
#include "parser/base/vec.h"
#include "tiles/profile.h"
#include "tiles/text_table.h"

#define GZIP_ONLY  (15 + 16) /* zlib's code for: the largest window, gzip's header */
#define ASK_STACKS 256

struct pprof {
	Pprof__Profile profile;
	VEC(Pprof__Sample) samples;
	VEC(uint64_t) location_ids; /* of all samples, one after another */
	VEC(size_t) n_locations;    /* by sample */
	VEC(int64_t) values;        /* of all samples */
	VEC(Pprof__Location) locations;
	VEC(Pprof__Line) lines; /* one per location */
	VEC(Pprof__Function) functions;
	VEC(char *) strings;
	struct map string_of;   /* of the trace: place in strings */
	struct map function_of; /* name: id */
	struct map location_of; /* function and line: id */
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot make profile: out of memory");
}

static void init(struct pprof *b)
{
	*b = (struct pprof){.profile = PPROF__PROFILE__INIT};
	map_init(&b->string_of);
	map_init(&b->function_of);
	map_init(&b->location_of);
}

static void clear(struct pprof *b)
{
	for (size_t i = 0; i < b->strings.n; i++)
		mem_free(b->strings.at[i]);
	vec_clear(&b->strings);
	vec_clear(&b->samples);
	vec_clear(&b->location_ids);
	vec_clear(&b->n_locations);
	vec_clear(&b->values);
	vec_clear(&b->locations);
	vec_clear(&b->lines);
	vec_clear(&b->functions);
	map_clear(&b->string_of);
	map_clear(&b->function_of);
	map_clear(&b->location_of);
	mem_free(b->profile.sample);
	mem_free(b->profile.location);
	mem_free(b->profile.function);
}

/* A protobuf string ends with its NUL: a name goes as far as its first. */
static int add_string(struct pprof *b, const char *s, size_t n, int64_t *place, struct err *e)
{
	char *copy = mem_alloc(n + 1);

	if (!copy)
		return no_memory(e);
	if (n)
		memcpy(copy, s, n);
	copy[n] = 0;
	*place = (int64_t)b->strings.n;
	if (vec_push(&b->strings, copy) < 0) {
		mem_free(copy);
		return no_memory(e);
	}
	return 0;
}

static int string_place(
	struct pprof *b, struct text_reader *names, uint32_t string, int64_t *place, struct err *e)
{
	uint32_t known = map_get(&b->string_of, string);
	const char *s = "";
	size_t n = 0;

	*place = known;
	if (known != MAP_NONE)
		return 0;
	if (text_get_string(names, string, &s, &n, e) < 0 || add_string(b, s, n, place, e) < 0)
		return -1;
	return map_put(&b->string_of, string, (uint32_t)*place) < 0 ? no_memory(e) : 0;
}

static int function_id(struct pprof *b, struct text_reader *names, const struct trace_frame *f,
	uint32_t *id, struct err *e)
{
	Pprof__Function fn = PPROF__FUNCTION__INIT;

	*id = map_get(&b->function_of, f->func);
	if (*id != MAP_NONE)
		return 0;
	*id = (uint32_t)b->functions.n + 1;
	fn.id = *id;
	if (string_place(b, names, f->func, &fn.name, e) < 0 ||
		string_place(b, names, f->file, &fn.filename, e) < 0)
		return -1;
	fn.system_name = fn.name;
	return vec_push(&b->functions, fn) < 0 || map_put(&b->function_of, f->func, *id) < 0
		? no_memory(e)
		: 0;
}

/* Inlined calls share a pc, so that function and line tell frames apart. */
static int location_id(struct pprof *b, struct text_reader *names, const struct trace_frame *f,
	uint32_t *id, struct err *e)
{
	Pprof__Location location = PPROF__LOCATION__INIT;
	Pprof__Line line = PPROF__LINE__INIT;
	uint64_t key = (uint64_t)f->func << 32 | (uint32_t)f->line;
	uint32_t function;

	*id = map_get(&b->location_of, key);
	if (*id != MAP_NONE)
		return 0;
	*id = (uint32_t)b->locations.n + 1;
	if (function_id(b, names, f, &function, e) < 0)
		return -1;
	line.function_id = function;
	line.line = f->line < INT32_MAX ? (int64_t)f->line : 0;
	location.id = *id;
	location.address = f->pc;
	return vec_push(&b->lines, line) < 0 || vec_push(&b->locations, location) < 0 ||
			map_put(&b->location_of, key, *id) < 0
		? no_memory(e)
		: 0;
}

static int add_sample(struct pprof *b, const struct pprof_about *about, struct text_reader *names,
	const struct profile_entry *entry, struct err *e)
{
	const Pprof__Sample sample = PPROF__SAMPLE__INIT;
	const struct trace_frame *frames;
	size_t n;

	if (text_get_stack(names, entry->stack, &frames, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		uint32_t id;

		if (location_id(b, names, &frames[i], &id, e) < 0)
			return -1;
		if (vec_push(&b->location_ids, (uint64_t)id) < 0)
			return no_memory(e);
	}
	if (vec_push(&b->samples, sample) < 0 || vec_push(&b->n_locations, n) < 0 ||
		vec_push(&b->values, (int64_t)entry->n) < 0 ||
		(!about->samples && vec_push(&b->values, (int64_t)entry->ns) < 0))
		return no_memory(e);
	return 0;
}

/* An array of pointers to all of `at`, as protobuf-c takes a repeated field. */
static void *pointers(void *at, size_t n, size_t size)
{
	void **p = mem_calloc(n ? n : 1, sizeof(*p));

	for (size_t i = 0; p && i < n; i++)
		p[i] = (char *)at + i * size;
	return p;
}

/* Nothing grows any more: let the messages point to what they hold. */
static int join(struct pprof *b, size_t n_values, Pprof__Line **line_at, struct err *e)
{
	Pprof__Profile *p = &b->profile;
	uint64_t *ids = b->location_ids.at;

	for (size_t i = 0; i < b->samples.n; i++) {
		b->samples.at[i].n_location_id = b->n_locations.at[i];
		b->samples.at[i].location_id = ids;
		b->samples.at[i].n_value = n_values;
		b->samples.at[i].value = b->values.at + i * n_values;
		ids += b->n_locations.at[i];
	}
	for (size_t i = 0; i < b->locations.n; i++) {
		line_at[i] = &b->lines.at[i];
		b->locations.at[i].n_line = 1;
		b->locations.at[i].line = &line_at[i];
	}
	p->n_sample = b->samples.n;
	p->sample = pointers(b->samples.at, b->samples.n, sizeof(*b->samples.at));
	p->n_location = b->locations.n;
	p->location = pointers(b->locations.at, b->locations.n, sizeof(*b->locations.at));
	p->n_function = b->functions.n;
	p->function = pointers(b->functions.at, b->functions.n, sizeof(*b->functions.at));
	p->n_string_table = b->strings.n;
	p->string_table = b->strings.at;
	return p->sample && p->location && p->function ? 0 : no_memory(e);
}

static int gzip(const uint8_t *in, size_t n, struct text *out, struct err *e)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n};
	size_t room;
	int rc;

	if (n > UINT32_MAX ||
		deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_ONLY, 8,
			Z_DEFAULT_STRATEGY) != Z_OK)
		return no_memory(e);
	room = deflateBound(&z, n);
	if (room > UINT32_MAX || text_room(out, room) < 0) {
		deflateEnd(&z);
		return no_memory(e);
	}
	z.next_out = (Bytef *)out->data + out->len;
	z.avail_out = (uInt)room;
	rc = deflate(&z, Z_FINISH);
	out->len += z.total_out;
	deflateEnd(&z);
	return rc == Z_STREAM_END ? 0 : no_memory(e);
}

static int pack(const struct pprof *b, struct text *out, struct err *e)
{
	size_t n = pprof__profile__get_packed_size(&b->profile);
	uint8_t *bytes = mem_alloc(n ? n : 1);
	int rc;

	if (!bytes)
		return no_memory(e);
	pprof__profile__pack(&b->profile, bytes);
	rc = gzip(bytes, n, out, e);
	mem_free(bytes);
	return rc;
}

static int add_all(struct pprof *b, const struct profile *p, const struct pprof_about *about,
	struct text_reader *names, struct err *e)
{
	for (size_t i = 0; i < p->entries.n; i++) {
		if (i % ASK_STACKS == 0 && about->cancel.is_cancelled &&
			about->cancel.is_cancelled(about->cancel.context))
			return err_set(e, ERR_CANCELLED, -1, "Cannot make profile: cancelled");
		if (add_sample(b, about, names, &p->entries.at[i], e) < 0)
			return -1;
	}
	return 0;
}

static int join_and_pack(struct pprof *b, size_t n_values, struct text *out, struct err *e)
{
	Pprof__Line **line_at = mem_calloc(b->lines.n ? b->lines.n : 1, sizeof(Pprof__Line *));
	int rc = line_at ? join(b, n_values, line_at, e) : no_memory(e);

	if (rc == 0)
		rc = pack(b, out, e);
	mem_free(line_at);
	return rc;
}

int pprof_make(const struct profile *p, const struct pprof_about *about, struct text_reader *names,
	struct text *out, struct err *e)
{
	static const char *const words[] = {"", "contentions", "count", "delay", "nanoseconds"};
	static const char *const sample_words[] = {"", "samples", "count"};
	Pprof__ValueType type[2] = {PPROF__VALUE_TYPE__INIT, PPROF__VALUE_TYPE__INIT};
	Pprof__ValueType *types[2] = {&type[0], &type[1]};
	size_t n_values = about->samples ? 1 : 2;
	struct pprof b;
	int64_t place;
	int rc = 0;

	init(&b);
	for (size_t i = 0; rc == 0 && i < 1 + 2 * n_values; i++) {
		const char *word = about->samples ? sample_words[i] : words[i];

		rc = add_string(&b, word, strlen(word), &place, e);
	}
	for (size_t i = 0; i < n_values; i++) {
		type[i].type = (int64_t)(1 + 2 * i);
		type[i].unit = (int64_t)(2 + 2 * i);
	}
	b.profile.n_sample_type = n_values;
	b.profile.sample_type = types;
	b.profile.time_nanos = about->unix_ns;
	b.profile.duration_nanos = about->duration_ns;
	if (rc == 0)
		rc = add_all(&b, p, about, names, e);
	if (rc == 0)
		rc = join_and_pack(&b, n_values, out, e);
	clear(&b);
	return rc;
}

#include "tests/unit/trace_script.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/legacy_spec.h"
#include "tests/unit/trace_writer.h"

#define MAX_NUMBERS     512
#define MAX_STATEMENT   4096
#define IS_WORD(s, lit) (strcmp((s)->word, (lit)) == 0)

struct script {
	struct trace_writer *w;
	int minor;
	bool is_open, has_size, has_mark;
	int experiment; /* of the open batch, or -1 */
	uint64_t size;  /* what the open batch says, where has_size */
	size_t mark;    /* in the open batch, where has_mark */
	int64_t *at;
	/* the statement */
	char word[64];
	const char *rest;
	uint64_t numbers[MAX_NUMBERS];
	size_t n;
};

static void bad(const struct script *s, const char *why)
{
	fprintf(stderr, "trace_script: %s: %s %s\n", why, s->word, s->rest);
	abort();
}

/* Bytes to where the script stands: into the open batch, or the file. */
static void put(struct script *s, const void *bytes, size_t n)
{
	if (s->is_open)
		tw_bytes(s->w, bytes, n);
	else
		tw_raw(s->w, bytes, n);
}

static void put_byte(struct script *s, unsigned b)
{
	uint8_t byte = (uint8_t)b;

	put(s, &byte, 1);
}

static void put_numbers(struct script *s, size_t from)
{
	uint8_t buf[10];
	size_t i;

	for (i = from; i < s->n; i++)
		put(s, buf, tw_leb128(buf, s->numbers[i]));
}

static void close_batch(struct script *s)
{
	struct trace_writer *w = s->w;
	int i;

	if (!s->is_open)
		return;
	s->is_open = false;
	put_byte(s, s->experiment >= 0 ? EV_EXPERIMENTAL_BATCH : EV_EVENT_BATCH);
	if (s->experiment >= 0)
		put_byte(s, (unsigned)s->experiment);
	for (i = 0; i < 3; i++)
		tw_raw_number(w, w->head[i]);
	tw_raw_number(w, s->has_size ? s->size : w->data_n);
	if (s->has_mark)
		*s->at = (int64_t)(w->n + s->mark);
	s->has_mark = false;
	tw_raw(w, w->data, w->data_n);
}

static void open_batch(struct script *s, uint64_t generation, uint64_t m, uint64_t time)
{
	close_batch(s);
	tw_batch(s->w, generation, m, time);
	s->is_open = true;
	s->has_size = false;
	s->experiment = -1;
}

/* The numbers at s->rest, and what stands behind them. */
static void read_numbers(struct script *s, size_t most)
{
	char *end;

	for (s->n = 0; s->n < most;) {
		s->rest += strspn(s->rest, " ");
		if (strncmp(s->rest, "max", 3) == 0 || strncmp(s->rest, "high", 4) == 0) {
			s->numbers[s->n++] = *s->rest == 'm' ? UINT64_MAX : UINT64_C(1) << 63;
			s->rest += *s->rest == 'm' ? 3 : 4;
			continue;
		}
		if (*s->rest < '0' || *s->rest > '9')
			return;
		s->numbers[s->n++] = strtoull(s->rest, &end, 10);
		s->rest = end;
	}
}

static void need(struct script *s, size_t n)
{
	read_numbers(s, n);
	if (s->n != n)
		bad(s, "a number is missing");
}

static void put_hex(struct script *s)
{
	char *end;

	for (s->rest += strspn(s->rest, " "); *s->rest; s->rest = end + strspn(end, " ")) {
		put_byte(s, (unsigned)strtoul(s->rest, &end, 16));
		if (end == s->rest)
			bad(s, "no hex byte");
	}
}

static void put_string(struct script *s, const char *text, size_t n)
{
	s->numbers[1] = n;
	s->n = 2;
	put_byte(s, s->minor < SPEC_FIRST_MINOR ? LEGACY_STRING : EV_STRING);
	put_numbers(s, 0);
	put(s, text, n);
}

static void put_long_string(struct script *s)
{
	size_t n = (size_t)s->numbers[1];
	char *text = malloc(n);

	if (!text)
		abort();
	memset(text, 'a', n);
	put_string(s, text, n);
	free(text);
}

/* A record of the older format: where its numbers are more than three, its length stands in front. */
static void put_record(struct script *s, unsigned type)
{
	struct script body = *s;
	struct trace_writer w = {0};
	uint8_t buf[10];

	if (s->n > 0 && s->n < 4 && type != LEGACY_STACK) {
		put_byte(s, type | (unsigned)(s->n - 1) << 6);
		put_numbers(s, 0);
		return;
	}
	body.w = &w;
	put_numbers(&body, 0);
	put_byte(s, type | 3u << 6);
	put(s, buf, tw_leb128(buf, w.n));
	put(s, w.bytes, w.n);
	tw_clear(&w);
}

static bool put_event(struct script *s)
{
	unsigned i;

	read_numbers(s, MAX_NUMBERS);
	for (i = 1; i < 64 && s->minor < SPEC_FIRST_MINOR; i++) {
		if (legacy_spec_table[i].name && IS_WORD(s, legacy_spec_table[i].name)) {
			put_record(s, i);
			return true;
		}
	}
	for (i = 1; i < 256 && s->minor >= SPEC_FIRST_MINOR; i++) {
		if (spec_table[i].name && IS_WORD(s, spec_table[i].name)) {
			put_byte(s, i);
			put_numbers(s, 0);
			return true;
		}
	}
	return false;
}

static void put_clock(struct script *s)
{
	uint64_t hz;

	read_numbers(s, 2);
	hz = s->n > 1 ? s->numbers[1] : 1000000000;
	close_batch(s);
	tw_clock(s->w, s->minor, s->numbers[0], hz);
}

/* Statements that open a batch. */
static bool opens(struct script *s)
{
	static const struct {
		const char *word;
		uint8_t type;
	} tables[] = {{"strings", EV_STRINGS}, {"stacks", EV_STACKS}, {"samples", EV_CPU_SAMPLES},
		{"sync", EV_SYNC}};
	size_t i;

	if (IS_WORD(s, "batch")) {
		need(s, 3);
		open_batch(s, s->numbers[0], s->numbers[1], s->numbers[2]);
		return true;
	}
	if (IS_WORD(s, "experiment")) {
		need(s, 2);
		open_batch(s, s->numbers[1], 1, 100);
		s->experiment = (int)s->numbers[0];
		return true;
	}
	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		if (!IS_WORD(s, tables[i].word))
			continue;
		need(s, 1);
		open_batch(s, s->numbers[0], 1, 100);
		if (tables[i].type != EV_SYNC || s->minor >= 25)
			put_byte(s, tables[i].type);
		return true;
	}
	return false;
}

static void mark(struct script *s)
{
	*s->at = (int64_t)s->w->n;
	s->has_mark = s->is_open;
	s->mark = s->w->data_n;
}

static bool ends(struct script *s)
{
	if (!IS_WORD(s, "close") && !IS_WORD(s, "end"))
		return false;
	close_batch(s);
	if (IS_WORD(s, "end"))
		tw_end_generation(s->w);
	return true;
}

static void statement(struct script *s)
{
	if (IS_WORD(s, "clock")) {
		put_clock(s);
	} else if (IS_WORD(s, "x")) {
		put_hex(s);
	} else if (IS_WORD(s, "text")) {
		s->rest += strspn(s->rest, " ");
		put(s, s->rest, strlen(s->rest));
	} else if (IS_WORD(s, "size")) {
		need(s, 1);
		s->size = s->numbers[0];
		s->has_size = true;
	} else if (IS_WORD(s, "string")) {
		need(s, 1);
		s->rest += strspn(s->rest, " ");
		put_string(s, s->rest, strlen(s->rest));
	} else if (IS_WORD(s, "long")) {
		need(s, 2);
		put_long_string(s);
	} else if (IS_WORD(s, "stack") || IS_WORD(s, "sample")) {
		read_numbers(s, MAX_NUMBERS);
		if (s->minor < SPEC_FIRST_MINOR) {
			put_record(s, LEGACY_STACK);
			return;
		}
		put_byte(s, IS_WORD(s, "stack") ? EV_STACK : EV_CPU_SAMPLE);
		put_numbers(s, 0);
	} else if (!opens(s) && !ends(s) && !put_event(s)) {
		bad(s, "no such statement");
	}
}

/* The next word of s->rest becomes s->word. */
static void take_word(struct script *s)
{
	size_t n;

	s->rest += strspn(s->rest, " ");
	n = strcspn(s->rest, " ");
	if (n >= sizeof(s->word))
		bad(s, "too long");
	memcpy(s->word, s->rest, n);
	s->word[n] = '\0';
	s->rest += n;
}

static void run_statement(struct script *s, const char *text)
{
	uint64_t times = 1;
	const char *rest;

	s->rest = text;
	take_word(s);
	while (IS_WORD(s, "!") || IS_WORD(s, "times")) {
		if (IS_WORD(s, "!")) {
			mark(s);
		} else {
			need(s, 1);
			times = s->numbers[0];
		}
		take_word(s);
	}
	for (rest = s->rest; times > 0 && s->word[0]; times--) {
		s->rest = rest;
		statement(s);
	}
}

void trace_script(struct trace_writer *w, int minor, const char *text, int64_t *at)
{
	struct script s = {.w = w, .minor = minor, .at = at};
	char one[MAX_STATEMENT];
	size_t n;

	*at = -1;
	if (minor > 0)
		tw_header(w, minor);
	for (; *text; text += n + (text[n] == ';')) {
		n = strcspn(text, ";");
		if (n >= sizeof(one))
			bad(&s, "too long a statement");
		memcpy(one, text, n);
		one[n] = '\0';
		run_statement(&s, one);
	}
	close_batch(&s);
}

#include "parser/stack_pattern.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "parser/base/vec.h"
#include "parser/trace.h"

#define MAX_PARTS       31 /* a set of states is one bit more, in 32 */
#define MAX_PART_BYTES  256
#define MAX_REPETITIONS 255

/* Bit per part: what is known of a name, and what of it is yes. */
struct seen {
	uint32_t known;
	uint32_t yes;
};

enum verdict { UNSEEN, NO, YES };

struct stack_pattern {
	regex_t regs[MAX_PARTS];
	uint32_t any; /* bit per part: it is "**" */
	unsigned n;
	VEC(struct seen) names; /* by string number */
	VEC(uint8_t) verdicts;  /* by stack number: enum verdict */
	VEC(char) name;         /* the one looked at, terminated */
};

static const char escapes[][2] = {{'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'n', '\n'}, {'r', '\r'},
	{'t', '\t'}, {'v', '\v'}, {'\\', '\\'}, {'"', '"'}};

/* One character of a literal; moves *at behind it. -1: no such escape. */
static int take_char(const char **at)
{
	const char *s = *at;
	unsigned code;
	size_t i;

	(*at)++;
	if (*s != '\\')
		return (unsigned char)*s;
	if (s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 2 &&
		sscanf(s + 2, "%2x", &code) == 1) { /* NOLINT(cert-err34-c): two hex digits */
		*at = s + 4;
		return code ? (int)code : -1;
	}
	for (i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (s[1] == escapes[i][0]) {
			*at = s + 2;
			return (unsigned char)escapes[i][1];
		}
	}
	return -1;
}

/* The literal at *at, decoded. 0; moves *at behind it. */
static int take_literal(const char **at, char part[MAX_PART_BYTES + 1], struct err *e)
{
	const char *begin = *at;
	char quote = *begin;
	size_t n = 0;
	int c;

	if (quote != '"' && quote != '`')
		return err_set(e, ERR_USAGE, -1,
			"Cannot match stacks: each frame's pattern stands in quotes, at \"%s\"",
			begin);
	for ((*at)++; **at != quote; n++) {
		if (**at == '\0')
			return err_set(e, ERR_USAGE, -1,
				"Cannot match stacks: a quote is not closed, at %s", begin);
		if (n == MAX_PART_BYTES)
			return err_set(e, ERR_USAGE, -1,
				"Cannot match stacks: a frame's pattern is longer than %d bytes",
				MAX_PART_BYTES);
		c = quote == '`' ? (unsigned char)*(*at)++ : take_char(at);
		if (c < 0)
			return err_set(e, ERR_USAGE, -1,
				"Cannot match stacks: not an escape of Go at %s (write \\\\ for "
				"one "
				"backslash, or use `…`)",
				*at - 1);
		part[n] = (char)c;
	}
	part[n] = '\0';
	(*at)++;
	return 0;
}

/* The greatest repetition that the braces at s ask for; 1 where they are none. */
static unsigned long braces(const char *s)
{
	unsigned long most = 0, v = 0;

	for (s++; (*s >= '0' && *s <= '9') || *s == ','; s++) {
		v = *s == ',' ? 0 : v * 10 + (unsigned long)(*s - '0');
		if (v > MAX_REPETITIONS)
			v = MAX_REPETITIONS + 1;
		if (v > most)
			most = v;
	}
	return most > 1 ? most : 1;
}

/* What regcomp() would unroll, and what makes regexec() more than linear. */
static int check_cost(const char *part, struct err *e)
{
	unsigned long cost = 1;
	const char *s;

	for (s = part; *s; s++) {
		if (*s == '{') {
			cost *= braces(s);
		} else if (*s == '\\') {
			if (*++s >= '1' && *s <= '9')
				return err_set(e, ERR_USAGE, -1,
					"Cannot match stacks: back references are not supported: "
					"\"%s\"",
					part);
			if (!*s)
				break;
		}
		if (cost > MAX_REPETITIONS)
			return err_set(e, ERR_USAGE, -1,
				"Cannot match stacks: more than %d repetitions in \"%s\"",
				MAX_REPETITIONS, part);
	}
	return 0;
}

static int add_part(struct stack_pattern *p, const char *part, struct err *e)
{
	bool is_any = strcmp(part, "**") == 0;
	char why[128];
	int code;

	if (is_any && p->n > 0 && (p->any >> (p->n - 1) & 1))
		return 0; /* a run of runs is a run */
	if (p->n == MAX_PARTS)
		return err_set(
			e, ERR_USAGE, -1, "Cannot match stacks: more than %d frames", MAX_PARTS);
	if (is_any) {
		p->any |= 1u << p->n++;
		return 0;
	}
	if (check_cost(part, e) < 0)
		return -1;
	code = regcomp(&p->regs[p->n], part, REG_EXTENDED | REG_NOSUB);
	if (code != 0) {
		regerror(code, NULL, why, sizeof(why));
		return err_set(e, code == REG_ESPACE ? ERR_MEMORY : ERR_USAGE, -1,
			"Cannot match stacks: \"%s\" is no regular expression: %s", part, why);
	}
	p->n++;
	return 0;
}

static int parse(struct stack_pattern *p, const char *text, struct err *e)
{
	char part[MAX_PART_BYTES + 1];

	for (;;) {
		text += strspn(text, " \t");
		if (*text == '\0')
			return 0;
		if (take_literal(&text, part, e) < 0 || add_part(p, part, e) < 0)
			return -1;
	}
}

struct stack_pattern *stack_pattern_create(const char *text, struct err *e)
{
	struct stack_pattern *p = mem_calloc(1, sizeof(*p));

	if (!p)
		err_set(e, ERR_MEMORY, -1, "Cannot match stacks: out of memory");
	if (p && parse(p, text, e) < 0) {
		stack_pattern_destroy(p);
		p = NULL;
	}
	return p;
}

void stack_pattern_destroy(struct stack_pattern *p)
{
	unsigned i;

	if (!p)
		return;
	for (i = 0; i < p->n; i++) {
		if (!(p->any >> i & 1))
			regfree(&p->regs[i]);
	}
	vec_clear(&p->names);
	vec_clear(&p->verdicts);
	vec_clear(&p->name);
	mem_free(p);
}

/* The name without the path of a vendor folder, terminated; NULL where memory ran out. */
static const char *load_name(struct stack_pattern *p, const struct trace *tr, uint32_t id)
{
	static const char vendor[] = "/vendor/";
	const char *s, *name, *next;
	size_t n;

	s = trace_string(tr, id, &n);
	if (vec_reserve(&p->name, n + 1) < 0)
		return NULL;
	memcpy(p->name.at, s, n);
	p->name.at[n] = '\0';
	for (name = p->name.at; (next = strstr(name, vendor)); name = next + strlen(vendor)) {
	}
	return strncmp(name, vendor + 1, strlen(vendor) - 1) == 0 ? name + strlen(vendor) - 1
								  : name;
}

/* Does part `i` find itself in the name? 1, 0, -1. */
static int matches_name(struct stack_pattern *p, const struct trace *tr, unsigned i, uint32_t id)
{
	const uint32_t bit = 1u << i;
	const char *name;
	struct seen *seen;

	if (id >= p->names.n) {
		if (vec_reserve(&p->names, (size_t)id + 1) < 0)
			return -1;
		memset(p->names.at + p->names.n, 0,
			((size_t)id + 1 - p->names.n) * sizeof(*p->names.at));
		p->names.n = (size_t)id + 1;
	}
	seen = &p->names.at[id];
	if (!(seen->known & bit)) {
		name = load_name(p, tr, id);
		if (!name)
			return -1;
		seen->known |= bit;
		if (regexec(&p->regs[i], name, 0, NULL, 0) == 0)
			seen->yes |= bit;
	}
	return (seen->yes & bit) != 0;
}

/* State i: the parts before i have taken the frames so far. "**" may take none: i + 1 as well. */
static uint32_t settle(const struct stack_pattern *p, uint32_t states)
{
	unsigned i;

	for (i = 0; i < p->n; i++) {
		if (states >> i & p->any >> i & 1)
			states |= 1u << (i + 1);
	}
	return states;
}

static int look(struct stack_pattern *p, const struct trace *tr, uint32_t stack)
{
	size_t n, frame;
	const struct trace_frame *f = trace_stack(tr, stack, &n);
	uint32_t states = settle(p, 1), next;
	unsigned i;
	int found;

	for (frame = n; frame > 0 && states != 0; frame--) {
		next = states & p->any;
		for (i = 0; i < p->n; i++) {
			if (!(states >> i & ~p->any >> i & 1))
				continue;
			found = matches_name(p, tr, i, f[frame - 1].func);
			if (found < 0)
				return -1;
			if (found)
				next |= 1u << (i + 1);
		}
		states = settle(p, next);
	}
	return states >> p->n & 1;
}

int stack_pattern_matches(struct stack_pattern *p, const struct trace *tr, uint32_t stack)
{
	int found;

	if (p->n == 0)
		return 1;
	if (stack >= p->verdicts.n) {
		if (vec_reserve(&p->verdicts, (size_t)stack + 1) < 0)
			return -1;
		memset(p->verdicts.at + p->verdicts.n, UNSEEN, (size_t)stack + 1 - p->verdicts.n);
		p->verdicts.n = (size_t)stack + 1;
	}
	if (p->verdicts.at[stack] == UNSEEN) {
		found = look(p, tr, stack);
		if (found < 0)
			return -1;
		p->verdicts.at[stack] = found ? YES : NO;
	}
	return p->verdicts.at[stack] == YES;
}

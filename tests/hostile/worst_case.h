/* worst_case.h — traces that cost a reader the most time or memory for each of their bytes.
 *
 * Each is made to a wanted size, so that the cost at two sizes tells whether it grows faster than the input. The first
 * is no such case: a plausible trace that the others are compared with.
 *
 * Constant data; what a case makes is the caller's to clear. */
#ifndef TESTS_HOSTILE_WORST_CASE_H
#define TESTS_HOSTILE_WORST_CASE_H

#include <stddef.h>

#include "parser/base/err.h"

struct trace_writer;

struct worst_case {
	const char *name;
	const char *what;
	void (*make)(struct trace_writer *w, size_t bytes);
	enum err_kind kind; /* how the reading ends */
};

extern const struct worst_case worst_cases[];
extern const size_t n_worst_cases;

#endif

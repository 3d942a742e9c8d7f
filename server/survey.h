/* survey.h: what is in a trace, by reading it through twice: its events in order, and its bytes.
 *
 * Of a damaged trace, what can be saved: `damage` says what is wrong first and where, `gaps` what is
 * lost. The numbers per type of record (footprint.h) may end elsewhere than the events: they know
 * nothing of generations.
 *
 * Memory: as reading the trace, and 12 bytes per thread of the trace. Threads: one that reads ahead,
 * where there is a processor for it, until survey_read() returns. */
#ifndef SERVER_SURVEY_H
#define SERVER_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/err.h"
#include "parser/base/vec.h"
#include "parser/event.h"
#include "parser/footprint.h"
#include "parser/trace.h"

struct survey {
	int go_minor;
	int64_t file_bytes;
	uint64_t kinds[EVENT_N_KINDS];
	uint64_t n_events, n_generations;
	uint64_t first_generation, last_generation; /* their numbers */
	int64_t first_ns, last_ns;                  /* T */
	int64_t min_clock_ns, max_clock_ns;
	double ns_per_tick;         /* of the first generation */
	struct event_sync snapshot; /* the first one; has_snapshot: there is one */
	uint64_t n_goroutines, n_procs, n_threads;
	uint32_t n_strings, n_stacks;
	uint64_t n_skipped, n_experimental_batches;
	bool has_footprint;
	struct footprint footprint;
	struct err damage; /* ERR_NONE: none */
	VEC(struct trace_gap) gaps;
};

void survey_clear(struct survey *s);

/* 0; -1 where it is no trace at all, or cannot be read. */
int survey_read(struct survey *s, const char *path, struct err *e);

/* Wall time of the first event in ns after the snapshot's seconds; only with a snapshot. */
int64_t survey_began_nsec(const struct survey *s);

#endif

/* worst_case_old.h — the cases of worst_case.c in the format of Go 1.11 to 1.21. */
#ifndef TESTS_HOSTILE_WORST_CASE_OLD_H
#define TESTS_HOSTILE_WORST_CASE_OLD_H

#include <stddef.h>

struct trace_writer;

void worst_case_old_normal(struct trace_writer *w, size_t bytes);
void worst_case_old_batches(struct trace_writer *w, size_t bytes);
void worst_case_old_procs(struct trace_writer *w, size_t bytes);
void worst_case_old_stuck(struct trace_writer *w, size_t bytes);
void worst_case_old_goroutines(struct trace_writer *w, size_t bytes);
void worst_case_old_strings(struct trace_writer *w, size_t bytes);
void worst_case_old_samples(struct trace_writer *w, size_t bytes);

#endif

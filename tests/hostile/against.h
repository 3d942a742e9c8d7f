/* against.h — one reading compared with what Go's reader made of the same bytes (tests/e2e/verdict/main.go).
 *
 * What both give must be the same, event by event. Where one gives more, or only one refuses, the difference must belong
 * to a class that has a name; anything else is a fault of ours.
 *
 *	same       events and verdict
 *	version    Go knows no such version; we try it
 *	old        up to 1.21 Go gives all or nothing, we give what stands before the damage
 *	salvage    Go loses the generation that is damaged, we give what of it can be ordered
 *	limit      we refuse a clock or a size that Go lets overflow (limits.h)
 *	cut        Go takes a record that its batch or the file cuts off for the end of the file (GO_TRACE.md, section 2)
 *
 * Memory: by malloc, until go_reading_clear(). Threads: no state. */
#ifndef TESTS_HOSTILE_AGAINST_H
#define TESTS_HOSTILE_AGAINST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reading;

enum against {
	AGAINST_SAME,
	AGAINST_VERSION,
	AGAINST_OLD,
	AGAINST_SALVAGE,
	AGAINST_LIMIT,
	AGAINST_CUT,
	AGAINST_DIFFERS,
	AGAINST_N
};

struct go_reading {
	uint64_t *hashes; /* as in struct reading */
	size_t n, cap;
	bool is_good;
	bool is_closed; /* the last event is a Sync */
	char why[512];  /* it is not good */
};

/* From a line of the table DIR/verdicts, "number events closed verdict why", and DIR/number.hashes. The number. */
uint64_t go_reading_of(struct go_reading *go, const char *dir, const char *line);
void go_reading_clear(struct go_reading *go);

/* `minor` as the header of the bytes has it. */
enum against against(const struct go_reading *go, const struct reading *ours, int minor);
const char *against_name(enum against a);

/* Events that are the same from the first on. */
size_t against_n_same(const struct go_reading *go, const struct reading *ours);

#endif

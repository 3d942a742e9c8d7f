/* stack_pattern.h — which stacks look like this: regular expressions on frames, as etgrep has them.
 *
 *	"net/http...conn..serve" "ServeHTTP" "**" "sync...Mutex..Lock"
 *
 * One part per frame, the outermost frame first, and all of the stack: a stack matches when each
 * of its frames is taken by a part, in order. "**" takes any run of frames, an empty one too. Any
 * other part is a POSIX extended regular expression that is searched for in the name of the
 * function; what stands before a "vendor/" in the name is left out. No parts at all: any stack.
 *
 * Parts are Go string literals, "with \\ escapes" or `without`, with blanks between them.
 *
 * 1. A stack of this trace is looked at once: stack_pattern_matches() remembers by its number,
 *    and each name by the number of its string.
 * 2. A pattern is bounded, so that it cannot blow up: 31 parts of 256 bytes, the counts in a part's
 *    braces at most 255 when multiplied, no back references. Matching is linear in the name.
 *
 * Differences from etgrep: POSIX's syntax instead of RE2's (no \d, no lazy repetition); "**" at the
 * end takes an empty run too.
 *
 * Memory: 8 bytes per string and 1 per stack seen. Threads: one pattern belongs to one thread. */
#ifndef PARSER_STACK_PATTERN_H
#define PARSER_STACK_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct stack_pattern;
struct trace;

/* NULL on error: ERR_USAGE where the text is no pattern. */
struct stack_pattern *stack_pattern_create(const char *text, struct err *e);
void stack_pattern_destroy(struct stack_pattern *p); /* NULL is fine */

/* 1, 0, or -1 where memory ran out. `stack` is a number of this trace: always the same one. */
int stack_pattern_matches(struct stack_pattern *p, const struct trace *tr, uint32_t stack);

#endif

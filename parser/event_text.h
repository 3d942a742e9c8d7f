/* event_text.h — an event as text, byte for byte what `go tool trace -d=parsed` prints.
 *
 *	M=1234 P=0 G=7 StateTransition Time=81 GoID=7 Running->Waiting Reason="sleep"
 *	TransitionStack=
 *		time.Sleep @ 0x4a1b2c
 *			/usr/local/go/src/runtime/time.go:300
 *
 * Appends to a buffer that the caller writes out and empties, see base/text.h. */
#ifndef PARSER_EVENT_TEXT_H
#define PARSER_EVENT_TEXT_H

#include "parser/base/text.h"

struct event;
struct trace;

/* Append the event and its newline. 0, or -1 where memory ran out (the text is unchanged). */
int event_text_write(const struct trace *tr, const struct event *ev, struct text *out);

/* Fixed names as Go prints them: "StateTransition", "Runnable", "Idle", "Goroutine", … */
const char *event_kind_name(unsigned kind);
const char *event_state_name(unsigned resource, unsigned state);
const char *event_resource_name(unsigned resource);
const char *event_metric_name(unsigned name);
const char *event_range_name(unsigned name); /* "stop-the-world" without its reason */

#endif

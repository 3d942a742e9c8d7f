/* wire_text.h — a raw event as text, byte for byte what `go tool trace -d=wire` prints.
 *
 *	EventBatch gen=1 m=4956 time=16595904069 size=65449
 *	ProcStart dt=53 p=1 p_seq=1
 *	Stack id=2 nframes=1
 *		pc=4911148 func=1 file=2 line=133
 *	String id=1
 *		data="runtime.main"
 *
 * Appends to a buffer that the caller writes out and empties, see base/text.h. */
#ifndef PARSER_WIRE_TEXT_H
#define PARSER_WIRE_TEXT_H

#include "parser/base/text.h"

struct wire_event;

/* Append the event and its newline. 0, or -1 where memory ran out (the text is unchanged). */
int wire_text_write(const struct wire_event *ev, struct text *out);

#endif

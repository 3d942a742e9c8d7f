/* event_print.c */
#include "server/event_print.h"

#include <string.h>

#include "parser/event.h"
#include "parser/event_text.h"
#include "parser/trace.h"

int event_form_parse(const char *name, enum event_form *form)
{
	static const char *const names[] = {[EVENT_FORM_GO] = "go",
		[EVENT_FORM_JSON] = "json",
		[EVENT_FORM_CSV] = "csv",
		[EVENT_FORM_LINK] = "link"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*form = (enum event_form)i;
			return 0;
		}
	}
	return -1;
}

int event_print_head(struct event_printer *p, struct text *out)
{
	return p->form == EVENT_FORM_CSV ? event_csv_head(out) : 0;
}

int event_print(
	struct event_printer *p, const struct trace *tr, const struct event *ev, struct text *out)
{
	switch (p->form) {
	case EVENT_FORM_JSON:
		return event_json_write(p, tr, ev, out);
	case EVENT_FORM_CSV:
		return event_csv_write(p, tr, ev, out);
	case EVENT_FORM_LINK:
		return event_link_write(p, tr, ev, out);
	case EVENT_FORM_GO:
		break;
	}
	return event_text_write(tr, ev, out);
}

void event_printer_clear(struct event_printer *p)
{
	json_clear(&p->json);
	text_clear(&p->scratch);
}

int event_print_range_name(struct text *scratch, const struct trace *tr, const struct event *ev)
{
	const char *name = event_range_name(ev->range.name), *reason;
	size_t n;

	reason = trace_string(tr, ev->range.reason, &n);
	scratch->len = 0;
	if (text_room(scratch, strlen(name) + n + 3) < 0)
		return -1;
	text_name(scratch, name);
	if (ev->range.name == RANGE_STOP_THE_WORLD) {
		TEXT(scratch, " (");
		text_bytes(scratch, reason, n);
		TEXT(scratch, ")");
	}
	return 0;
}

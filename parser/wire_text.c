#include "parser/wire_text.h"

#include "parser/base/bytes.h"
#include "parser/base/quote.h"
#include "parser/wire.h"

#define NUMBER_MAX 48 /* bytes of " parent_task=" and any number */
#define NAME_MAX   64

static void put_number(struct text *t, struct bytes *in, const char *before, const char *name)
{
	text_name(t, before);
	text_name(t, name);
	TEXT(t, "=");
	text_u64(t, bytes_uvarint(in));
}

static int put_frames(struct text *t, struct bytes *in, uint64_t n)
{
	static const char *const names[WIRE_STACK_ARGS] = {"pc", "func", "file", "line"};
	uint64_t i;

	for (i = 0; i < n; i++) {
		if (text_room(t, WIRE_STACK_ARGS * NUMBER_MAX) < 0)
			return -1;
		for (unsigned k = 0; k < WIRE_STACK_ARGS; k++)
			put_number(t, in, k == 0 ? "\n\t" : " ", names[k]);
	}
	return text_room(t, NAME_MAX);
}

static int put_data(struct text *t, const struct wire_event *ev)
{
	if (!ev->data)
		return 0;
	if (text_room(t, QUOTE_MAX(ev->n_data) + NAME_MAX) < 0)
		return -1;
	TEXT(t, "\n\tdata=");
	t->len += quote_go(t->data + t->len, (const char *)ev->data, ev->n_data);
	return 0;
}

int wire_text_write(const struct wire_event *ev, struct text *t)
{
	struct bytes in = bytes_of(ev->at, ev->size - 1);
	size_t start = t->len;
	unsigned i;

	if (text_room(t, NAME_MAX + WIRE_MAX_ARGS * NUMBER_MAX) < 0)
		return -1;
	text_name(t, wire_name(ev->type));
	for (i = 0; i < ev->n_args; i++)
		put_number(t, &in, " ", wire_arg_name(ev->type, i));
	if (put_frames(t, &in, ev->n_frames) < 0 || put_data(t, ev) < 0) {
		t->len = start;
		return -1;
	}
	TEXT(t, "\n");
	return 0;
}

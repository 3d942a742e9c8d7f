/* fuzz_batch_list.c - any bytes as the list of a batch's address.
 *
 * Beyond what the sanitizers see: never more pieces than the bound, each of a known letter, ids within the text and made of
 * digits and commas alone; what is refused is refused at a byte of the text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/err.h"
#include "server/batch_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
	if (!holds)
		abort();
}

static void check_piece(const struct batch_piece *p, const char *text, size_t n)
{
	size_t i;

	must(p->what && strchr("PMGFACLpmgfRT", p->what) != NULL);
	must(!p->ids || batch_is_long(p->what));
	if (!p->ids)
		return;
	must(p->ids > text && p->n_ids > 0 && p->n_ids <= n - (size_t)(p->ids - text));
	for (i = 0; i < p->n_ids; i++)
		must(p->ids[i] == ',' || (p->ids[i] >= '0' && p->ids[i] <= '9'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct batch_piece at[BATCH_PIECES];
	struct err e = ERR_INIT;
	char *text = malloc(n + 1); /* of its exact size, so that a read past the end is seen */
	int i, found;

	must(text != NULL);
	if (n > 0)
		memcpy(text, bytes, n);
	text[n] = '\0';
	found = batch_list_parse(text, at, &e);
	must(found <= BATCH_PIECES && found != 0);
	if (found < 0)
		must(e.kind == ERR_USAGE && e.offset >= 0 && (size_t)e.offset <= n);
	for (i = 0; i < found; i++)
		check_piece(&at[i], text, strlen(text));
	free(text);
	return 0;
}

/* batch_list.h: the list of a batch's address into pieces.
 *
 *	"G.19.0-2,7.0-1;g.4.17;L.19.0"  ►  G 19 0 0, G 19 0 1, G 19 1 0, ... g 4 17, L 19 0
 *
 * Groups with ';' between: a letter, for some letters ':' and ids, then lists of numbers with '.' between. A list is
 * numbers and ranges with ',' between. A group stands for every combination, the last list running fastest: what
 * lies side by side has a short address.
 *
 * Knows the letters and how many lists each has, nothing of traces, nor which numbers there are.
 * Memory: none; ids point into the text. Threads: none. */
#ifndef SERVER_BATCH_LIST_H
#define SERVER_BATCH_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define BATCH_PIECES 64
#define BATCH_FIELDS 3

struct batch_piece {
	char what; /* P M G F A C: a tile; L: landmarks; p m g f: a chunk; R: rows; T: tasks */
	const char *ids; /* R: goroutines, T: types, n_ids bytes of the text; NULL none */
	size_t n_ids;
	uint64_t field[BATCH_FIELDS]; /* k, y, x; L, R, T: k, x; a chunk: block, number */
};

/* Are pieces of this letter work that may take long? */
bool batch_is_long(char what);

/* How many pieces, at least one; -1: no such list, or more than BATCH_PIECES, with the offset in the text. */
int batch_list_parse(const char *text, struct batch_piece out[BATCH_PIECES], struct err *e);

#endif

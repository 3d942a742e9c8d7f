/* seed_tables.c - the tables of a store as an input of fuzz_tables: seed_tables STORE >INPUT. Pages of 64 KiB and more are left out. */
#include <stdio.h>

#include "parser/base/err.h"
#include "tests/fuzz/blobs.h"
#include "tiles/store.h"

#define N_TABLES 16
#define N_PAGES  8

static int put(struct store *st, unsigned kind, unsigned a, unsigned b, struct err *e)
{
	struct buf blob = {0};
	int rc = store_get_plain(st, blobs_id(kind, a, b), &blob, e);

	if (rc > 0 && blob.n <= UINT16_MAX) {
		const uint8_t head[] = {(uint8_t)kind, (uint8_t)a, (uint8_t)b, (uint8_t)blob.n,
			(uint8_t)(blob.n >> 8)};

		fwrite(head, 1, sizeof(head), stdout);
		fwrite(blob.at, 1, blob.n, stdout);
	}
	buf_clear(&blob);
	return rc < 0 ? -1 : 0;
}

static int put_all(struct store *st, struct err *e)
{
	int rc = put(st, BLOB_META, 0, 0, e);

	for (unsigned table = 1; table < N_TABLES && rc == 0; table++)
		for (unsigned page = 0; page <= N_PAGES && rc == 0; page++)
			rc = put(st, BLOB_TABLE, table, page == N_PAGES ? BLOBS_INDEX : page, e);
	for (unsigned kind = BLOB_STRINGS; kind <= BLOB_STACKS && rc == 0; kind++)
		rc = put(st, kind, 1, 0, e);
	return rc;
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct store *st = argc == 2 ? store_open(argv[1], &e) : NULL;
	int rc = st ? put_all(st, &e) : -1;

	store_close(st);
	if (rc < 0)
		fprintf(stderr, "%s\n", e.kind ? e.msg : "usage: seed_tables STORE >INPUT");
	return rc < 0 || fflush(stdout) != 0;
}

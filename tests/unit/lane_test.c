/* Rows of goroutines, procs and threads: tiles/lane.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/lane.h"

static struct lane_place take(struct lane_packing *lp, uint32_t group)
{
	struct lane_place place;
	struct err e = ERR_INIT;

	assert_int_equal(lane_packing_take(lp, group, &place, &e), 0);
	assert_int_equal(place.group, group);
	return place;
}

static uint32_t group_of(struct lane_packing *lp, uint32_t function)
{
	uint32_t group;
	struct err e = ERR_INIT;

	assert_int_equal(lane_packing_group(lp, function, &group, &e), 0);
	return group;
}

static void groups_are_numbered_by_first_appearance(void **state)
{
	struct lane_packing lp;

	(void)state;
	lane_packing_init(&lp);
	assert_int_equal(group_of(&lp, 17), 0);
	assert_int_equal(group_of(&lp, 0), 1); /* unknown start function */
	assert_int_equal(group_of(&lp, 17), 0);
	assert_int_equal(group_of(&lp, 5), 2);
	assert_int_equal(lp.groups.at[2].function, 5);
	lane_packing_clear(&lp);
}

static void the_lowest_free_row_is_taken(void **state)
{
	struct lane_packing lp;
	uint32_t group;

	(void)state;
	lane_packing_init(&lp);
	group = group_of(&lp, 1);
	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(take(&lp, group).row, i);
	lane_packing_release(&lp, (struct lane_place){group, 70});
	lane_packing_release(&lp, (struct lane_place){group, 3});
	lane_packing_release(&lp, (struct lane_place){group, 41});
	assert_int_equal(take(&lp, group).row, 3);
	assert_int_equal(take(&lp, group).row, 41);
	assert_int_equal(take(&lp, group).row, 70);
	assert_int_equal(take(&lp, group).row, 100);
	assert_int_equal(lp.groups.at[group].alive, 101);
	assert_int_equal(lp.groups.at[group].alive_max, 101);
	assert_int_equal(lp.groups.at[group].n_goroutines, 104);
	lane_packing_clear(&lp);
}

static void a_block_belongs_to_one_group(void **state)
{
	struct lane_packing lp;
	uint32_t a, b;
	struct lane_place place;

	(void)state;
	lane_packing_init(&lp);
	a = group_of(&lp, 1);
	b = group_of(&lp, 2);
	for (int i = 0; i < 32; i++)
		assert_int_equal(lane_block(&lp, take(&lp, a)), 0);
	assert_int_equal(lane_block(&lp, take(&lp, b)), 1);
	place = take(&lp, a);
	assert_int_equal(place.row, 32);
	assert_int_equal(lane_block(&lp, place), 2);
	assert_int_equal(lp.group_of_block.n, 3);
	assert_int_equal(lp.group_of_block.at[2], a);
	lane_packing_clear(&lp);
}

/* Against a plain search for the lowest free row. */
static void packing_equals_brute_force(void **state)
{
	enum { ROWS = 300 };
	unsigned char used[ROWS] = {0};
	struct lane_packing lp;
	uint32_t group, row, live = 0;

	(void)state;
	srand(7);
	lane_packing_init(&lp);
	group = group_of(&lp, 9);
	for (int i = 0; i < 20000; i++) {
		if (live < ROWS && (live == 0 || rand() % 2)) {
			for (row = 0; used[row]; row++) {
			}
			assert_int_equal(take(&lp, group).row, row);
			used[row] = 1;
			live++;
		} else {
			do
				row = (uint32_t)(rand() % ROWS);
			while (!used[row]);
			lane_packing_release(&lp, (struct lane_place){group, row});
			used[row] = 0;
			live--;
		}
	}
	lane_packing_clear(&lp);
}

static void ids_get_rows_by_first_appearance(void **state)
{
	struct lane_rows lr;
	struct err e = ERR_INIT;
	uint32_t row;

	(void)state;
	lane_rows_init(&lr);
	assert_int_equal(lane_rows_get(&lr, 4711, &row, &e), 0);
	assert_int_equal(row, 0);
	assert_int_equal(lane_rows_get(&lr, -2, &row, &e), 0);
	assert_int_equal(row, 1);
	assert_int_equal(lane_rows_get(&lr, 4711, &row, &e), 0);
	assert_int_equal(row, 0);
	assert_int_equal(lr.ids.at[1], -2);
	lane_rows_clear(&lr);
}

static int fill(struct lane_packing *lp, struct err *e)
{
	struct lane_place place;
	uint32_t group;

	for (uint32_t f = 0; f < 40; f++) {
		if (lane_packing_group(lp, f, &group, e) < 0)
			return -1;
		for (int i = 0; i < 70; i++) {
			if (lane_packing_take(lp, group, &place, e) < 0)
				return -1;
		}
	}
	return 0;
}

static void every_failed_allocation_is_an_error(void **state)
{
	struct lane_packing lp;
	int rc = -1;

	(void)state;
	for (long n = 1; rc < 0; n++) {
		struct err e = ERR_INIT;

		lane_packing_init(&lp);
		mem_fail_nth(n, 0);
		rc = fill(&lp, &e);
		mem_fail_nth(0, 0);
		assert_int_equal(e.kind, rc < 0 ? ERR_MEMORY : ERR_NONE);
		lane_packing_clear(&lp);
		assert_int_equal(mem_used(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_numbered_by_first_appearance),
		cmocka_unit_test(the_lowest_free_row_is_taken),
		cmocka_unit_test(a_block_belongs_to_one_group),
		cmocka_unit_test(packing_equals_brute_force),
		cmocka_unit_test(ids_get_rows_by_first_appearance),
		cmocka_unit_test(every_failed_allocation_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

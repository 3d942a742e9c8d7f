/* sort.h — sort (key, value) pairs by key exactly as Go's slices.SortFunc would.
 *
 * Go's sort is not stable: where keys are equal, the order that comes out is the algorithm's own.
 * Go's trace reader sorts its frontier of threads and its CPU samples with it, and the order of
 * equal times decides which event comes first. So this is the same algorithm, step for step:
 * pattern-defeating quicksort with insertion sort up to 12 elements, a median of three (of three
 * medians from 50 on), a fixed xorshift shuffle after bad splits, heap sort as last resort
 * (slices/zsortanyfunc.go, slices/sort.go; paper: arXiv 2106.05123).
 *
 * Memory: none but the room that is given; recursion only into the smaller half, at most log2(n) deep. */
#ifndef PARSER_BASE_SORT_H
#define PARSER_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

struct sort_item {
	int64_t key;
	uint32_t value;
};

void sort_like_go(struct sort_item *items, size_t n);

/* The same, with room for 2 n items: twice as fast where n is great, no two keys are equal and all
 * of them lie near each other, as times and ids do. */
void sort_like_go_with(struct sort_item *items, size_t n, struct sort_item *room);

#endif

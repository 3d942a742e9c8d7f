/* fuzz_mutated.c — fuzz_reader with a mutator that knows the format: sizes stay right, batches and
 * generations move as a whole, ids become 0, 2^32, 2^63, 2^64-1. What passes the framing reaches the rules. */
#include "fuzz_reader.c"

#include <string.h>

#include "tests/fuzz/mutate.h"

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t cap);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t cap, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b,
	uint8_t *dst, size_t cap, unsigned seed);

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
/* One in eight by libFuzzer itself: it alone uses what comparisons taught it. */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t cap, unsigned seed)
{
	uint64_t state = seed;
	uint8_t *copy;

	if (mutate_random(&state) % 8 == 0)
		return LLVMFuzzerMutate(bytes, n, cap);
	copy = malloc(n + 1);
	must(copy != NULL);
	memcpy(copy, bytes, n);
	n = mutate(copy, n, NULL, 0, bytes, cap, state);
	free(copy);
	return n;
}
#endif

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b,
	uint8_t *dst, size_t cap, unsigned seed)
{
	unsigned splice = 0;

	while (strcmp(mutate_kind_name(splice), "splice") != 0)
		splice++;
	return mutate_kind(a, n_a, b, n_b, dst, cap, seed, splice);
}

/* limits.h — every bound on what a trace may make the reader do.
 *
 * Real traces stay far below each of these; what exceeds one is refused with ERR_LIMIT, which
 * names the limit. Nothing is allocated in proportion to a number that only the input claims.
 *
 * Plain data: copy it, change a field, pass it by pointer. */
#ifndef PARSER_LIMITS_H
#define PARSER_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

struct limits {
	/* Set by Go's writer (tracev2/events.go); not tunable without a format change. */
	uint32_t batch_bytes;  /* one batch */
	uint32_t string_bytes; /* one string */
	uint32_t stack_frames; /* frames of one stack */

	/* The version-1 format (1.11 to 1.21) has its own. */
	uint32_t v1_string_bytes;
	uint32_t v1_stack_frames;
	uint32_t v1_arg_bytes;

	int64_t trace_bytes; /* the whole input: 64 GiB = half an hour of the busiest server */

	/* Compressed input. Real traces unpack to 3 to 10 times their size, zeroes to 32,000. */
	int64_t unpack_free_bytes; /* what may come out before the ratio counts */
	uint32_t unpack_ratio;     /* out to in */
	uint32_t zstd_window_log;  /* 2^27 = 128 MiB of memory: what `zstd --ultra -22` needs */
	uint32_t zstd_frames;      /* an empty one costs the input 9 bytes */

	uint64_t generations;      /* about one a second: 1,000,000 = 11 days */
	uint32_t batches;          /* of one generation; an empty batch costs the input 6 bytes */
	uint64_t generation_bytes; /* bytes of one generation held in memory */
	uint32_t threads;          /* Ms of one generation; Go itself stops at 10,000 alive */
	uint32_t threads_ever;     /* Ms of the trace; Linux numbers at most 4 M threads */
	uint32_t procs;            /* Ps */
	uint32_t goroutines;       /* alive at once */
	uint32_t tasks;            /* open at once */
	uint32_t region_depth;     /* open regions of one goroutine */
	uint32_t range_depth;      /* open ranges of one G or P: searched; Go has below 30 kinds */

	uint32_t strings;      /* of one generation, and different ones in the trace */
	uint64_t string_total; /* bytes of different strings in the trace */
	uint32_t stacks;       /* of one generation, and different ones in the trace */
	uint32_t pcs;          /* frames of one generation; four times as many in the trace */

	uint64_t frequency_hz; /* clock ticks per second, at most; 1 at least */
	int64_t time_ns;       /* a clock beyond 2^62 ns is damage, not time */
	int64_t span_ns; /* first to last event: 2^53 ns = 104 days, exact in JavaScript; longer is damage */

	/* Of a damaged trace: how many gaps are told one by one; the last stands for the rest. */
	uint32_t gaps;
	bool stops_at_damage; /* as Go's reader does; else what comes behind is read, see salvage.h */

	uint32_t order_tries;      /* candidates tried per event, on average */
	uint32_t order_tries_peak; /* added once: a short burst is normal after a long stall */
};

#define LIMITS_DEFAULT \
	{ \
		.batch_bytes = 65536, .string_bytes = 1024, .stack_frames = 128, \
		.v1_string_bytes = 1000000, .v1_stack_frames = 1000, .v1_arg_bytes = 2048, \
		.trace_bytes = INT64_C(64) << 30, .unpack_free_bytes = INT64_C(16) << 20, \
		.unpack_ratio = 200, .zstd_window_log = 27, .zstd_frames = 1024, \
		.generations = 1000000, .batches = 4000000, .generation_bytes = UINT64_C(4) << 30, \
		.threads = 65536, .threads_ever = 4u << 20, .procs = 65536, \
		.goroutines = 16u << 20, .tasks = 4u << 20, .region_depth = 1024, \
		.range_depth = 64, .strings = 4u << 20, .string_total = UINT64_C(1) << 30, \
		.stacks = 4u << 20, .pcs = 8u << 20, .frequency_hz = UINT64_C(1000000000000), \
		.time_ns = INT64_C(1) << 62, .span_ns = INT64_C(1) << 53, .gaps = 1024, \
		.stops_at_damage = false, .order_tries = 64, .order_tries_peak = 1u << 22, \
	}

#endif

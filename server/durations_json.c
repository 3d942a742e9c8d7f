/* durations_json.c */
#include "server/durations_json.h"

#include "server/json_writer.h"
#include "tiles/durations.h"

/* Buckets that hold something: lower bound and number. */
static void write_histogram(struct json_writer *w, const struct durations *d)
{
	uint64_t n[DURATION_BUCKETS];

	durations_histogram(d, n);
	json_key(w, "histogram");
	json_open(w, '[');
	for (unsigned i = 0; i < DURATION_BUCKETS; i++) {
		if (n[i] == 0)
			continue;
		json_open(w, '[');
		json_u64(w, duration_bucket_ns(i));
		json_u64(w, n[i]);
		json_close(w, ']');
	}
	json_close(w, ']');
}

void durations_write(struct json_writer *w, const struct durations *d)
{
	json_key_u64(w, "min", durations_at(d, 0));
	json_key_u64(w, "p50", durations_at(d, 500));
	json_key_u64(w, "p90", durations_at(d, 900));
	json_key_u64(w, "p99", durations_at(d, 990));
	json_key_u64(w, "max", durations_at(d, 1000));
	json_key(w, "exact");
	json_bool(w, !d->is_rounded);
	write_histogram(w, d);
}

/* durations_json.h: percentiles and histogram of durations as keys of an open JSON object.
 *
 *	"min":1,"p50":2,"p90":3,"p99":4,"max":5,"exact":true,"histogram":[[1,3],[4,2]] */
#ifndef SERVER_DURATIONS_JSON_H
#define SERVER_DURATIONS_JSON_H

struct durations;
struct json_writer;

/* `d` is sorted. */
void durations_write(struct json_writer *w, const struct durations *d);

#endif

/* life_json.h: when a goroutine began and ended, as keys of an open JSON object.
 *
 *	"born":{"t":1,"T":"4097","known":true},"gone":{"t":9,"T":"4105"}
 *
 * `known` false: it lived before the trace. `gone` null: it lives still at the end. */
#ifndef SERVER_LIFE_JSON_H
#define SERVER_LIFE_JSON_H

struct goroutine;
struct json_writer;

void life_write(struct json_writer *w, const struct goroutine *g);

#endif

/* life_json.c */
#include "server/life_json.h"

#include "server/json_writer.h"
#include "tiles/goroutine_table.h"

void life_write(struct json_writer *w, const struct goroutine *g)
{
	json_key(w, "born");
	json_open(w, '{');
	json_key_i64(w, "t", g->born_t);
	json_key_i64_text(w, "T", g->born_time_ns);
	json_key(w, "known");
	json_bool(w, g->born_known);
	json_close(w, '}');
	json_key(w, "gone");
	if (g->is_alive) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	json_key_i64(w, "t", g->gone_t);
	json_key_i64_text(w, "T", g->gone_time_ns);
	json_close(w, '}');
}

/* routes.c */
#include "server/routes.h"

#include "server/routes_batch.h"
#include "server/routes_goroutine.h"
#include "server/routes_gotool.h"
#include "server/routes_profile.h"
#include "server/routes_query.h"
#include "server/routes_search.h"
#include "server/routes_table.h"
#include "server/routes_task.h"
#include "server/routes_tile.h"
#include "server/routes_trace.h"
#include "server/routes_web.h"
#include "server/server.h"

#define TRACE "/api/v1/traces/{trace}"

/* clang-format off */
const struct route server_routes[] = {
	{"/", NULL, quick_library, NULL, ROUTE_PAGE},
	{"/t/{trace}", "go " GOTOOL_KEYS, quick_viewer, NULL, ROUTE_PAGE},
	{"/web/{path...}", NULL, quick_asset, NULL, 0},
	{TRACE "/tiles/{view}/{r}/{k}/{y}/{x}", "v part format", quick_tile, run_tile, 0},
	{TRACE "/chunks/{view}/{block}/{n}", "v part format", quick_chunk, run_chunk, 0},
	{TRACE "/counters/{c}/{k}/{x}", "v part format", quick_counter, run_counter, 0},
	{TRACE "/rows/{goroutines}/{k}/{x}", "v part format", quick_rows, run_rows, ROUTE_LONG},
	{TRACE "/batch/{list}", "v part", quick_batch, run_batch, 0},
	{TRACE "/batch/long/{list}", "v part", quick_long_batch, run_batch, ROUTE_LONG},
	{TRACE "/landmarks/{k}/{x}", "v part format", quick_landmarks, run_landmarks, 0},
	{"/api/v1/traces", NULL, quick_traces, run_traces, 0},
	{TRACE, "part", quick_manifest, run_manifest, 0},
	{TRACE "/events", "from to at g m p task view block row rows kind limit after format", server_check_trace, run_events, ROUTE_LONG},
	{TRACE "/summary", "by clock durations format from to view block row g group rows", server_check_trace, run_summary, ROUTE_LONG},
	{TRACE "/profile", "of from to g group rows nodes format limit after", server_check_trace, run_profile, ROUTE_LONG},
	{TRACE "/goroutines", "group function match creator state min_ns alive_from alive_to sort limit after", server_check_trace, run_goroutines, ROUTE_LONG},
	{TRACE "/goroutines/functions", "from to rows match sort order limit after format", server_check_trace, run_goroutine_functions, ROUTE_LONG},
	{TRACE "/goroutines/times", "from to rows group match sort order limit after format", server_check_trace, run_goroutine_times, ROUTE_LONG},
	{TRACE "/search", "q from to after limit bins format", server_check_trace, run_search, ROUTE_LONG},
	{TRACE "/goroutines/{g}", NULL, server_check_trace, run_goroutine, 0},
	{TRACE "/tasks", "type from to sort limit after format", server_check_trace, run_tasks, ROUTE_LONG},
	{TRACE "/tasks/types", "from to format", server_check_trace, run_task_types, ROUTE_LONG},
	{TRACE "/tasks/lanes", NULL, server_check_trace, run_task_lanes, ROUTE_LONG},
	{TRACE "/tasks/lanes/{k}/{x}", "types v part", server_check_trace, run_task_lane, ROUTE_LONG},
	{TRACE "/tasks/{task}", NULL, server_check_trace, run_task, ROUTE_LONG},
	{TRACE "/stacks", "ids", server_check_trace, run_stacks, 0},
	{TRACE "/strings", "ids", server_check_trace, run_strings, 0},
	{"/trace", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/goroutines", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/goroutine", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/mmu", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/io", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/block", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/syscall", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/sched", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/regionio", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/regionblock", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/regionsyscall", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/regionsched", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/userregions", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/userregion", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/usertasks", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/usertask", GOTOOL_KEYS, quick_gotool, NULL, ROUTE_PAGE},
	{"/healthz", NULL, quick_ready, NULL, 0},
	{"/readyz", NULL, quick_ready, NULL, 0},
};
/* clang-format on */

const size_t server_n_routes = sizeof(server_routes) / sizeof(server_routes[0]);

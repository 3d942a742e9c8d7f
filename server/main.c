/* main.c: which command runs. The only exit(), as the return of main. */
#include <string.h>

#include "server/cmd.h"

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {{"serve", cmd_serve}, {"events", cmd_events}, {"info", cmd_info},
		{"summary", cmd_summary}, {"ingest", cmd_ingest}};
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	return cmd_debug_is_asked(argc, argv) ? cmd_debug(argc, argv) : cmd_serve(argc, argv);
}

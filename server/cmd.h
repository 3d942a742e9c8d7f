/* cmd.h: the subcommands, each in the file of its name.
 *
 * argv[0] is the subcommand's own name. A command prints data on standard output and everything
 * else on standard error, and returns the program's exit code: 0, 2 for bad usage, else
 * err_exit_code(). Only main.c calls exit().
 *
 * What `ingest --progress-fd=N` writes to N, for the server that started it: lines of JSON,
 *	{"bytes":1048576,"total":5058977,"events":123456}                  now and then
 *	{"bytes":2,"total":2,"events":9,"prepared":17,"to_prepare":40}     all is read: of the zoom levels
 *	{"part":3}                                                         the third snapshot is published
 *	{"error":{"code":"damaged","message":"Cannot …","offset":123}}     once, where it fails
 * `code` is err_kind_name(); without an offset the key is left out. The exit code decides: 0 means
 * that the store is published. */
#ifndef SERVER_CMD_H
#define SERVER_CMD_H

#include <stdbool.h>

int cmd_serve(int argc, char **argv); /* FILE...: read them, serve them, until a signal */
int cmd_ingest(int argc,
	char **argv); /* FILE -o STORE [--threads=1|2|3] [--memory=MIB] [--progress-fd=N] [--snapshots=FILE] */
int cmd_events(int argc, char **argv);  /* [flags] FILE: its events as text, JSON, CSV or links */
int cmd_info(int argc, char **argv);    /* [flags] FILE or STORE: what is in it */
int cmd_summary(int argc, char **argv); /* [flags] FILE or STORE: exact sums over a range */
int cmd_debug(int argc, char **argv);   /* -d=parsed|wire|footprint FILE: as go tool trace has it */

/* Is there a flag -d among the arguments? */
bool cmd_debug_is_asked(int argc, char **argv);

#endif

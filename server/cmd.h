/* cmd.h: the subcommands, each in the file of its name.
 *
 * argv[0] is the subcommand's own name. A command prints data on standard output and everything
 * else on standard error, and returns the program's exit code: 0, 2 for bad usage, else
 * err_exit_code(). Only main.c calls exit(). */
#ifndef SERVER_CMD_H
#define SERVER_CMD_H

int cmd_serve(int argc, char **argv);  /* FILE...: read them, serve them, until a signal */
int cmd_ingest(int argc, char **argv); /* FILE -o STORE [--progress-fd=N]: a trace into a store */
int cmd_events(int argc, char **argv); /* FILE: its events as text */
int cmd_info(int argc, char **argv);   /* FILE or STORE: what is in it */

#endif

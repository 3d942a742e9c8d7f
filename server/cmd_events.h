/* cmd_events.h — `tilescope events FILE`: every event of a trace as a line of text, in order.
 *
 * The text is that of `go tool trace -d=parsed`. Goes to standard output; an error goes to
 * standard error after the events that could be read. Ends quietly when the reader of the pipe
 * does. */
#ifndef SERVER_CMD_EVENTS_H
#define SERVER_CMD_EVENTS_H

/* Exit code: 0, or err_exit_code() of what went wrong. argv[0] is the command's own name. */
int cmd_events(int argc, char **argv);

#endif

/* output.h: what a command prints, to standard output, in large pieces.
 *
 * A reader that has gone (`tilescope events FILE | head`) had what it wanted: that is no error. A
 * full disk is one. Nothing is lost silently: every byte is written, or an answer says that not.
 *
 * Threads: the main one. */
#ifndef SERVER_OUTPUT_H
#define SERVER_OUTPUT_H

#include <stddef.h>

struct err;
struct text;

#define OUTPUT_FLUSH_AT ((size_t)1 << 18) /* bytes that are worth a write */

enum output { OUTPUT_FAILED = -1, OUTPUT_CLOSED, OUTPUT_WRITTEN };

/* Once, before the first write: a closed pipe becomes an answer instead of a signal. */
void output_begin(void);

/* Write and empty the text. */
enum output output_flush(struct text *t, struct err *e);

/* Flush when it is worth it. */
enum output output_maybe(struct text *t, struct err *e);

/* A command's end: tell an error, if any; its exit code. */
int output_end(const struct err *e);

/* Print a text of ours (--help); the exit code. */
int output_help(const char *text);

#endif

/* crew.h — more threads, given by who may start some.
 *
 * parser/ and tiles/ start no threads: what gains from one is handed a crew, borrowed while it
 * works, and does all by itself where there is none. */
#ifndef PARSER_BASE_CREW_H
#define PARSER_BASE_CREW_H

/* start() runs task(arg) on a thread of its own, NULL: there is none; join() returns when the task
 * of that thread has. Both belong to one thread. */
struct crew {
	void *(*start)(void *context, void (*task)(void *arg), void *arg);
	void (*join)(void *context, void *thread);
	void *context;
};

#endif

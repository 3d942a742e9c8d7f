/* browser.h: opens the page in a browser, where there is one to look at.
 *
 * $BROWSER (a list separated by ':', as others read it; "%s" stands for the address), else
 * xdg-open. Never through a shell: the address is one argument. */
#ifndef SERVER_BROWSER_H
#define SERVER_BROWSER_H

#include <stdbool.h>
#include <sys/types.h>

/* Is there a screen, and is somebody at it: a display, no SSH session, a terminal. */
bool browser_is_likely(void);

/* Starts it as the process *pid and does not wait. False: nothing could be started. */
bool browser_open(const char *address, pid_t *pid);

/* On SIGCHLD: takes note of its end, so that the system forgets it, and *pid is 0. */
void browser_reap(pid_t *pid);

#endif

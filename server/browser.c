/* browser.c */
#include "server/browser.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_ARGS 16

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

bool browser_is_likely(void)
{
	if (is_set("SSH_CONNECTION") || is_set("SSH_TTY"))
		return false;
	if (is_set("BROWSER"))
		return isatty(STDERR_FILENO);
	return (is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")) && isatty(STDERR_FILENO);
}

/* Splits a command at blanks; puts the address where "%s" stands, else at the end. */
static int split_command(char *command, const char *address, const char *argv[N_ARGS + 1])
{
	bool placed = false;
	char *rest = NULL, *word;
	int n = 0;

	for (word = strtok_r(command, " \t", &rest); word && n < N_ARGS - 1;
		word = strtok_r(NULL, " \t", &rest)) {
		if (strcmp(word, "%s") == 0) {
			argv[n++] = address;
			placed = true;
		} else if (strcmp(word, "&") != 0) {
			argv[n++] = word;
		}
	}
	if (n > 0 && !placed)
		argv[n++] = address;
	argv[n] = NULL;
	return n;
}

/* Its chatter is not ours to show; its group is its own, so that Ctrl-C here does not end it. */
static bool start(char *const argv[], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, defaults;
	int rc;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(
		&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(pid, argv[0], &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return rc == 0;
}

bool browser_open(const char *address, pid_t *pid)
{
	const char *fallback[] = {"xdg-open", address, NULL};
	const char *list = getenv("BROWSER");
	char commands[1024], *rest = NULL, *command;
	const char *argv[N_ARGS + 1];

	if (list && *list && strlen(list) < sizeof(commands)) {
		snprintf(commands, sizeof(commands), "%s", list);
		for (command = strtok_r(commands, ":", &rest); command;
			command = strtok_r(NULL, ":", &rest)) {
			if (split_command(command, address, argv) > 0 &&
				start((char *const *)argv, pid))
				return true;
		}
	}
	return start((char *const *)fallback, pid);
}

void browser_reap(pid_t *pid)
{
	if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) != 0)
		*pid = 0;
}

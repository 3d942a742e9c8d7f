/* config.h: the serve command's flags, parsed once, const after.
 *
 * -flag=value, --flag=value, --flag value; '-' and '_' within a name are one. Go's spelling and
 * GNU's are both at home here.
 *
 * Knows nothing of files and sockets. Memory: points into argv. */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

struct err;

#define CONFIG_DEFAULT_PORT 8453 /* TILE on a telephone; nobody has registered it */
#define CONFIG_MAX_FILES    1024

#define CONFIG_CACHE_GIB     32 /* that stores may take, unless somebody says otherwise */
#define CONFIG_CACHE_MAX_GIB (1 << 20)

struct config {
	const char *files[CONFIG_MAX_FILES];
	size_t n_files;
	const char *host;   /* "127.0.0.1" or "::1" */
	unsigned port;      /* 0: any */
	bool is_port_asked; /* by a flag: the next free one is no substitute */
	bool no_browser;
	bool help, version;
	bool verbose;
	const char *cache_dir;  /* NULL: by environment */
	unsigned cache_dir_gib; /* that stores may take there; 0: no bound */
	unsigned workers;       /* 0: as many as cores */
	unsigned connections;
	unsigned header_deadline_s;
	unsigned cache_mib;  /* of answers in memory */
	unsigned memory_mib; /* that the server may use in all; 0: no bound */
};

/* 0; -1 with ERR_USAGE. Before it, *c is set to the defaults. */
int config_parse(struct config *c, int argc, char **argv, struct err *e);

/* "localhost:7000", ":7000", "7000", "127.0.0.1:0", "[::1]:7000": loopback only. */
int config_parse_address(struct config *c, const char *address, struct err *e);

extern const char config_help[]; /* text of --help */

#endif

/* config.c: one table of flags. */
#include "server/config.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "parser/base/err.h"
#include "server/url.h"

const char config_help[] =
	"Usage: tilescope [flags] FILE...       read Go execution traces, show them in the "
	"browser\n"
	"       tilescope [flags]               show the traces that were read before\n"
	"       tilescope serve [flags] [FILE...]  the same\n"
	"       tilescope events [flags] FILE  print the events, or some of them\n"
	"       tilescope info [flags] FILE    tell what is in a trace or store\n"
	"       tilescope summary [flags] FILE exact time in each state, of a trace or store\n"
	"       tilescope -d=MODE FILE         as go tool trace: parsed, wire or footprint\n"
	"       tilescope ingest FILE -o STORE read a trace into a store, without serving it\n"
	"FILE may be compressed with gzip or zstd; - is standard input.\n"
	"\n"
	"Flags (-flag=value, --flag=value or --flag value):\n"
	"  --http ADDRESS         listen here: localhost:PORT, :PORT or PORT; 0 takes any free "
	"port\n"
	"                         (default localhost:8453, the next free one if that is taken)\n"
	"  --no-browser           print the address, open no browser\n"
	"  --cache-dir DIRECTORY  where stores are kept (default $XDG_CACHE_HOME/tilescope)\n"
	"  --cache-dir-gib N      what stores may take there: before a trace is read, those used "
	"longest\n"
	"                         ago are removed (default 32; 0: no bound)\n"
	"  --workers N            threads that answer requests (default: one per core)\n"
	"  --connections N        connections at once; more are answered 503 (default 4096)\n"
	"  --header-deadline S    seconds a client has for its request's headers (default 10)\n"
	"  --cache-mib N          answers kept in memory (default 64; a quarter of --memory-mib at "
	"most)\n"
	"  --memory-mib N         memory for answers and open stores; what needs more is answered "
	"503\n"
	"                         (default 2048; 0: no bound)\n"
	"  --verbose              say more on standard error\n"
	"  --version              print versions and exit\n"
	"  --help                 print this and exit\n"
	"\n"
	"Only this machine can reach the server: it listens on the loopback interface alone.\n"
	"$BROWSER names the browser to open. SIGINT and SIGTERM end the program.\n";

enum flag_kind { FLAG_BOOL, FLAG_TEXT, FLAG_NUMBER, FLAG_ADDRESS };

struct flag {
	const char *name;
	enum flag_kind kind;
	size_t offset;
	unsigned min, max;
};

#define FIELD(f) offsetof(struct config, f)

/* clang-format off */
static const struct flag flags[] = {
	{"http", FLAG_ADDRESS, 0, 0, 0},
	{"no-browser", FLAG_BOOL, FIELD(no_browser), 0, 0},
	{"help", FLAG_BOOL, FIELD(help), 0, 0},
	{"h", FLAG_BOOL, FIELD(help), 0, 0},
	{"version", FLAG_BOOL, FIELD(version), 0, 0},
	{"verbose", FLAG_BOOL, FIELD(verbose), 0, 0},
	{"cache-dir", FLAG_TEXT, FIELD(cache_dir), 0, 0},
	{"cache-dir-gib", FLAG_NUMBER, FIELD(cache_dir_gib), 0, CONFIG_CACHE_MAX_GIB},
	{"workers", FLAG_NUMBER, FIELD(workers), 1, 256},
	{"connections", FLAG_NUMBER, FIELD(connections), 16, 65536},
	{"header-deadline", FLAG_NUMBER, FIELD(header_deadline_s), 1, 3600},
	{"cache-mib", FLAG_NUMBER, FIELD(cache_mib), 0, 65536},
	{"memory-mib", FLAG_NUMBER, FIELD(memory_mib), 0, 1048576},
};
/* clang-format on */

static bool is_flag_name(const char *text, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		char c = text[i] == '_' ? '-' : text[i];

		if (c != name[i])
			return false;
	}
	return !name[n];
}

static const struct flag *find_flag(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (is_flag_name(text, n, flags[i].name))
			return &flags[i];
	}
	return NULL;
}

static int parse_port(struct config *c, const char *text, struct err *e)
{
	uint64_t port;

	if (!url_u64(text, 65535, &port))
		return err_set(e, ERR_USAGE, -1, "Cannot listen: port=\"%s\" is no port", text);
	c->port = (unsigned)port;
	c->is_port_asked = true;
	return 0;
}

int config_parse_address(struct config *c, const char *address, struct err *e)
{
	static const struct {
		const char *name, *host;
	} hosts[] = {{"", "127.0.0.1"}, {"localhost", "127.0.0.1"}, {"127.0.0.1", "127.0.0.1"},
		{"[::1]", "::1"}};
	const char *colon = strrchr(address, ':');
	size_t i, n = colon ? (size_t)(colon - address) : 0;

	if (strspn(address, "0123456789") == strlen(address))
		return parse_port(c, address, e);
	for (i = 0; colon && i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		if (strlen(hosts[i].name) != n || strncasecmp(address, hosts[i].name, n) != 0)
			continue;
		c->host = hosts[i].host;
		return parse_port(c, colon + 1, e);
	}
	return err_set(e, ERR_USAGE, -1,
		"Cannot listen: http=\"%s\": only this machine can be served, as localhost:PORT, "
		"127.0.0.1:PORT, [::1]:PORT or :PORT",
		address);
}

static int set_bool(bool *field, const char *name, const char *value, struct err *e)
{
	bool yes = !value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;

	if (!yes && strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
		return err_set(e, ERR_USAGE, -1, "Cannot use --%s=%s: true or false", name, value);
	*field = yes;
	return 0;
}

static int set_flag(struct config *c, const struct flag *f, const char *value, struct err *e)
{
	char *field = (char *)c + f->offset;
	uint64_t number;

	switch (f->kind) {
	case FLAG_BOOL:
		return set_bool((bool *)(void *)field, f->name, value, e);
	case FLAG_TEXT:
		*(const char **)(void *)field = value;
		return 0;
	case FLAG_NUMBER:
		if (!url_u64(value, f->max, &number) || number < f->min)
			return err_set(e, ERR_USAGE, -1,
				"Cannot use --%s=%s: a number from %u to %u", f->name, value,
				f->min, f->max);
		*(unsigned *)(void *)field = (unsigned)number;
		return 0;
	case FLAG_ADDRESS:
		break;
	}
	return config_parse_address(c, value, e);
}

/* One flag at argv[*i]; takes argv[*i + 1] too where the value stands there. */
static int parse_flag(struct config *c, int argc, char **argv, int *i, struct err *e)
{
	const char *text = argv[*i] + (argv[*i][1] == '-' ? 2 : 1);
	const char *equals = strchr(text, '=');
	const char *value = equals ? equals + 1 : NULL;
	const struct flag *f = find_flag(text, equals ? (size_t)(equals - text) : strlen(text));

	if (!f)
		return err_set(
			e, ERR_USAGE, -1, "Cannot use %s: no such flag; see --help", argv[*i]);
	if (!value && f->kind != FLAG_BOOL) {
		if (*i + 1 == argc)
			return err_set(
				e, ERR_USAGE, -1, "Cannot use %s: it needs a value", argv[*i]);
		value = argv[++*i];
	}
	return set_flag(c, f, value, e);
}

int config_parse(struct config *c, int argc, char **argv, struct err *e)
{
	bool flags_end = false;
	int i;

	*c = (struct config){
		.host = "127.0.0.1",
		.port = CONFIG_DEFAULT_PORT,
		.connections = 4096,
		.header_deadline_s = 10,
		.cache_dir_gib = CONFIG_CACHE_GIB,
		.cache_mib = 64,
		.memory_mib = 2048,
	};
	for (i = 1; i < argc; i++) {
		if (!flags_end && strcmp(argv[i], "--") == 0) {
			flags_end = true;
		} else if (!flags_end && argv[i][0] == '-' && argv[i][1]) {
			if (parse_flag(c, argc, argv, &i, e) < 0)
				return -1;
		} else if (c->n_files == CONFIG_MAX_FILES) {
			return err_set(e, ERR_USAGE, -1, "Cannot serve more than %d traces",
				CONFIG_MAX_FILES);
		} else {
			c->files[c->n_files++] = argv[i];
		}
	}
	return 0;
}

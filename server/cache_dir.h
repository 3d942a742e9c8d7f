/* cache_dir.h: where stores are kept: found or made, checked, swept. */
#ifndef SERVER_CACHE_DIR_H
#define SERVER_CACHE_DIR_H

#include <stddef.h>

struct err;

/* `asked`, or $XDG_CACHE_HOME/tilescope, or ~/.cache/tilescope, made with mode 0700. Refused when
 * another user owns it or others may write to it. */
int cache_dir_open(const char *asked, char *path, size_t cap, struct err *e);

/* Remove what reads that were killed left behind. */
void cache_dir_sweep(const char *path);

/* path/<id>.v3.tiles; -1 where it does not fit. */
int cache_dir_store(const char *path, const char *id, char *store, size_t cap, struct err *e);

#endif

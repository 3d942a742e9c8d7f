/* pyramid.h - the pass at the end of an ingest that stores the heavy tiles.
 *
 * Per block, from the coarsest level down: a tile whose inside holds more than 65,536 events is
 * stored, and its histogram is the exact merge of its two halves; a light half is computed from its
 * chunks. So every event is looked at once per block, and once more for A.
 *
 * Memory: one sparse histogram per level that has heavy tiles. Threads: as the store. */
#ifndef TILES_PYRAMID_H
#define TILES_PYRAMID_H

#include "tiles/tile.h"

/* `st` is being written; its blocks are sealed and its meta is put. */
int pyramid_build(struct store *st, struct cancel cancel, struct err *e);

#endif

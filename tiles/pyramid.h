/* pyramid.h - the pass at the end of an ingest that stores the heavy tiles.
 *
 * Per block, from the coarsest level down: a tile whose inside holds more than 65,536 events is
 * stored, and its histogram is the exact merge of its two halves; a light half is computed from its
 * chunks. A is summed from F, M and P on the way (pyramid_plan.h), so every event is looked at once.
 *
 * 1. Which tiles are stored, and in which order, is the same with a crew and without.
 *
 * Memory: one sparse histogram per member of a family and level that has heavy tiles, and thread.
 * Threads: with a crew one more, between call and return; `cancel` is asked by the caller's. */
#ifndef TILES_PYRAMID_H
#define TILES_PYRAMID_H

#include "tiles/tile.h"

struct crew;

/* `st` is being written; its blocks are sealed and its meta is put. `crew` may be NULL. */
int pyramid_build(struct store *st, const struct crew *crew, struct cancel cancel, struct err *e);

#endif

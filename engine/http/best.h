/* SPDX-License-Identifier: MIT */
/*
 * The first entries of an order, picked out of many that come in no order. The order: what weighs
 * more, then by id where there are ids, else by name. Pure; one owner, one thread.
 */
#ifndef ODY_HTTP_BEST_H
#define ODY_HTTP_BEST_H

#include "hub/browse.h"

#define ODY_BEST_MAX 200

typedef struct ody_best {
    size_t limit;           /* 1 to ODY_BEST_MAX */
    bool continued;         /* only what stands behind … */
    ody_browse_entry after; /* … this, of which weight and id or name are known; borrowed */
    size_t count;
    bool more;                                   /* some were left out because of the limit */
    ody_browse_entry *entries[ODY_BEST_MAX + 1]; /* owned, in their order */
} ody_best;

/** Offers an entry, which is copied if it is among the first.
 *  @return 0 or ODY_EMEMORY. */
int ody_best_offer(ody_best *best, const ody_browse_entry *entry);
/** What weighs less need not be offered. */
uint32_t ody_best_least(const ody_best *best);
/** Frees the entries. */
void ody_best_fini(ody_best *best);

#endif

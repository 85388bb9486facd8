/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: who leaves and comes back at once has never been away. A vacated channel
 * and a member who left are held for a while; what undoes them meanwhile cancels both. What is held
 * comes due in the order in which it came. Pure: time is passed in. One thread.
 */
#ifndef ODY_WEBHOOK_SMOOTHING_H
#define ODY_WEBHOOK_SMOOTHING_H

#include "base/bytes.h"
#include "base/list.h"
#include "base/map.h"
#include "webhook/notice.h"

typedef struct ody_webhook_smoothing {
    ody_list held; /* the first to come due first */
    ody_map by_key;
    ody_bytes key;   /* of the notice that is looked at */
    uint64_t count;  /* held now */
    uint64_t size;   /* bytes of that */
    uint64_t undone; /* notices that cancelled each other, both counted */
} ody_webhook_smoothing;

/** What has become of a notice. */
typedef enum ody_webhook_smooth {
    ODY_SMOOTH_PASS, /* it is to go out now */
    ODY_SMOOTH_HELD, /* it is held; the notice was copied */
    ODY_SMOOTH_UNDONE,
} ody_webhook_smooth;

void ody__smoothing_init(ody_webhook_smoothing *smoothing);
/** Drops what is held. */
void ody__smoothing_fini(ody_webhook_smoothing *smoothing);
/**
 * @param due when it comes due if it is held; never less than in an earlier call.
 * @param room bytes that may be held more.
 * @return ody_webhook_smooth; ODY_EMEMORY, ODY_ELIMIT: it should be held and cannot be.
 */
int ody__smoothing_take(ody_webhook_smoothing *smoothing, const ody_webhook_notice *notice,
                        uint64_t due, uint64_t room);
/** When the next one comes due; UINT64_MAX: nothing is held. */
uint64_t ody__smoothing_due(const ody_webhook_smoothing *smoothing);
/** The next one, whether it is due or not. @param notice borrowed until it is dropped.
 *  @return false when nothing is held. */
bool ody__smoothing_first(const ody_webhook_smoothing *smoothing, ody_webhook_notice *notice);
/** Takes the next one out. */
void ody__smoothing_drop_first(ody_webhook_smoothing *smoothing);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: who leaves and comes back at once has never been away. A vacated channel
 * and a member who left are held for a while; what undoes them meanwhile cancels both. What is held
 * comes due in the order in which it came. And clients that miss the same cached event at once are
 * one miss: the next ones are left out for a while. Pure: time is passed in. One thread.
 */
#ifndef ODY_WEBHOOK_SMOOTHING_H
#define ODY_WEBHOOK_SMOOTHING_H

#include "base/bytes.h"
#include "base/list.h"
#include "base/map.h"
#include "webhook/limits.h"
#include "webhook/notice.h"

typedef struct ody_webhook_smoothing {
    const ody_webhook_limits *limits;
    ody_list held;   /* the first to come due first */
    ody_list misses; /* those that were told of, the first to be forgotten first */
    ody_map by_key;  /* both */
    ody_bytes key;   /* of the notice that is looked at */
    uint64_t count;  /* held now */
    uint64_t size;   /* bytes of that, and of the misses */
    uint64_t undone; /* notices that cancelled each other, both counted, and misses left out */
} ody_webhook_smoothing;

/** What has become of a notice. */
typedef enum ody_webhook_smooth {
    ODY_SMOOTH_PASS, /* it is to go out now */
    ODY_SMOOTH_HELD, /* it is held; the notice was copied */
    ODY_SMOOTH_UNDONE,
} ody_webhook_smooth;

/** @param limits borrowed. */
void ody__smoothing_init(ody_webhook_smoothing *smoothing, const ody_webhook_limits *limits);
/** Drops what is held. */
void ody__smoothing_fini(ody_webhook_smoothing *smoothing);
/**
 * Decides about a notice.
 * @param now never less than in an earlier call.
 * @param room bytes that may be held more.
 * @return ody_webhook_smooth; ODY_EMEMORY, ODY_ELIMIT: it should be held and cannot be.
 */
int ody__smoothing_take(ody_webhook_smoothing *smoothing, const ody_webhook_notice *notice,
                        uint64_t now, uint64_t room);
/** When there is something to release or to forget; UINT64_MAX: never. */
uint64_t ody__smoothing_due(const ody_webhook_smoothing *smoothing);
/**
 * The first one that is due; forgets misses.
 * @param notice borrowed until it is dropped.
 * @return false when none is due.
 */
bool ody__smoothing_release(ody_webhook_smoothing *smoothing, uint64_t now,
                            ody_webhook_notice *notice);
/** Whether notices of that kind are held. */
bool ody__smoothing_is_departure(ody_webhook_event kind);
/** Takes the first one out. */
void ody__smoothing_drop_first(ody_webhook_smoothing *smoothing);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Redis as a way in: what others publish on one Redis channel is published for the first app. Redis
 * may be away, at the start and later: it is tried again for ever, more and more rarely. Redis
 * keeps nothing for a subscriber that is away, so what is published meanwhile does not come. Order
 * is kept. While the engine has no room, nothing is read, and Redis itself holds back.
 *
 * One thread: that of the loop, or any one while the loop does not run.
 */
#ifndef ODY_CLUSTER_REDIS_INLET_H
#define ODY_CLUSTER_REDIS_INLET_H

#include "cluster/redis_feed.h"
#include "cluster/redis_link.h"

typedef struct ody_redis_inlet ody_redis_inlet;

/** How it is, for the status and the metrics. */
typedef struct ody_redis_state {
    bool configured;
    bool connected;
    uint64_t connected_at; /* Unix time, seconds; 0: not connected */
    uint64_t connects;     /* subscriptions that were begun */
    uint64_t failures;     /* connections that were lost or never came to be */
    uint64_t messages;     /* that have come */
    uint64_t in_flight;    /* of them, not published yet */
    uint64_t rejected[ODY_REDIS_REJECTIONS_COUNT];
} ody_redis_state;

typedef struct ody_redis_inlet_setup {
    struct ev_loop *loop;   /* borrowed */
    ody_requests *requests; /* borrowed; to be freed later than the inlet, with no mail between */
    const ody_options *options; /* borrowed, until a reload */
    ody_redis_times times;
} ody_redis_inlet_setup;

/** Begins to listen when options->redis.url is set. @return NULL without memory. */
ody_redis_inlet *ody_redis_inlet_new(const ody_redis_inlet_setup *setup);
/** Other options take the place of those that it has, which must still be there during the call.
 *  Another URL or channel makes another connection; otherwise it stays. */
void ody_redis_inlet_reload(ody_redis_inlet *inlet, const ody_options *options);
/** Takes no more: what is on its way is still published. */
void ody_redis_inlet_drain(ody_redis_inlet *inlet);
/** NULL is fine. */
void ody_redis_inlet_free(ody_redis_inlet *inlet);
/** How it is now. */
ody_redis_state ody_redis_inlet_look(const ody_redis_inlet *inlet);

#endif

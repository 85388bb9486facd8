/* SPDX-License-Identifier: MIT */
/* The bounds and times of webhooks. Constants of the server; tests have their own. */
#ifndef ODY_WEBHOOK_LIMITS_H
#define ODY_WEBHOOK_LIMITS_H

#include <stdint.h>

/** Times are ms, sizes bytes. */
typedef struct ody_webhook_limits {
    uint32_t smoothing;    /* that a vacated channel and a member who left get to come back */
    uint32_t misses;       /* that one miss of a cached event stands for others of the channel; no
                              longer than the shortest time that an event is cached */
    uint32_t window;       /* that an event waits for others to go with it */
    uint32_t batch_events; /* in one request */
    uint32_t batch_size;   /* of their JSON; a larger event goes alone */
    uint32_t retry_first;  /* pause after the first failure, doubled with each further one … */
    uint32_t retry_most;   /* … up to this one; somewhat less by chance */
    uint32_t retry_time;   /* from the first attempt, then the events are dropped */
    uint32_t connect_time; /* of one attempt */
    uint32_t request_time; /* of one attempt, connecting included */
    uint32_t response_size;
    uint32_t requests;     /* at once, over all webhooks; failing ones get half of them at most */
    uint32_t hook_events;  /* that wait for one webhook */
    uint64_t hook_size;    /* of them */
    uint64_t size;         /* of all that wait */
    uint64_t mailbox_size; /* of what waits for the thread */
} ody_webhook_limits;

/** Those of the server. */
#define ODY_WEBHOOK_LIMITS                                                                         \
    ((ody_webhook_limits){                                                                         \
        .smoothing = 3000,                                                                         \
        .misses = 1000,                                                                            \
        .window = 50,                                                                              \
        .batch_events = 256,                                                                       \
        .batch_size = 64 * 1024,                                                                   \
        .retry_first = 1000,                                                                       \
        .retry_most = 30 * 1000,                                                                   \
        .retry_time = 5 * 60 * 1000,                                                               \
        .connect_time = 5000,                                                                      \
        .request_time = 10 * 1000,                                                                 \
        .response_size = 64 * 1024,                                                                \
        .requests = 64,                                                                            \
        .hook_events = 100 * 1000,                                                                 \
        .hook_size = 32 * 1024 * 1024,                                                             \
        .size = 128 * 1024 * 1024,                                                                 \
        .mailbox_size = 16 * 1024 * 1024,                                                          \
    })

#endif

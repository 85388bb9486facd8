/* SPDX-License-Identifier: MIT */
/*
 * Messages from Redis on their way into the hub: read, judged, published for the first app,
 * counted. What is refused is logged once for each kind, because nobody waits for an answer. No
 * I/O; time is passed in. The API thread.
 */
#ifndef ODY_CLUSTER_REDIS_FEED_H
#define ODY_CLUSTER_REDIS_FEED_H

#include "hub/requests.h"

/** Messages that may be on their way at once. More wait where they are. */
#define ODY_REDIS_IN_FLIGHT_MAX 1024

/* X(NAME, name): why a message was not published. */
#define ODY_REDIS_REJECTIONS(X)                                                                    \
    X(JSON, "json")             /* not JSON, or nested too deeply */                               \
    X(FIELDS, "fields")         /* a field missing, of the wrong type or out of range */           \
    X(CHANNEL, "channel")       /* no name of a channel */                                         \
    X(EVENT, "event")           /* no name of an event */                                          \
    X(SIZE, "size")             /* the message or its data are too large */                        \
    X(ENCODING, "encoding")     /* not valid UTF-8 */                                              \
    X(DISABLED, "disabled")     /* the app is switched off */                                      \
    X(OVERLOADED, "overloaded") /* a shard was full or did not answer in time */                   \
    X(MEMORY, "memory")         /* without memory */

typedef enum ody_redis_rejection {
#define ODY_REDIS_REJECTION_ENUM(NAME, name) ODY_REDIS_REJECTED_##NAME,
    ODY_REDIS_REJECTIONS(ODY_REDIS_REJECTION_ENUM)
#undef ODY_REDIS_REJECTION_ENUM
        ODY_REDIS_REJECTIONS_COUNT,
} ody_redis_rejection;

/** Embedded in whoever reads from Redis. */
typedef struct ody_redis_feed {
    ody_requests *requests;
    const ody_app *app;
    void (*room)(void *context); /* there is room again after ODY_EOVERLOADED; may be NULL */
    void *context;
    size_t in_flight;
    bool full; /* somebody waits for room */
    uint64_t messages;
    uint64_t rejected[ODY_REDIS_REJECTIONS_COUNT];
    bool logged[ODY_REDIS_REJECTIONS_COUNT];
} ody_redis_feed;

/** @param requests borrowed: to be freed when no reply can come any more. @param app borrowed. */
void ody_redis_feed_init(ody_redis_feed *feed, ody_requests *requests, const ody_app *app,
                         void (*room)(void *context), void *context);
/** Another configuration: what is refused is logged anew. @param app borrowed. */
void ody_redis_feed_reload(ody_redis_feed *feed, const ody_app *app);
/**
 * Publishes one message, or counts why not.
 * @return 0, or ODY_EOVERLOADED: there is no room now, and nothing was counted. Try the same one
 *         again: after `room` was called, or a little later (a shard's mailbox is full).
 */
int ody_redis_feed_take(ody_redis_feed *feed, ody_view text, uint64_t now);
/** Counts a message that its reader could not keep. @param code why: ODY_EMEMORY, ODY_EOVERLOADED.
 */
void ody_redis_feed_lose(ody_redis_feed *feed, int code);
/** The name of a rejection, as metrics have it. */
const char *ody_redis_rejection_name(ody_redis_rejection rejection);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * One connection to a Redis on a libev loop, from the look at its name to its end: connects without
 * waiting, greets, listens, and notices when nobody is there any more. The loop's thread.
 */
#ifndef ODY_CLUSTER_REDIS_LINK_H
#define ODY_CLUSTER_REDIS_LINK_H

#include <ev.h>
#include <stdbool.h>
#include "cluster/redis_url.h"

typedef struct ody_redis_link ody_redis_link;

/** What a link tells its owner, from the loop only. */
typedef struct ody_redis_owner {
    /** It is subscribed. */
    void (*up)(void *context);
    /** A message has come. @return false to get no other before ody_redis_link_resume. */
    bool (*message)(void *context, ody_view payload);
    /** It is over, once: the link is to be closed. @param reason a sentence without secrets. */
    void (*down)(void *context, const char *reason);
    void *context;
} ody_redis_owner;

/** How long things may take, in seconds. Tests take others. */
typedef struct ody_redis_times {
    double connect; /* from the known address to the subscription */
    double silence; /* without a byte: then Redis is asked whether it is there, and after as much
                       again it is taken for gone */
    double steady; /* a connection that lasts so long has begun well: its loss is a first failure */
    double retry;  /* as long as this many of the waits of cluster/backoff.h */
} ody_redis_times;

#define ODY_REDIS_TIMES                                                                            \
    ((ody_redis_times){.connect = 5., .silence = 15., .steady = 10., .retry = 1.})

typedef struct ody_redis_link_setup {
    struct ev_loop *loop;             /* borrowed */
    const ody_redis_address *address; /* borrowed */
    ody_view channel;                 /* borrowed */
    unsigned attempt;                 /* which of several addresses of a name is taken */
    ody_redis_times times;
    ody_redis_owner owner;
} ody_redis_link_setup;

/** Begins to connect; calls nobody before the loop runs. @return NULL without memory. */
ody_redis_link *ody_redis_link_open(const ody_redis_link_setup *setup);
/** Messages are wanted again. */
void ody_redis_link_resume(ody_redis_link *link);
/** Ends it without another word, and frees it. Also inside of the owner's `down`, and of its
 *  `message`, which then returns false. NULL is fine. */
void ody_redis_link_close(ody_redis_link *take_link);

#endif

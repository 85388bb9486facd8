/* SPDX-License-Identifier: MIT */
/*
 * What a shard counts. Only its own thread adds, with relaxed stores; any thread may read.
 * Nothing is dropped, refused or evicted without one of these.
 */
#ifndef ODY_HUB_COUNTERS_H
#define ODY_HUB_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

/* X(name): how it is now. */
#define ODY_GAUGES(X)                                                                              \
    X(connections) /* open */                                                                      \
    X(channels)    /* occupied, counted at their home */                                           \
    X(subscriptions)                                                                               \
    X(handshakes)     /* accepted, not yet upgraded */                                             \
    X(outbound_bytes) /* unique bytes waiting */                                                   \
    X(signed_in)      /* connections that are signed in as a user */

/* X(name): totals since the start. */
#define ODY_TOTALS(X)                                                                              \
    X(accepted)                                                                                    \
    X(handed_over) /* to the HTTP API */                                                           \
    X(messages_received)                                                                           \
    X(bytes_received)                                                                              \
    X(messages_published) /* numbered by a home */                                                 \
    X(deliveries)         /* frames queued for connections */                                      \
    X(bytes_sent)                                                                                  \
    X(sends)         /* system calls */                                                            \
    X(turns)         /* of the loop */                                                             \
    X(busy_time)     /* µs of them, without the sleep between */                                  \
    X(client_errors) /* pusher:error sent */

/* X(name): totals of what did not come to be. In the metrics each is a reason of one total, so a
 * new one goes here and into docs/metrics.md, and nowhere else. */
#define ODY_LOSSES(X)                                                                              \
    X(refused_app)         /* 4001 */                                                              \
    X(refused_protocol)    /* 4006, 4007, 4008 */                                                  \
    X(refused_path)        /* 4005 */                                                              \
    X(refused_tls)         /* 4000 */                                                              \
    X(refused_connections) /* 4004, 4100: too many connections */                                  \
    X(refused_address)     /* 4004: too many of one address */                                     \
    X(refused_origin)      /* 4009: a page that may not connect */                                 \
    X(refused_http)        /* not a WebSocket request, or a malformed one */                       \
    X(handshake_timeouts)                                                                          \
    X(accept_failures)                                                                             \
    X(tls_failures)                                                                                \
    X(refused_channels) /* channels per connection */                                              \
    X(refused_signatures)                                                                          \
    X(refused_by_application) /* a PHP worker refused */                                           \
    X(refused_calls)          /* no room to ask the PHP workers */                                 \
    X(failed_calls)           /* the PHP workers had no answer */                                  \
    X(dropped_notices)        /* no room to tell the PHP workers */                                \
    X(dropped_webhooks)       /* no room to tell the webhooks */                                   \
    X(refused_client_events)                                                                       \
    X(rate_limited_client_events)                                                                  \
    X(evicted_unauthorised) /* 4009: neither signed in nor in a guarded channel */                 \
    X(terminated)           /* 4009: the app, or who inspects the server, ended it */              \
    X(evicted_pong)         /* 4201 */                                                             \
    X(evicted_outbound)     /* slow consumer */                                                    \
    X(evicted_size)         /* 1009 */                                                             \
    X(dropped_mailbox)      /* refused because a mailbox was full */                               \
    X(dropped_memory)       /* no memory for a delivery: the connection is closed */

#define ODY_COUNTERS(X)                                                                            \
    ODY_GAUGES(X)                                                                                  \
    ODY_TOTALS(X)                                                                                  \
    ODY_LOSSES(X)

typedef struct ody_counters {
#define ODY_COUNTER_FIELD(name) _Atomic uint64_t name;
    ODY_COUNTERS(ODY_COUNTER_FIELD)
#undef ODY_COUNTER_FIELD
} ody_counters;

/* X(name): what a shard counts of one app: gauges first, then totals since the start. */
#define ODY_APP_COUNTERS(X)                                                                        \
    X(connections)       /* gauge: open now */                                                     \
    X(channels)          /* gauge: occupied, counted at their home */                              \
    X(subscriptions)     /* gauge */                                                               \
    X(users)             /* gauge: with a connection that is signed in, counted at their home */   \
    X(messages_received) /* from clients */                                                        \
    X(bytes_received)    /* of them */                                                             \
    X(messages_published)                                                                          \
    X(deliveries)                                                                                  \
    X(bytes_delivered) /* payloads and headers of frames that were queued */

typedef struct ody_app_counters {
#define ODY_COUNTER_FIELD(name) _Atomic uint64_t name;
    ODY_APP_COUNTERS(ODY_COUNTER_FIELD)
#undef ODY_COUNTER_FIELD
} ody_app_counters;

/** Adds in the owning thread: a plain load and store, no locked instruction. */
#define ody_count(counters, name, amount)                                                          \
    atomic_store_explicit(&(counters)->name,                                                       \
                          atomic_load_explicit(&(counters)->name, memory_order_relaxed) +          \
                              (uint64_t)(amount),                                                  \
                          memory_order_relaxed)

#endif

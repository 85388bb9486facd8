/* SPDX-License-Identifier: MIT */
/* What is counted about webhooks. Nothing is dropped without one of these. Plain data. */
#ifndef ODY_WEBHOOK_NUMBERS_H
#define ODY_WEBHOOK_NUMBERS_H

#include <stdint.h>

/* X(name, text): why events are given up, once for each webhook that would have got them. */
#define ODY_WEBHOOK_DROPS(X)                                                                       \
    X(full, "the queue is full")                                                                   \
    X(memory, "out of memory")                                                                     \
    X(expired, "the receiver has not taken them for too long")                                     \
    X(removed, "their webhook was taken out of the configuration")                                 \
    X(stopped, "the server stops")

/* X(name): gauges first, then totals since the start. */
#define ODY_WEBHOOK_NUMBERS(X)                                                                     \
    X(queued)    /* gauge: events that wait or are on the way */                                   \
    X(bytes)     /* gauge: memory that they take */                                                \
    X(in_flight) /* gauge: requests on the way */                                                  \
    X(failing)   /* gauge: webhooks whose last request failed */                                   \
    X(sent)      /* events that were delivered */                                                  \
    X(requests)  /* requests that delivered them */                                                \
    X(failed)    /* requests that did not */

/** The numbers of one webhook, or of all. */
typedef struct ody_webhook_numbers {
#define ODY_WEBHOOK_FIELD(name) uint64_t name;
    ODY_WEBHOOK_NUMBERS(ODY_WEBHOOK_FIELD)
#undef ODY_WEBHOOK_FIELD
#define ODY_WEBHOOK_DROP_FIELD(name, text) uint64_t dropped_##name;
    ODY_WEBHOOK_DROPS(ODY_WEBHOOK_DROP_FIELD)
#undef ODY_WEBHOOK_DROP_FIELD
} ody_webhook_numbers;

#endif

/* SPDX-License-Identifier: MIT */
/* How many events an app may publish in a second. Pure; one thread; time is passed in. */
#ifndef ODY_HTTP_RATE_H
#define ODY_HTTP_RATE_H

#include <stdbool.h>
#include <stdint.h>

/** Thousandths of events that an app may still publish; zeroed to begin with. */
typedef struct ody_http_rate {
    int64_t left;
    uint64_t at; /* ms; 0: nothing was asked for yet */
} ody_http_rate;

/**
 * Asks for `events` at once. A second's worth can be saved up. Whoever has anything left gets all
 * of it, and owes the rest: otherwise a batch could be larger than what can ever be saved.
 * @param limit events in a second; 0: no limit.
 * @return whether they may be published.
 */
bool ody_http_rate_take(ody_http_rate *rate, uint32_t limit, uint32_t events, uint64_t now);

#endif

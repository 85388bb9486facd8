/* SPDX-License-Identifier: MIT */
/*
 * How long to wait before another attempt: longer after each failure, and never as long as others
 * that failed at the same moment. No clock, no randomness of its own.
 */
#ifndef ODY_CLUSTER_BACKOFF_H
#define ODY_CLUSTER_BACKOFF_H

#include <stdint.h>

#define ODY_BACKOFF_FIRST_MS 250
#define ODY_BACKOFF_LONGEST_MS 30000

/** A zeroed struct has seen no failure. */
typedef struct ody_backoff {
    uint32_t failures;
} ody_backoff;

/**
 * Counts a failure.
 * @param random any 32 bits; they make up to a fifth of the wait.
 * @return ms to wait: from ODY_BACKOFF_FIRST_MS on, doubled with each failure, at most
 *         ODY_BACKOFF_LONGEST_MS.
 */
static inline uint32_t ody_backoff_next(ody_backoff *backoff, uint32_t random)
{
    /* A quarter may be added, so the longest wait without it is four fifths of the bound. */
    const uint32_t longest = ODY_BACKOFF_LONGEST_MS / 5 * 4;
    uint32_t step = backoff->failures < 7 ? backoff->failures : 7;
    uint32_t wait = (uint32_t)ODY_BACKOFF_FIRST_MS << step;

    if (backoff->failures < UINT32_MAX) {
        backoff->failures++;
    }
    if (wait > longest) {
        wait = longest;
    }
    return wait + random % (wait / 4 + 1);
}

/** What was tried works again. */
static inline void ody_backoff_reset(ody_backoff *backoff)
{
    backoff->failures = 0;
}

#endif

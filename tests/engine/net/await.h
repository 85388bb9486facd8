/* SPDX-License-Identifier: MIT */
/* Waiting for what another thread does. */
#ifndef ODY_TEST_NET_AWAIT_H
#define ODY_TEST_NET_AWAIT_H

#include <time.h>
#include "base/clock.h"
#include "test.h"

/** Looks every millisecond whether condition holds; fails the test after 20 s. */
#define AWAIT(condition)                                                                           \
    for (uint64_t await_end = ody_clock_ms() + 20000; !(condition);) {                             \
        if (ody_clock_ms() > await_end) {                                                          \
            FAIL("never came true: %s", #condition);                                               \
        }                                                                                          \
        nanosleep(&(struct timespec){0, 1000000}, NULL);                                           \
    }

#endif

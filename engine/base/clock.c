/* SPDX-License-Identifier: MIT */
/* The two clocks of the system. */
#include <time.h>
#include "base/clock.h"

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t ody_clock_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t ody_clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t ody_clock_unix_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

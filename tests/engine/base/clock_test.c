/* SPDX-License-Identifier: MIT */
/* The clocks against the system's. */
#include <time.h>
#include "base/clock.h"
#include "test.h"

TEST(clock_never_goes_back)
{
    uint64_t start = ody_clock_ms();
    uint64_t last = start;
    int turns = 0;

    while (last < start + 20) {
        uint64_t now = ody_clock_ms();

        CHECK(now >= last);
        last = now;
        turns++;
    }
    CHECK(turns > 1);
}

TEST(clock_counts_milliseconds)
{
    struct timespec before, after;
    uint64_t now;

    clock_gettime(CLOCK_MONOTONIC, &before);
    now = ody_clock_ms();
    clock_gettime(CLOCK_MONOTONIC, &after);
    CHECK(now >= (uint64_t)before.tv_sec * 1000 + (uint64_t)before.tv_nsec / 1000000);
    CHECK(now <= (uint64_t)after.tv_sec * 1000 + (uint64_t)after.tv_nsec / 1000000);
}

TEST(clock_unix_time_is_the_wall_clock)
{
    uint64_t before = (uint64_t)time(NULL);
    uint64_t now = ody_clock_unix_ms();
    uint64_t after = (uint64_t)time(NULL);

    /* time() may read a clock that lags by a tick. */
    CHECK(now / 1000 >= before && now / 1000 <= after + 1);
    CHECK(now > UINT64_C(1700000000000));
}

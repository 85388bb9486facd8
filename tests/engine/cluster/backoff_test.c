/* SPDX-License-Identifier: MIT */
/* Waits grow to their bound and no further, whatever the random part is. */
#include "cluster/backoff.h"

#include "test.h"

static void check_waits(uint32_t random, uint32_t first, uint32_t last)
{
    ody_backoff backoff = {0};
    uint32_t before = 0;

    CHECK_EQUAL(ody_backoff_next(&backoff, random), first);
    for (int failure = 0; failure < 100; failure++) {
        uint32_t wait = ody_backoff_next(&backoff, random);

        CHECK(wait >= before && wait >= ODY_BACKOFF_FIRST_MS && wait <= ODY_BACKOFF_LONGEST_MS);
        before = wait;
    }
    CHECK_EQUAL(before, last);
    ody_backoff_reset(&backoff);
    CHECK_EQUAL(ody_backoff_next(&backoff, random), first);
}

TEST(waits_double_up_to_half_a_minute)
{
    check_waits(0, 250, 24000);
    check_waits(62, 312, 24062);
    check_waits(6000, 250 + 6000 % 63, 30000);
}

TEST(each_step_is_twice_the_one_before)
{
    static const uint32_t steps[] = {250, 500, 1000, 2000, 4000, 8000, 16000, 24000, 24000};
    ody_backoff backoff = {0};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        CHECK_EQUAL(ody_backoff_next(&backoff, 0), steps[i]);
    }
}

TEST(failures_do_not_wrap_around)
{
    ody_backoff backoff = {.failures = UINT32_MAX - 1};

    CHECK(ody_backoff_next(&backoff, 0) >= 24000);
    CHECK(ody_backoff_next(&backoff, 0) >= 24000);
    CHECK(ody_backoff_next(&backoff, 0) >= 24000);
}

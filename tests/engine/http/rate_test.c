/* SPDX-License-Identifier: MIT */
/* Events per second. */
#include "http/rate.h"
#include "test.h"

TEST(without_a_limit_everything_passes)
{
    ody_http_rate rate = {0};

    for (int count = 0; count < 100; count++) {
        CHECK(ody_http_rate_take(&rate, 0, 1000, 1));
    }
}

TEST(a_second_s_worth_passes_at_once_and_then_one_by_one)
{
    ody_http_rate rate = {0};
    uint64_t now = 1000;

    for (int count = 0; count < 10; count++) {
        CHECK(ody_http_rate_take(&rate, 10, 1, now));
    }
    CHECK(!ody_http_rate_take(&rate, 10, 1, now));
    CHECK(!ody_http_rate_take(&rate, 10, 1, now + 99));
    CHECK(ody_http_rate_take(&rate, 10, 1, now + 100));
    CHECK(!ody_http_rate_take(&rate, 10, 1, now + 100));
    CHECK(ody_http_rate_take(&rate, 10, 1, now + 200));
}

TEST(no_more_than_a_second_s_worth_is_saved)
{
    ody_http_rate rate = {0};
    int passed = 0;

    CHECK(ody_http_rate_take(&rate, 10, 1, 1000));
    while (ody_http_rate_take(&rate, 10, 1, 1000000000)) {
        passed++;
    }
    CHECK_EQUAL(passed, 10);
    passed = 0;
    while (ody_http_rate_take(&rate, 10, 1, 1000005000)) {
        passed++;
    }
    CHECK_EQUAL(passed, 10);
}

TEST(a_batch_larger_than_the_limit_passes_and_is_paid_for)
{
    ody_http_rate rate = {0};

    CHECK(ody_http_rate_take(&rate, 2, 10, 1000));
    CHECK(!ody_http_rate_take(&rate, 2, 1, 1000 + 4499));
    CHECK(ody_http_rate_take(&rate, 2, 1, 1000 + 4500));
}

TEST(a_raised_limit_counts_at_once)
{
    ody_http_rate rate = {0};

    CHECK(ody_http_rate_take(&rate, 1, 1, 1000));
    CHECK(!ody_http_rate_take(&rate, 1, 1, 1001));
    CHECK(ody_http_rate_take(&rate, 1000, 1, 1002));
}

/* SPDX-License-Identifier: MIT */
/* A planted failing check: the harness must count it and end with status 1. */
#include "test.h"

TEST(planted_failure)
{
    CHECK_EQUAL(1 + 1, 3);
}

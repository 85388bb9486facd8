/* SPDX-License-Identifier: MIT */
#include "base/number.h"
#include "test.h"

TEST(numbers_have_a_largest_one)
{
    uint64_t number;

    CHECK(ody_number_parse(ODY_VIEW("200"), 200, &number));
    CHECK_EQUAL(number, 200);
    CHECK(ody_number_parse(ODY_VIEW("000000000000000000000000200"), 200, &number));
    CHECK(!ody_number_parse(ODY_VIEW("201"), 200, &number));
    CHECK(!ody_number_parse(ODY_VIEW("18446744073709551817"), 200, &number));
    CHECK(!ody_number_parse(ODY_VIEW("99999999999999999999999999"), UINT64_MAX / 16, &number));
    CHECK(!ody_number_parse(ODY_VIEW(""), 200, &number));
    CHECK(!ody_number_parse(ODY_VIEW("+1"), 200, &number));
    CHECK(!ody_number_parse(ODY_VIEW("1 "), 200, &number));
}

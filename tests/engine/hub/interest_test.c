/* SPDX-License-Identifier: MIT */
/* Which channels the application's handlers decide about. */
#include "base/memory.h"
#include "hub/interest.h"
#include "test.h"

static ody_interest *of_types(const ody_view *types, size_t count)
{
    return ody_interest_new(&(ody_worker_interest){.handlers = types, .handler_count = count});
}

TEST(a_type_claims_the_channels_that_begin_with_it)
{
    const ody_view types[] = {ODY_VIEW("custom"), ODY_VIEW("private")};
    ody_interest *interest = of_types(types, 2);

    CHECK(ody_interest_handles(interest, ODY_VIEW("custom-a")));
    CHECK(ody_interest_handles(interest, ODY_VIEW("custom-")));
    CHECK(!ody_interest_handles(interest, ODY_VIEW("custom")));
    CHECK(!ody_interest_handles(interest, ODY_VIEW("customs-a")));
    CHECK(ody_interest_handles(interest, ODY_VIEW("private-a")));
    CHECK(ody_interest_handles(interest, ODY_VIEW("private-encrypted-a")));
    CHECK(!ody_interest_handles(interest, ODY_VIEW("presence-a")));
    CHECK(!ody_interest_handles(interest, ODY_VIEW("news")));
    ody_free(interest);
}

TEST(public_is_what_no_other_type_claims)
{
    const ody_view types[] = {ODY_VIEW("public")};
    ody_interest *interest = of_types(types, 1);

    CHECK(ody_interest_handles(interest, ODY_VIEW("news")));
    CHECK(ody_interest_handles(interest, ODY_VIEW("cache-news")));
    CHECK(ody_interest_handles(interest, ODY_VIEW("public-news")));
    CHECK(!ody_interest_handles(interest, ODY_VIEW("private-a")));
    CHECK(!ody_interest_handles(interest, ODY_VIEW("presence-a")));
    CHECK(!ody_interest_handles(interest, ODY_VIEW("#server-to-user-1")));
    ody_free(interest);
}

TEST(nothing_registered_wants_nothing)
{
    ody_interest *interest = of_types(NULL, 0);

    CHECK(!ody_interest_handles(NULL, ODY_VIEW("news")));
    CHECK(!ody_interest_wants(NULL, ODY_CALL_OPENED));
    CHECK(!ody_interest_handles(interest, ODY_VIEW("news")));
    CHECK(!ody_interest_wants(interest, ODY_CALL_OPENED));
    ody_free(interest);
    interest = ody_interest_new(
        &(ody_worker_interest){.notices = ODY_NOTICE_BIT(ODY_CALL_EVENT_PUBLISHED)});
    CHECK(ody_interest_wants(interest, ODY_CALL_EVENT_PUBLISHED));
    CHECK(!ody_interest_wants(interest, ODY_CALL_MEMBER_REMOVED));
    ody_free(interest);
}

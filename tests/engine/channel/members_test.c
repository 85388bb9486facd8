/* SPDX-License-Identifier: MIT */
/* The table of members against a plain array, through growth, shrinking and removal in runs. */
#include "channel/members.h"

#include <stdlib.h>
#include "base/memory.h"
#include "ody/error.h"
#include "test.h"

static ody_socket_id id_of(uint64_t number)
{
    return (ody_socket_id){1 + number, number * UINT64_C(0x9E3779B97F4A7C15) % 1000003 + 1};
}

TEST(members_are_found_until_they_are_removed)
{
    enum { COUNT = 3000 };
    ody_members members = {0};
    static bool in[COUNT];
    uint32_t expected = 0;

    srand(7);
    for (int step = 0; step < 60000; step++) {
        /* First mostly adds, then mostly removals. */
        bool add = rand() % 100 < (step < 30000 ? 70 : 25);
        uint64_t number = (uint64_t)(rand() % COUNT);

        if (add && !in[number]) {
            CHECK_EQUAL(ody_members_add(&members, id_of(number), NULL), 0);
            in[number] = true;
            expected++;
        } else if (!add) {
            CHECK_EQUAL(ody_members_remove(&members, id_of(number)), in[number]);
            expected -= in[number];
            in[number] = false;
        }
        CHECK_EQUAL(members.count, expected);
        number = (uint64_t)(rand() % COUNT);
        CHECK_EQUAL(ody_members_find(&members, id_of(number)) != NULL, in[number]);
    }
    for (uint64_t number = 0; number < COUNT; number++) {
        CHECK_EQUAL(ody_members_remove(&members, id_of(number)), in[number]);
    }
    CHECK_EQUAL(members.count, 0);
    CHECK_EQUAL(members.capacity, 0);
    ody_members_fini(&members);
}

TEST(members_walk_gives_each_once)
{
    ody_members members = {0};
    uint32_t cursor = 0;
    uint64_t sum = 0;
    const ody_member *member;

    for (uint64_t number = 1; number <= 100; number++) {
        CHECK_EQUAL(ody_members_add(&members, id_of(number), NULL), 0);
    }
    while ((member = ody_members_next(&members, &cursor))) {
        sum += member->id.first - 1;
    }
    CHECK_EQUAL(sum, 5050);
    ody_members_fini(&members);
}

TEST(members_table_is_small_for_one)
{
    ody_members members = {0};

    CHECK_EQUAL(ody_members_add(&members, id_of(1), NULL), 0);
    CHECK(members.capacity * sizeof(ody_member) <= 64);
    CHECK(!ody_members_find(&members, (ody_socket_id){0}));
    ody_members_fini(&members);
}

TEST(members_stay_as_they_are_without_memory)
{
    ody_members members = {0};

    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_members_add(&members, id_of(1), NULL), ODY_EMEMORY);
    CHECK_EQUAL(members.count, 0);
    CHECK_EQUAL(ody_members_add(&members, id_of(1), NULL), 0);
    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_members_add(&members, id_of(2), NULL), ODY_EMEMORY);
    CHECK(ody_members_find(&members, id_of(1)));
    CHECK(!ody_members_find(&members, id_of(2)));
    ody_memory_fail_at(0);
    ody_members_fini(&members);
}

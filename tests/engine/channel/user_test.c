/* SPDX-License-Identifier: MIT */
/* One user: connections, watchers, what is still to be told. */
#include "channel/user.h"

#include "base/memory.h"
#include "ody/error.h"
#include "test.h"

#define SHARDS 4
#define ID(number) ((ody_socket_id){1 + (number) % SHARDS + 64 * (number), 1000 + (number)})
#define SHARD(number) ((number) % SHARDS)

static ody_user *make(void)
{
    ody_user *user = ody_user_new(7, ODY_VIEW("ann"), SHARDS);

    CHECK(user);
    return user;
}

TEST(a_user_is_online_from_the_first_connection_to_the_last)
{
    ody_user *user = make();

    CHECK_TEXT(ody_user_id(user), "ann");
    CHECK_EQUAL(user->app, 7);
    CHECK(ody_user_idle(user) && !ody_user_online(user));
    CHECK_EQUAL(ody_user_enter(user, ID(1)), 0);
    CHECK_EQUAL(ody_user_enter(user, ID(2)), 0);
    CHECK_EQUAL(ody_user_enter(user, ID(2)), 0);
    CHECK_EQUAL(user->connections.count, 2);
    CHECK(ody_user_exit(user, ID(1)));
    CHECK(!ody_user_exit(user, ID(1)));
    CHECK(ody_user_online(user) && !ody_user_idle(user));
    CHECK(ody_user_exit(user, ID(2)));
    CHECK(!ody_user_online(user) && ody_user_idle(user));
    ody_user_free(user);
    ody_user_free(NULL);
}

TEST(watchers_are_counted_by_shard)
{
    ody_user *user = make();

    CHECK_EQUAL(ody_user_watch(user, ID(1), SHARD(1)), 0);
    CHECK_EQUAL(ody_user_watch(user, ID(1), SHARD(1)), 0);
    CHECK_EQUAL(ody_user_watch(user, ID(5), SHARD(5)), 0);
    CHECK_EQUAL(ody_user_watch(user, ID(2), SHARD(2)), 0);
    CHECK_EQUAL(user->watching[1], 2);
    CHECK_EQUAL(user->watching[2], 1);
    ody_user_unwatch(user, ID(1), SHARD(1));
    ody_user_unwatch(user, ID(1), SHARD(1));
    CHECK_EQUAL(user->watching[1], 1);
    ody_user_unwatch(user, ID(5), SHARD(5));
    CHECK(!ody_user_idle(user));
    ody_user_unwatch(user, ID(2), SHARD(2));
    CHECK(ody_user_idle(user));
    ody_user_free(user);
}

TEST(watchers_are_to_be_told_of_what_changed)
{
    ody_user *user = make();

    CHECK_EQUAL(ody_user_watch(user, ID(1), SHARD(1)), 0);
    CHECK(!ody_user_untold(user));
    CHECK_EQUAL(ody_user_enter(user, ID(2)), 0);
    CHECK(ody_user_untold(user));
    ody_user_told(user);
    CHECK(!ody_user_untold(user));
    CHECK_EQUAL(ody_user_enter(user, ID(3)), 0);
    CHECK(ody_user_exit(user, ID(2)));
    CHECK(!ody_user_untold(user));
    CHECK(ody_user_exit(user, ID(3)));
    CHECK(ody_user_untold(user));
    /* Back before anybody was told: nothing has happened. */
    CHECK_EQUAL(ody_user_enter(user, ID(3)), 0);
    CHECK(!ody_user_untold(user));
    ody_user_free(user);
}

TEST(nobody_needs_to_be_told_when_nobody_watches)
{
    ody_user *user = make();

    CHECK_EQUAL(ody_user_enter(user, ID(2)), 0);
    CHECK(!ody_user_untold(user));
    CHECK(user->shown_online);
    CHECK_EQUAL(ody_user_watch(user, ID(1), SHARD(1)), 0);
    CHECK(!ody_user_untold(user));
    CHECK(ody_user_exit(user, ID(2)));
    CHECK(ody_user_untold(user));
    ody_user_unwatch(user, ID(1), SHARD(1));
    CHECK(!ody_user_untold(user));
    ody_user_free(user);
}

TEST(a_user_changes_nothing_without_memory)
{
    ody_user *user = make();

    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_user_enter(user, ID(1)), ODY_EMEMORY);
    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_user_watch(user, ID(1), SHARD(1)), ODY_EMEMORY);
    CHECK_EQUAL(user->watching[1], 0);
    CHECK(ody_user_idle(user));
    ody_memory_fail_at(1);
    CHECK(!ody_user_new(7, ODY_VIEW("bob"), SHARDS));
    ody_memory_fail_at(0);
    ody_user_free(user);
}

/* Random steps against flags. */
TEST(a_user_agrees_with_a_model)
{
    enum { IDS = 40, STEPS = 20000 };
    bool signed_in[IDS] = {false}, watches[IDS] = {false};
    uint32_t random = 1, online = 0, told = 0;
    ody_user *user = make();

    for (int step = 0; step < STEPS; step++) {
        unsigned id, count = 0, watching[SHARDS] = {0}, connections = 0;

        random = random * 1664525 + 1013904223;
        id = (random >> 16) % IDS;
        switch ((random >> 8) % 5) {
        case 0:
            CHECK_EQUAL(ody_user_enter(user, ID(id)), 0);
            signed_in[id] = true;
            break;
        case 1:
            CHECK_EQUAL(ody_user_exit(user, ID(id)), signed_in[id]);
            signed_in[id] = false;
            break;
        case 2:
            CHECK_EQUAL(ody_user_watch(user, ID(id), SHARD(id)), 0);
            watches[id] = true;
            break;
        case 3:
            for (unsigned i = 0; i < IDS; i += 1 + random % 2) {
                ody_user_unwatch(user, ID(i), SHARD(i));
                watches[i] = false;
            }
            break;
        default:
            for (unsigned i = 0; i < IDS; i++) {
                ody_user_exit(user, ID(i));
                signed_in[i] = false;
            }
        }
        for (unsigned i = 0; i < IDS; i++) {
            connections += signed_in[i];
            count += watches[i];
            watching[SHARD(i)] += watches[i];
        }
        CHECK_EQUAL(user->connections.count, connections);
        CHECK_EQUAL(user->watchers.count, count);
        CHECK(memcmp(user->watching, watching, sizeof(watching)) == 0);
        CHECK_EQUAL(ody_user_online(user), connections > 0);
        online = count == 0 ? connections > 0 : online;
        CHECK_EQUAL(ody_user_untold(user), online != (connections > 0));
        if (online != (connections > 0) && random % 3) {
            ody_user_told(user);
            online = connections > 0;
            told++;
        }
    }
    CHECK(told > 100);
    ody_user_free(user);
}

/* SPDX-License-Identifier: MIT */
/* One channel: members, users, counts per shard, the cached event. */
#include "channel/channel.h"

#include "base/memory.h"
#include "ody/error.h"
#include "test.h"

#define ID(number) ((ody_socket_id){(number), 1000 + (number)})

static ody_channel *make(const char *name)
{
    ody_channel_kind kind;
    ody_channel *channel;

    ody_hash_seed();
    CHECK_EQUAL(ody_channel_name_parse(ody_view_of(name), 200, &kind), 0);
    channel = ody_channel_new(0, ody_view_of(name), kind, 4);
    CHECK(channel);
    return channel;
}

static int join(ody_channel *channel, uint64_t number, const char *user, const char *info,
                bool *first)
{
    const ody_presence_profile profile = {ody_view_of(user), ody_view_of(info)};

    return ody_channel_join(channel, ID(number), number % 4, user ? &profile : NULL, 2, first);
}

TEST(channel_counts_its_members_by_shard)
{
    ody_channel *channel = make("news");
    ody_presence_user *departed;
    bool first;

    CHECK(ody_channel_idle(channel));
    CHECK_TEXT(ody_channel_name(channel), "news");
    CHECK_EQUAL(join(channel, 1, NULL, NULL, &first), 0);
    CHECK_EQUAL(join(channel, 5, NULL, NULL, &first), 0);
    CHECK_EQUAL(join(channel, 2, NULL, NULL, &first), 0);
    CHECK(!first);
    CHECK_EQUAL(channel->on_shard[1], 2);
    CHECK_EQUAL(channel->on_shard[2], 1);
    CHECK(!ody_channel_idle(channel));
    CHECK(ody_channel_leave(channel, ID(1), 1, &departed));
    CHECK(!departed);
    CHECK_EQUAL(channel->on_shard[1], 1);
    CHECK_EQUAL(ody_channel_user_count(channel), 0);
    ody_channel_free(channel);
}

TEST(channel_leave_is_idempotent)
{
    ody_channel *channel = make("presence-room");
    ody_presence_user *departed;
    bool first;

    CHECK_EQUAL(join(channel, 1, "u", "{}", &first), 0);
    CHECK(ody_channel_leave(channel, ID(1), 1, &departed));
    CHECK(departed);
    ody_free(departed);
    CHECK(!ody_channel_leave(channel, ID(1), 1, &departed));
    CHECK(!departed);
    CHECK_EQUAL(channel->on_shard[1], 0);
    CHECK(ody_channel_idle(channel));
    ody_channel_free(channel);
}

TEST(channel_users_come_once_and_go_once)
{
    ody_channel *channel = make("presence-room");
    ody_presence_user *departed;
    size_t cursor = 0;
    bool first;

    CHECK_EQUAL(join(channel, 1, "ann", "{\"n\":1}", &first), 0);
    CHECK(first);
    CHECK_EQUAL(join(channel, 2, "ann", "{\"n\":2}", &first), 0);
    CHECK(!first);
    CHECK_EQUAL(ody_channel_user_count(channel), 1);
    CHECK_TEXT(ody_presence_user_info(ody_channel_user_next(channel, &cursor)), "{\"n\":1}");
    CHECK(ody_channel_leave(channel, ID(1), 1, &departed));
    CHECK(!departed);
    CHECK(ody_channel_leave(channel, ID(2), 2, &departed));
    CHECK_TEXT(ody_presence_user_id(departed), "ann");
    ody_free(departed);
    CHECK_EQUAL(ody_channel_user_count(channel), 0);
    ody_channel_free(channel);
}

TEST(channel_limits_users_and_not_connections)
{
    ody_channel *channel = make("presence-room");
    bool first;

    CHECK_EQUAL(join(channel, 1, "ann", "{}", &first), 0);
    CHECK_EQUAL(join(channel, 2, "bob", "{}", &first), 0);
    CHECK_EQUAL(join(channel, 3, "cid", "{}", &first), ODY_ELIMIT);
    CHECK_EQUAL(join(channel, 4, "bob", "{}", &first), 0);
    CHECK_EQUAL(channel->members.count, 3);
    CHECK_EQUAL(channel->on_shard[3], 0);
    ody_channel_free(channel);
}

TEST(channel_join_changes_nothing_without_memory)
{
    ody_channel *channel = make("presence-room");
    bool first;
    int failures = 0;

    for (long at = 1;; at++) {
        int code;

        ody_memory_fail_at(at);
        code = join(channel, 1, "ann", "{}", &first);
        ody_memory_fail_at(0);
        if (code == 0) {
            break;
        }
        failures++;
        CHECK_EQUAL(code, ODY_EMEMORY);
        CHECK_EQUAL(channel->members.count, 0);
        CHECK_EQUAL(ody_channel_user_count(channel), 0);
        CHECK_EQUAL(channel->on_shard[1], 0);
    }
    CHECK_EQUAL(failures, 3);
    ody_channel_free(channel);
}

TEST(channel_new_frees_everything_without_memory)
{
    ody_channel_kind kind = {ODY_CHANNEL_PRESENCE, false};

    for (long at = 1; at <= 2; at++) {
        ody_memory_fail_at(at);
        CHECK(!ody_channel_new(0, ODY_VIEW("presence-a"), kind, 4));
    }
    ody_memory_fail_at(0);
}

TEST(channel_keeps_the_last_event_for_a_time)
{
    ody_channel *channel = make("cache-prices");

    CHECK(!ody_channel_cache_get(channel, 0).data);
    ody_channel_cache_set(channel, ody_channel_cache_new(ODY_VIEW("one"), 100));
    ody_channel_cache_set(channel, ody_channel_cache_new(ODY_VIEW("two"), 200));
    CHECK(!ody_channel_idle(channel));
    CHECK_TEXT(ody_channel_cache_get(channel, 199), "two");
    CHECK(!ody_channel_cache_get(channel, 200).data);
    ody_channel_cache_drop(channel);
    CHECK(ody_channel_idle(channel));
    ody_channel_cache_drop(channel);
    ody_memory_fail_at(1);
    CHECK(!ody_channel_cache_new(ODY_VIEW("x"), 1));
    ody_memory_fail_at(0);
    ody_channel_free(channel);
}

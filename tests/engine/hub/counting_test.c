/* SPDX-License-Identifier: MIT */
/* Subscribers hear how many they are. */
#include <stdlib.h>
#include "apps.h"
#include "base/memory.h"
#include "hub/counting.h"
#include "hub/subscription.h"
#include "workers.h"
#include "world.h"

#define SUCCEEDED(channel)                                                                         \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\",\"channel\":\"" channel \
    "\"}"
#define COUNT(channel, number)                                                                     \
    "{\"event\":\"pusher_internal:subscription_count\",\"data\":\"{\\\"subscription_"              \
    "count\\\":" number "}\",\"channel\":\"" channel "\"}"

static world *counting_world(unsigned shards)
{
    ody_options options;

    world_defaults(&options);
    world_app(&options)->subscription_count = true;
    return world_start(&options, shards, 1);
}

static void expect_count(world_client *client, int number)
{
    char wanted[160];

    snprintf(wanted, sizeof(wanted), COUNT("a", "%d"), number);
    EXPECT(client, wanted);
}

TEST(pitfall_28_subscribers_hear_how_many_they_are)
{
    for (unsigned shards = 1; shards <= 4; shards++) {
        world *self = counting_world(shards);
        world_client *first = world_connect(self, 0);
        world_client *second = world_connect(self, shards - 1);

        world_subscribe(first, "a", NULL);
        world_settle(self);
        EXPECT(first, SUCCEEDED("a"));
        expect_count(first, 1);
        world_subscribe(second, "a", NULL);
        world_settle(self);
        EXPECT(second, SUCCEEDED("a"));
        expect_count(second, 2);
        expect_count(first, 2);
        world_unsubscribe(first, "a");
        world_settle(self);
        EXPECT_NOTHING(first);
        expect_count(second, 1);
        EXPECT_NOTHING(second);
        world_end(self);
    }
}

TEST(a_second_confirmation_changes_no_number)
{
    world *self = counting_world(2);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "a", NULL);
    world_settle(self);
    world_forget(client);
    world_subscribe(client, "a", NULL);
    world_settle(self);
    EXPECT(client, SUCCEEDED("a"));
    EXPECT_NOTHING(client);
    world_end(self);
}

TEST(the_number_comes_behind_what_is_cached)
{
    world *self = counting_world(2);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "cache-a", NULL);
    world_settle(self);
    EXPECT(client, SUCCEEDED("cache-a"));
    EXPECT(client, "{\"event\":\"pusher:cache_miss\",\"data\":\"{}\",\"channel\":\"cache-a\"}");
    EXPECT(client, COUNT("cache-a", "1"));
    world_end(self);
}

TEST(presence_channels_have_their_members_instead)
{
    world *self = counting_world(2);
    world_client *client = world_connect(self, 0);

    world_subscribe_user(client, "presence-a", "ann");
    world_subscribe(client, "private-a", NULL);
    world_settle(self);
    CHECK(strstr(client->first->text, "subscription_succeeded"));
    CHECK(strstr(client->first->next->text, "subscription_succeeded") ||
          strstr(client->first->next->text, "subscription_count"));
    for (world_message *message = client->first; message; message = message->next) {
        CHECK(!strstr(message->text, "subscription_count") ||
              strstr(message->text, "\"channel\":\"private-a\""));
    }
    world_end(self);
}

TEST(the_channels_of_users_are_not_counted)
{
    world *self = counting_world(2);
    world_client *client = world_connect(self, 0);

    world_sign_in(client, "{\"id\":\"ann\"}");
    world_settle(self);
    world_forget(client);
    world_subscribe(client, "#server-to-user-ann", NULL);
    world_settle(self);
    EXPECT(client, SUCCEEDED("#server-to-user-ann"));
    EXPECT_NOTHING(client);
    world_end(self);
}

TEST(an_app_may_do_without_numbers)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "a", NULL);
    world_settle(self);
    EXPECT(client, SUCCEEDED("a"));
    EXPECT_NOTHING(client);
    world_end(self);
}

/* So many clients in the channel; the last one's messages stay. */
static world_client *crowd(world *self, int count, world_client **clients)
{
    for (int i = 0; i < count; i++) {
        clients[i] = world_connect(self, (unsigned)i % self->shards);
        world_subscribe(clients[i], "a", NULL);
    }
    world_settle(self);
    for (int i = 0; i < count; i++) {
        world_forget(clients[i]);
    }
    return clients[count - 1];
}

TEST(large_channels_hear_of_it_every_five_seconds)
{
    world_client *clients[120], *stays;
    world *self = counting_world(2);

    stays = crowd(self, 120, clients);
    world_advance(self, ODY_COUNTING_INTERVAL + 100);
    world_settle(self);
    expect_count(stays, 120);
    world_advance(self, ODY_COUNTING_INTERVAL);
    world_settle(self);
    EXPECT_NOTHING(stays);

    /* The first change after a quiet time is told at once, the next ones together. */
    for (int i = 0; i < 5; i++) {
        world_close(clients[i]);
        world_settle(self);
    }
    expect_count(stays, 119);
    EXPECT_NOTHING(stays);
    world_advance(self, ODY_COUNTING_INTERVAL / 2);
    world_settle(self);
    EXPECT_NOTHING(stays);
    world_advance(self, ODY_COUNTING_INTERVAL / 2 + 100);
    world_settle(self);
    expect_count(stays, 115);
    EXPECT_NOTHING(stays);
    world_advance(self, 10 * ODY_COUNTING_INTERVAL);
    world_settle(self);
    EXPECT_NOTHING(stays);
    world_end(self);
}

TEST(a_change_that_was_taken_back_is_not_told)
{
    world_client *clients[110], *stays;
    world *self = counting_world(2);

    stays = crowd(self, 110, clients);
    for (int i = 0; i < 2; i++) {
        world_advance(self, ODY_COUNTING_INTERVAL + 100);
        world_settle(self);
    }
    world_forget(stays);
    world_close(clients[0]);
    world_settle(self);
    expect_count(stays, 109);
    world_close(clients[1]);
    crowd(self, 1, clients);
    world_advance(self, 2 * ODY_COUNTING_INTERVAL);
    world_settle(self);
    EXPECT_NOTHING(stays);
    world_end(self);
}

TEST(small_channels_hear_of_each_change)
{
    world_client *clients[100], *stays;
    world *self = counting_world(4);

    stays = crowd(self, 100, clients);
    for (int i = 0; i < 99; i++) {
        world_close(clients[i]);
        world_settle(self);
        expect_count(stays, 99 - i);
    }
    EXPECT_NOTHING(stays);
    world_end(self);
}

TEST(a_number_waits_for_a_shard_that_is_full)
{
    world *self = counting_world(2);
    world_client *near = NULL, *far = NULL;
    unsigned home = ody_mail_home(0, ODY_VIEW("a"), 2);

    near = world_connect(self, home);
    far = world_connect(self, 1 - home);
    world_subscribe(far, "a", NULL);
    world_settle(self);
    world_forget(far);
    self->full[1 - home] = true;
    world_subscribe(near, "a", NULL);
    world_settle(self);
    EXPECT(near, SUCCEEDED("a"));
    EXPECT_NOTHING(near);
    EXPECT_NOTHING(far);
    world_advance(self, 200);
    EXPECT_NOTHING(near);
    self->full[1 - home] = false;
    world_advance(self, 200);
    world_settle(self);
    expect_count(near, 2);
    expect_count(far, 2);
    world_end(self);
}

TEST(the_application_hears_of_the_number)
{
    world *self = workers_world(1);
    const ody_worker_interest interest = {.notices = ODY_NOTICE_BIT(ODY_CALL_SUBSCRIPTION_COUNT)};
    test_worker worker = {0};
    world_client *client;

    world_app(&self->options)->subscription_count = true;
    workers_add(self, &worker, &interest);
    client = world_connect(self, 0);
    world_subscribe(client, "a", NULL);
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIPTION_COUNT);
    CHECK(strcmp(worker.channel, "a") == 0 && strcmp(worker.data, "1") == 0);
    workers_say(&worker, ODY_VERDICT_PASS);
    world_close(client);
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIPTION_COUNT);
    CHECK(strcmp(worker.channel, "a") == 0 && strcmp(worker.data, "0") == 0);
    workers_say(&worker, ODY_VERDICT_PASS);
    workers_remove(&worker);
    world_end(self);
}

TEST(counting_may_be_switched_on_and_off)
{
    world *self = world_simple(2);
    world_client *first = world_connect(self, 0);
    ody_options options = self->options;
    world_client *second;

    world_subscribe(first, "a", NULL);
    world_settle(self);
    world_forget(first);
    test_apps_copy(&options)->subscription_count = true;
    for (unsigned shard = 0; shard < 2; shard++) {
        ody_hub_reload(self->hubs[shard], &options, self->now);
    }
    second = world_connect(self, 1);
    world_subscribe(second, "a", NULL);
    world_settle(self);
    expect_count(first, 2);
    test_apps_copy(&options)->subscription_count = false;
    for (unsigned shard = 0; shard < 2; shard++) {
        ody_hub_reload(self->hubs[shard], &options, self->now);
    }
    world_close(second);
    world_settle(self);
    EXPECT_NOTHING(first);
    world_end(self);
}

TEST(counting_with_failing_allocations)
{
    bool perfect = false;

    for (long at = 1; !perfect; at++) {
        world *self = counting_world(2);
        world_client *old = world_connect(self, 0);
        world_client *joins;
        int numbers = 0;

        world_subscribe(old, "a", NULL);
        world_settle(self);
        world_forget(old);
        joins = world_connect(self, 1);
        ody_memory_fail_at(at);
        world_subscribe(joins, "a", NULL);
        world_settle(self);
        ody_memory_fail_at(0);
        for (int i = 0; i < 3; i++) {
            world_advance(self, ODY_WHEEL_TICK_MS);
            world_settle(self);
        }
        /* Whoever stays knows the true number in the end. */
        for (const world_message *message = old->first; message; message = message->next) {
            numbers += strstr(message->text, "_count\\\":2") != NULL;
        }
        CHECK(!old->open || numbers == (joins->open && joins->connection.subscription_count == 1));
        perfect = old->open && numbers == 1 && joins->open && at > 5;
        CHECK(at < 100);
        world_end(self);
    }
}

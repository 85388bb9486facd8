/* SPDX-License-Identifier: MIT */
/* Watchlists: what is told at first, what is told later, and what is not. */
#include <stdlib.h>
#include "apps.h"
#include "hub/signin.h"
#include "hub/subscription.h"
#include "world.h"

#define WATCHLIST(groups)                                                                          \
    "{\"event\":\"pusher_internal:watchlist_events\",\"data\":\"{\\\"events\\\":[" groups "]}\"}"
#define GROUP(name, ids) "{\\\"name\\\":\\\"" name "\\\",\\\"user_ids\\\":[" ids "]}"
#define ID(id) "\\\"" id "\\\""
#define IS_ONLINE(id) WATCHLIST(GROUP("online", ID(id)))
#define IS_OFFLINE(id) WATCHLIST(GROUP("offline", ID(id)))

/* An app that has watchlists. */
static world *watching_world(unsigned shards, uint64_t seed)
{
    ody_options options;

    world_defaults(&options);
    world_app(&options)->watchlist = true;
    return world_start(&options, shards, seed);
}

static world_client *user(world *self, unsigned shard, const char *user_data)
{
    world_client *client = world_connect(self, shard);

    world_sign_in(client, user_data);
    world_settle(self);
    CHECK(client->first && strstr(client->first->text, "pusher:signin_success"));
    free(world_take(client));
    return client;
}

TEST(pitfall_28_the_watchlist_is_told_right_after_signing_in)
{
    for (unsigned shards = 1; shards <= 4; shards++) {
        world *self = watching_world(shards, 1);
        world_client *client;

        user(self, 0, "{\"id\":\"b\"}");
        user(self, shards - 1, "{\"id\":\"d\"}");
        client = user(self, 0, "{\"id\":\"z\",\"watchlist\":[\"a\",\"b\",\"c\",\"d\",\"z\"]}");
        EXPECT(client, WATCHLIST(GROUP("online", ID("b") "," ID("d") "," ID("z")) "," GROUP(
                           "offline", ID("a") "," ID("c"))));
        EXPECT_NOTHING(client);
        world_end(self);
    }
}

TEST(groups_without_users_are_left_out)
{
    world *self = watching_world(2, 1);
    world_client *client = user(self, 0, "{\"id\":\"a\",\"watchlist\":[\"b\",\"c\"]}");

    EXPECT(client, WATCHLIST(GROUP("offline", ID("b") "," ID("c"))));
    client = user(self, 0, "{\"id\":\"b\",\"watchlist\":[\"a\"]}");
    EXPECT(client, IS_ONLINE("a"));
    client = user(self, 0, "{\"id\":\"c\",\"watchlist\":[]}");
    EXPECT_NOTHING(client);
    world_end(self);
}

TEST(pitfall_28_watchers_hear_of_the_first_connection_and_of_the_last)
{
    world *self = watching_world(4, 1);
    world_client *watchers[4], *first, *second;

    for (unsigned i = 0; i < 4; i++) {
        watchers[i] = user(self, i, "{\"id\":\"w\",\"watchlist\":[\"a\"]}");
        EXPECT(watchers[i], IS_OFFLINE("a"));
    }
    first = user(self, 1, "{\"id\":\"a\"}");
    for (unsigned i = 0; i < 4; i++) {
        EXPECT(watchers[i], IS_ONLINE("a"));
    }
    second = user(self, 2, "{\"id\":\"a\"}");
    world_close(first);
    world_settle(self);
    EXPECT_NOTHING(watchers[0]);
    world_close(second);
    world_settle(self);
    for (unsigned i = 0; i < 4; i++) {
        EXPECT(watchers[i], IS_OFFLINE("a"));
        EXPECT_NOTHING(watchers[i]);
    }
    EXPECT_NOTHING(first);
    world_end(self);
}

TEST(terminated_users_go_offline)
{
    world *self = watching_world(2, 1);
    world_client *watcher = user(self, 0, "{\"id\":\"w\",\"watchlist\":[\"a\"]}");

    user(self, 0, "{\"id\":\"a\"}");
    user(self, 1, "{\"id\":\"a\"}");
    world_forget(watcher);
    CHECK_EQUAL(world_terminate(self, "a"), 2);
    world_settle(self);
    EXPECT(watcher, IS_OFFLINE("a"));
    EXPECT_NOTHING(watcher);
    world_end(self);
}

TEST(a_watcher_that_leaves_is_forgotten)
{
    world *self = watching_world(2, 1);
    world_client *watcher = user(self, 0, "{\"id\":\"w\",\"watchlist\":[\"a\",\"b\",\"c\"]}");
    size_t users = 0;

    world_close(watcher);
    world_settle(self);
    for (unsigned shard = 0; shard < 2; shard++) {
        users += world_hub_app(self, shard)->users.count;
        CHECK_EQUAL(world_hub_app(self, shard)->watched.count, 0);
    }
    CHECK_EQUAL(users, 0);
    user(self, 0, "{\"id\":\"a\"}");
    world_end(self);
}

TEST(who_watches_oneself_hears_of_oneself)
{
    world *self = watching_world(2, 1);
    world_client *client = user(self, 0, "{\"id\":\"a\",\"watchlist\":[\"a\"]}");

    EXPECT(client, IS_ONLINE("a"));
    user(self, 1, "{\"id\":\"a\"}");
    EXPECT_NOTHING(client);
    world_end(self);
}

TEST(a_user_that_is_named_twice_is_watched_once)
{
    world *self = watching_world(2, 1);
    world_client *client = user(
        self, 0,
        "{\"id\":\"w\",\"user_info\":{\"n\":1},\"watchlist\":[\"a\",\"a\",\"b\",\"a\",\"b\"]}");

    EXPECT(client, WATCHLIST(GROUP("offline", ID("a") "," ID("b"))));
    CHECK_EQUAL(client->connection.signin->watch_count, 2);
    user(self, 1, "{\"id\":\"a\"}");
    EXPECT(client, IS_ONLINE("a"));
    EXPECT_NOTHING(client);
    /* What stands behind the watches is still there. */
    world_subscribe(client, "presence-a", NULL);
    world_settle(self);
    CHECK(strstr(client->first->text, "\\\"hash\\\":{\\\"w\\\":{\\\"n\\\":1}}"));
    world_end(self);
}

TEST(of_a_long_watchlist_the_first_are_watched)
{
    ody_options options;
    world_client *client;
    world *self;

    world_defaults(&options);
    world_app(&options)->watchlist = true;
    world_app(&options)->limits.watchlist_length = 2;
    self = world_start(&options, 2, 1);
    client = user(self, 0, "{\"id\":\"w\",\"watchlist\":[\"a\",\"b\",\"c\"]}");
    EXPECT_ERROR(client, 4302, "The watchlist is longer than 2 users: the first 2 are watched");
    EXPECT(client, WATCHLIST(GROUP("offline", ID("a") "," ID("b"))));
    user(self, 1, "{\"id\":\"c\"}");
    EXPECT_NOTHING(client);
    CHECK(client->open);
    world_end(self);
}

TEST(an_app_may_do_without_watchlists)
{
    world *self = world_simple(2);
    world_client *client = user(self, 0, "{\"id\":\"w\",\"watchlist\":[\"a\"]}");

    EXPECT_NOTHING(client);
    user(self, 1, "{\"id\":\"a\"}");
    EXPECT_NOTHING(client);
    world_end(self);
}

TEST(signing_in_again_keeps_the_first_watchlist)
{
    world *self = watching_world(2, 1);
    world_client *client = user(self, 0, "{\"id\":\"w\",\"watchlist\":[\"a\"]}");

    world_forget(client);
    world_sign_in(client, "{\"id\":\"w\",\"watchlist\":[\"b\"]}");
    world_settle(self);
    CHECK(strstr(client->first->text, "signin_success"));
    world_forget(client);
    user(self, 1, "{\"id\":\"b\"}");
    EXPECT_NOTHING(client);
    user(self, 1, "{\"id\":\"a\"}");
    EXPECT(client, IS_ONLINE("a"));
    world_end(self);
}

static const char *const ids[] = {"a", "b", "c", "d"};

/* Reads what a watcher of them was told: all of them at first, then only what has changed. */
static void follow(world_client *watcher, bool online[4])
{
    world_message *message;
    bool known = false;

    while ((message = world_take(watcher))) {
        const char *offline = strstr(message->text, "offline");

        CHECK(strstr(message->text, "watchlist_events"));
        for (unsigned i = 0; i < 4; i++) {
            char quoted[16];
            const char *found;

            snprintf(quoted, sizeof(quoted), "\\\"%s\\\"", ids[i]);
            found = strstr(message->text, quoted);
            CHECK(found || known);
            if (found) {
                bool now = !offline || found < offline;

                CHECK(!known || now != online[i]);
                online[i] = now;
            }
        }
        known = true;
        free(message);
    }
    CHECK(known);
}

static void deliver_some(world *self, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        world_deliver_one(self);
    }
}

/* While the homes answer, users come and go: the list shows what is then, and what is told later
 * fits to it. */
TEST(news_on_their_way_to_a_watcher_are_told_once)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        world *self = watching_world(4, seed);
        world_client *watcher = world_connect(self, (unsigned)(seed % 4));
        world_client *first = user(self, 0, "{\"id\":\"a\"}");
        world_client *third = world_connect(self, 2);
        bool online[4] = {false};

        user(self, 1, "{\"id\":\"b\"}");
        world_sign_in(watcher, "{\"id\":\"w\",\"watchlist\":[\"a\",\"b\",\"c\",\"d\"]}");
        deliver_some(self, seed % 9);
        world_close(first);
        world_sign_in(third, "{\"id\":\"c\"}");
        deliver_some(self, seed / 9 % 9);
        world_close(third);
        world_settle(self);
        CHECK(strstr(watcher->first->text, "signin_success"));
        free(world_take(watcher));
        follow(watcher, online);
        CHECK(!online[0] && online[1] && !online[2] && !online[3]);
        world_end(self);
    }
}

TEST(a_full_home_of_a_watched_user_refuses_a_sign_in)
{
    world *self = watching_world(2, 1);
    world_client *client = world_connect(self, 0);
    char data[64];
    int i = 0, far = 0;

    while (ody_mail_home(0, ody_view_of((snprintf(data, sizeof(data), "n%d", i), data)), 2) != 0) {
        i++;
    }
    do {
        snprintf(data, sizeof(data), "f%d", far++);
    } while (ody_mail_home(0, ody_view_of(data), 2) != 1);
    snprintf(data, sizeof(data), "{\"id\":\"n%d\",\"watchlist\":[\"f%d\"]}", i, far - 1);
    self->full[1] = true;
    world_sign_in(client, data);
    world_settle(self);
    EXPECT_ERROR(client, 0, "The server is overloaded, try again later");
    CHECK(!client->connection.signin);
    CHECK_EQUAL(world_hub_app(self, 0)->watched.count, 0);
    world_end(self);
}

TEST(a_thousand_watched_users_cost_one_mail_a_home)
{
    ody_options options;
    world_client *client;
    world *self;
    char *data = malloc(20000);
    size_t used = 0;

    world_defaults(&options);
    world_app(&options)->watchlist = true;
    world_app(&options)->limits.watchlist_length = 1000;
    options.limits.message_size = 1 << 20;
    self = world_start(&options, 4, 1);
    used += (size_t)sprintf(data, "{\"id\":\"w\",\"watchlist\":[\"u0\"");
    for (int i = 1; i < 1000; i++) {
        used += (size_t)sprintf(data + used, ",\"u%d\"", i);
    }
    strcpy(data + used, "]}");
    client = world_connect(self, 0);
    world_sign_in(client, data);
    while (!client->connection.signin->on) {
        CHECK(world_deliver_one(self));
    }
    /* That of its own shard has answered already. */
    CHECK_EQUAL(client->connection.signin->answers, 3);
    world_settle(self);
    CHECK(strstr(client->first->next->text, "\\\"u999\\\"]}"));
    world_close(client);
    world_settle(self);
    for (unsigned shard = 0; shard < 4; shard++) {
        CHECK_EQUAL(world_hub_app(self, shard)->users.count, 0);
    }
    free(data);
    world_end(self);
}

/* SPDX-License-Identifier: MIT */
/* Joining and leaving: answers, refusals, and every order in which wishes and mail can cross. */
#include <stdlib.h>
#include "world.h"

#define SUCCEEDED(channel)                                                                         \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\",\"channel\":\"" channel \
    "\"}"
#define REFUSED(channel, type, text, status)                                                       \
    "{\"event\":\"pusher:subscription_error\",\"data\":\"{\\\"type\\\":\\\"" type                  \
    "\\\",\\\"error\\\":\\\"" text "\\\",\\\"status\\\":" status "}\",\"channel\":\"" channel      \
    "\"}"
#define EVENT(channel, data) "{\"event\":\"e\",\"data\":\"" data "\",\"channel\":\"" channel "\"}"

/* A name that is at home on shard 1 of two; static memory. */
static const char *far_name(const char *prefix)
{
    static char name[64];
    int i = 0;

    do {
        snprintf(name, sizeof(name), "%s%d", prefix, i++);
    } while (ody_mail_home(0, ody_view_of(name), 2) != 1);
    return name;
}

/* A client on shard 0 of two, and a channel whose home is shard 1. */
static world *apart(world_client **client, const char **channel)
{
    world *self = world_simple(2);

    *channel = far_name("far");
    *client = world_connect(self, 0);
    return self;
}

static void expect_success(world_client *client, const char *channel)
{
    char wanted[128];

    snprintf(wanted, sizeof(wanted), SUCCEEDED("%s"), channel);
    EXPECT(client, wanted);
}

TEST(subscribe_is_confirmed_on_any_shard)
{
    for (unsigned shards = 1; shards <= 4; shards *= 2) {
        world *self = world_simple(shards);

        for (unsigned shard = 0; shard < shards; shard++) {
            world_client *client = world_connect(self, shard);

            world_subscribe(client, "news", NULL);
            world_subscribe(client, "private-news", NULL);
            world_subscribe(client, "private-encrypted-news", NULL);
            world_settle(self);
            CHECK_EQUAL(client->connection.subscription_count, 3);
            world_forget(client);
            CHECK_EQUAL(world_publish(self, "news", "e", "1", NULL), (int)shard + 1);
            EXPECT(client, EVENT("news", "1"));
        }
        CHECK_EQUAL(WORLD_COUNT(self, subscriptions), 3 * shards);
        CHECK_EQUAL(WORLD_COUNT(self, channels), 3);
        world_end(self);
    }
}

TEST(subscribe_success_texts)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "news", NULL);
    world_settle(self);
    EXPECT(client, SUCCEEDED("news"));
    world_subscribe(client, "private-a", "{\"anything\":1}");
    world_settle(self);
    EXPECT(client, SUCCEEDED("private-a"));
    world_subscribe_user(client, "presence-a", "ann");
    world_settle(self);
    EXPECT(client,
           "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{\\\"presence\\\":"
           "{\\\"count\\\":1,\\\"ids\\\":[\\\"ann\\\"],\\\"hash\\\":{\\\"ann\\\":{\\\"n\\\":"
           "\\\"ann\\\"}}}}\",\"channel\":\"presence-a\"}");
    EXPECT_NOTHING(client);
    world_end(self);
}

TEST(subscribe_again_is_confirmed_again)
{
    const char *channel;
    world_client *client;
    world *self = apart(&client, &channel);

    world_subscribe(client, channel, NULL);
    world_settle(self);
    expect_success(client, channel);
    world_subscribe(client, channel, NULL);
    world_subscribe(client, channel, NULL);
    world_subscribe(client, channel, NULL);
    world_settle(self);
    /* One command is in flight, and of the two that waited the last was sent. */
    expect_success(client, channel);
    expect_success(client, channel);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(world_publish(self, channel, "e", "1", NULL), 1);
    CHECK(client->first && strstr(client->first->text, "\"data\":\"1\""));
    CHECK(!client->first->next);
    CHECK_EQUAL(client->connection.subscription_count, 1);
    world_end(self);
}

TEST(presence_again_gets_a_fresh_snapshot)
{
    world *self = world_simple(2);
    world_client *ann = world_connect(self, 0);
    world_client *bob = world_connect(self, 1);
    world_message *message;

    world_subscribe_user(ann, "presence-a", "ann");
    world_settle(self);
    world_subscribe_user(bob, "presence-a", "bob");
    world_settle(self);
    world_forget(ann);
    world_forget(bob);
    /* Another user in the second subscribe changes nothing: the first stays. */
    world_subscribe_user(ann, "presence-a", "zed");
    world_settle(self);
    message = world_take(ann);
    CHECK(message && strstr(message->text, "\\\"count\\\":2"));
    CHECK(strstr(message->text, "bob") && !strstr(message->text, "zed"));
    free(message);
    EXPECT_NOTHING(ann);
    EXPECT_NOTHING(bob);
    world_end(self);
}

TEST(refusals_say_why)
{
    ody_options options;
    world_client *client;
    world *self;

    world_defaults(&options);
    world_app(&options)->limits.channels_per_connection = 2;
    self = world_start(&options, 2, 1);
    client = world_connect(self, 0);
    world_subscribe(client, "no spaces", NULL);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\"}}");
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\","
                       "\"auth\":\"nokey:00\"}}");
    world_send(client,
               "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"#server-to-user-1\","
               "\"auth\":\"\"}}");
    world_subscribe(client, "presence-a", NULL);
    world_subscribe(client, "presence-a", "{\"user_info\":1}");
    world_settle(self);
    EXPECT_ERROR(client, 0, "Invalid channel name: no spaces");
    EXPECT(client,
           REFUSED("no spaces", "InvalidChannel", "Invalid channel name: no spaces", "400"));
    EXPECT_ERROR(client, 0, "Auth info required to subscribe to private-a");
    EXPECT(client, REFUSED("private-a", "AuthError", "Auth info required to subscribe to private-a",
                           "401"));
    EXPECT_ERROR(client, 0, "Invalid key in subscription auth data: 'nokey'");
    EXPECT(client, REFUSED("private-a", "AuthError",
                           "Invalid key in subscription auth data: 'nokey'", "401"));
    EXPECT_ERROR(client, 0, "Sign in to subscribe to #server-to-user-1");
    EXPECT(client, REFUSED("#server-to-user-1", "AuthError",
                           "Sign in to subscribe to #server-to-user-1", "401"));
    EXPECT_ERROR(client, 0, "channel_data is required to subscribe to presence-a");
    EXPECT(client, REFUSED("presence-a", "InvalidData",
                           "channel_data is required to subscribe to presence-a", "400"));
    free(world_take(client)); /* the sentence of the reader of channel_data */
    free(world_take(client));
    EXPECT_NOTHING(client);
    CHECK_EQUAL(WORLD_COUNT(self, refused_signatures), 3);
    world_subscribe(client, "a", NULL);
    world_subscribe(client, "b", NULL);
    world_settle(self);
    world_forget(client);
    world_subscribe(client, "c", NULL);
    world_settle(self);
    EXPECT_ERROR(client, 0, "A connection may subscribe to 2 channels at most");
    EXPECT(client,
           REFUSED("c", "LimitReached", "A connection may subscribe to 2 channels at most", "403"));
    world_forget(client);
    CHECK_EQUAL(WORLD_COUNT(self, refused_channels), 1);
    CHECK_EQUAL(client->connection.subscription_count, 2);
    CHECK(client->open);
    world_end(self);
}

TEST(wrong_signatures_are_refused)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    world_client *other = world_connect(self, 0);
    char id[ODY_SOCKET_ID_TEXT];
    world_message *message;

    /* A signature of another socket. */
    snprintf(id, sizeof(id), "%s", client->id);
    snprintf(client->id, sizeof(client->id), "%s", other->id);
    world_subscribe(client, "private-a", NULL);
    world_subscribe_user(client, "presence-a", "ann");
    snprintf(client->id, sizeof(client->id), "%s", id);
    world_settle(self);
    for (int i = 0; i < 2; i++) {
        message = world_take(client);
        CHECK(message &&
              strstr(message->text, "Invalid signature: Expected HMAC SHA256 hex digest"));
        CHECK(!strstr(message->text, WORLD_SECRET));
        free(message);
        message = world_take(client);
        CHECK(message && strstr(message->text, "subscription_error") &&
              strstr(message->text, "AuthError"));
        free(message);
    }
    EXPECT_NOTHING(client);
    CHECK_EQUAL(WORLD_COUNT(self, refused_signatures), 2);
    world_end(self);
}

TEST(a_refused_second_subscribe_keeps_the_first)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "private-a", NULL);
    world_settle(self);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\","
                       "\"auth\":\"bad:1\"}}");
    world_settle(self);
    world_forget(client);
    CHECK_EQUAL(world_publish(self, "private-a", "e", "1", NULL), 1);
    EXPECT(client, EVENT("private-a", "1"));
    world_end(self);
}

TEST(unsubscribe_is_silent_and_idempotent)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);

    world_unsubscribe(client, "never-there");
    world_subscribe(client, "news", NULL);
    world_settle(self);
    world_forget(client);
    world_unsubscribe(client, "news");
    world_unsubscribe(client, "news");
    world_settle(self);
    world_unsubscribe(client, "news");
    EXPECT_NOTHING(client);
    CHECK_EQUAL(world_publish(self, "news", "e", "1", NULL), ODY_ECHANNEL_NOT_FOUND);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(client->connection.subscription_count, 0);
    world_end(self);
}

TEST(unsubscribe_while_joining)
{
    const char *channel;
    world_client *client;
    world *self = apart(&client, &channel);

    world_subscribe(client, channel, NULL);
    world_unsubscribe(client, channel);
    world_settle(self);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(client->connection.subscription_count, 0);
    CHECK_EQUAL(client->connection.leaving_count, 0);
    CHECK_EQUAL(WORLD_COUNT(self, channels), 0);
    world_end(self);
}

TEST(subscribe_while_leaving)
{
    const char *channel;
    world_client *client;
    world *self = apart(&client, &channel);

    world_subscribe(client, channel, NULL);
    world_settle(self);
    expect_success(client, channel);
    world_unsubscribe(client, channel);
    world_subscribe(client, channel, NULL);
    CHECK_EQUAL(client->connection.leaving_count, 0);
    world_settle(self);
    expect_success(client, channel);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(world_publish(self, channel, "e", "1", NULL), 1);
    world_end(self);
}

TEST(the_last_wish_wins)
{
    const char *channel;
    world_client *client;
    world *self = apart(&client, &channel);

    for (int wishes = 1; wishes <= 7; wishes++) {
        for (int i = 0; i < wishes; i++) {
            if (i % 2 == 0) {
                world_subscribe(client, channel, NULL);
            } else {
                world_unsubscribe(client, channel);
            }
        }
        world_settle(self);
        CHECK_EQUAL(client->connection.leaving_count, 0);
        CHECK_EQUAL(client->connection.subscription_count, wishes % 2);
        world_forget(client);
        CHECK_EQUAL(world_publish(self, channel, "e", "1", NULL),
                    wishes % 2 ? 1 : ODY_ECHANNEL_NOT_FOUND);
        world_forget(client);
        world_unsubscribe(client, channel);
        world_settle(self);
    }
    world_end(self);
}

TEST(a_rejoin_after_a_leave_may_be_another_user)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);
    world_client *other = world_connect(self, 1);
    const char *channel = far_name("presence-far");
    world_message *message;

    world_subscribe_user(other, channel, "other");
    world_settle(self);
    world_subscribe_user(client, channel, "zed");
    world_unsubscribe(client, channel);
    world_subscribe_user(client, channel, "bob");
    world_settle(self);
    message = world_take(client);
    CHECK(message && strstr(message->text, "bob") && !strstr(message->text, "zed"));
    free(message);
    EXPECT_NOTHING(client);
    world_forget(other);
    world_end(self);
}

TEST(close_while_joining)
{
    const char *channel;
    world_client *client;
    world *self = apart(&client, &channel);

    world_subscribe(client, channel, NULL);
    world_close(client);
    world_settle(self);
    CHECK_EQUAL(WORLD_COUNT(self, channels), 0);
    CHECK_EQUAL(WORLD_COUNT(self, subscriptions), 0);
    world_end(self);
}

TEST(close_while_leaving_and_with_wishes)
{
    const char *channel;
    world_client *client;
    world *self = apart(&client, &channel);

    world_subscribe(client, channel, NULL);
    world_settle(self);
    world_unsubscribe(client, channel);
    world_subscribe(client, channel, NULL);
    world_close(client);
    world_settle(self);
    CHECK_EQUAL(WORLD_COUNT(self, channels), 0);
    world_end(self);
}

TEST(no_event_comes_before_the_success)
{
    const char *channel;
    world_client *client, *early;
    world *self = apart(&client, &channel);
    world_reply reply;

    early = world_connect(self, 0);
    world_subscribe(early, channel, NULL);
    world_settle(self);
    world_forget(early);
    /* Published before the home has the join: for the others only. */
    world_subscribe(client, channel, NULL);
    CHECK_EQUAL(world_publish_begin(self, channel, "e", "before", NULL, &reply), 0);
    CHECK(world_deliver_pair(self, 2, 1));
    CHECK(world_deliver_pair(self, 0, 1));
    world_settle(self);
    CHECK_EQUAL(reply.reached, 1);
    expect_success(client, channel);
    EXPECT_NOTHING(client);
    /* Published between the join at the home and the answer here: right behind the success. */
    world_unsubscribe(client, channel);
    world_settle(self);
    world_subscribe(client, channel, NULL);
    CHECK(world_deliver_pair(self, 0, 1));
    CHECK_EQUAL(world_publish_begin(self, channel, "e", "after", NULL, &reply), 0);
    CHECK(world_deliver_pair(self, 2, 1));
    world_settle(self);
    CHECK_EQUAL(reply.reached, 2);
    expect_success(client, channel);
    CHECK(client->first && strstr(client->first->text, "after"));
    world_forget(client);
    world_end(self);
}

TEST(leaving_ones_do_not_count_against_the_limit_but_are_bounded)
{
    ody_options options;
    world_client *client;
    world *self;
    char name[32];
    int refused = 0;

    world_defaults(&options);
    world_app(&options)->limits.channels_per_connection = 20;
    self = world_start(&options, 4, 1);
    client = world_connect(self, 0);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "c%d", i);
        world_subscribe(client, name, NULL);
        world_unsubscribe(client, name);
        CHECK(client->connection.subscription_count <= 40);
    }
    refused = (int)WORLD_COUNT(self, refused_channels);
    CHECK(refused > 0 && refused < 200);
    world_settle(self);
    CHECK_EQUAL(client->connection.subscription_count, 0);
    world_forget(client);
    world_end(self);
}

TEST(many_channels_of_one_connection_are_all_found)
{
    ody_options options;
    world_client *client;
    world *self;
    char name[32];

    world_defaults(&options);
    world_app(&options)->limits.channels_per_connection = 1000;
    self = world_start(&options, 2, 1);
    client = world_connect(self, 0);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "c%d", i);
        world_subscribe(client, name, NULL);
    }
    world_settle(self);
    CHECK_EQUAL(WORLD_COUNT(self, subscriptions), 500);
    for (int i = 0; i < 490; i++) {
        snprintf(name, sizeof(name), "c%d", i);
        world_unsubscribe(client, name);
    }
    world_settle(self);
    CHECK_EQUAL(WORLD_COUNT(self, subscriptions), 10);
    CHECK_EQUAL(client->connection.subscription_index.count, 10);
    world_forget(client);
    CHECK_EQUAL(world_publish(self, "c495", "e", "1", NULL), 1);
    EXPECT(client, EVENT("c495", "1"));
    world_end(self);
}

TEST(a_full_mailbox_refuses_joins_and_takes_leaves)
{
    const char *channel;
    world_client *client;
    world *self = apart(&client, &channel);
    char wanted[256];

    self->full[1] = true;
    world_subscribe(client, channel, NULL);
    world_settle(self);
    EXPECT_ERROR(client, 0, "The server is overloaded, try again later");
    snprintf(wanted, sizeof(wanted),
             REFUSED("%s", "Overloaded", "The server is overloaded, try again later", "503"),
             channel);
    EXPECT(client, wanted);
    CHECK_EQUAL(client->connection.subscription_count, 0);
    CHECK_EQUAL(WORLD_COUNT(self, dropped_mailbox), 1);
    self->full[1] = false;
    world_subscribe(client, channel, NULL);
    world_settle(self);
    expect_success(client, channel);
    /* A second subscribe that cannot be sent leaves the first alone; so does one that waited. */
    self->full[1] = true;
    world_subscribe(client, channel, NULL);
    world_settle(self);
    world_forget(client);
    CHECK_EQUAL(WORLD_COUNT(self, dropped_mailbox), 2);
    world_unsubscribe(client, channel);
    world_subscribe(client, channel, NULL);
    world_settle(self);
    EXPECT_ERROR(client, 0, "The server is overloaded, try again later");
    world_forget(client);
    CHECK_EQUAL(client->connection.subscription_count, 0);
    CHECK_EQUAL(client->connection.leaving_count, 0);
    CHECK_EQUAL(WORLD_COUNT(self, channels), 0);
    self->full[1] = false;
    world_end(self);
}

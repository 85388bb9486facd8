/* SPDX-License-Identifier: MIT */
/* Signing in: who may, what it opens, and ending all connections of a user. */
#include <stdlib.h>
#include "apps.h"
#include "hub/signin.h"
#include "hub/subscription.h"
#include "ody/auth.h"
#include "world.h"

#define SUCCEEDED(channel)                                                                         \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\",\"channel\":\"" channel \
    "\"}"
#define SIGNED_IN(inner)                                                                           \
    "{\"event\":\"pusher:signin_success\",\"data\":\"{\\\"user_data\\\":\\\"" inner "\\\"}\"}"
#define USER(id) "{\"id\":\"" id "\"}"
#define USER_INNER(id) "{\\\\\\\"id\\\\\\\":\\\\\\\"" id "\\\\\\\"}"
#define OVERLOADED "The server is overloaded, try again later"

/* A user who is at home on shard 1 of two; static memory. */
static const char *far_user(void)
{
    static char id[16];
    int i = 0;

    do {
        snprintf(id, sizeof(id), "u%d", i++);
    } while (ody_mail_home(0, ody_view_of(id), 2) != 1);
    return id;
}

static world_client *signed_in(world *self, unsigned shard, const char *user_data)
{
    world_client *client = world_connect(self, shard);

    world_sign_in(client, user_data);
    world_settle(self);
    CHECK(client->first && strstr(client->first->text, "pusher:signin_success"));
    CHECK(!client->first->next);
    world_forget(client);
    return client;
}

static void send_signature(world_client *client, const char *key, const char *signed_data,
                           const char *sent_data)
{
    char signature[ODY_SIGNATURE_HEX + 1];

    CHECK_EQUAL(ody_user_sign(ODY_VIEW(WORLD_SECRET), ody_view_of(client->id),
                              ody_view_of(signed_data), signature),
                0);
    world_send(client,
               "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"%s:%s\",\"user_data\":\"%s\"}}",
               key, signature, sent_data);
}

TEST(signing_in_is_confirmed_on_any_shard)
{
    for (unsigned shards = 1; shards <= 4; shards *= 2) {
        world *self = world_simple(shards);

        for (unsigned shard = 0; shard < shards; shard++) {
            world_client *client = world_connect(self, shard);

            world_sign_in(client, USER("12345"));
            world_settle(self);
            EXPECT(client, SIGNED_IN(USER_INNER("12345")));
            EXPECT_NOTHING(client);
            CHECK(ody__signin_is(&client->connection, ODY_VIEW("12345")));
            CHECK(!ody__signin_is(&client->connection, ODY_VIEW("1234")));
        }
        CHECK_EQUAL(WORLD_COUNT(self, signed_in), shards);
        world_end(self);
    }
}

TEST(user_data_is_echoed_as_it_was_signed)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_sign_in(client, " { \"id\":\"a\", \"n\":1.10 } ");
    world_settle(self);
    EXPECT(client, SIGNED_IN(" { \\\\\\\"id\\\\\\\":\\\\\\\"a\\\\\\\", \\\\\\\"n\\\\\\\":1.10 } "));
    world_end(self);
}

TEST(a_user_is_in_no_hurry_to_be_two)
{
    world *self = world_simple(2);
    world_client *client = signed_in(self, 0, USER("ann"));

    world_sign_in(client, USER("bob"));
    world_settle(self);
    EXPECT_ERROR(client, 0, "The connection is already signed in as another user");
    world_sign_in(client, "{\"id\":\"ann\",\"user_info\":{}}");
    world_settle(self);
    EXPECT(client,
           SIGNED_IN("{\\\\\\\"id\\\\\\\":\\\\\\\"ann\\\\\\\",\\\\\\\"user_info\\\\\\\":{}}"));
    EXPECT_NOTHING(client);
    CHECK(ody__signin_is(&client->connection, ODY_VIEW("ann")));
    CHECK_EQUAL(WORLD_COUNT(self, signed_in), 1);
    world_end(self);
}

TEST(one_sign_in_is_under_way_at_a_time)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);
    char data[64];

    snprintf(data, sizeof(data), USER("%s"), far_user());
    world_sign_in(client, data);
    CHECK(!ody__signin_is(&client->connection, ody_view_of(far_user())));
    world_sign_in(client, data);
    world_sign_in(client, USER("somebody else"));
    world_flush(self, 0);
    EXPECT_ERROR(client, 0, "The connection is already signed in as another user");
    EXPECT_NOTHING(client);
    world_settle(self);
    CHECK(client->first && strstr(client->first->text, "signin_success"));
    CHECK(!client->first->next);
    world_end(self);
}

TEST(signing_in_needs_the_right_signature)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    world_message *message;

    send_signature(client, WORLD_KEY, "{\"id\":\"1\"}", "{\\\"id\\\":\\\"2\\\"}");
    world_settle(self);
    message = world_take(client);
    CHECK(strstr(message->text, "Invalid signature: Expected HMAC SHA256 hex digest of "));
    CHECK(strstr(message->text, "::user::{\\\"id\\\":\\\"2\\\"}, but got "));
    free(message);
    send_signature(client, "nokey", "{\"id\":\"1\"}", "{\\\"id\\\":\\\"1\\\"}");
    world_settle(self);
    EXPECT_ERROR(client, 0, "Invalid key in sign-in auth data: 'nokey'");
    CHECK_EQUAL(WORLD_COUNT(self, refused_signatures), 2);
    CHECK(client->open && !client->connection.signin);
    world_end(self);
}

TEST(each_key_of_an_app_may_sign)
{
    ody_options options;
    world_client *client;
    world *self;

    world_defaults(&options);
    world_app(&options)->keys[1] = world_app(&options)->keys[0];
    world_app(&options)->keys[0] = (ody_app_key){"newer", "other secret"};
    self = world_start(&options, 1, 1);
    client = signed_in(self, 0, USER("ann"));
    CHECK(ody__signin_is(&client->connection, ODY_VIEW("ann")));
    world_end(self);
}

TEST(bad_users_are_told_what_is_wrong)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_sign_in(client, "{\"user_id\":\"1\"}");
    world_sign_in(client, "{\"id\":1}");
    world_sign_in(client, "[]");
    world_send(client, "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"a:b\"}}");
    world_send(client, "{\"event\":\"pusher:signin\",\"data\":{\"user_data\":\"{}\"}}");
    world_settle(self);
    EXPECT_ERROR(client, 0, "Invalid user_data (id must be a non-empty string)");
    EXPECT_ERROR(client, 0, "Invalid user_data (id must be a non-empty string)");
    EXPECT_ERROR(client, 0, "Invalid user_data (must be a JSON object)");
    EXPECT_ERROR(client, 0, "Missing parameter: data.user");
    EXPECT_ERROR(client, 0, "Missing parameter: data.auth");
    CHECK(client->open && !client->connection.signin);
    world_end(self);
}

TEST(an_app_may_do_without_users)
{
    ody_options options;
    world_client *client;
    world *self;

    world_defaults(&options);
    world_app(&options)->user_authentication = false;
    self = world_start(&options, 1, 1);
    client = world_connect(self, 0);
    world_sign_in(client, USER("ann"));
    world_settle(self);
    EXPECT_ERROR(client, 0, "User sign-in is not enabled");
    CHECK(!client->connection.signin);
    world_end(self);
}

TEST(a_full_home_refuses_a_sign_in)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);
    char data[64];

    snprintf(data, sizeof(data), USER("%s"), far_user());
    self->full[1] = true;
    world_sign_in(client, data);
    world_settle(self);
    EXPECT_ERROR(client, 0, OVERLOADED);
    CHECK(client->open && !client->connection.signin);
    CHECK_EQUAL(WORLD_COUNT(self, dropped_mailbox), 1);
    self->full[1] = false;
    world_sign_in(client, data);
    world_settle(self);
    CHECK(client->first && strstr(client->first->text, "signin_success"));
    world_end(self);
}

TEST(pitfall_23_only_the_user_may_have_their_channel)
{
    world *self = world_simple(2);
    world_client *ann = world_connect(self, 0);
    world_client *bob;

    world_subscribe(ann, "#server-to-user-ann", NULL);
    world_settle(self);
    EXPECT_ERROR(ann, 0, "Sign in to subscribe to #server-to-user-ann");
    world_forget(ann);
    world_sign_in(ann, USER("ann"));
    world_settle(self);
    world_forget(ann);
    world_subscribe(ann, "#server-to-user-ann", NULL);
    world_settle(self);
    EXPECT(ann, SUCCEEDED("#server-to-user-ann"));
    world_subscribe(ann, "#server-to-user-an", NULL);
    world_subscribe(ann, "#server-to-user-ann1", NULL);
    world_settle(self);
    EXPECT_ERROR(ann, 0, "Sign in to subscribe to #server-to-user-an");
    free(world_take(ann));
    EXPECT_ERROR(ann, 0, "Sign in to subscribe to #server-to-user-ann1");
    free(world_take(ann));
    EXPECT_NOTHING(ann);
    CHECK_EQUAL(WORLD_COUNT(self, refused_signatures), 3);

    bob = signed_in(self, 1, USER("bob"));
    world_subscribe(bob, "#server-to-user-ann", NULL);
    world_settle(self);
    EXPECT_ERROR(bob, 0, "Sign in to subscribe to #server-to-user-ann");
    world_end(self);
}

TEST(a_channel_is_not_open_before_the_sign_in_is_confirmed)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);
    char data[64], channel[64];

    snprintf(data, sizeof(data), USER("%s"), far_user());
    snprintf(channel, sizeof(channel), "#server-to-user-%s", far_user());
    world_sign_in(client, data);
    world_subscribe(client, channel, NULL);
    world_flush(self, 0);
    CHECK(client->first && strstr(client->first->text, "Sign in to subscribe to"));
    world_end(self);
}

TEST(what_is_sent_to_a_user_reaches_all_of_their_connections)
{
    world *self = world_simple(4);
    world_client *clients[6];

    for (int i = 0; i < 6; i++) {
        clients[i] = signed_in(self, (unsigned)i % 4, i < 4 ? USER("ann") : USER("bob"));
        world_subscribe(clients[i], i < 4 ? "#server-to-user-ann" : "#server-to-user-bob", NULL);
    }
    world_settle(self);
    for (int i = 0; i < 6; i++) {
        world_forget(clients[i]);
    }
    CHECK_EQUAL(world_publish(self, "#server-to-user-ann", "e", "1", NULL), 4);
    for (int i = 0; i < 4; i++) {
        EXPECT(clients[i], "{\"event\":\"e\",\"data\":\"1\",\"channel\":\"#server-to-user-ann\"}");
    }
    EXPECT_NOTHING(clients[4]);
    /* Whom nobody is signed in as gets nothing, which is no error. */
    CHECK_EQUAL(world_publish(self, "#server-to-user-cid", "e", "1", NULL), 0);
    world_end(self);
}

TEST(a_user_needs_no_channel_data_for_presence)
{
    world *self = world_simple(2);
    world_client *ann = signed_in(self, 0, "{\"id\":\"ann\",\"user_info\":{ \"n\": \"A\" }}");
    world_client *other = world_connect(self, 1);

    world_subscribe_user(other, "presence-a", "bob");
    world_settle(self);
    world_forget(other);
    world_subscribe(ann, "presence-a", NULL);
    world_settle(self);
    CHECK(strstr(ann->first->text, "\\\"count\\\":2,"));
    CHECK(strstr(ann->first->text, "\\\"ann\\\":{\\\"n\\\":\\\"A\\\"}"));
    world_forget(ann);
    EXPECT(other, "{\"event\":\"pusher_internal:member_added\",\"data\":\"{\\\"user_id\\\":"
                  "\\\"ann\\\",\\\"user_info\\\":{\\\"n\\\":\\\"A\\\"}}\","
                  "\"channel\":\"presence-a\"}");
    /* What it says itself counts more. */
    world_subscribe_user(ann, "presence-b", "ann2");
    world_settle(self);
    CHECK(ann->first && strstr(ann->first->text, "\\\"ids\\\":[\\\"ann2\\\"]"));
    world_end(self);
}

TEST(who_is_nobody_needs_channel_data_for_presence)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "presence-a", NULL);
    world_settle(self);
    EXPECT_ERROR(client, 0, "channel_data is required to subscribe to presence-a");
    world_end(self);
}

TEST(a_server_may_put_a_user_into_a_presence_channel)
{
    world *self = world_simple(2);
    world_client *ann = signed_in(self, 0, USER("ann"));
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    CHECK_EQUAL(ody_requests_subscribe(self->requests, self->options.apps, ody_view_of(ann->id),
                                       ODY_VIEW("presence-a"), ODY_VIEW_NONE, self->now,
                                       world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.done && reply.code == 0 && reply.answer);
    CHECK(ann->first && strstr(ann->first->text, "\\\"ids\\\":[\\\"ann\\\"]"));
    world_end(self);
}

TEST(pitfall_26_terminating_a_user_misses_no_connection)
{
    world *self = world_simple(4);
    world_client *clients[40];

    for (int i = 0; i < 40; i++) {
        clients[i] = signed_in(self, (unsigned)i % 4, i % 8 == 7 ? USER("bob") : USER("ann"));
    }
    CHECK_EQUAL(world_terminate(self, "ann"), 35);
    for (int i = 0; i < 40; i++) {
        if (i % 8 == 7) {
            CHECK(clients[i]->open);
            continue;
        }
        EXPECT_ERROR(clients[i], 4009, "You got disconnected by the app.");
        EXPECT_NOTHING(clients[i]);
        CHECK(!clients[i]->open);
        CHECK_EQUAL(clients[i]->code, 4009);
        CHECK(strcmp(clients[i]->reason, "You got disconnected by the app.") == 0);
    }
    CHECK_EQUAL(WORLD_COUNT(self, terminated), 35);
    CHECK_EQUAL(world_terminate(self, "ann"), 0);
    CHECK_EQUAL(world_terminate(self, "nobody"), 0);
    CHECK_EQUAL(WORLD_COUNT(self, signed_in), 5);
    world_end(self);
}

/* Whoever has been told that it is signed in is found, whatever mail is still under way. */
TEST(pitfall_26_terminating_finds_who_was_confirmed)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        ody_options options;
        world_client *clients[12];
        world *self;
        bool confirmed[12];
        int count = 0;
        world_reply reply = {0};
        uint64_t ticket;
        ody_error error;

        world_defaults(&options);
        self = world_start(&options, 4, seed);
        for (int i = 0; i < 12; i++) {
            clients[i] = world_connect(self, (unsigned)i % 4);
            world_sign_in(clients[i], USER("ann"));
        }
        for (uint64_t i = 0; i < seed % 40; i++) {
            world_deliver_one(self);
        }
        for (unsigned shard = 0; shard < 4; shard++) {
            world_flush(self, shard);
        }
        for (int i = 0; i < 12; i++) {
            confirmed[i] = clients[i]->first != NULL;
            count += confirmed[i];
        }
        CHECK_EQUAL(ody_requests_terminate(self->requests, self->options.apps, ODY_VIEW("ann"),
                                           self->now, world_on_reply, &reply, &ticket, &error),
                    0);
        world_settle(self);
        CHECK(reply.done && (int)reply.reached >= count);
        for (int i = 0; i < 12; i++) {
            CHECK(!clients[i]->open || !confirmed[i]);
        }
        CHECK_EQUAL(WORLD_COUNT(self, terminated), reply.reached);
        world_end(self);
    }
}

TEST(presence_alone_makes_nobody_a_user)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);

    world_subscribe_user(client, "presence-a", "ann");
    world_settle(self);
    CHECK_EQUAL(world_terminate(self, "ann"), 0);
    CHECK(client->open);
    world_end(self);
}

TEST(terminating_needs_an_id)
{
    world *self = world_simple(1);

    CHECK_EQUAL(world_terminate(self, ""), ODY_EINVALID);
    CHECK_EQUAL(world_terminate(self, "a/b c#d"), 0);
    world_end(self);
}

TEST(an_old_client_is_told_once_why_it_is_ended)
{
    world *self = world_simple(1);
    ody_handshake handshake = world_handshake();
    world_client *client;

    handshake.protocol = ODY_VIEW("5");
    client = world_open(self, 0, &handshake);
    world_sign_in(client, USER("ann"));
    world_settle(self);
    world_forget(client);
    CHECK_EQUAL(world_terminate(self, "ann"), 1);
    EXPECT_ERROR(client, 4009, "You got disconnected by the app.");
    EXPECT_NOTHING(client);
    world_end(self);
}

TEST(who_leaves_while_signing_in_leaves_nothing_behind)
{
    for (int mails = 0; mails < 3; mails++) {
        world *self = world_simple(2);
        world_client *client = world_connect(self, 0);
        char data[64];

        snprintf(data, sizeof(data), USER("%s"), far_user());
        world_sign_in(client, data);
        if (mails > 0) {
            CHECK(world_deliver_pair(self, 0, 1));
        }
        if (mails > 1) {
            CHECK(world_deliver_pair(self, 1, 0));
        }
        world_close(client);
        world_settle(self);
        CHECK_EQUAL(world_hub_app(self, 1)->users.count, 0);
        CHECK_EQUAL(world_terminate(self, far_user()), 0);
        world_end(self);
    }
}

TEST(users_of_different_apps_are_strangers)
{
    ody_options options;
    ody_handshake handshake = world_handshake();
    world_client *first, *second;
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;
    char signature[ODY_SIGNATURE_HEX + 1];
    world *self;

    world_defaults(&options);
    test_apps(&options, 2, WORLD_KEY, WORLD_SECRET);
    self = world_start(&options, 2, 1);
    first = signed_in(self, 0, USER("ann"));
    handshake.app_key = ODY_VIEW(WORLD_KEY "2");
    second = world_open(self, 1, &handshake);
    CHECK_EQUAL(ody_user_sign(ODY_VIEW(WORLD_SECRET "2"), ody_view_of(second->id),
                              ODY_VIEW(USER("ann")), signature),
                0);
    world_send(second,
               "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"%s:%s\",\"user_data\":"
               "\"{\\\"id\\\":\\\"ann\\\"}\"}}",
               WORLD_KEY "2", signature);
    world_settle(self);
    world_forget(second);
    CHECK_EQUAL(ody_requests_terminate(self->requests, &self->options.apps[1], ODY_VIEW("ann"),
                                       self->now, world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK_EQUAL(reply.reached, 1);
    CHECK(first->open && !second->open);
    world_end(self);
}

static uint64_t users_of(const world *self)
{
    uint64_t sum = 0;

    for (unsigned shard = 0; shard < self->shards; shard++) {
        sum += atomic_load(&ody_shared_app(self->shared, 0)->counters[shard].users);
    }
    return sum;
}

TEST(a_user_with_several_connections_is_counted_once)
{
    world *self = world_simple(2);
    world_client *one = signed_in(self, 0, USER("a"));
    world_client *again = signed_in(self, 1, USER("a"));
    world_client *other = signed_in(self, 1, USER("b"));

    CHECK_EQUAL(users_of(self), 2);
    world_close(one);
    world_settle(self);
    CHECK_EQUAL(users_of(self), 2);
    world_close(again);
    world_settle(self);
    CHECK_EQUAL(users_of(self), 1);
    world_close(other);
    world_settle(self);
    CHECK_EQUAL(users_of(self), 0);
    world_end(self);
}

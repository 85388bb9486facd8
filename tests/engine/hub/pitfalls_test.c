/* SPDX-License-Identifier: MIT */
/*
 * What servers of this protocol are known to get wrong (the numbers are those of
 * tests/tools/check-pitfalls.php), as far as a hub decides it.
 */
#include <jansson.h>
#include <stdlib.h>
#include "apps.h"
#include "hub/subscription.h"
#include "world.h"

#define SUCCEEDED(channel)                                                                         \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\",\"channel\":\"" channel \
    "\"}"
#define ADDED(id, info)                                                                            \
    "{\"event\":\"pusher_internal:member_added\",\"data\":\"{\\\"user_id\\\":\\\"" id              \
    "\\\",\\\"user_info\\\":" info "}\",\"channel\":\"presence-a\"}"
#define REMOVED(id)                                                                                \
    "{\"event\":\"pusher_internal:member_removed\",\"data\":\"{\\\"user_id\\\":\\\"" id            \
    "\\\"}\",\"channel\":\"presence-a\"}"
#define PING "{\"event\":\"pusher:ping\",\"data\":\"{}\"}"

/* A client in presence-a as that user; what it was told is forgotten. */
static world_client *member(world *self, unsigned shard, const char *user)
{
    world_client *client = world_connect(self, shard);

    world_subscribe_user(client, "presence-a", user);
    world_settle(self);
    world_forget(client);
    return client;
}

static size_t users_in_listing(world *self, const char *prefix, char *listing, size_t size)
{
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    CHECK_EQUAL(ody_requests_channels(self->requests, self->options.apps, ody_view_of(prefix),
                                      self->now, world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.done && reply.code == 0);
    snprintf(listing, size, "%s", reply.listing);
    return reply.channels;
}

/* The presence object of the client's next message. The caller's. */
static json_t *take_presence(world_client *client)
{
    world_message *message = world_take(client);
    json_t *frame = json_loads(message->text, 0, NULL);
    json_t *data = json_loads(json_string_value(json_object_get(frame, "data")), 0, NULL);
    json_t *presence = json_incref(json_object_get(data, "presence"));

    CHECK(presence);
    json_decref(data);
    json_decref(frame);
    free(message);
    return presence;
}

TEST(pitfall_1_member_added_and_removed_once_per_user)
{
    world *self = world_simple(4);
    world_client *watches = member(self, 0, "bob");
    world_client *first = member(self, 1, "ann");
    world_client *second = member(self, 2, "ann");

    EXPECT(watches, ADDED("ann", "{\\\"n\\\":\\\"ann\\\"}"));
    EXPECT_NOTHING(watches);
    world_close(first);
    world_settle(self);
    EXPECT_NOTHING(watches);
    EXPECT_NOTHING(second);
    world_unsubscribe(second, "presence-a");
    world_settle(self);
    EXPECT(watches, REMOVED("ann"));
    EXPECT_NOTHING(watches);
    world_end(self);
}

TEST(pitfall_2_users_are_counted_and_not_their_connections)
{
    world *self = world_simple(4);
    char listing[128];

    for (unsigned i = 0; i < 4; i++) {
        member(self, i, i < 3 ? "ann" : "bob");
    }
    CHECK_EQUAL(users_in_listing(self, "presence-", listing, sizeof(listing)), 1);
    CHECK(strcmp(listing, "presence-a presence 4 2\n") == 0);
    world_end(self);
}

TEST(pitfall_3_success_always_carries_data)
{
    static const char *const names[] = {"a", "private-a", "private-encrypted-a", "cache-a",
                                        "private-cache-a"};
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);
    char wanted[128];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        world_subscribe(client, names[i], NULL);
        world_settle(self);
        snprintf(wanted, sizeof(wanted), SUCCEEDED("%s"), names[i]);
        EXPECT(client, wanted);
        world_forget(client);
    }
    world_end(self);
}

TEST(pitfall_4_ids_are_a_list_after_somebody_has_left)
{
    world *self = world_simple(2);
    world_client *clients[5], *late;
    json_t *presence, *ids;

    for (int i = 0; i < 5; i++) {
        char user[16];

        snprintf(user, sizeof(user), "%d", i);
        clients[i] = member(self, (unsigned)i % 2, user);
    }
    world_close(clients[0]);
    world_close(clients[2]);
    late = world_connect(self, 0);
    world_settle(self);
    world_subscribe_user(late, "presence-a", "9");
    world_settle(self);
    presence = take_presence(late);
    ids = json_object_get(presence, "ids");
    CHECK(json_is_array(ids));
    CHECK_EQUAL(json_array_size(ids), 4);
    CHECK_EQUAL(json_integer_value(json_object_get(presence, "count")), 4);
    CHECK(json_is_object(json_object_get(presence, "hash")));
    json_decref(presence);
    world_end(self);
}

TEST(pitfall_5_member_added_is_a_string_and_the_joiner_is_in_its_list)
{
    world *self = world_simple(2);
    world_client *old = member(self, 0, "bob");
    world_client *joins = world_connect(self, 1);
    json_t *presence;

    world_subscribe(joins, "presence-a", "{\"user_id\":10,\"user_info\":{\"name\":\"Ann\"}}");
    world_settle(self);
    EXPECT(old, ADDED("10", "{\\\"name\\\":\\\"Ann\\\"}"));
    presence = take_presence(joins);
    CHECK(json_object_get(json_object_get(presence, "hash"), "10"));
    CHECK_EQUAL(json_integer_value(json_object_get(presence, "count")), 2);
    json_decref(presence);
    EXPECT_NOTHING(joins);
    world_end(self);
}

TEST(pitfall_6_a_member_without_user_info_may_join)
{
    world *self = world_simple(1);
    world_client *old = member(self, 0, "bob");
    world_client *joins = world_connect(self, 0);
    json_t *presence;

    world_subscribe(joins, "presence-a", "{\"user_id\":\"ann\"}");
    world_settle(self);
    presence = take_presence(joins);
    CHECK(json_is_object(json_object_get(json_object_get(presence, "hash"), "ann")));
    json_decref(presence);
    EXPECT(old, ADDED("ann", "{}"));
    world_end(self);
}

TEST(pitfall_7_the_cached_event_or_the_miss)
{
    static const char *const names[] = {"cache-a", "private-cache-a", "private-encrypted-cache-a"};
    world *self = world_simple(2);

    for (size_t i = 0; i < 3; i++) {
        world_client *early = world_connect(self, 0);
        world_client *late = world_connect(self, 1);
        char miss[128], event[128];

        snprintf(miss, sizeof(miss),
                 "{\"event\":\"pusher:cache_miss\",\"data\":\"{}\",\"channel\":\"%s\"}", names[i]);
        snprintf(event, sizeof(event), "{\"event\":\"e\",\"data\":\"1\",\"channel\":\"%s\"}",
                 names[i]);
        world_subscribe(early, names[i], NULL);
        world_settle(self);
        free(world_take(early));
        EXPECT(early, miss);
        CHECK_EQUAL(world_publish(self, names[i], "e", "1", NULL), 1);
        EXPECT(early, event);
        world_subscribe(late, names[i], NULL);
        world_settle(self);
        free(world_take(late));
        EXPECT(late, event);
        EXPECT_NOTHING(late);
        EXPECT_NOTHING(early);
    }
    world_end(self);
}

/* Whether a silent client is probed both ways, and stays when it answers in its own. */
static void answer_probe(void (*reply)(world_client *client))
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    world_message *probe;

    for (int round = 0; round < 4; round++) {
        world_advance(self, self->options.activity_timeout + 100);
        world_settle(self);
        probe = world_take(client);
        CHECK(probe && probe->opcode == 9);
        free(probe);
        EXPECT(client, PING);
        reply(client);
    }
    CHECK(client->open && client->connection.close_code == 0);
    world_end(self);
}

static void reply_pong(world_client *client)
{
    world_send(client, "{\"event\":\"pusher:pong\",\"data\":{}}");
}

static void reply_control_pong(world_client *client)
{
    ody_hub_activity(client->world->hubs[0], &client->connection, client->world->now);
}

TEST(pitfall_8_either_answer_to_a_probe_keeps_a_client)
{
    answer_probe(reply_pong);
    answer_probe(reply_control_pong);
}

TEST(pitfall_9_every_message_is_a_sign_of_life)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "private-a", NULL);
    world_settle(self);
    world_forget(client);
    for (int i = 0; i < 10; i++) {
        world_advance(self, self->options.activity_timeout - 1000);
        world_send(client, "{\"event\":\"client-x\",\"channel\":\"private-a\",\"data\":\"\"}");
        world_settle(self);
    }
    /* Not even a probe was needed. */
    EXPECT_NOTHING(client);
    CHECK(client->open && client->connection.close_code == 0);
    world_end(self);
}

/* Some clients only ask after 120 s, and wait 30 s for the answer: they must find the server. */
TEST(pitfall_9_a_client_with_a_timeout_of_its_own_is_not_cut_first)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    for (int i = 0; i < 5; i++) {
        for (int second = 0; second < 120; second++) {
            world_advance(self, 1000);
            world_settle(self);
        }
        CHECK(client->open && client->connection.close_code == 0);
        world_send(client, "{\"event\":\"pusher:ping\",\"data\":{}}");
    }
    world_end(self);
}

TEST(pitfall_10_silent_clients_without_subscriptions_are_closed)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_advance(self, self->options.activity_timeout + 100);
    world_settle(self);
    CHECK(client->open);
    world_advance(self, self->options.pong_timeout + 100);
    world_settle(self);
    CHECK_EQUAL(client->code, 4201);
    world_end(self);
}

TEST(pitfall_16_client_events_come_from_members_only)
{
    world *self = world_simple(2);
    world_client *inside = world_connect(self, 0);
    world_client *outside = world_connect(self, 1);

    world_subscribe(inside, "private-a", NULL);
    world_settle(self);
    world_forget(inside);
    world_send(outside, "{\"event\":\"client-x\",\"channel\":\"private-a\",\"data\":\"1\"}");
    world_settle(self);
    EXPECT_ERROR(outside, 0, "Client event rejected: not subscribed to private-a");
    EXPECT_NOTHING(inside);
    /* Not even in the moment in which it joins, or after it has left. */
    world_subscribe(outside, "private-a", NULL);
    world_settle(self);
    world_forget(outside);
    world_unsubscribe(outside, "private-a");
    world_send(outside, "{\"event\":\"client-x\",\"channel\":\"private-a\",\"data\":\"1\"}");
    world_settle(self);
    EXPECT_ERROR(outside, 0, "Client event rejected: not subscribed to private-a");
    EXPECT_NOTHING(inside);
    world_end(self);
}

TEST(pitfall_16_nobody_forges_the_user_of_a_client_event)
{
    world *self = world_simple(2);
    world_client *ann = member(self, 0, "ann");
    world_client *bob = member(self, 1, "bob");

    world_forget(ann);
    world_send(bob, "{\"event\":\"client-x\",\"channel\":\"presence-a\",\"user_id\":\"eve\","
                    "\"data\":\"1\"}");
    world_settle(self);
    EXPECT(ann, "{\"event\":\"client-x\",\"data\":\"1\",\"channel\":\"presence-a\","
                "\"user_id\":\"bob\"}");
    EXPECT_NOTHING(bob);
    world_end(self);
}

TEST(pitfall_17_client_events_carry_strings_and_objects)
{
    world *self = world_simple(1);
    world_client *sender = world_connect(self, 0);
    world_client *other = world_connect(self, 0);

    world_subscribe(sender, "private-a", NULL);
    world_subscribe(other, "private-a", NULL);
    world_settle(self);
    world_forget(sender);
    world_forget(other);
    world_send(sender, "{\"event\":\"client-x\",\"channel\":\"private-a\","
                       "\"data\":\"{\\\"n\\\":1}\"}");
    world_send(sender, "{\"event\":\"client-x\",\"channel\":\"private-a\",\"data\":{\"n\":1}}");
    world_settle(self);
    for (int i = 0; i < 2; i++) {
        EXPECT(other,
               "{\"event\":\"client-x\",\"data\":\"{\\\"n\\\":1}\",\"channel\":\"private-a\"}");
    }
    EXPECT_NOTHING(sender);
    world_end(self);
}

TEST(pitfall_18_malformed_messages_cost_an_error_and_not_the_connection)
{
    static const char *const bad[] = {
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\"}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\",\"auth\":\"\"}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\",\"auth\":{\"a\":1}}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\",\"auth\":null}}",
        "{\"event\":\"pusher:subscribe\",\"data\":\"\"}",
        "{\"event\":\"pusher:subscribe\",\"data\":[]}",
        "{\"event\":\"pusher:subscribe\"}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"\"}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":[\"a\"]}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\",\"auth\":\"a:b\","
        "\"channel_data\":[1]}}",
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\",\"auth\":\"a:b\","
        "\"channel_data\":{\"user_id\":1}}}",
        "{\"event\":\"pusher:signin\",\"data\":{\"auth\":[],\"user_data\":{}}}",
        "{\"event\":\"pusher:signin\",\"data\":\"\"}",
        "{\"event\":\"pusher:signin\"}",
        "{\"event\":\"pusher:unsubscribe\"}",
        "{\"event\":\"client-x\"}",
        "{\"event\":\"\"}",
        "",
        "nonsense",
    };
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        world_message *message;

        world_send(client, "%s", bad[i]);
        world_settle(self);
        message = world_take(client);
        if (!message || !strstr(message->text, "\"pusher:error\",\"data\":{\"code\":null,")) {
            FAIL("no error for %s", bad[i]);
        }
        free(message);
        world_forget(client);
        CHECK(client->open && client->connection.close_code == 0);
    }
    world_subscribe(client, "a", NULL);
    world_settle(self);
    EXPECT(client, SUCCEEDED("a"));
    world_end(self);
}

TEST(pitfall_23_names_may_have_all_their_characters)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "a_-=@,.;Z9", NULL);
    world_settle(self);
    EXPECT(client, SUCCEEDED("a_-=@,.;Z9"));
    CHECK_EQUAL(world_publish(self, "a_-=@,.;Z9", "e", "1", NULL), 1);
    CHECK_EQUAL(world_publish(self, "#server-to-user-a_-=@,.;Z9", "e", "1", NULL), 0);
    world_end(self);
}

/* 4200 lets clients come back at once, 4100 after a moment; 4000 to 4099 never. */
TEST(pitfall_25_what_passes_does_not_keep_clients_away)
{
    ody_handshake handshake = world_handshake();
    world *self = world_simple(1);
    world_client *stays = world_connect(self, 0);
    world_client *late;

    ody_hub_drain(self->hubs[0]);
    late = world_open(self, 0, &handshake);
    world_settle(self);
    CHECK_EQUAL(stays->code, 4200);
    CHECK_EQUAL(late->code, 4200);
    world_end(self);

    self = world_simple(1);
    atomic_store(&self->shared->connection_limit, 0);
    late = world_open(self, 0, &handshake);
    world_flush(self, 0);
    CHECK_EQUAL(late->code, 4100);
    world_end(self);
}

TEST(pitfall_25_a_wrong_signature_closes_nothing)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\","
                       "\"auth\":\"" WORLD_KEY ":00\"}}");
    world_send(client, "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"" WORLD_KEY ":00\","
                       "\"user_data\":\"{\\\"id\\\":\\\"1\\\"}\"}}");
    world_settle(self);
    CHECK(client->open && client->connection.close_code == 0);
    world_end(self);
}

TEST(pitfall_32_a_failed_channel_does_not_close_the_connection)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "a", NULL);
    world_settle(self);
    world_forget(client);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\","
                       "\"auth\":\"" WORLD_KEY ":00\"}}");
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a b\"}}");
    world_settle(self);
    CHECK(client->open && client->connection.close_code == 0);
    world_forget(client);
    CHECK_EQUAL(world_publish(self, "a", "e", "1", NULL), 1);
    EXPECT(client, "{\"event\":\"e\",\"data\":\"1\",\"channel\":\"a\"}");
    world_end(self);
}

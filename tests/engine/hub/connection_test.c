/* SPDX-License-Identifier: MIT */
/* Connections: who is let in, signs of life, slow readers, closing, draining. */
#include <stdlib.h>
#include "base/memory.h"
#include "channel/members.h"
#include "world.h"

#define PING "{\"event\":\"pusher:ping\",\"data\":\"{}\"}"
#define PONG "{\"event\":\"pusher:pong\",\"data\":\"{}\"}"

/* Opens with that handshake, and checks what the client is told and how it is closed. */
static void expect_refusal(world *self, const ody_handshake *handshake, int code, const char *text)
{
    world_client *client = world_open(self, 0, handshake);

    CHECK_EQUAL(client->connection.id.first, 0);
    world_flush(self, 0);
    EXPECT_ERROR(client, code, text);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(client->code, code);
    CHECK(strlen(client->reason) > 0 && strlen(client->reason) <= 123);
    CHECK(!client->open);
}

TEST(open_greets_with_the_socket_id)
{
    world *self = world_simple(2);
    ody_handshake handshake = world_handshake();
    world_client *client = world_open(self, 1, &handshake);
    char wanted[256];

    CHECK_EQUAL(ody_socket_id_shard(client->connection.id), 1);
    snprintf(
        wanted, sizeof(wanted),
        "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\"%s\\\","
        "\\\"activity_timeout\\\":120}\"}",
        client->id);
    world_flush(self, 1);
    EXPECT(client, wanted);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(WORLD_COUNT(self, connections), 1);
    CHECK_EQUAL(atomic_load(&self->shared->connections), 1);
    world_end(self);
}

TEST(open_refuses_in_the_order_of_the_protocol)
{
    world *self = world_simple(1);
    ody_handshake handshake = world_handshake();

    handshake.path_known = false;
    handshake.app_key = ODY_VIEW("nokey");
    handshake.plain_on_tls = true;
    handshake.protocol = ODY_VIEW("3");
    expect_refusal(self, &handshake, 4005, "Path not found");
    handshake.path_known = true;
    expect_refusal(self, &handshake, 4001,
                   "App key nokey not in this cluster. Did you forget to specify the cluster?");
    handshake.app_key = ODY_VIEW(WORLD_KEY);
    expect_refusal(self, &handshake, 4000, "This server takes TLS connections only");
    handshake.plain_on_tls = false;
    expect_refusal(self, &handshake, 4007, "Unsupported protocol version: 4 to 7 are known");
    CHECK_EQUAL(WORLD_COUNT(self, refused_path), 1);
    CHECK_EQUAL(WORLD_COUNT(self, refused_app), 1);
    CHECK_EQUAL(WORLD_COUNT(self, refused_tls), 1);
    CHECK_EQUAL(WORLD_COUNT(self, refused_protocol), 1);
    CHECK_EQUAL(WORLD_COUNT(self, client_errors), 4);
    world_end(self);
}

TEST(open_cuts_and_escapes_an_unknown_key)
{
    world *self = world_simple(1);
    ody_handshake handshake = world_handshake();
    char key[100];

    memset(key, 'k', sizeof(key));
    handshake.app_key = (ody_view){key, sizeof(key)};
    expect_refusal(self, &handshake, 4001,
                   "App key kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk "
                   "not in this cluster. Did you forget to specify the cluster?");
    handshake.app_key = ODY_VIEW("a\xff\"");
    expect_refusal(self, &handshake, 4001,
                   "App key a not in this cluster. Did you forget to specify the cluster?");
    handshake.app_key = ODY_VIEW_NONE;
    expect_refusal(self, &handshake, 4001,
                   "App key  not in this cluster. Did you forget to specify the cluster?");
    world_end(self);
}

TEST(open_takes_protocols_4_to_7_and_none)
{
    static const char *const unknown[] = {"3", "8", "0", "07", "77", "-7", "99999999999999999999"};
    static const char *const no_numbers[] = {"-", "7.0", "abc", "7 ", "+7", "\xff"};
    world *self = world_simple(1);
    ody_handshake handshake = world_handshake();

    for (char digit = '4'; digit <= '7'; digit++) {
        handshake.protocol = (ody_view){&digit, 1};
        CHECK(world_open(self, 0, &handshake)->connection.id.first != 0);
    }
    handshake.protocol = ODY_VIEW_NONE;
    CHECK(world_open(self, 0, &handshake)->connection.id.first != 0);
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        handshake.protocol = ody_view_of(unknown[i]);
        expect_refusal(self, &handshake, 4007, "Unsupported protocol version: 4 to 7 are known");
    }
    for (size_t i = 0; i < sizeof(no_numbers) / sizeof(no_numbers[0]); i++) {
        handshake.protocol = ody_view_of(no_numbers[i]);
        expect_refusal(self, &handshake, 4006, "The protocol version is not a number");
    }
    handshake.protocol = ODY_VIEW("");
    expect_refusal(self, &handshake, 4008, "No protocol version: 4 to 7 are known");
    CHECK_EQUAL(WORLD_COUNT(self, refused_protocol), 14);
    world_end(self);
}

TEST(open_keeps_the_capacity_over_all_shards)
{
    ody_options options;
    ody_handshake handshake = world_handshake();
    world_client *first;
    world *self;

    world_defaults(&options);
    options.limits.connections = 2;
    self = world_start(&options, 2, 1);
    first = world_connect(self, 0);
    world_connect(self, 1);
    expect_refusal(self, &handshake, 4100, "Over capacity");
    CHECK_EQUAL(WORLD_COUNT(self, refused_connections), 1);
    world_close(first);
    world_connect(self, 1);
    world_end(self);
}

TEST(open_limits_connections_of_one_address)
{
    ody_options options;
    ody_handshake handshake = world_handshake();
    world_client *first;
    world *self;

    world_defaults(&options);
    options.limits.connections_per_address = 1;
    self = world_start(&options, 1, 1);
    first = world_connect(self, 0);
    expect_refusal(self, &handshake, 4004, "Over connection quota of this address");
    CHECK_EQUAL(WORLD_COUNT(self, refused_address), 1);
    handshake.count_address = false;
    CHECK(world_open(self, 0, &handshake)->connection.id.first != 0);
    handshake.count_address = true;
    handshake.address[15] = 99;
    CHECK(world_open(self, 0, &handshake)->connection.id.first != 0);
    world_close(first);
    world_connect(self, 0);
    CHECK_EQUAL(atomic_load(&self->shared->connections), 3);
    world_end(self);
}

TEST(open_without_memory_lets_nobody_in_half)
{
    ody_handshake handshake = world_handshake();
    int let_in = 0;

    for (long at = 1; at < 20 && !let_in; at++) {
        world *self = world_simple(1);
        world_client *client;

        ody_memory_fail_at(at);
        client = world_open(self, 0, &handshake);
        ody_memory_fail_at(0);
        if (client->connection.close_code == 0) {
            let_in = 1;
        } else {
            CHECK_EQUAL(client->connection.close_code, ODY_CLOSE_OVERLOADED);
        }
        world_end(self);
    }
    CHECK(let_in);
}

TEST(stale_socket_ids_find_nobody)
{
    world *self = world_simple(1);
    world_client *first = world_connect(self, 0);
    ody_socket_id old = first->connection.id;
    world_client *second;

    CHECK(ody__connection_find(self->hubs[0], old) == &first->connection);
    world_close(first);
    CHECK(!ody__connection_find(self->hubs[0], old));
    second = world_connect(self, 0);
    CHECK_EQUAL(second->connection.id.first, old.first);
    CHECK(!ody__connection_find(self->hubs[0], old));
    CHECK(!ody__connection_find(self->hubs[0], (ody_socket_id){0}));
    CHECK(!ody__connection_find(self->hubs[0], (ody_socket_id){1 + 64 * 1000, 1}));
    CHECK(!ody__connection_find(self->hubs[0], (ody_socket_id){UINT64_MAX, 1}));
    world_end(self);
}

TEST(ping_is_answered)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    for (int i = 0; i < 3; i++) {
        world_send(client, PING);
    }
    world_send(client, "{\"event\":\"pusher:ping\"}");
    world_send(client, "{\"event\":\"pusher:pong\",\"data\":{}}");
    world_flush(self, 0);
    for (int i = 0; i < 4; i++) {
        EXPECT(client, PONG);
    }
    EXPECT_NOTHING(client);
    CHECK_EQUAL(WORLD_COUNT(self, messages_received), 5);
    world_end(self);
}

/* Takes the two frames of a probe. */
static void expect_probe(world_client *client)
{
    world_message *message = world_take(client);

    CHECK(message);
    CHECK_EQUAL(message->opcode, 9);
    CHECK_EQUAL(message->length, 0);
    free(message);
    EXPECT(client, PING);
    EXPECT_NOTHING(client);
}

TEST(silence_is_probed_and_then_closed)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_advance(self, 119900);
    world_flush(self, 0);
    EXPECT_NOTHING(client);
    world_advance(self, 200);
    world_flush(self, 0);
    expect_probe(client);
    world_advance(self, 29800);
    world_flush(self, 0);
    EXPECT_NOTHING(client);
    CHECK(client->open);
    world_advance(self, 300);
    world_flush(self, 0);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(client->code, 4201);
    CHECK(strcmp(client->reason, "Pong reply not received") == 0);
    CHECK_EQUAL(WORLD_COUNT(self, evicted_pong), 1);
    world_end(self);
}

TEST(every_sign_of_life_counts)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    for (int round = 0; round < 6; round++) {
        world_advance(self, 120100);
        world_flush(self, 0);
        expect_probe(client);
        world_advance(self, 20000);
        switch (round % 3) {
        case 0:
            ody_hub_activity(self->hubs[0], &client->connection, self->now);
            break;
        case 1:
            world_send(client, "{\"event\":\"pusher:pong\"}");
            break;
        default:
            ody_hub_receive_binary(self->hubs[0], &client->connection, self->now);
            world_flush(self, 0);
            EXPECT_ERROR(client, 0, "Binary messages are not supported");
        }
        world_advance(self, 119000);
        world_flush(self, 0);
        EXPECT_NOTHING(client);
        ody_hub_activity(self->hubs[0], &client->connection, self->now);
    }
    CHECK(client->open);
    world_end(self);
}

TEST(a_late_probe_still_gives_time_to_answer)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    world_advance(self, 3600000);
    world_flush(self, 0);
    expect_probe(client);
    world_advance(self, 29000);
    world_flush(self, 0);
    CHECK(client->open);
    world_advance(self, 1200);
    world_flush(self, 0);
    CHECK_EQUAL(client->code, 4201);
    world_end(self);
}

TEST(over_the_hard_limit_the_connection_is_closed)
{
    ody_options options;
    world_client *slow, *quick;
    world *self;

    world_defaults(&options);
    options.limits.outbound_hard = 1000;
    self = world_start(&options, 1, 1);
    slow = world_connect(self, 0);
    quick = world_connect(self, 0);
    world_subscribe(slow, "news", NULL);
    world_subscribe(quick, "news", NULL);
    world_settle(self);
    slow->reads = false;
    for (int i = 0; i < 20; i++) {
        int subscribers = slow->open ? 2 : 1;

        CHECK_EQUAL(world_publish(self, "news", "e", "0123456789012345678901234567890", NULL),
                    subscribers);
    }
    CHECK_EQUAL(slow->code, ODY_CLOSE_SLOW);
    CHECK(slow->connection.close_now);
    CHECK(slow->connection.outbound.bytes <= 1000);
    CHECK(quick->open);
    CHECK_EQUAL(WORLD_COUNT(self, evicted_outbound), 1);
    world_end(self);
}

TEST(over_the_soft_limit_for_its_time_the_connection_is_closed)
{
    ody_options options;
    world_client *slow;
    world *self;

    world_defaults(&options);
    options.limits.outbound_soft = 100;
    self = world_start(&options, 1, 1);
    slow = world_connect(self, 0);
    world_subscribe(slow, "news", NULL);
    world_settle(self);
    slow->reads = false;
    for (int i = 0; i < 5; i++) {
        world_publish(self, "news", "e", "0123456789012345678901234567890", NULL);
    }
    world_advance(self, 9000);
    world_flush(self, 0);
    CHECK(slow->open);
    /* Read in between: the time begins anew. */
    slow->reads = true;
    world_flush(self, 0);
    slow->reads = false;
    world_advance(self, 1000);
    for (int i = 0; i < 5; i++) {
        world_publish(self, "news", "e", "0123456789012345678901234567890", NULL);
    }
    world_advance(self, 9900);
    world_flush(self, 0);
    CHECK(slow->open);
    world_advance(self, 200);
    world_flush(self, 0);
    CHECK_EQUAL(slow->code, ODY_CLOSE_SLOW);
    CHECK_EQUAL(WORLD_COUNT(self, evicted_outbound), 1);
    world_end(self);
}

TEST(the_timer_of_the_soft_limit_closes_without_a_flush)
{
    ody_options options;
    world_client *slow;
    world *self;

    world_defaults(&options);
    options.limits.outbound_soft = 10;
    self = world_start(&options, 1, 1);
    slow = world_connect(self, 0);
    slow->reads = false;
    world_send(slow, PING);
    world_flush(self, 0);
    CHECK(slow->connection.over_soft_since != 0);
    world_advance(self, 10100);
    CHECK_EQUAL(slow->connection.close_code, ODY_CLOSE_SLOW);
    world_flush(self, 0);
    world_end(self);
}

TEST(over_the_limit_of_the_shard_blocked_connections_are_closed)
{
    ody_options options;
    world_client *slow, *idle;
    world *self;

    world_defaults(&options);
    options.limits.outbound_shard = 2000;
    self = world_start(&options, 1, 1);
    slow = world_connect(self, 0);
    idle = world_connect(self, 0);
    world_subscribe(slow, "news", NULL);
    world_settle(self);
    slow->reads = false;
    for (int i = 0; i < 30; i++) {
        world_publish(self, "news", "e", "0123456789012345678901234567890", NULL);
    }
    CHECK_EQUAL(slow->code, ODY_CLOSE_SLOW);
    CHECK(idle->open);
    world_end(self);
}

TEST(the_first_close_wins_and_ends_everything_else)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    uint64_t before;

    ody_hub_close(self->hubs[0], &client->connection, 1009, "too big");
    ody_hub_close(self->hubs[0], &client->connection, 4200, "other");
    before = WORLD_COUNT(self, messages_received);
    world_send(client, PING);
    CHECK_EQUAL(WORLD_COUNT(self, messages_received), before);
    world_advance(self, 500000);
    world_flush(self, 0);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(client->code, 1009);
    world_end(self);
}

TEST(old_protocols_learn_the_code_from_an_error)
{
    world *self = world_simple(1);
    ody_handshake handshake = world_handshake();
    world_client *client;

    handshake.protocol = ODY_VIEW("5");
    client = world_open(self, 0, &handshake);
    world_flush(self, 0);
    world_forget(client);
    ody_hub_drain(self->hubs[0]);
    world_flush(self, 0);
    EXPECT_ERROR(client, 4200, "Server is shutting down");
    CHECK_EQUAL(client->code, 4200);
    world_end(self);
}

TEST(drain_closes_all_and_refuses_new_ones)
{
    world *self = world_simple(2);
    ody_handshake handshake = world_handshake();
    world_client *clients[6];

    for (int i = 0; i < 6; i++) {
        clients[i] = world_connect(self, (unsigned)i % 2);
        world_subscribe(clients[i], "news", NULL);
    }
    world_settle(self);
    ody_hub_drain(self->hubs[0]);
    world_settle(self);
    for (int i = 0; i < 6; i++) {
        CHECK_EQUAL(clients[i]->code, i % 2 ? 0 : 4200);
    }
    expect_refusal(self, &handshake, 4200, "Server is shutting down");
    ody_hub_drain(self->hubs[1]);
    world_settle(self);
    CHECK_EQUAL(clients[1]->code, 4200);
    CHECK_EQUAL(WORLD_COUNT(self, connections), 0);
    world_end(self);
}

TEST(an_idle_subscribed_connection_is_small)
{
    size_t member = sizeof(ody_member) * 8 / 3;
    size_t subscription = 64 + 16 * 2;

    CHECK(sizeof(ody_connection) + sizeof(ody_slot) * 2 + subscription + member < 600);
}

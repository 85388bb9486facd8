/* SPDX-License-Identifier: MIT */
/* Which pages may connect, the order of refusals, and the time to show that one is authorised. */
#include <stdlib.h>
#include "apps.h"
#include "hub/subscription.h"
#include "workers.h"
#include "world.h"

#define LATE "Connection not authorized within timeout"
#define LIMIT 30000 /* ms */

static void expect_refusal(world *self, const ody_handshake *handshake, int code, const char *text)
{
    world_client *client = world_open(self, 0, handshake);

    CHECK_EQUAL(client->connection.id.first, 0);
    world_flush(self, 0);
    EXPECT_ERROR(client, code, text);
    EXPECT_NOTHING(client);
    CHECK_EQUAL(client->code, code);
}

static void expect_open(world *self, const ody_handshake *handshake)
{
    CHECK(world_open(self, 0, handshake)->connection.id.first != 0);
}

TEST(pitfall_32_pages_of_other_origins_are_refused)
{
    ody_handshake handshake = world_handshake();
    ody_options options;
    world *self;

    world_defaults(&options);
    world_app(&options)->origins = "https://app.example *.test";
    self = world_start(&options, 1, 1);
    expect_open(self, &handshake);
    handshake.origin = ODY_VIEW("https://app.example");
    expect_open(self, &handshake);
    handshake.origin = ODY_VIEW("http://a.test:8080");
    expect_open(self, &handshake);
    handshake.origin = ODY_VIEW("https://app.example.evil.org");
    expect_refusal(self, &handshake, 4009, "Origin not allowed");
    handshake.origin = ODY_VIEW("null");
    expect_refusal(self, &handshake, 4009, "Origin not allowed");
    handshake.origin = ODY_VIEW("");
    expect_refusal(self, &handshake, 4009, "Origin not allowed");
    CHECK_EQUAL(WORLD_COUNT(self, refused_origin), 3);
    CHECK_EQUAL(atomic_load(&self->shared->connections), 3);
    CHECK_EQUAL(atomic_load(&self->shared->apps[0]->connections), 3);
    world_end(self);
}

/* Each thing that is wrong is told before the next one. */
TEST(refusals_come_in_the_order_of_the_protocol)
{
    ody_handshake handshake = world_handshake(), good = world_handshake();
    ody_options options;
    world *self;

    world_defaults(&options);
    options.limits.connections = 1;
    options.limits.connections_per_address = 1;
    test_apps(&options, 2, WORLD_KEY, WORLD_SECRET);
    world_app(&options)[0].enabled = false;
    world_app(&options)[1].origins = "app.example";
    world_app(&options)[1].limits.connections = 1;
    self = world_start(&options, 1, 1);
    good.app_key = ODY_VIEW(WORLD_KEY "2");
    expect_open(self, &good);

    handshake.path_known = false;
    handshake.app_key = ODY_VIEW("nokey");
    handshake.plain_on_tls = true;
    handshake.protocol = ODY_VIEW("x");
    handshake.origin = ODY_VIEW("https://evil.org");
    expect_refusal(self, &handshake, 4005, "Path not found");
    handshake.path_known = true;
    expect_refusal(self, &handshake, 4001,
                   "App key nokey not in this cluster. Did you forget to specify the cluster?");
    handshake.app_key = ODY_VIEW(WORLD_KEY);
    expect_refusal(self, &handshake, 4003, "The app is disabled");
    handshake.app_key = ODY_VIEW(WORLD_KEY "2");
    expect_refusal(self, &handshake, 4000, "This server takes TLS connections only");
    handshake.plain_on_tls = false;
    expect_refusal(self, &handshake, 4006, "The protocol version is not a number");
    handshake.protocol = ODY_VIEW("1");
    expect_refusal(self, &handshake, 4007, "Unsupported protocol version: 4 to 7 are known");
    handshake.protocol = ODY_VIEW("7");
    expect_refusal(self, &handshake, 4004, "Over connection quota of the app");
    world_app(&self->options)[1].limits.connections = 0;
    expect_refusal(self, &handshake, 4004, "Over connection quota of this address");
    handshake.address[15] = 77;
    expect_refusal(self, &handshake, 4009, "Origin not allowed");
    handshake.origin = ODY_VIEW("https://app.example");
    expect_refusal(self, &handshake, 4100, "Over capacity");
    atomic_store(&self->shared->connection_limit, 2);
    expect_open(self, &handshake);
    CHECK_EQUAL(WORLD_COUNT(self, refused_connections), 2);
    world_end(self);
}

/* A world whose clients must show within LIMIT that they are authorised. */
static world *strict_world(unsigned shards)
{
    ody_options options;

    world_defaults(&options);
    world_app(&options)->authorized_time = LIMIT;
    return world_start(&options, shards, 1);
}

/* Lets so much time pass, in steps in which clients stay alive. */
static void pass(world *self, uint64_t ms)
{
    for (uint64_t done = 0; done < ms; done += 1000) {
        world_advance(self, 1000);
        world_settle(self);
    }
}

TEST(who_shows_nothing_is_closed_in_time)
{
    world *self = strict_world(2);
    world_client *idle = world_connect(self, 0);
    world_client *talks = world_connect(self, 1);

    pass(self, LIMIT - 2000);
    world_subscribe(talks, "news", NULL);
    world_send(talks, "{\"event\":\"pusher:ping\",\"data\":{}}");
    world_settle(self);
    world_forget(talks);
    CHECK(idle->open && talks->open);
    pass(self, 3000);
    EXPECT_ERROR(idle, 4009, LATE);
    EXPECT_ERROR(talks, 4009, LATE);
    CHECK_EQUAL(idle->code, 4009);
    CHECK_EQUAL(talks->code, 4009);
    CHECK_EQUAL(WORLD_COUNT(self, evicted_unauthorised), 2);
    world_end(self);
}

TEST(pitfall_24_signing_in_ends_the_wait)
{
    world *self = strict_world(2);
    world_client *client = world_connect(self, 0);
    world_client *fails = world_connect(self, 1);

    world_sign_in(client, "{\"id\":\"ann\"}");
    world_sign_in(fails, "{}");
    pass(self, 2 * LIMIT);
    CHECK(client->open);
    CHECK_EQUAL(fails->code, 4009);
    world_end(self);
}

TEST(pitfall_24_a_guarded_channel_ends_the_wait)
{
    static const char *const guarded[] = {"private-a", "private-encrypted-a", "private-cache-a",
                                          "private-encrypted-cache-a"};
    static const char *const open[] = {"a", "cache-a", "privateer"};

    for (size_t i = 0; i < 4; i++) {
        world *self = strict_world(2);
        world_client *client = world_connect(self, 0);
        world_client *member = world_connect(self, 1);
        world_client *stranger = world_connect(self, 1);

        world_subscribe(client, guarded[i], NULL);
        world_subscribe_user(member, "presence-a", "ann");
        world_subscribe(stranger, open[i % 3], NULL);
        world_send(stranger, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\","
                             "\"auth\":\"a:b\"}}");
        world_settle(self);
        /* Leaving again changes nothing. */
        world_unsubscribe(client, guarded[i]);
        pass(self, 2 * LIMIT);
        CHECK(client->open && member->open);
        CHECK_EQUAL(stranger->code, 4009);
        world_end(self);
    }
}

TEST(pitfall_24_without_a_time_nobody_must_show_anything)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);

    pass(self, 100000);
    CHECK(client->open);
    world_end(self);
}

TEST(a_server_may_authorise_a_client_by_subscribing_it)
{
    world *self = strict_world(2);
    world_client *client = world_connect(self, 0);
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    CHECK_EQUAL(ody_requests_subscribe(self->requests, self->options.apps, ody_view_of(client->id),
                                       ODY_VIEW("private-a"), ODY_VIEW_NONE, self->now,
                                       world_on_reply, &reply, &ticket, &error),
                0);
    pass(self, 2 * LIMIT);
    CHECK(client->open);
    world_end(self);
}

/* A slow application is not the client's fault. */
TEST(the_wait_is_longer_while_the_application_is_asked)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    world_app(&self->options)->authorized_time = 4000;
    self->options.php_worker_timeout = 60000;
    workers_handle(self, &worker, "private", NULL);
    client = world_connect(self, 0);
    world_subscribe(client, "private-a", NULL);
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    pass(self, 10000);
    CHECK(client->open);
    workers_say(&worker, ODY_VERDICT_PASS);
    pass(self, 10000);
    CHECK(client->open);
    CHECK(strstr(client->first->text, "subscription_succeeded"));

    client = world_connect(self, 0);
    world_subscribe(client, "private-a", NULL);
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    pass(self, 10000);
    workers_say(&worker, ODY_VERDICT_REFUSED);
    pass(self, 3000);
    CHECK_EQUAL(client->code, 4009);
    workers_remove(&worker);
    world_end(self);
}

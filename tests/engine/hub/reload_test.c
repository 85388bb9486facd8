/* SPDX-License-Identifier: MIT */
/* Other options take the place of a running hub's: connections stay, new rules count. */
#include "apps.h"
#include "world.h"

#include <stdlib.h>

#define SUCCEEDED(channel)                                                                         \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\",\"channel\":\"" channel \
    "\"}"

/* Other options for all threads; those that they had become unusable. */
static void reload(world *self, const ody_options *options)
{
    static ody_options next;
    ody_app *before = (ody_app *)self->options.apps;

    next = *options;
    test_apps_copy(&next);
    for (unsigned shard = 0; shard < self->shards; shard++) {
        ody_hub_reload(self->hubs[shard], &next, self->now);
    }
    ody_requests_reload(self->requests, &next);
    ody_shared_limit(self->shared, next.limits.connections);
    memset(before, 0xaa, self->options.app_count * sizeof(*before));
    memset(&self->options, 0xaa, sizeof(self->options));
    self->options.apps = next.apps;
    self->options.app_count = next.app_count;
}

TEST(reload_with_another_key_keeps_connections)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);
    ody_handshake handshake = world_handshake();
    ody_options options;
    world_client *late;

    world_defaults(&options);
    world_app(&options)->keys[0] = (ody_app_key){"new-key", "new-secret"};
    reload(self, &options);
    world_subscribe(client, "room", NULL);
    world_settle(self);
    EXPECT(client, SUCCEEDED("room"));
    late = world_open(self, 1, &handshake);
    world_flush(self, 1);
    CHECK_EQUAL(late->code, 4001);
    handshake.app_key = ODY_VIEW("new-key");
    late = world_open(self, 1, &handshake);
    world_flush(self, 1);
    CHECK(late->open);
    /* Signed with the secret of before. */
    world_subscribe(client, "private-room", NULL);
    world_settle(self);
    CHECK_EQUAL(WORLD_COUNT(self, refused_signatures), 1);
    world_end(self);
}

TEST(reload_with_lower_limits_disconnects_nobody)
{
    world *self = world_simple(1);
    world_client *clients[3];
    world_reply reply = {0};
    ody_handshake handshake = world_handshake();
    ody_options options;
    world_client *late;

    for (int index = 0; index < 3; index++) {
        clients[index] = world_connect(self, 0);
        world_subscribe(clients[index], "a", NULL);
        world_subscribe(clients[index], "b", NULL);
    }
    world_settle(self);
    world_defaults(&options);
    options.limits.connections = 2;
    options.limits.connections_per_address = 1;
    world_app(&options)->limits.channels_per_connection = 1;
    world_app(&options)->limits.event_data_size = 3;
    reload(self, &options);
    world_settle(self);
    CHECK_EQUAL(world_publish(self, "a", "e", "123", NULL), 3);
    CHECK_EQUAL(world_publish_begin(self, "a", "e", "1234", NULL, &reply), ODY_EPAYLOAD_SIZE);
    for (int index = 0; index < 3; index++) {
        CHECK(clients[index]->open);
        world_forget(clients[index]);
        world_subscribe(clients[index], "c", NULL);
    }
    CHECK_EQUAL(WORLD_COUNT(self, refused_channels), 3);
    handshake.address[15] = 99;
    late = world_open(self, 0, &handshake);
    world_flush(self, 0);
    CHECK_EQUAL(late->code, 4100);
    options.limits.connections = 0;
    handshake.address[15] = 1;
    reload(self, &options);
    late = world_open(self, 0, &handshake);
    world_flush(self, 0);
    CHECK_EQUAL(late->code, 4004);
    CHECK_EQUAL(WORLD_COUNT(self, refused_address), 1);
    world_end(self);
}

/* Who has been asked under a long timeout keeps the whole time to answer under a short one. */
TEST(reload_with_shorter_timeouts_cuts_nobody_who_answers)
{
    world *self = world_simple(1);
    world_client *asked = world_connect(self, 0);
    world_client *quiet;
    ody_options options;

    world_advance(self, 90000);
    quiet = world_connect(self, 0);
    world_advance(self, 30100);
    world_defaults(&options);
    options.activity_timeout = 1000;
    options.pong_timeout = 5000;
    reload(self, &options);
    world_advance(self, 1000);
    world_flush(self, 0);
    CHECK(asked->open && quiet->open);
    world_send(asked, "{\"event\":\"pusher:pong\"}");
    world_forget(quiet);
    world_advance(self, 1200);
    world_flush(self, 0);
    CHECK(asked->open && quiet->open);
    for (int round = 0; round < 100; round++) {
        world_message *message = world_take(quiet);

        world_advance(self, 1000);
        world_flush(self, 0);
        CHECK(asked->open && quiet->open);
        if (message && message->opcode == 9) {
            free(message);
            break;
        }
        free(message);
        world_send(asked, "{\"event\":\"pusher:pong\"}");
    }
    world_send(quiet, "{\"event\":\"pusher:pong\"}");
    CHECK_EQUAL(WORLD_COUNT(self, evicted_pong), 0);
    world_advance(self, 5200);
    world_advance(self, 5200);
    world_flush(self, 0);
    CHECK_EQUAL(quiet->code, 4201);
    world_end(self);
}

TEST(reload_with_a_longer_pong_timeout_waits_longer)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    ody_options options;

    world_advance(self, 120100);
    world_defaults(&options);
    options.activity_timeout = 1000;
    options.pong_timeout = 60000;
    reload(self, &options);
    world_advance(self, 59800);
    world_flush(self, 0);
    CHECK(client->open);
    world_advance(self, 400);
    world_flush(self, 0);
    CHECK_EQUAL(client->code, 4201);
    world_end(self);
}

/* The list of cached events begins with the first to expire, whatever was said before. */
TEST(reload_with_a_shorter_cache_time_keeps_nothing_longer)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    ody_options options;

    world_subscribe(client, "cache-long", NULL);
    world_subscribe(client, "cache-short", NULL);
    world_settle(self);
    CHECK_EQUAL(world_publish(self, "cache-long", "e", "1", NULL), 1);
    world_defaults(&options);
    world_app(&options)->cache_time = 10000;
    reload(self, &options);
    world_advance(self, 1000);
    CHECK_EQUAL(world_publish(self, "cache-short", "e", "2", NULL), 1);
    world_advance(self, 9200);
    CHECK(!ody_list_empty(&world_hub_app(self, 0)->cached));
    CHECK(world_hub_app(self, 0)->cached.next == world_hub_app(self, 0)->cached.previous);
    world_advance(self, 1000);
    CHECK(ody_list_empty(&world_hub_app(self, 0)->cached));
    world_app(&options)->cache_time = 20000;
    reload(self, &options);
    CHECK_EQUAL(world_publish(self, "cache-long", "e", "3", NULL), 1);
    world_advance(self, 19000);
    CHECK(!ody_list_empty(&world_hub_app(self, 0)->cached));
    world_end(self);
}

/* SPDX-License-Identifier: MIT */
/* Several apps in one server: nothing of one is seen in another, and reloads come and take away. */
#include <stdio.h>
#include "apps.h"
#include "hub/subscription.h"
#include "ody/auth.h"
#include "world.h"

#define SUCCEEDED(channel)                                                                         \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\",\"channel\":\"" channel \
    "\"}"
#define EVENT(channel, data) "{\"event\":\"e\",\"data\":\"" data "\",\"channel\":\"" channel "\"}"

/* Two apps, whose second has the key WORLD_KEY "2". */
static world *two_apps(unsigned shards)
{
    ody_options options;

    world_defaults(&options);
    test_apps(&options, 2, WORLD_KEY, WORLD_SECRET);
    return world_start(&options, shards, 1);
}

static world_client *connect_to(world *self, unsigned shard, const char *key)
{
    ody_handshake handshake = world_handshake();
    world_client *client;

    handshake.app_key = ody_view_of(key);
    client = world_open(self, shard, &handshake);
    world_flush(self, shard);
    world_forget(client);
    return client;
}

static world_reply publish_in(world *self, const ody_app *app, ody_view channel, bool info)
{
    const ody_publish publish = {
        .app = app,
        .channels = &channel,
        .channel_count = 1,
        .event = ODY_VIEW("e"),
        .data = ODY_VIEW("1"),
        .skip_missing = true,
        .info = info,
    };
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    CHECK_EQUAL(ody_requests_publish(self->requests, &publish, self->now, world_on_reply, &reply,
                                     &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.done);
    return reply;
}

/* Options for all threads, numbered as the main thread does it. */
static void reload(world *self, ody_options *options)
{
    ody_error error;

    CHECK_EQUAL(
        ody_shared_take_apps(self->shared, (ody_app *)options->apps, options->app_count, &error),
        0);
    for (unsigned shard = 0; shard < self->shards; shard++) {
        ody_hub_reload(self->hubs[shard], options, self->now);
    }
    ody_requests_reload(self->requests, options);
    self->options = *options;
}

/* Appends "c" and the data of each message. */
static void note_data(void *context, const ody_tail_message *message)
{
    strncat(context, message->channel.data ? "c" : "-", 1);
    strncat(context, message->data.data, message->data.length);
}

static void check_tail(world *self, uint64_t tail, const char *wanted)
{
    char text[64] = "";
    uint64_t left_out;

    CHECK(ody_tails_read(self->tails, tail, 0, self->now, note_data, text, &left_out) >= 0);
    CHECK_EQUAL(left_out, 0);
    CHECK_VIEW(ody_view_of(text), ody_view_of(wanted));
}

TEST(tails_show_nothing_of_another_app)
{
    world *self = two_apps(2);
    world_client *first = connect_to(self, 0, WORLD_KEY);
    world_client *second = connect_to(self, 1, WORLD_KEY "2");
    const ody_app *apps = self->options.apps;
    const ody_view channels[] = {ODY_VIEW("orders"), ODY_VIEW("#server-to-user-ann")};
    uint64_t tails[2][2];
    ody_error error;

    for (int app = 0; app < 2; app++) {
        CHECK_EQUAL(ody_tails_open(self->tails, &apps[app], channels[0], ODY_VIEW_NONE, self->now,
                                   &tails[app][0], &error),
                    0);
        CHECK_EQUAL(ody_tails_open(self->tails, &apps[app], ODY_VIEW_NONE, ODY_VIEW("ann"),
                                   self->now, &tails[app][1], &error),
                    0);
    }
    world_subscribe(first, "orders", NULL);
    world_subscribe(second, "orders", NULL);
    world_settle(self);
    CHECK_EQUAL(publish_in(self, &apps[1], channels[0], false).reached, 1);
    CHECK_EQUAL(publish_in(self, &apps[1], channels[1], false).code, 0);
    check_tail(self, tails[0][0], "");
    check_tail(self, tails[0][1], "");
    check_tail(self, tails[1][0], "c1");
    check_tail(self, tails[1][1], "c1");
    world_end(self);
}

TEST(channels_of_the_same_name_are_different_in_each_app)
{
    world *self = two_apps(2);
    const ody_app *apps = self->options.apps;
    world_client *first = connect_to(self, 0, WORLD_KEY);
    world_client *second = connect_to(self, 1, WORLD_KEY "2");
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    world_subscribe(first, "room", NULL);
    world_subscribe(second, "room", NULL);
    world_settle(self);
    EXPECT(first, SUCCEEDED("room"));
    EXPECT(second, SUCCEEDED("room"));
    CHECK_EQUAL(publish_in(self, &apps[0], ODY_VIEW("room"), false).reached, 1);
    EXPECT(first, EVENT("room", "1"));
    EXPECT_NOTHING(second);
    CHECK_EQUAL(publish_in(self, &apps[1], ODY_VIEW("room"), false).reached, 1);
    EXPECT_NOTHING(first);
    EXPECT(second, EVENT("room", "1"));
    world_subscribe(first, "only-first", NULL);
    world_settle(self);
    CHECK_EQUAL(ody_requests_channels(self->requests, &apps[1], ODY_VIEW(""), self->now,
                                      world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(strcmp(reply.listing, "room public 1 0\n") == 0);
    CHECK_EQUAL(WORLD_COUNT(self, channels), 3);
    CHECK_EQUAL(atomic_load(&ody_shared_app(self->shared, 1)->connections), 1);
    world_end(self);
}

TEST(whispers_and_questions_stay_in_their_app)
{
    world *self = two_apps(2);
    const ody_app *apps = self->options.apps;
    world_client *client = connect_to(self, 0, WORLD_KEY "2");
    ody_view id = ody_view_of(client->id);
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    for (int app = 0; app < 2; app++) {
        reply = (world_reply){0};
        CHECK_EQUAL(ody_requests_whisper(self->requests, &apps[app], id, ODY_VIEW("e"),
                                         ODY_VIEW("1"), ODY_VIEW_NONE, self->now, world_on_reply,
                                         &reply, &ticket, &error),
                    0);
        world_settle(self);
        CHECK_EQUAL(reply.answer, app == 1);
        reply = (world_reply){0};
        CHECK_EQUAL(ody_requests_subscribe(self->requests, &apps[app], id, ODY_VIEW("room"),
                                           ODY_VIEW_NONE, self->now, world_on_reply, &reply,
                                           &ticket, &error),
                    0);
        world_settle(self);
        CHECK_EQUAL(reply.answer, app == 1);
    }
    world_end(self);
}

static void subscribe_signed(world_client *client, const char *channel, const char *key,
                             const char *secret)
{
    char signature[ODY_SIGNATURE_HEX + 1];

    CHECK_EQUAL(ody_channel_sign(ody_view_of(secret), ody_view_of(client->id), ody_view_of(channel),
                                 ODY_VIEW_NONE, signature),
                0);
    world_send(client,
               "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\",\"auth\":\"%s:%s\"}}",
               channel, key, signature);
    world_settle(client->world);
}

TEST(both_keys_of_an_app_are_valid_during_a_rotation)
{
    ody_options options;
    world *self;
    world_client *old;
    world_client *new;

    world_defaults(&options);
    world_app(&options)->keys[0] = (ody_app_key){"new-key", "new-secret"};
    world_app(&options)->keys[1] = (ody_app_key){WORLD_KEY, WORLD_SECRET};
    self = world_start(&options, 2, 1);
    old = connect_to(self, 0, WORLD_KEY);
    new = connect_to(self, 1, "new-key");
    CHECK(old->open && new->open);
    subscribe_signed(old, "private-a", WORLD_KEY, WORLD_SECRET);
    EXPECT(old, SUCCEEDED("private-a"));
    subscribe_signed(old, "private-b", "new-key", "new-secret");
    EXPECT(old, SUCCEEDED("private-b"));
    subscribe_signed(new, "private-a", WORLD_KEY, WORLD_SECRET);
    EXPECT(new, SUCCEEDED("private-a"));
    subscribe_signed(new, "private-b", "new-key", WORLD_SECRET);
    CHECK_EQUAL(WORLD_COUNT(self, refused_signatures), 1);
    world_end(self);
}

TEST(a_disabled_app_refuses_its_clients)
{
    ody_options options;
    world *self;
    ody_handshake handshake = world_handshake();
    world_client *client;

    world_defaults(&options);
    world_app(&options)->enabled = false;
    self = world_start(&options, 1, 1);
    client = world_open(self, 0, &handshake);
    world_flush(self, 0);
    CHECK_EQUAL(client->code, 4003);
    CHECK_EQUAL(atomic_load(&ody_shared_app(self->shared, 0)->connections), 0);
    world_end(self);
}

TEST(an_app_has_a_quota_of_connections_over_all_shards)
{
    ody_options options;
    world *self;
    world_client *late;

    world_defaults(&options);
    test_apps(&options, 2, WORLD_KEY, WORLD_SECRET)[1].limits.connections = 2;
    self = world_start(&options, 2, 1);
    connect_to(self, 0, WORLD_KEY "2");
    connect_to(self, 1, WORLD_KEY "2");
    late = connect_to(self, 0, WORLD_KEY "2");
    CHECK_EQUAL(late->code, 4004);
    CHECK(connect_to(self, 0, WORLD_KEY)->open);
    CHECK_EQUAL(atomic_load(&ody_shared_app(self->shared, 1)->connections), 2);
    world_end(self);
}

TEST(limits_and_policies_are_those_of_the_app)
{
    ody_options options;
    ody_app *apps;
    world *self;
    world_client *strict;
    world_client *free_of;
    world_reply reply;

    world_defaults(&options);
    apps = test_apps(&options, 2, WORLD_KEY, WORLD_SECRET);
    apps[0].client_events = ODY_CLIENT_EVENTS_NONE;
    apps[0].limits.event_data_size = 3;
    apps[1].limits.channels_per_connection = 1;
    self = world_start(&options, 2, 1);
    strict = connect_to(self, 0, WORLD_KEY);
    free_of = connect_to(self, 0, WORLD_KEY "2");
    world_subscribe(strict, "a", NULL);
    world_subscribe(free_of, "a", NULL);
    world_settle(self);
    world_forget(strict);
    world_forget(free_of);
    world_send(strict, "{\"event\":\"client-a\",\"channel\":\"a\",\"data\":{}}");
    world_settle(self);
    EXPECT_ERROR(strict, 0, "Client events are not enabled");
    world_send(free_of, "{\"event\":\"client-a\",\"channel\":\"a\",\"data\":{}}");
    world_settle(self);
    EXPECT_NOTHING(free_of);
    world_subscribe(free_of, "b", NULL);
    world_settle(self);
    CHECK_EQUAL(WORLD_COUNT(self, refused_channels), 1);
    CHECK_EQUAL(world_publish_begin(self, "a", "e", "1234", NULL, &reply), ODY_EPAYLOAD_SIZE);
    world_end(self);
}

TEST(a_reload_takes_an_app_away_and_brings_it_back)
{
    static ody_options without, with;
    world *self = two_apps(2);
    world_client *stays = connect_to(self, 0, WORLD_KEY);
    world_client *goes = connect_to(self, 1, WORLD_KEY "2");
    world_client *again;

    world_subscribe(stays, "room", NULL);
    world_subscribe(goes, "room", NULL);
    world_settle(self);
    world_forget(stays);
    with = without = self->options;
    without.app_count = 1;
    reload(self, &without);
    world_settle(self);
    CHECK(stays->open);
    CHECK_EQUAL(goes->code, 4001);
    again = connect_to(self, 0, WORLD_KEY "2");
    CHECK_EQUAL(again->code, 4001);
    world_close(goes);
    world_settle(self);
    CHECK_EQUAL(WORLD_COUNT(self, channels), 1);
    test_apps_copy(&with);
    reload(self, &with);
    CHECK_EQUAL(with.apps[1].number, 1);
    again = connect_to(self, 1, WORLD_KEY "2");
    world_subscribe(again, "room", NULL);
    world_settle(self);
    EXPECT(again, SUCCEEDED("room"));
    CHECK_EQUAL(publish_in(self, &with.apps[1], ODY_VIEW("room"), false).reached, 1);
    EXPECT_NOTHING(stays);
    world_end(self);
}

TEST(an_app_keeps_its_number_wherever_it_stands)
{
    static ody_options options;
    world *self = two_apps(1);
    ody_app *apps;
    ody_error error;

    options = self->options;
    apps = test_apps(&options, 3, "k", "s");
    apps[0].id = "new";
    apps[1].id = "2";
    apps[2].id = "1";
    CHECK_EQUAL(ody_shared_take_apps(self->shared, apps, 3, &error), 0);
    CHECK_EQUAL(apps[0].number, 2);
    CHECK_EQUAL(apps[1].number, 1);
    CHECK_EQUAL(apps[2].number, 0);
    world_end(self);
}

TEST(more_ids_than_an_engine_can_know_are_refused)
{
    world *self = two_apps(1);
    ody_app app = self->options.apps[0];
    ody_error error;
    char id[16];

    for (unsigned index = 2; index < ODY_APP_NUMBERS; index++) {
        snprintf(id, sizeof(id), "app-%u", index);
        app.id = id;
        CHECK_EQUAL(ody_shared_take_apps(self->shared, &app, 1, &error), 0);
        CHECK_EQUAL(app.number, index);
    }
    app.id = "one-more";
    CHECK_EQUAL(ody_shared_take_apps(self->shared, &app, 1, &error), ODY_ELIMIT);
    app.id = "app-700";
    CHECK_EQUAL(ody_shared_take_apps(self->shared, &app, 1, &error), 0);
    CHECK_EQUAL(app.number, 700);
    world_end(self);
}

TEST(a_publish_can_tell_how_many_are_there)
{
    const ody_view names[] = {ODY_VIEW("presence-a"), ODY_VIEW("nobody"), ODY_VIEW("room")};
    world *self = world_simple(4);
    world_client *clients[3];
    ody_publish publish = {
        .app = self->options.apps,
        .channels = names,
        .channel_count = 3,
        .event = ODY_VIEW("e"),
        .data = ODY_VIEW("1"),
        .skip_missing = true,
        .info = true,
    };
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    for (unsigned index = 0; index < 3; index++) {
        clients[index] = world_connect(self, index);
        world_subscribe_user(clients[index], "presence-a", index ? "ann" : "bob");
        world_subscribe(clients[index], "room", NULL);
    }
    world_settle(self);
    publish.except = ody_view_of(clients[0]->id);
    CHECK_EQUAL(ody_requests_publish(self->requests, &publish, self->now, world_on_reply, &reply,
                                     &ticket, &error),
                0);
    world_settle(self);
    CHECK_EQUAL(reply.reached, 4);
    CHECK(strcmp(reply.listing, "presence-a presence 3 2\nnobody public 0 0\nroom public 3 0\n") ==
          0);
    world_end(self);
}

/* What the last reply about a channel said of its cache. */
static struct {
    char cached[64];
    uint64_t cached_for;
    uint64_t subscribers;
} seen;

static void on_channel(void *context, const ody_reply *reply)
{
    (void)context;
    CHECK_EQUAL(reply->code, 0);
    CHECK_EQUAL(reply->channel_count, 1);
    snprintf(seen.cached, sizeof(seen.cached), "%.*s", (int)reply->channels->cached.length,
             reply->channels->cached.length ? reply->channels->cached.data : "");
    seen.cached_for = reply->channels->cached_for;
    seen.subscribers = reply->channels->subscribers;
}

static void ask_channel(world *self, const char *name)
{
    uint64_t ticket;
    ody_error error;

    CHECK_EQUAL(ody_requests_channel(self->requests, self->options.apps, ody_view_of(name),
                                     self->now, on_channel, NULL, &ticket, &error),
                0);
    world_settle(self);
    CHECK_EQUAL(ody_requests_pending(self->requests), 0);
}

TEST(a_channel_is_described_with_what_it_caches)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);

    ask_channel(self, "cache-a");
    CHECK(strcmp(seen.cached, "") == 0);
    CHECK_EQUAL(seen.subscribers, 0);
    world_subscribe(client, "cache-a", NULL);
    world_settle(self);
    CHECK_EQUAL(world_publish(self, "cache-a", "with \" and \\", "{\"a\":\"b\"}", NULL), 1);
    world_advance(self, 1000);
    ask_channel(self, "cache-a");
    CHECK(strcmp(seen.cached, "\"{\\\"a\\\":\\\"b\\\"}\"") == 0);
    CHECK_EQUAL(seen.cached_for, 1799000);
    CHECK_EQUAL(seen.subscribers, 1);
    world_end(self);
}

TEST(cached_events_expire_by_the_time_of_their_app)
{
    ody_options options;
    world *self;

    world_defaults(&options);
    test_apps(&options, 2, WORLD_KEY, WORLD_SECRET)[1].cache_time = 10000;
    self = world_start(&options, 1, 1);
    publish_in(self, &self->options.apps[0], ODY_VIEW("cache-a"), false);
    publish_in(self, &self->options.apps[1], ODY_VIEW("cache-a"), false);
    CHECK_EQUAL(self->hubs[0]->apps[1]->channels.count, 1);
    world_advance(self, 10200);
    CHECK_EQUAL(self->hubs[0]->apps[1]->channels.count, 0);
    CHECK_EQUAL(self->hubs[0]->apps[0]->channels.count, 1);
    world_advance(self, 1800000);
    CHECK_EQUAL(self->hubs[0]->apps[0]->channels.count, 0);
    world_end(self);
}

/* SPDX-License-Identifier: MIT */
/*
 * Signing in, watching, leaving and ending connections with one allocation after the other failing:
 * nothing crashes or leaks, no home keeps a ghost, and nobody who stays believes what is not so.
 */
#include <stdlib.h>
#include "apps.h"
#include "base/memory.h"
#include "channel/user.h"
#include "hub/signin.h"
#include "world.h"

static world *watching_world(unsigned shards)
{
    ody_options options;

    world_defaults(&options);
    world_app(&options)->watchlist = true;
    return world_start(&options, shards, 1);
}

/* Lets everything come to rest, retries included. */
static void rest(world *self)
{
    ody_memory_fail_at(0);
    for (int i = 0; i < 3; i++) {
        world_settle(self);
        world_advance(self, ODY_WHEEL_TICK_MS);
    }
    world_settle(self);
}

static int heard(const world_client *client, const char *text)
{
    int count = 0;

    for (const world_message *message = client->first; message; message = message->next) {
        count += strstr(message->text, text) != NULL;
    }
    return count;
}

/* How many connections the homes take for signed in, and for watchers. */
static void count_at_homes(const world *self, uint32_t *connections, uint32_t *watchers)
{
    *connections = *watchers = 0;
    for (unsigned shard = 0; shard < self->shards; shard++) {
        const ody_user *user;
        size_t cursor = 0;

        while ((user = ody_map_next(&world_hub_app(self, shard)->users, &cursor, NULL))) {
            *connections += user->connections.count;
            *watchers += user->watchers.count;
        }
    }
}

TEST(signing_in_with_failing_allocations)
{
    bool perfect = false;

    for (long at = 1; !perfect; at++) {
        world *self = watching_world(4);
        world_client *watcher = world_connect(self, 1);
        world_client *client = world_connect(self, 0);
        uint32_t connections, watchers;
        bool signed_in;

        world_sign_in(watcher, "{\"id\":\"w\",\"watchlist\":[\"ann\"]}");
        world_settle(self);
        world_forget(watcher);
        ody_memory_fail_at(at);
        world_sign_in(client, "{\"id\":\"ann\",\"watchlist\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}");
        world_settle(self);
        rest(self);
        signed_in = client->open && client->connection.signin;
        count_at_homes(self, &connections, &watchers);
        CHECK_EQUAL(connections, signed_in + watcher->open);
        CHECK_EQUAL(watchers, 5 * signed_in + watcher->open);
        CHECK_EQUAL(WORLD_COUNT(self, signed_in), connections);
        /* Who is not signed in was told, or closed so that it comes back. */
        CHECK(signed_in || client->code == ODY_CLOSE_OVERLOADED ||
              heard(client, "pusher:error") == 1);
        CHECK(!signed_in ||
              (heard(client, "signin_success") == 1 && heard(client, "watchlist_events") == 1));
        CHECK(!watcher->open || heard(watcher, "online") - heard(watcher, "offline") == signed_in);
        perfect = signed_in && watcher->open && at > 20;
        CHECK(at < 200);
        world_end(self);
    }
}

TEST(users_leave_with_failing_allocations)
{
    for (long at = 1; at < 30; at++) {
        world *self = watching_world(4);
        world_client *watcher = world_connect(self, 1);
        world_client *client = world_connect(self, 0);
        uint32_t connections, watchers;

        world_sign_in(watcher, "{\"id\":\"w\",\"watchlist\":[\"ann\"]}");
        world_sign_in(client, "{\"id\":\"ann\",\"watchlist\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}");
        world_subscribe(client, "news", NULL);
        world_settle(self);
        world_forget(watcher);
        ody_memory_fail_at(at);
        world_close(client);
        world_settle(self);
        rest(self);
        count_at_homes(self, &connections, &watchers);
        CHECK_EQUAL(connections, watcher->open);
        CHECK_EQUAL(watchers, watcher->open);
        CHECK(!watcher->open || heard(watcher, "offline") == 1);
        world_end(self);
    }
}

/* Several failures one after the other: what is left over is tried until all homes know. */
TEST(a_user_leaves_a_home_after_the_other)
{
    world *self = watching_world(4);
    world_client *client = world_connect(self, 0);
    uint32_t connections, watchers;
    int rounds = 0;

    world_sign_in(client, "{\"id\":\"ann\",\"watchlist\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}");
    world_settle(self);
    ody_memory_fail_at(1);
    world_close(client);
    CHECK(!ody_list_empty(&self->hubs[0]->partings));
    while (!ody_list_empty(&self->hubs[0]->partings)) {
        ody_memory_fail_at(++rounds < 4 ? 1 : 0);
        world_advance(self, ODY_WHEEL_TICK_MS);
        world_settle(self);
    }
    rest(self);
    count_at_homes(self, &connections, &watchers);
    CHECK_EQUAL(connections + watchers, 0);
    CHECK(rounds >= 1);
    world_end(self);
}

TEST(terminating_with_failing_allocations)
{
    bool perfect = false;

    for (long at = 1; !perfect; at++) {
        world *self = watching_world(2);
        world_client *clients[4];
        world_reply reply = {0};
        uint64_t ticket;
        ody_error error;
        int code, ended = 0;

        for (unsigned i = 0; i < 4; i++) {
            clients[i] = world_connect(self, i % 2);
            world_sign_in(clients[i], "{\"id\":\"ann\"}");
        }
        world_settle(self);
        ody_memory_fail_at(at);
        code = ody_requests_terminate(self->requests, self->options.apps, ODY_VIEW("ann"),
                                      self->now, world_on_reply, &reply, &ticket, &error);
        world_settle(self);
        rest(self);
        CHECK_EQUAL(reply.done, code == 0);
        code = code < 0 ? code : reply.code;
        for (unsigned i = 0; i < 4; i++) {
            ended += !clients[i]->open;
        }
        /* All of them, or none. */
        CHECK(code == 0 ? ended == 4 && reply.reached == 4 : code == ODY_EMEMORY && ended == 0);
        perfect = code == 0 && heard(clients[3], "disconnected by the app") == 1 && at > 8;
        CHECK(at < 100);
        world_end(self);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * The main flows with one allocation after the other failing. Whatever fails: nothing crashes or
 * leaks, nobody misses an event silently, and in the end homes and shards agree on who is where.
 */
#include <stdlib.h>
#include "base/memory.h"
#include "channel/channel.h"
#include "hub/subscription.h"
#include "world.h"

#define ROOM "presence-cache-a"

/* How many of the clients are on, as their own shards see it. */
static uint32_t count_on(world *self, const char *channel)
{
    uint32_t on = 0;
    ody_list_node *node;

    for (node = self->clients.next; node != &self->clients; node = node->next) {
        world_client *client = ody_container_of(node, world_client, node);
        const ody_subscription *subscription =
            client->open ? ody__subscription_find(&client->connection, ody_view_of(channel)) : NULL;

        on += subscription && ody__subscription_on(subscription);
    }
    return on;
}

static const ody_channel *home_channel(world *self, const char *name)
{
    unsigned home = ody_mail_home(0, ody_view_of(name), self->shards);

    return ody_map_get(&world_hub_app(self, home)->channels, ody_view_of(name));
}

/* Lets everything come to rest, retries included, and checks that both sides agree. */
static void check_agreement(world *self, const char *channel)
{
    const ody_channel *at_home;

    ody_memory_fail_at(0);
    for (int i = 0; i < 3; i++) {
        world_settle(self);
        world_advance(self, ODY_WHEEL_TICK_MS);
    }
    world_settle(self);
    at_home = home_channel(self, channel);
    CHECK_EQUAL(at_home ? at_home->members.count : 0, count_on(self, channel));
}

/* How many messages hold that text; the client keeps them. */
static int heard(const world_client *client, const char *text)
{
    int count = 0;

    for (const world_message *message = client->first; message; message = message->next) {
        count += strstr(message->text, text) != NULL;
    }
    return count;
}

TEST(joining_with_failing_allocations)
{
    bool perfect = false;

    for (long at = 1; !perfect; at++) {
        world *self = world_simple(2);
        world_client *old = world_connect(self, 0);
        world_client *joins;
        bool joined;

        world_subscribe_user(old, ROOM, "u0");
        world_settle(self);
        world_forget(old);
        joins = world_connect(self, 1);
        ody_memory_fail_at(at);
        world_subscribe_user(joins, ROOM, "u1");
        world_settle(self);
        check_agreement(self, ROOM);
        joined = heard(joins, "subscription_succeeded") == 1;
        /* Either both know of it, or the joiner was told that it failed, or was closed. */
        if (old->open) {
            CHECK_EQUAL(heard(old, "member_added") - heard(old, "member_removed"),
                        joined && joins->open);
        }
        CHECK(joined || !joins->open || heard(joins, "subscription_error") == 1 ||
              heard(joins, "pusher:error") == 1);
        perfect = joined && old->open && joins->open && heard(joins, "cache_miss") == 1;
        CHECK(at < 200);
        world_end(self);
    }
}

TEST(publishing_with_failing_allocations)
{
    char large[8001];
    static const char *const sizes[] = {"short", NULL};
    bool perfect;

    memset(large, 'x', 8000);
    large[8000] = '\0';
    for (int size = 0; size < 2; size++) {
        const char *data = sizes[size] ? sizes[size] : large;

        perfect = false;
        for (long at = 1; !perfect; at++) {
            world *self = world_simple(2);
            world_client *clients[4];
            world_reply reply;
            int code, got = 0;

            for (int i = 0; i < 4; i++) {
                clients[i] = world_connect(self, (unsigned)i % 2);
                world_subscribe_user(clients[i], ROOM, "u");
            }
            world_settle(self);
            ody_memory_fail_at(at);
            code = world_publish_begin(self, ROOM, "e", data, NULL, &reply);
            world_settle(self);
            check_agreement(self, ROOM);
            if (code == 0) {
                CHECK(reply.done);
                code = reply.code;
            }
            CHECK(code == 0 || code == ODY_EMEMORY);
            for (int i = 0; i < 4; i++) {
                int heard_it = heard(clients[i], data);

                CHECK(heard_it == (code == 0) || (!clients[i]->open && heard_it == 0));
                CHECK(clients[i]->open || clients[i]->code == ODY_CLOSE_OVERLOADED);
                got += heard_it;
            }
            if (code == 0) {
                CHECK_EQUAL(WORLD_COUNT(self, dropped_memory), 4 - got);
            }
            perfect = got == 4;
            CHECK(at < 200);
            world_end(self);
        }
    }
}

TEST(client_events_with_failing_allocations)
{
    bool perfect = false;

    for (long at = 1; !perfect; at++) {
        world *self = world_simple(2);
        world_client *sender = world_connect(self, 0);
        world_client *other = world_connect(self, 1);
        int got;

        world_subscribe_user(sender, ROOM, "u0");
        world_subscribe_user(other, ROOM, "u1");
        world_settle(self);
        ody_memory_fail_at(at);
        world_send(sender, "{\"event\":\"client-x\",\"channel\":\"%s\",\"data\":\"hello\"}", ROOM);
        world_settle(self);
        check_agreement(self, ROOM);
        got = heard(other, "hello");
        CHECK(got == 1 || !other->open || !sender->open || heard(sender, "pusher:error") == 1);
        perfect = got == 1 && sender->open && other->open;
        CHECK(at < 200);
        world_end(self);
    }
}

TEST(leaving_with_failing_allocations)
{
    for (int way = 0; way < 2; way++) {
        bool perfect = false;

        for (long at = 1; !perfect; at++) {
            world *self = world_simple(2);
            world_client *stays = world_connect(self, 0);
            world_client *leaves = world_connect(self, 1);

            world_subscribe_user(stays, ROOM, "u0");
            world_subscribe_user(stays, "presence-b", "u0");
            world_settle(self);
            world_subscribe_user(leaves, ROOM, "u1");
            world_subscribe_user(leaves, "presence-b", "u1");
            world_settle(self);
            world_forget(stays);
            ody_memory_fail_at(at);
            if (way == 0) {
                world_close(leaves);
            } else {
                world_unsubscribe(leaves, ROOM);
                world_unsubscribe(leaves, "presence-b");
            }
            world_settle(self);
            check_agreement(self, ROOM);
            check_agreement(self, "presence-b");
            /* The departure is told late rather than never. */
            if (stays->open) {
                CHECK_EQUAL(heard(stays, "member_removed"), 2 - 2 * (leaves->open && way == 0));
            }
            perfect = at > 40;
            world_end(self);
        }
    }
}

TEST(a_departure_that_could_not_be_told_comes_before_the_return)
{
    world *self = world_simple(1);
    world_client *stays = world_connect(self, 0);
    world_client *leaves = world_connect(self, 0);
    const world_message *message;

    world_subscribe_user(stays, "presence-a", "u0");
    world_subscribe_user(leaves, "presence-a", "u1");
    world_settle(self);
    world_forget(stays);
    /* The frame of member_removed finds no memory; the mail LEAVE_ALL does. */
    ody_memory_fail_at(2);
    world_close(leaves);
    ody_memory_fail_at(0);
    CHECK(!ody_list_empty(&self->hubs[0]->unannounced));
    CHECK_EQUAL(stays->connection.outbound.count, 0);
    leaves = world_connect(self, 0);
    world_subscribe_user(leaves, "presence-a", "u1");
    world_settle(self);
    message = stays->first;
    CHECK(message && strstr(message->text, "member_removed"));
    CHECK(message->next && strstr(message->next->text, "member_added"));
    CHECK(ody_list_empty(&self->hubs[0]->unannounced));
    world_end(self);
}

TEST(questions_with_failing_allocations)
{
    for (int question = 0; question < 5; question++) {
        bool perfect = false;

        for (long at = 1; !perfect; at++) {
            world *self = world_simple(2);
            world_client *client = world_connect(self, 1);
            world_reply reply = {0};
            uint64_t ticket, now = self->now;
            ody_view id, room = ODY_VIEW(ROOM);
            ody_error error;
            int code;

            world_subscribe_user(client, ROOM, "u0");
            world_settle(self);
            id = ody_view_of(client->id);
            ody_memory_fail_at(at);
            switch (question) {
            case 0:
                code = ody_requests_subscribers(self->requests, self->options.apps, room, now,
                                                world_on_reply, &reply, &ticket, &error);
                break;
            case 1:
                code = ody_requests_channels(self->requests, self->options.apps, ODY_VIEW(""), now,
                                             world_on_reply, &reply, &ticket, &error);
                break;
            case 2:
                code = ody_requests_is_subscribed(self->requests, self->options.apps, id, room, now,
                                                  world_on_reply, &reply, &ticket, &error);
                break;
            case 3:
                code = ody_requests_channel_exists(self->requests, self->options.apps, room, now,
                                                   world_on_reply, &reply, &ticket, &error);
                break;
            default:
                code = ody_requests_whisper(self->requests, self->options.apps, id, ODY_VIEW("e"),
                                            ODY_VIEW("hey"), room, now, world_on_reply, &reply,
                                            &ticket, &error);
            }
            world_settle(self);
            ody_memory_fail_at(0);
            CHECK_EQUAL(reply.done, code == 0);
            code = code < 0 ? code : reply.code;
            CHECK(code == 0 || code == ODY_EMEMORY);
            perfect = code == 0 && (reply.answer || reply.socket_ids == 1 || reply.channels == 1);
            CHECK(perfect || code < 0 || !client->open);
            CHECK(at < 100);
            world_end(self);
        }
    }
}

TEST(a_hub_that_cannot_be_made_is_freed)
{
    ody_options options;
    ody_shared *shared;
    ody_hub *hub = NULL;
    long at;

    world_defaults(&options);
    shared = ody_shared_new(&options);
    for (at = 1; !hub; at++) {
        ody_memory_fail_at(at);
        hub = ody_hub_new(shared, 0, 1, NULL, NULL, 0);
        ody_memory_fail_at(0);
    }
    CHECK(at > 4);
    ody_hub_free(hub);
    ody_hub_free(NULL);
    ody_memory_fail_at(1);
    CHECK(!ody_requests_new(&options, 1, NULL, NULL));
    ody_memory_fail_at(0);
    ody_requests_free(NULL);
    ody_shared_free(shared);
}

TEST(many_channels_with_failing_allocations)
{
    for (long at = 1; at <= 40; at++) {
        world *self = world_simple(2);
        world_client *client = world_connect(self, 0);
        char name[16];

        for (int i = 0; i < 15; i++) {
            snprintf(name, sizeof(name), "c%d", i);
            world_subscribe(client, name, NULL);
        }
        world_settle(self);
        ody_memory_fail_at(at);
        for (int i = 15; i < 20; i++) {
            snprintf(name, sizeof(name), "c%d", i);
            world_subscribe(client, name, NULL);
        }
        world_settle(self);
        for (int i = 0; i < 20; i++) {
            snprintf(name, sizeof(name), "c%d", i);
            check_agreement(self, name);
        }
        if (client->open) {
            CHECK_EQUAL(WORLD_COUNT(self, subscriptions), client->connection.subscription_count);
            CHECK_EQUAL(client->connection.subscription_count + heard(client, "subscription_error"),
                        20);
        }
        world_end(self);
    }
}

/* SPDX-License-Identifier: MIT */
/* Requests of other processes: every question, every refusal, gathering, deadlines, cancelling. */
#include <stdlib.h>
#include "world.h"

static const ody_view three[] = {{"aa", 2}, {"bb", 2}, {"cc", 2}};

static int publish_three(world *self, bool skip_missing, world_reply *reply)
{
    const ody_publish publish = {.app = self->options.apps,
                                 .channels = three,
                                 .channel_count = 3,
                                 .event = ODY_VIEW("e"),
                                 .data = ODY_VIEW("1"),
                                 .skip_missing = skip_missing};
    uint64_t ticket;
    ody_error error;
    int code;

    *reply = (world_reply){0};
    code = ody_requests_publish(self->requests, &publish, self->now, world_on_reply, reply, &ticket,
                                &error);
    world_settle(self);
    return code;
}

TEST(publish_to_several_sums_the_answers)
{
    world *self = world_simple(4);
    world_reply reply;

    for (unsigned i = 0; i < 4; i++) {
        world_client *client = world_connect(self, i);

        world_subscribe(client, "aa", NULL);
        if (i < 3) {
            world_subscribe(client, "bb", NULL);
        }
    }
    world_settle(self);
    CHECK_EQUAL(publish_three(self, true, &reply), 0);
    CHECK_EQUAL(reply.code, 0);
    CHECK_EQUAL(reply.reached, 7);
    CHECK_EQUAL(publish_three(self, false, &reply), 0);
    CHECK_EQUAL(reply.code, ODY_ECHANNEL_NOT_FOUND);
    CHECK(strcmp(reply.message, "channel \"cc\" does not exist: it has no subscribers") == 0);
    CHECK_EQUAL(reply.reached, 7);
    CHECK_EQUAL(ody_requests_pending(self->requests), 0);
    world_end(self);
}

TEST(a_worse_failure_is_not_hidden_by_a_missing_channel)
{
    world *self = world_simple(4);
    unsigned home = ody_mail_home(0, three[1], 4);
    unsigned away = (home + 1) % 4;
    world_client *client = world_connect(self, away);
    world_reply reply = {0};
    const ody_publish publish = {.app = self->options.apps,
                                 .channels = three + 1,
                                 .channel_count = 2,
                                 .event = ODY_VIEW("e"),
                                 .data = ODY_VIEW("1")};
    uint64_t ticket;
    ody_error error;

    world_subscribe(client, "bb", NULL);
    world_settle(self);
    CHECK_EQUAL(ody_requests_publish(self->requests, &publish, self->now, world_on_reply, &reply,
                                     &ticket, &error),
                0);
    self->full[away] = true;
    world_settle(self);
    CHECK_EQUAL(reply.code, ODY_EOVERLOADED);
    CHECK(strcmp(reply.message, "channel \"bb\": the server is overloaded") == 0);
    self->full[away] = false;
    world_end(self);
}

TEST(publish_refuses_at_once)
{
    world *self = world_simple(2);
    char large[10242];
    char name[202];
    world_reply reply;
    ody_error error;
    uint64_t ticket;
    ody_publish none = {.app = self->options.apps, .event = ODY_VIEW("e"), .data = ODY_VIEW("1")};

    memset(large, 'x', sizeof(large));
    large[10241] = '\0';
    memset(name, 'n', sizeof(name));
    name[201] = '\0';
    CHECK_EQUAL(world_publish_begin(self, "a b", "e", "1", NULL, &reply), ODY_ECHANNEL_NAME);
    CHECK_EQUAL(world_publish_begin(self, name, "e", "1", NULL, &reply), ODY_ECHANNEL_NAME);
    CHECK_EQUAL(world_publish_begin(self, "", "e", "1", NULL, &reply), ODY_ECHANNEL_NAME);
    CHECK_EQUAL(world_publish_begin(self, "a", "", "1", NULL, &reply), ODY_EEVENT_NAME);
    CHECK_EQUAL(world_publish_begin(self, "a", name, "1", NULL, &reply), ODY_EEVENT_NAME);
    CHECK_EQUAL(world_publish_begin(self, "a", "e", large, NULL, &reply), ODY_EPAYLOAD_SIZE);
    CHECK_EQUAL(world_publish_begin(self, "a", "e", "\xff", NULL, &reply), ODY_EENCODING);
    CHECK_EQUAL(world_publish_begin(self, "a", "\xff", "1", NULL, &reply), ODY_EENCODING);
    CHECK_EQUAL(world_publish_begin(self, "a", "e", "1", "x.y", &reply), ODY_EINVALID);
    CHECK_EQUAL(world_publish_begin(self, "a", "e", "1", "0.1", &reply), ODY_EINVALID);
    CHECK_EQUAL(
        ody_requests_publish(self->requests, &none, 0, world_on_reply, &reply, &ticket, &error),
        ODY_EINVALID);
    none.channel_count = 101;
    CHECK_EQUAL(
        ody_requests_publish(self->requests, &none, 0, world_on_reply, &reply, &ticket, &error),
        ODY_EINVALID);
    CHECK(strlen(error.message) > 10);
    CHECK_EQUAL(ody_requests_pending(self->requests), 0);
    world_end(self);
}

typedef int (*channel_question)(ody_requests *, const ody_app *, ody_view, uint64_t,
                                ody_reply_callback, void *, uint64_t *, ody_error *);

static world_reply ask(world *self, channel_question question, const char *channel)
{
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;
    int code = question(self->requests, self->options.apps, ody_view_of(channel), self->now,
                        world_on_reply, &reply, &ticket, &error);

    if (code < 0) {
        reply.code = code;
        return reply;
    }
    CHECK(!reply.done);
    world_settle(self);
    CHECK(reply.done);
    return reply;
}

TEST(subscribers_are_listed_over_all_shards)
{
    world *self = world_simple(4);
    world_reply reply;
    uint64_t wanted = 0, got = 0;

    CHECK_EQUAL(ask(self, ody_requests_subscribers, "news").socket_ids, 0);
    for (unsigned i = 0; i < 8; i++) {
        world_client *client = world_connect(self, i % 4);

        world_subscribe(client, "news", NULL);
        wanted += client->connection.id.second;
    }
    world_settle(self);
    reply = ask(self, ody_requests_subscribers, "news");
    CHECK_EQUAL(reply.socket_ids, 8);
    for (int i = 0; i < 8; i++) {
        got += reply.socket_id[i].second;
    }
    CHECK_EQUAL(got, wanted);
    CHECK_EQUAL(ask(self, ody_requests_subscribers, "a b").code, ODY_ECHANNEL_NAME);
    world_end(self);
}

static world_reply ask_subscribed(world *self, const char *id, const char *channel)
{
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    reply.code = ody_requests_is_subscribed(self->requests, self->options.apps, ody_view_of(id),
                                            ody_view_of(channel), self->now, world_on_reply, &reply,
                                            &ticket, &error);
    world_settle(self);
    return reply;
}

TEST(is_subscribed_follows_the_client)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 1);

    CHECK(!ask_subscribed(self, client->id, "news").answer);
    world_subscribe(client, "news", NULL);
    world_settle(self);
    CHECK(ask_subscribed(self, client->id, "news").answer);
    CHECK(!ask_subscribed(self, client->id, "other").answer);
    CHECK(!ask_subscribed(self, "5.5", "news").answer);
    world_unsubscribe(client, "news");
    world_settle(self);
    CHECK(!ask_subscribed(self, client->id, "news").answer);
    CHECK_EQUAL(ask_subscribed(self, "five", "news").code, ODY_EINVALID);
    CHECK_EQUAL(ask_subscribed(self, "5.5", "").code, ODY_ECHANNEL_NAME);
    world_end(self);
}

TEST(channel_exists_while_it_is_occupied)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 1);

    CHECK(!ask(self, ody_requests_channel_exists, "news").answer);
    world_subscribe(client, "news", NULL);
    world_settle(self);
    CHECK(ask(self, ody_requests_channel_exists, "news").answer);
    CHECK(ask(self, ody_requests_channel_exists, "cache-a").answer);
    CHECK(ask(self, ody_requests_channel_exists, "#server-to-user-1").answer);
    world_close(client);
    world_settle(self);
    CHECK(!ask(self, ody_requests_channel_exists, "news").answer);
    world_end(self);
}

TEST(channels_are_listed_by_prefix)
{
    world *self = world_simple(4);
    world_client *client = world_connect(self, 1);
    world_client *other = world_connect(self, 2);
    world_reply reply;

    CHECK_EQUAL(ask(self, ody_requests_channels, "").channels, 0);
    world_subscribe(client, "news", NULL);
    world_subscribe(client, "new", NULL);
    world_subscribe(client, "cache-a", NULL);
    world_subscribe_user(client, "presence-a", "ann");
    world_subscribe_user(other, "presence-a", "ann");
    world_settle(self);
    CHECK_EQUAL(world_publish(self, "cache-empty", "e", "1", NULL), 0);
    reply = ask(self, ody_requests_channels, "");
    CHECK_EQUAL(reply.channels, 4);
    CHECK(strstr(reply.listing, "news public 1 0\n"));
    CHECK(strstr(reply.listing, "new public 1 0\n"));
    CHECK(strstr(reply.listing, "cache-a cache 1 0\n"));
    CHECK(strstr(reply.listing, "presence-a presence 2 1\n"));
    CHECK_EQUAL(ask(self, ody_requests_channels, "new").channels, 2);
    CHECK_EQUAL(ask(self, ody_requests_channels, "zzz").channels, 0);
    world_end(self);
}

static world_reply whisper(world *self, const char *id, const char *channel)
{
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    reply.code = ody_requests_whisper(self->requests, self->options.apps, ody_view_of(id),
                                      ODY_VIEW("hey"), ODY_VIEW("{}"), ody_view_of(channel),
                                      self->now, world_on_reply, &reply, &ticket, &error);
    world_settle(self);
    return reply;
}

TEST(whisper_reaches_one_client)
{
    for (unsigned shards = 1; shards <= 4; shards *= 2) {
        world *self = world_simple(shards);
        world_client *client = world_connect(self, shards - 1);
        world_client *other = world_connect(self, shards - 1);

        CHECK(whisper(self, client->id, NULL).answer);
        EXPECT(client, "{\"event\":\"hey\",\"data\":\"{}\"}");
        CHECK(!whisper(self, client->id, "news").answer);
        world_subscribe(client, "news", NULL);
        world_settle(self);
        world_forget(client);
        CHECK(whisper(self, client->id, "news").answer);
        EXPECT(client, "{\"event\":\"hey\",\"data\":\"{}\",\"channel\":\"news\"}");
        EXPECT_NOTHING(other);
        CHECK(!whisper(self, "5.5", NULL).answer);
        CHECK(!whisper(self, "64.123", NULL).answer);
        CHECK_EQUAL(whisper(self, "x", NULL).code, ODY_EINVALID);
        CHECK_EQUAL(whisper(self, client->id, "a b").code, ODY_ECHANNEL_NAME);
        world_close(client);
        CHECK(!whisper(self, client->id, NULL).answer);
        world_end(self);
    }
}

TEST(requests_time_out_once)
{
    world *self = world_simple(2);
    world_reply first, second;

    CHECK_EQUAL(world_publish_begin(self, "news", "e", "1", NULL, &first), 0);
    world_advance(self, 5000);
    CHECK_EQUAL(world_publish_begin(self, "news", "e", "1", NULL, &second), 0);
    world_advance(self, 4999);
    CHECK(!first.done);
    world_advance(self, 1);
    CHECK(first.done && !second.done);
    CHECK_EQUAL(first.code, ODY_ETIMEOUT);
    CHECK_EQUAL(ody_requests_pending(self->requests), 1);
    world_settle(self);
    CHECK(second.done);
    CHECK_EQUAL(second.code, ODY_ECHANNEL_NOT_FOUND);
    world_end(self);
}

TEST(cancelled_requests_are_not_answered)
{
    world *self = world_simple(2);
    const ody_view name = ODY_VIEW("news");
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    CHECK_EQUAL(ody_requests_subscribers(self->requests, self->options.apps, name, self->now,
                                         world_on_reply, &reply, &ticket, &error),
                0);
    ody_requests_cancel(self->requests, ticket + 1);
    ody_requests_cancel(self->requests, ticket);
    ody_requests_cancel(self->requests, ticket);
    CHECK_EQUAL(ody_requests_pending(self->requests), 0);
    world_settle(self);
    CHECK(!reply.done);
    world_end(self);
}

TEST(requests_are_bounded)
{
    world *self = world_simple(2);
    static world_reply replies[ODY_REQUESTS_MAX + 1];
    uint64_t ticket;
    ody_error error;

    for (int i = 0; i <= ODY_REQUESTS_MAX; i++) {
        CHECK_EQUAL(ody_requests_channel_exists(self->requests, self->options.apps, ODY_VIEW("a"),
                                                self->now, world_on_reply, &replies[i], &ticket,
                                                &error),
                    i < ODY_REQUESTS_MAX ? 0 : ODY_EOVERLOADED);
    }
    world_settle(self);
    CHECK_EQUAL(ody_requests_pending(self->requests), 0);
    CHECK(replies[ODY_REQUESTS_MAX - 1].done);
    self->full[0] = self->full[1] = true;
    CHECK_EQUAL(ody_requests_channels(self->requests, self->options.apps, ODY_VIEW(""), self->now,
                                      world_on_reply, &replies[0], &ticket, &error),
                ODY_EOVERLOADED);
    self->full[0] = self->full[1] = false;
    world_end(self);
}

TEST(requests_left_unanswered_are_freed)
{
    world *self = world_simple(2);
    world_reply reply;

    CHECK_EQUAL(publish_three(self, true, &reply), 0);
    CHECK_EQUAL(world_publish_begin(self, "news", "e", "1", NULL, &reply), 0);
    ody_requests_free(self->requests);
    self->requests = ody_requests_new(&self->options, 2, self->hubs[0]->transport, &self->ports[2]);
    world_end(self);
}

static world_reply users_of(world *self, ody_view channel)
{
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    CHECK_EQUAL(ody_requests_users(self->requests, self->options.apps, channel, self->now,
                                   world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.done);
    CHECK_EQUAL(reply.code, 0);
    return reply;
}

TEST(users_of_a_presence_channel_are_listed_once)
{
    world *self = world_simple(2);
    world_client *one = world_connect(self, 0);
    world_client *two = world_connect(self, 1);
    world_reply reply;
    uint64_t ticket;
    ody_error error;

    world_subscribe(one, "presence-a", "{\"user_id\":\"a\\\"b\",\"user_info\":{\"n\":[1]}}");
    world_settle(self);
    world_subscribe(two, "presence-a", "{\"user_id\":\"a\\\"b\"}");
    world_subscribe(two, "room", NULL);
    world_settle(self);
    reply = users_of(self, ODY_VIEW("presence-a"));
    CHECK(strcmp(reply.listing, "[{\"user_id\":\"a\\\"b\",\"user_info\":{\"n\":[1]}}]") == 0);
    world_subscribe(two, "presence-b", "{\"user_id\":7}");
    world_settle(self);
    reply = users_of(self, ODY_VIEW("presence-b"));
    CHECK(strcmp(reply.listing, "[{\"user_id\":\"7\",\"user_info\":{}}]") == 0);
    reply = users_of(self, ODY_VIEW("room"));
    CHECK(strcmp(reply.listing, "[]") == 0);
    reply = users_of(self, ODY_VIEW("presence-nobody"));
    CHECK(strcmp(reply.listing, "[]") == 0);
    CHECK_EQUAL(ody_requests_users(self->requests, self->options.apps, ODY_VIEW("no spaces"),
                                   self->now, world_on_reply, &reply, &ticket, &error),
                ODY_ECHANNEL_NAME);
    world_end(self);
}

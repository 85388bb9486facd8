/* SPDX-License-Identifier: MIT */
/* Publishing, presence, client events, cache channels, and malformed input. */
#include <stdlib.h>
#include "channel/channel.h"
#include "world.h"

#define EVENT(channel, data) "{\"event\":\"e\",\"data\":\"" data "\",\"channel\":\"" channel "\"}"
#define SUCCEEDED(channel)                                                                         \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\",\"channel\":\"" channel \
    "\"}"
#define ADDED(user)                                                                                \
    "{\"event\":\"pusher_internal:member_added\",\"data\":\"{\\\"user_id\\\":\\\"" user            \
    "\\\",\\\"user_info\\\":{\\\"n\\\":\\\"" user "\\\"}}\",\"channel\":\"presence-a\"}"
#define REMOVED(user)                                                                              \
    "{\"event\":\"pusher_internal:member_removed\",\"data\":\"{\\\"user_id\\\":\\\"" user          \
    "\\\"}\",\"channel\":\"presence-a\"}"

static void whisper(world_client *client, const char *channel, const char *data)
{
    world_send(client, "{\"event\":\"client-x\",\"channel\":\"%s\",\"data\":%s}", channel, data);
    world_settle(client->world);
}

TEST(publish_reaches_all_but_one)
{
    world *self = world_simple(4);
    world_client *clients[8];

    for (int i = 0; i < 8; i++) {
        clients[i] = world_connect(self, (unsigned)i % 4);
        world_subscribe(clients[i], "news", NULL);
    }
    world_settle(self);
    for (int i = 0; i < 8; i++) {
        world_forget(clients[i]);
    }
    CHECK_EQUAL(world_publish(self, "news", "e", "1", clients[3]->id), 7);
    CHECK_EQUAL(world_publish(self, "news", "e", "2", "77.1"), 8);
    for (int i = 0; i < 8; i++) {
        if (i != 3) {
            EXPECT(clients[i], EVENT("news", "1"));
        }
        EXPECT(clients[i], EVENT("news", "2"));
        EXPECT_NOTHING(clients[i]);
    }
    CHECK_EQUAL(WORLD_COUNT(self, messages_published), 2);
    world_end(self);
}

TEST(publish_data_passes_verbatim)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    char large[9000];

    world_subscribe(client, "news", NULL);
    world_settle(self);
    world_forget(client);
    CHECK_EQUAL(world_publish(self, "news", "a\"b", "{\"a\" : [1,\n\"\xc3\xa9\"]}", NULL), 1);
    EXPECT(client, "{\"event\":\"a\\\"b\",\"data\":\"{\\\"a\\\" : [1,\\n\\\"\xc3\xa9\\\"]}\","
                   "\"channel\":\"news\"}");
    /* Too large to be copied into a batch. */
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    CHECK_EQUAL(world_publish(self, "news", "e", large, NULL), 1);
    CHECK(client->first && client->first->length > 9000 && strstr(client->first->text, large));
    world_forget(client);
    world_end(self);
}

TEST(frames_of_a_turn_leave_as_one_piece)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    world_client *joins_later = world_connect(self, 0);
    world_reply replies[18];

    world_subscribe(client, "news", NULL);
    world_settle(self);
    world_forget(client);
    for (int i = 0; i < 16; i++) {
        CHECK_EQUAL(world_publish_begin(self, "news", "e", "1", NULL, &replies[i]), 0);
        CHECK(world_deliver_pair(self, 1, 0));
    }
    CHECK_EQUAL(client->connection.outbound.count, 1);
    world_subscribe(joins_later, "news", NULL);
    for (int i = 16; i < 18; i++) {
        CHECK_EQUAL(world_publish_begin(self, "news", "e", "2", NULL, &replies[i]), 0);
        CHECK(world_deliver_pair(self, 1, 0));
    }
    CHECK_EQUAL(client->connection.outbound.count, 1);
    CHECK_EQUAL(joins_later->connection.outbound.count, 2);
    world_settle(self);
    EXPECT(joins_later, SUCCEEDED("news"));
    EXPECT(joins_later, EVENT("news", "2"));
    EXPECT(joins_later, EVENT("news", "2"));
    EXPECT_NOTHING(joins_later);
    for (int i = 0; i < 18; i++) {
        EXPECT(client, i < 16 ? EVENT("news", "1") : EVENT("news", "2"));
    }
    world_end(self);
}

TEST(a_turn_is_full_after_a_quarter_of_a_mebibyte)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    world_reply replies[30];
    char data[10001];
    int count = 0;

    memset(data, 'x', 10000);
    data[10000] = '\0';
    world_subscribe(client, "news", NULL);
    world_settle(self);
    while (!ody_hub_turn_full(self->hubs[0])) {
        CHECK(count < 30);
        CHECK_EQUAL(world_publish_begin(self, "news", "e", data, NULL, &replies[count++]), 0);
        CHECK(world_deliver_pair(self, 1, 0));
    }
    CHECK_EQUAL(count, 27);
    world_settle(self);
    CHECK(!ody_hub_turn_full(self->hubs[0]));
    world_advance(self, 1);
    CHECK_EQUAL(atomic_load(&self->shared->counters[0].outbound_bytes), 0);
    world_end(self);
}

TEST(publish_without_subscribers)
{
    world *self = world_simple(2);

    CHECK_EQUAL(world_publish(self, "news", "e", "1", NULL), ODY_ECHANNEL_NOT_FOUND);
    CHECK_EQUAL(world_publish(self, "presence-a", "e", "1", NULL), ODY_ECHANNEL_NOT_FOUND);
    CHECK_EQUAL(world_publish(self, "cache-a", "e", "1", NULL), 0);
    CHECK_EQUAL(world_publish(self, "#server-to-user-7", "e", "1", NULL), 0);
    CHECK_EQUAL(WORLD_COUNT(self, channels), 0);
    world_end(self);
}

TEST(publish_is_refused_before_it_is_numbered_when_a_shard_is_full)
{
    world *self = world_simple(4);
    world_client *clients[4];
    unsigned home = ody_mail_home(0, ODY_VIEW("news"), 4);
    unsigned away = (home + 1) % 4;
    const ody_channel *channel;

    for (unsigned i = 0; i < 4; i++) {
        clients[i] = world_connect(self, i);
        if (i != away) {
            world_subscribe(clients[i], "news", NULL);
        }
    }
    world_settle(self);
    channel = ody_map_get(&world_hub_app(self, home)->channels, ODY_VIEW("news"));
    self->full[away] = true;
    CHECK_EQUAL(world_publish(self, "news", "e", "1", NULL), 3);
    CHECK_EQUAL(channel->serial, 1);
    self->full[(home + 2) % 4] = true;
    CHECK_EQUAL(world_publish(self, "news", "e", "2", NULL), ODY_EOVERLOADED);
    CHECK_EQUAL(channel->serial, 1);
    CHECK_EQUAL(WORLD_COUNT(self, dropped_mailbox), 1);
    self->full[(home + 2) % 4] = false;
    CHECK_EQUAL(world_publish(self, "news", "e", "3", NULL), 3);
    for (unsigned i = 0; i < 4; i++) {
        if (i != away) {
            EXPECT(clients[i], SUCCEEDED("news"));
            EXPECT(clients[i], EVENT("news", "1"));
            EXPECT(clients[i], EVENT("news", "3"));
        }
        EXPECT_NOTHING(clients[i]);
    }
    /* The home itself takes no more: refused before it is asked. */
    self->full[home] = true;
    CHECK_EQUAL(world_publish(self, "news", "e", "4", NULL), ODY_EOVERLOADED);
    self->full[home] = self->full[away] = false;
    world_end(self);
}

TEST(presence_tells_the_others_once_per_user)
{
    world *self = world_simple(4);
    world_client *ann1 = world_connect(self, 0);
    world_client *ann2 = world_connect(self, 1);
    world_client *bob = world_connect(self, 2);

    world_subscribe_user(bob, "presence-a", "bob");
    world_settle(self);
    world_forget(bob);
    world_subscribe_user(ann1, "presence-a", "ann");
    world_settle(self);
    EXPECT(bob, ADDED("ann"));
    world_forget(ann1);
    world_subscribe_user(ann2, "presence-a", "ann");
    world_settle(self);
    EXPECT_NOTHING(bob);
    EXPECT_NOTHING(ann1);
    world_forget(ann2);
    world_unsubscribe(ann1, "presence-a");
    world_settle(self);
    EXPECT_NOTHING(bob);
    EXPECT_NOTHING(ann2);
    world_close(ann2);
    world_settle(self);
    EXPECT(bob, REMOVED("ann"));
    EXPECT_NOTHING(bob);
    EXPECT_NOTHING(ann1);
    world_end(self);
}

TEST(presence_keeps_the_info_of_the_first_connection)
{
    world *self = world_simple(2);
    world_client *first = world_connect(self, 0);
    world_client *second = world_connect(self, 1);
    world_message *message;

    world_subscribe(first, "presence-a", "{\"user_id\":7,\"user_info\":\"one\"}");
    world_settle(self);
    world_subscribe(second, "presence-a", "{\"user_id\":\"7\",\"user_info\":\"two\"}");
    world_settle(self);
    message = world_take(second);
    CHECK(message && strstr(message->text, "\\\"count\\\":1,\\\"ids\\\":[\\\"7\\\"]"));
    CHECK(strstr(message->text, "one") && !strstr(message->text, "two"));
    free(message);
    world_end(self);
}

TEST(presence_is_limited_by_users)
{
    ody_options options;
    world_client *ann, *bob, *again;
    world *self;

    world_defaults(&options);
    world_app(&options)->limits.presence_members = 1;
    self = world_start(&options, 2, 1);
    ann = world_connect(self, 0);
    bob = world_connect(self, 1);
    again = world_connect(self, 1);
    world_subscribe_user(ann, "presence-a", "ann");
    world_settle(self);
    world_forget(ann);
    world_subscribe_user(bob, "presence-a", "bob");
    world_settle(self);
    EXPECT_ERROR(bob, 0, "Channel presence-a has its maximum of 1 members");
    EXPECT(bob, "{\"event\":\"pusher:subscription_error\",\"data\":\"{\\\"type\\\":"
                "\\\"LimitReached\\\",\\\"error\\\":\\\"Channel presence-a has its maximum of 1 "
                "members\\\",\\\"status\\\":403}\",\"channel\":\"presence-a\"}");
    world_unsubscribe(bob, "presence-a");
    world_settle(self);
    EXPECT_NOTHING(bob);
    EXPECT_NOTHING(ann);
    world_subscribe_user(again, "presence-a", "ann");
    world_settle(self);
    CHECK_EQUAL(world_publish(self, "presence-a", "e", "1", NULL), 2);
    world_close(ann);
    world_close(again);
    world_settle(self);
    world_subscribe_user(bob, "presence-a", "bob");
    world_settle(self);
    CHECK_EQUAL(world_publish(self, "presence-a", "e", "1", NULL), 1);
    world_end(self);
}

TEST(client_events_go_to_the_others)
{
    world *self = world_simple(2);
    world_client *sender = world_connect(self, 0);
    world_client *near = world_connect(self, 0);
    world_client *far = world_connect(self, 1);

    world_subscribe(sender, "room", NULL);
    world_subscribe(near, "room", NULL);
    world_subscribe(far, "room", NULL);
    world_settle(self);
    world_forget(sender);
    world_forget(near);
    world_forget(far);
    whisper(sender, "room", "{\"a\":1}");
    whisper(sender, "room", "\"text\"");
    EXPECT_NOTHING(sender);
    EXPECT(near, "{\"event\":\"client-x\",\"data\":\"{\\\"a\\\":1}\",\"channel\":\"room\"}");
    EXPECT(far, "{\"event\":\"client-x\",\"data\":\"{\\\"a\\\":1}\",\"channel\":\"room\"}");
    EXPECT(near, "{\"event\":\"client-x\",\"data\":\"text\",\"channel\":\"room\"}");
    EXPECT(far, "{\"event\":\"client-x\",\"data\":\"text\",\"channel\":\"room\"}");
    world_close(near);
    world_close(far);
    world_settle(self);
    whisper(sender, "room", "1");
    EXPECT_NOTHING(sender);
    world_end(self);
}

TEST(client_events_of_presence_say_the_user)
{
    world *self = world_simple(2);
    world_client *ann = world_connect(self, 0);
    world_client *bob = world_connect(self, 1);

    world_subscribe_user(ann, "presence-a", "ann");
    world_subscribe_user(bob, "presence-a", "bob");
    world_settle(self);
    world_forget(ann);
    world_forget(bob);
    world_send(ann, "{\"event\":\"client-x\",\"channel\":\"presence-a\",\"data\":\"1\","
                    "\"user_id\":\"forged\"}");
    world_settle(self);
    EXPECT(bob, "{\"event\":\"client-x\",\"data\":\"1\",\"channel\":\"presence-a\","
                "\"user_id\":\"ann\"}");
    world_end(self);
}

TEST(client_events_need_membership_and_policy)
{
    static const struct {
        ody_client_events policy;
        const char *channel;
        bool subscribe;
        const char *error; /* NULL: published */
    } cases[] = {
        {ODY_CLIENT_EVENTS_MEMBERS, "room", true, NULL},
        {ODY_CLIENT_EVENTS_MEMBERS, "room", false, "Client event rejected: not subscribed to room"},
        {ODY_CLIENT_EVENTS_MEMBERS, "private-encrypted-a", true, NULL},
        {ODY_CLIENT_EVENTS_MEMBERS, "#server-to-user-1", false,
         "Client event rejected: only supported on private and presence channels"},
        {ODY_CLIENT_EVENTS_MEMBERS, "a b", false, "Invalid channel name: a b"},
        {ODY_CLIENT_EVENTS_PRIVATE, "room", true,
         "Client event rejected: only supported on private and presence channels"},
        {ODY_CLIENT_EVENTS_PRIVATE, "private-a", true, NULL},
        {ODY_CLIENT_EVENTS_PRIVATE, "private-a", false,
         "Client event rejected: not subscribed to private-a"},
        {ODY_CLIENT_EVENTS_NONE, "private-a", true, "Client events are not enabled"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ody_options options;
        world_client *sender, *other;
        world *self;

        world_defaults(&options);
        world_app(&options)->client_events = cases[i].policy;
        self = world_start(&options, 2, 1);
        sender = world_connect(self, 0);
        other = world_connect(self, 1);
        if (cases[i].subscribe) {
            world_subscribe(sender, cases[i].channel, NULL);
        }
        if (cases[i].channel[0] != '#') {
            world_subscribe(other, cases[i].channel, NULL);
        }
        world_settle(self);
        world_forget(sender);
        world_forget(other);
        whisper(sender, cases[i].channel, "1");
        CHECK_EQUAL(WORLD_COUNT(self, refused_client_events), cases[i].error != NULL);
        if (cases[i].error) {
            EXPECT_ERROR(sender, 0, cases[i].error);
            EXPECT_NOTHING(other);
        } else {
            CHECK(other->first && strstr(other->first->text, "client-x"));
        }
        EXPECT_NOTHING(sender);
        world_end(self);
    }
}

TEST(client_events_before_the_success_are_refused)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, ody_mail_home(0, ODY_VIEW("room"), 2) == 0);

    world_subscribe(client, "room", NULL);
    world_send(client, "{\"event\":\"client-x\",\"channel\":\"room\",\"data\":1}");
    world_settle(self);
    EXPECT_ERROR(client, 0, "Client event rejected: not subscribed to room");
    EXPECT(client, SUCCEEDED("room"));
    world_end(self);
}

TEST(client_events_are_limited_in_rate)
{
    ody_options options;
    world_client *sender, *other;
    world *self;

    world_defaults(&options);
    world_app(&options)->limits.client_events_per_second = 3;
    self = world_start(&options, 1, 1);
    sender = world_connect(self, 0);
    other = world_connect(self, 0);
    world_subscribe(sender, "room", NULL);
    world_subscribe(other, "room", NULL);
    world_settle(self);
    world_forget(sender);
    world_forget(other);
    for (int i = 0; i < 5; i++) {
        whisper(sender, "room", "1");
    }
    for (int i = 0; i < 2; i++) {
        EXPECT_ERROR(sender, 4301, "Client event rejected: more than 3 client events in a second");
    }
    EXPECT_NOTHING(sender);
    CHECK_EQUAL(WORLD_COUNT(self, rate_limited_client_events), 2);
    CHECK_EQUAL(WORLD_COUNT(self, messages_published), 3);
    world_advance(self, 1000);
    whisper(sender, "room", "1");
    EXPECT_NOTHING(sender);
    CHECK_EQUAL(WORLD_COUNT(self, messages_published), 4);
    world_end(self);
}

TEST(client_events_into_a_full_mailbox_are_refused)
{
    world *self = world_simple(2);
    unsigned home = ody_mail_home(0, ODY_VIEW("room"), 2);
    world_client *at_home = world_connect(self, home);
    world_client *away = world_connect(self, 1 - home);

    world_subscribe(at_home, "room", NULL);
    world_subscribe(away, "room", NULL);
    world_settle(self);
    world_forget(at_home);
    world_forget(away);
    self->full[home] = true;
    whisper(away, "room", "1");
    EXPECT_ERROR(away, 0, "Client event rejected: the server is overloaded");
    self->full[home] = false;
    self->full[1 - home] = true;
    whisper(at_home, "room", "1");
    EXPECT_ERROR(at_home, 0, "Client event rejected: the server is overloaded");
    EXPECT_NOTHING(away);
    CHECK_EQUAL(WORLD_COUNT(self, dropped_mailbox), 2);
    CHECK_EQUAL(WORLD_COUNT(self, messages_published), 0);
    self->full[1 - home] = false;
    world_end(self);
}

TEST(cache_channels_keep_the_last_event)
{
    world *self = world_simple(2);
    world_client *first = world_connect(self, 0);
    world_client *second = world_connect(self, 1);
    world_client *third = world_connect(self, 0);

    world_subscribe(first, "cache-a", NULL);
    world_settle(self);
    EXPECT(first, SUCCEEDED("cache-a"));
    EXPECT(first, "{\"event\":\"pusher:cache_miss\",\"data\":\"{}\",\"channel\":\"cache-a\"}");
    CHECK_EQUAL(world_publish(self, "cache-a", "e", "1", NULL), 1);
    CHECK_EQUAL(world_publish(self, "cache-a", "e", "2", NULL), 1);
    whisper(first, "cache-a", "3");
    world_subscribe(second, "cache-a", NULL);
    world_settle(self);
    EXPECT(second, SUCCEEDED("cache-a"));
    EXPECT(second, EVENT("cache-a", "2"));
    EXPECT_NOTHING(second);
    /* It outlives its subscribers, but not its time. */
    world_close(first);
    world_close(second);
    world_settle(self);
    world_subscribe(third, "cache-a", NULL);
    world_settle(self);
    EXPECT(third, SUCCEEDED("cache-a"));
    EXPECT(third, EVENT("cache-a", "2"));
    world_unsubscribe(third, "cache-a");
    world_settle(self);
    for (int i = 0; i < 31; i++) {
        world_advance(self, 60000);
        ody_hub_activity(self->hubs[0], &third->connection, self->now);
    }
    for (unsigned shard = 0; shard < 2; shard++) {
        CHECK_EQUAL(world_hub_app(self, shard)->channels.count, 0);
        CHECK(ody_list_empty(&world_hub_app(self, shard)->cached));
    }
    world_flush(self, 0);
    world_forget(third);
    world_subscribe(third, "cache-a", NULL);
    world_settle(self);
    EXPECT(third, SUCCEEDED("cache-a"));
    EXPECT(third, "{\"event\":\"pusher:cache_miss\",\"data\":\"{}\",\"channel\":\"cache-a\"}");
    world_end(self);
}

TEST(cached_events_expire_in_their_order)
{
    world *self = world_simple(1);

    CHECK_EQUAL(world_publish(self, "cache-a", "e", "1", NULL), 0);
    world_advance(self, 600000);
    CHECK_EQUAL(world_publish(self, "cache-b", "e", "1", NULL), 0);
    CHECK_EQUAL(world_publish(self, "private-cache-c", "e", "1", NULL), 0);
    world_advance(self, 600000);
    CHECK_EQUAL(world_publish(self, "cache-a", "e", "2", NULL), 0);
    world_advance(self, 700000);
    CHECK_EQUAL(world_hub_app(self, 0)->channels.count, 3);
    world_advance(self, 600000);
    CHECK_EQUAL(world_hub_app(self, 0)->channels.count, 1);
    world_advance(self, 600000);
    CHECK_EQUAL(world_hub_app(self, 0)->channels.count, 0);
    world_end(self);
}

TEST(malformed_messages_cost_one_error_each)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "1",
        "null",
        "{}",
        "{\"event\":1}",
        "{\"event\":\"pusher:subscribe\"}",
        "{\"event\":\"pusher:subscribe\",\"data\":1}",
        "{\"event\":\"pusher:subscribe\",\"data\":{}}",
        "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":7}}",
        "{\"event\":\"client-x\",\"data\":1}",
        "{\"event\":\"client-x\",\"channel\":\"a\"}",
        "{\"event\":\"a\",\"event\":\"b\"}",
        "\xff\xfe",
        "{\"event\":\"\xff\"}",
    };
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    size_t count = sizeof(bad) / sizeof(bad[0]);

    for (size_t i = 0; i < count; i++) {
        world_message *message;

        world_send(client, "%s", bad[i]);
        world_settle(self);
        message = world_take(client);
        if (!message || !strstr(message->text, "\"pusher:error\",\"data\":{\"code\":null,")) {
            FAIL("no error for %s", bad[i]);
        }
        free(message);
        EXPECT_NOTHING(client);
        CHECK(client->open && client->connection.close_code == 0);
    }
    CHECK_EQUAL(WORLD_COUNT(self, client_errors), count);
    world_send(client, "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"a:b\",\"user_data\":"
                       "\"{}\"}}");
    world_send(client, "{\"event\":\"pusher:whatever\",\"data\":{}}");
    world_settle(self);
    EXPECT_ERROR(client, 0, "Invalid key in sign-in auth data: 'a'");
    EXPECT_ERROR(client, 0, "Unknown event: pusher:whatever");
    world_end(self);
}

TEST(a_cut_sentence_stays_valid_text)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    char event[700] = "";

    /* The sentence is cut in the middle of a character. */
    for (int i = 0; i < 60; i++) {
        strcat(event, "\xe2\x82\xac");
    }
    for (int shift = 0; shift < 3; shift++) {
        world_send(client, "{\"event\":\"%.*s%s\"}", shift, "abc", event);
    }
    world_settle(self);
    for (int i = 0; i < 3; i++) {
        world_message *message = world_take(client);

        CHECK(message && strstr(message->text, "Unknown event: "));
        free(message);
    }
    CHECK(client->open);
    world_end(self);
}

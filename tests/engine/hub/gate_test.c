/* SPDX-License-Identifier: MIT */
/* Connections that wait for the application. */
#include "workers.h"

#include <stdlib.h>
#include "base/memory.h"

#define GREETING "{\"event\":\"pusher:connection_established\""
#define SUCCEEDED(channel)                                                                         \
    "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\",\"channel\":\"" channel \
    "\"}"

static const ody_worker_interest handshakes = {.handshakes = true};
static const ody_worker_interest messages = {.messages = true};

static bool greeted(world_client *client)
{
    world_message *message = world_take(client);
    bool yes = message && strncmp(message->text, GREETING, strlen(GREETING)) == 0;

    free(message);
    return yes;
}

static world_client *arrive(world *self)
{
    ody_handshake handshake = world_handshake();
    world_client *client;

    handshake.head = ODY_VIEW("GET /app/key HTTP/1.1\r\nOrigin: http://example.com\r\n\r\n");
    client = world_open(self, 0, &handshake);
    world_settle(self);
    return client;
}

TEST(a_connection_waits_until_a_worker_says_what_is_wanted)
{
    world *self = workers_world(2);
    world_client *client = arrive(self);
    test_worker worker = {0};

    EXPECT_NOTHING(client);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\"}}");
    world_settle(self);
    EXPECT_NOTHING(client);
    workers_handle(self, &worker, NULL, NULL);
    CHECK(greeted(client));
    EXPECT(client, SUCCEEDED("a"));
    EXPECT_NO_CALL(&worker);
    CHECK(greeted(arrive(self)));
    workers_remove(&worker);
    world_end(self);
}

TEST(a_handshake_is_shown_and_passed)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &handshakes);
    client = arrive(self);
    EXPECT_CALL(&worker, ODY_CALL_HANDSHAKE);
    CHECK(strcmp(worker.socket_id, client->id) == 0);
    CHECK(strcmp(worker.address, "192.0.2.1") == 0);
    CHECK(strstr(worker.head, "Origin: http://example.com"));
    CHECK(worker.user_id[0] == '\0');
    EXPECT_NOTHING(client);
    workers_say(&worker, ODY_VERDICT_PASS);
    CHECK(greeted(client));
    workers_remove(&worker);
    world_end(self);
}

TEST(a_handshake_is_refused_with_a_sentence_and_a_code)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &handshakes);
    client = arrive(self);
    workers_answer(&worker, ODY_VERDICT_REFUSED, "Members only", 4031, NULL);
    EXPECT_ERROR(client, 4031, "Members only");
    CHECK_EQUAL(client->code, 4031);
    client = arrive(self);
    workers_say(&worker, ODY_VERDICT_REFUSED);
    EXPECT_ERROR(client, 4009, "Refused by the application");
    CHECK_EQUAL(client->code, 4009);
    client = arrive(self);
    workers_say(&worker, ODY_VERDICT_FAILED);
    EXPECT_ERROR(client, 4100, "The application could not handle this");
    CHECK_EQUAL(client->code, 4100);
    CHECK_EQUAL(WORLD_COUNT(self, refused_by_application), 2);
    CHECK_EQUAL(WORLD_COUNT(self, failed_calls), 1);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_message_is_passed_changed_answered_or_refused)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &messages);
    client = world_connect(self, 0);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\"}}");
    EXPECT_CALL(&worker, ODY_CALL_MESSAGE);
    CHECK(strcmp(worker.data, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\"}}") ==
          0);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT(client, SUCCEEDED("a"));
    world_subscribe(client, "b", NULL);
    world_settle(self);
    workers_answer(&worker, ODY_VERDICT_PASS, NULL, 0,
                   "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"c\"}}");
    EXPECT(client, SUCCEEDED("c"));
    world_subscribe(client, "d", NULL);
    world_settle(self);
    workers_say(&worker, ODY_VERDICT_HANDLED);
    EXPECT_NOTHING(client);
    world_subscribe(client, "e", NULL);
    world_settle(self);
    workers_answer(&worker, ODY_VERDICT_REFUSED, "Slow down", 429, NULL);
    EXPECT_ERROR(client, 429, "Slow down");
    world_send(client, "{\"event\":\"pusher:ping\",\"data\":{}}");
    EXPECT_NO_CALL(&worker);
    world_forget(client);
    world_subscribe(client, "f", NULL);
    world_settle(self);
    workers_answer(&worker, ODY_VERDICT_PASS, NULL, 0, "nonsense");
    CHECK(client->first != NULL);
    CHECK_EQUAL(ody_hub_connection_count(self->hubs[0]), 1);
    workers_remove(&worker);
    world_end(self);
}

TEST(what_a_client_says_meanwhile_waits_its_turn_and_others_do_not_wait)
{
    world *self = workers_world(1);
    test_worker workers[2] = {0};
    world_client *slow;
    world_client *quick;

    workers_add(self, &workers[0], &messages);
    workers_add(self, &workers[1], &messages);
    slow = world_connect(self, 0);
    quick = world_connect(self, 0);
    world_subscribe(slow, "first", NULL);
    world_subscribe(slow, "second", NULL);
    world_unsubscribe(slow, "first");
    world_settle(self);
    CHECK(workers[0].asked && !workers[1].asked);
    world_subscribe(quick, "other", NULL);
    world_settle(self);
    CHECK(strstr(workers[1].data, "other"));
    workers_say(&workers[1], ODY_VERDICT_PASS);
    EXPECT(quick, SUCCEEDED("other"));
    EXPECT_NOTHING(slow);
    workers_say(&workers[0], ODY_VERDICT_PASS);
    EXPECT(slow, SUCCEEDED("first"));
    CHECK(workers[0].asked || workers[1].asked);
    workers_say(workers[0].asked ? &workers[0] : &workers[1], ODY_VERDICT_PASS);
    EXPECT(slow, SUCCEEDED("second"));
    workers_say(workers[0].asked ? &workers[0] : &workers[1], ODY_VERDICT_PASS);
    CHECK(!slow->connection.gate);
    CHECK_EQUAL(slow->connection.subscription_count, 1);
    workers_remove(&workers[0]);
    workers_remove(&workers[1]);
    world_end(self);
}

TEST(a_client_that_goes_on_talking_is_read_no_further)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    char padding[8001] = {0};
    world_client *client;

    workers_add(self, &worker, &messages);
    client = world_connect(self, 0);
    memset(padding, 'x', sizeof(padding) - 1);
    for (int count = 0; count < 10; count++) {
        world_send(client, "{\"event\":\"client-x\",\"channel\":\"a\",\"data\":\"%s\"}", padding);
    }
    CHECK_EQUAL(self->paused, 1);
    world_settle(self);
    for (int count = 0; count < 10; count++) {
        CHECK(worker.asked);
        workers_say(&worker, ODY_VERDICT_HANDLED);
    }
    CHECK_EQUAL(self->paused, 0);
    CHECK(!client->connection.gate);
    EXPECT_NOTHING(client);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_handler_decides_who_may_join)
{
    world *self = workers_world(2);
    test_worker worker = {0};
    world_client *client;

    workers_handle(self, &worker, "custom", NULL);
    client = world_connect(self, 1);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"custom-a\","
                       "\"token\":\"t\"}}");
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    CHECK(strcmp(worker.channel, "custom-a") == 0);
    CHECK(strcmp(worker.data, "{\"channel\":\"custom-a\",\"token\":\"t\"}") == 0);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT(client, SUCCEEDED("custom-a"));
    world_subscribe(client, "custom-b", NULL);
    world_settle(self);
    workers_answer(&worker, ODY_VERDICT_REFUSED, "Not you", 0, NULL);
    EXPECT_ERROR(client, 0, "Not you");
    EXPECT(client,
           "{\"event\":\"pusher:subscription_error\",\"data\":\"{\\\"type\\\":\\\"AuthError\\\","
           "\\\"error\\\":\\\"Not you\\\",\\\"status\\\":403}\",\"channel\":\"custom-b\"}");
    world_subscribe(client, "customers", NULL);
    EXPECT_NO_CALL(&worker);
    EXPECT(client, SUCCEEDED("customers"));
    CHECK_EQUAL(world_publish(self, "custom-a", "e", "{}", NULL), 1);
    CHECK_EQUAL(world_publish(self, "custom-b", "e", "{}", NULL), ODY_ECHANNEL_NOT_FOUND);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_handler_of_a_private_channel_replaces_the_signature)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_handle(self, &worker, "private", "presence");
    client = world_connect(self, 0);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\","
                       "\"auth\":\"no signature\"}}");
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT(client, SUCCEEDED("private-a"));
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\"}}");
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    workers_answer(&worker, ODY_VERDICT_PASS, NULL, 0, "{\"user_id\":\"7\"}");
    EXPECT(client,
           "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{\\\"presence\\\":"
           "{\\\"count\\\":1,\\\"ids\\\":[\\\"7\\\"],\\\"hash\\\":{\\\"7\\\":{}}}}\","
           "\"channel\":\"presence-a\"}");
    workers_remove(&worker);
    world_end(self);
}

TEST(a_presence_channel_needs_a_member_whoever_admits_it)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_handle(self, &worker, "presence", NULL);
    client = world_connect(self, 0);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\"}}");
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT_ERROR(client, 0, "channel_data is required to subscribe to presence-a");
    EXPECT_CALL(&worker, ODY_CALL_UNSUBSCRIBED);
    workers_say(&worker, ODY_VERDICT_HANDLED);
    workers_remove(&worker);
    world_end(self);
}

static void join_custom(world_client *client, test_worker *worker)
{
    world_subscribe(client, "custom-a", NULL);
    EXPECT_CALL(worker, ODY_CALL_SUBSCRIBE);
    workers_say(worker, ODY_VERDICT_PASS);
    world_forget(client);
}

TEST(a_handler_decides_about_client_events)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *sender;
    world_client *other;

    workers_handle(self, &worker, "custom", NULL);
    sender = world_connect(self, 0);
    other = world_connect(self, 0);
    join_custom(sender, &worker);
    join_custom(other, &worker);
    world_send(sender, "{\"event\":\"client-x\",\"channel\":\"custom-a\",\"data\":{\"n\":1}}");
    EXPECT_CALL(&worker, ODY_CALL_CLIENT_EVENT);
    CHECK(strcmp(worker.event, "client-x") == 0 && strcmp(worker.data, "{\"n\":1}") == 0);
    EXPECT_NOTHING(other);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT(other, "{\"event\":\"client-x\",\"data\":\"{\\\"n\\\":1}\",\"channel\":\"custom-a\"}");
    world_send(sender, "{\"event\":\"client-x\",\"channel\":\"custom-a\",\"data\":{\"n\":1}}");
    world_settle(self);
    workers_answer(&worker, ODY_VERDICT_PASS, NULL, 0, "{\"n\":2}");
    EXPECT(other, "{\"event\":\"client-x\",\"data\":\"{\\\"n\\\":2}\",\"channel\":\"custom-a\"}");
    world_send(sender, "{\"event\":\"client-x\",\"channel\":\"custom-a\",\"data\":{\"n\":3}}");
    world_settle(self);
    workers_answer(&worker, ODY_VERDICT_REFUSED, "Read only", 0, NULL);
    EXPECT_ERROR(sender, 0, "Read only");
    EXPECT_NOTHING(other);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_handler_hears_of_every_way_out)
{
    world *self = workers_world(2);
    test_worker worker = {0};
    world_client *client;

    workers_handle(self, &worker, "custom", NULL);
    client = world_connect(self, 0);
    join_custom(client, &worker);
    world_unsubscribe(client, "custom-a");
    EXPECT_CALL(&worker, ODY_CALL_UNSUBSCRIBED);
    CHECK(strcmp(worker.channel, "custom-a") == 0 && strcmp(worker.socket_id, client->id) == 0);
    workers_say(&worker, ODY_VERDICT_HANDLED);
    join_custom(client, &worker);
    world_close(client);
    EXPECT_CALL(&worker, ODY_CALL_UNSUBSCRIBED);
    workers_say(&worker, ODY_VERDICT_HANDLED);
    EXPECT_NO_CALL(&worker);
    client = world_connect(self, 0);
    world_subscribe(client, "custom-a", NULL);
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    world_close(client);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT_CALL(&worker, ODY_CALL_UNSUBSCRIBED);
    workers_say(&worker, ODY_VERDICT_HANDLED);
    workers_remove(&worker);
    world_end(self);
}

TEST(listeners_hear_what_happens)
{
    const ody_worker_interest all = {.notices = UINT32_MAX};
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &all);
    client = world_connect(self, 0);
    EXPECT_CALL(&worker, ODY_CALL_OPENED);
    CHECK(strcmp(worker.address, "192.0.2.1") == 0);
    workers_say(&worker, ODY_VERDICT_PASS);
    world_subscribe_user(client, "presence-a", "7");
    EXPECT_CALL(&worker, ODY_CALL_OCCUPIED);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT_CALL(&worker, ODY_CALL_MEMBER_ADDED);
    CHECK(strcmp(worker.user_id, "7") == 0 && strcmp(worker.data, "{\"n\":\"7\"}") == 0);
    workers_say(&worker, ODY_VERDICT_PASS);
    world_send(client, "{\"event\":\"client-x\",\"channel\":\"presence-a\",\"data\":{}}");
    EXPECT_CALL(&worker, ODY_CALL_EVENT_PUBLISHED);
    CHECK(strcmp(worker.user_id, "7") == 0 && strcmp(worker.event, "client-x") == 0);
    workers_say(&worker, ODY_VERDICT_PASS);
    world_close(client);
    world_settle(self);
    /* The client's lane and the channel's do not wait for each other. */
    CHECK(worker.kind == ODY_CALL_CLOSED);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT_CALL(&worker, ODY_CALL_MEMBER_REMOVED);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT_CALL(&worker, ODY_CALL_VACATED);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT_NO_CALL(&worker);
    workers_remove(&worker);
    world_end(self);
}

TEST(without_room_to_ask_the_client_is_told)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &messages);
    client = world_connect(self, 0);
    self->full[1] = true;
    world_subscribe(client, "a", NULL);
    world_settle(self);
    EXPECT_ERROR(client, 0, "Message rejected: the server is overloaded");
    CHECK_EQUAL(WORLD_COUNT(self, refused_calls), 1);
    self->full[1] = false;
    workers_remove(&worker);
    world_end(self);
}

TEST(a_waiting_client_is_not_taken_for_a_silent_one)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    self->options.php_worker_timeout = 3600000;
    workers_add(self, &worker, &messages);
    client = world_connect(self, 0);
    world_subscribe(client, "a", NULL);
    world_settle(self);
    for (int minute = 0; minute < 10; minute++) {
        world_advance(self, 60000);
        world_settle(self);
    }
    CHECK_EQUAL(client->code, 0);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT(client, SUCCEEDED("a"));
    workers_remove(&worker);
    world_end(self);
}

TEST(the_server_subscribes_and_unsubscribes_clients)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 1);
    world_reply reply = {0};
    uint64_t ticket;
    ody_error error;

    CHECK_EQUAL(ody_requests_subscribe(self->requests, self->options.apps, ody_view_of(client->id),
                                       ODY_VIEW("private-a"), ODY_VIEW_NONE, self->now,
                                       world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.done && reply.code == 0 && reply.answer);
    EXPECT(client, SUCCEEDED("private-a"));
    CHECK_EQUAL(world_publish(self, "private-a", "e", "{}", NULL), 1);
    world_forget(client);
    reply = (world_reply){0};
    CHECK_EQUAL(ody_requests_subscribe(self->requests, self->options.apps, ody_view_of(client->id),
                                       ODY_VIEW("presence-a"), ODY_VIEW_NONE, self->now,
                                       world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK_EQUAL(reply.code, ODY_EINVALID);
    reply = (world_reply){0};
    CHECK_EQUAL(ody_requests_unsubscribe(self->requests, self->options.apps,
                                         ody_view_of(client->id), ODY_VIEW("private-a"), self->now,
                                         world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.answer);
    CHECK_EQUAL(world_publish(self, "private-a", "e", "{}", NULL), ODY_ECHANNEL_NOT_FOUND);
    reply = (world_reply){0};
    CHECK_EQUAL(ody_requests_subscribe(self->requests, self->options.apps, ODY_VIEW("1.1"),
                                       ODY_VIEW("a"), ODY_VIEW_NONE, self->now, world_on_reply,
                                       &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.code == 0 && !reply.answer);
    world_end(self);
}

/* Whatever allocation fails: the client is answered or closed, and waits for nothing for ever. */
TEST(asking_with_failing_allocations)
{
    bool perfect = false;

    for (long at = 1; !perfect; at++) {
        const ody_view types[] = {ODY_VIEW("custom")};
        const ody_worker_interest all = {.handshakes = true,
                                         .messages = true,
                                         .notices = UINT32_MAX,
                                         .handlers = types,
                                         .handler_count = 1};
        world *self = workers_world(2);
        test_worker worker = {0};
        world_client *client;
        bool answered;

        workers_add(self, &worker, &all);
        ody_memory_fail_at(at);
        client = arrive(self);
        world_subscribe(client, "custom-a", NULL);
        for (int round = 0; round < 12; round++) {
            world_settle(self);
            if (worker.asked) {
                workers_say(&worker, ODY_VERDICT_PASS);
            }
        }
        ody_memory_fail_at(0);
        for (int round = 0; round < 12; round++) {
            world_settle(self);
            if (worker.asked) {
                workers_say(&worker, ODY_VERDICT_PASS);
            }
        }
        CHECK(!client->open || !client->connection.gate);
        perfect = client->open && client->first && client->first->next &&
                  strcmp(client->first->next->text, SUCCEEDED("custom-a")) == 0;
        answered = client->first != NULL || !client->open;
        CHECK(answered);
        CHECK(at < 200);
        workers_remove(&worker);
        world_end(self);
    }
}

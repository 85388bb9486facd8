/* SPDX-License-Identifier: MIT */
/* What becomes of connections that wait for the application when something else happens. */
#include "hub/gate.h"
#include "workers.h"

/* The home of custom-a among two shards. */
#define HOME ody_mail_home(0, ODY_VIEW("custom-a"), 2)

static const ody_worker_interest handshakes = {.handshakes = true};
static const ody_worker_interest messages = {.messages = true};

static void join_custom(world_client *client, test_worker *worker)
{
    world_subscribe(client, "custom-a", NULL);
    EXPECT_CALL(worker, ODY_CALL_SUBSCRIBE);
    workers_say(worker, ODY_VERDICT_PASS);
    world_forget(client);
}

TEST(empty_messages_that_wait_are_bounded_too)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &messages);
    client = world_connect(self, 0);
    world_subscribe(client, "a", NULL);
    for (int count = 0; count < 5000; count++) {
        world_send(client, "%s", "");
    }
    CHECK_EQUAL(self->paused, 1);
    EXPECT_CALL(&worker, ODY_CALL_MESSAGE);
    workers_say(&worker, ODY_VERDICT_HANDLED);
    CHECK_EQUAL(self->paused, 0);
    CHECK(!client->connection.gate);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_client_that_found_no_room_to_be_asked_about_is_still_probed)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &messages);
    client = world_connect(self, 0);
    self->full[1] = true;
    world_subscribe(client, "a", NULL);
    self->full[1] = false;
    for (int round = 0; round < 4; round++) {
        world_advance(self, self->options.activity_timeout + self->options.pong_timeout);
        world_settle(self);
    }
    CHECK_EQUAL(client->code, ODY_CLOSE_PONG);
    workers_remove(&worker);
    world_end(self);
}

/* Its own close frame must be read, or it is waited for in vain. */
TEST(a_client_that_is_closed_is_read_again_and_holds_nothing)
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
    ody_hub_close(self->hubs[0], &client->connection, ODY_CLOSE_DRAIN, "Draining");
    CHECK_EQUAL(self->paused, 0);
    CHECK_EQUAL(client->connection.gate->held_bytes, 0);
    world_settle(self);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT_NO_CALL(&worker);
    workers_remove(&worker);
    world_end(self);
}

/* The client is on its way out of custom-a, and the server puts it in again. */
static void join_again_while_leaving(world *self, world_client *client, test_worker *worker)
{
    static world_reply reply;
    uint64_t ticket;
    ody_error error;

    join_custom(client, worker);
    world_unsubscribe(client, "custom-a");
    CHECK_EQUAL(ody_requests_subscribe(self->requests, self->options.apps, ody_view_of(client->id),
                                       ODY_VIEW("custom-a"), ODY_VIEW_NONE, self->now,
                                       world_on_reply, &reply, &ticket, &error),
                0);
    CHECK(world_deliver_pair(self, 2, client->shard));
}

static void expect_unsubscribed_twice(test_worker *worker)
{
    for (int count = 0; count < 2; count++) {
        EXPECT_CALL(worker, ODY_CALL_UNSUBSCRIBED);
        workers_say(worker, ODY_VERDICT_HANDLED);
    }
    EXPECT_NO_CALL(worker);
}

TEST(a_handler_hears_of_who_leaves_for_good_while_it_comes_again)
{
    world *self = workers_world(2);
    test_worker worker = {0};
    world_client *client;

    workers_handle(self, &worker, "custom", NULL);
    client = world_connect(self, 1 - HOME);
    join_again_while_leaving(self, client, &worker);
    world_close(client);
    expect_unsubscribed_twice(&worker);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_handler_hears_of_who_finds_no_room_to_come_again)
{
    world *self = workers_world(2);
    test_worker worker = {0};
    world_client *client;

    workers_handle(self, &worker, "custom", NULL);
    client = world_connect(self, 1 - HOME);
    join_again_while_leaving(self, client, &worker);
    self->full[HOME] = true;
    world_settle(self);
    self->full[HOME] = false;
    expect_unsubscribed_twice(&worker);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_member_whose_second_join_is_unusable_stays_in)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_handle(self, &worker, "presence", NULL);
    client = world_connect(self, 0);
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\"}}");
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    workers_answer(&worker, ODY_VERDICT_PASS, NULL, 0, "{\"user_id\":\"7\"}");
    world_send(client, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\"}}");
    EXPECT_CALL(&worker, ODY_CALL_SUBSCRIBE);
    workers_say(&worker, ODY_VERDICT_PASS);
    EXPECT_NO_CALL(&worker);
    CHECK_EQUAL(world_publish(self, "presence-a", "e", "{}", NULL), 1);
    world_unsubscribe(client, "presence-a");
    EXPECT_CALL(&worker, ODY_CALL_UNSUBSCRIBED);
    workers_say(&worker, ODY_VERDICT_HANDLED);
    workers_remove(&worker);
    world_end(self);
}

TEST(nothing_is_whispered_to_who_is_not_let_in_yet)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    const ody_handshake handshake = world_handshake();
    world_reply reply = {0};
    world_client *client;
    uint64_t ticket;
    ody_error error;

    workers_add(self, &worker, &handshakes);
    client = world_open(self, 0, &handshake);
    EXPECT_CALL(&worker, ODY_CALL_HANDSHAKE);
    CHECK_EQUAL(ody_requests_whisper(self->requests, self->options.apps,
                                     ody_view_of(worker.socket_id), ODY_VIEW("e"), ODY_VIEW("{}"),
                                     ODY_VIEW_NONE, self->now, world_on_reply, &reply, &ticket,
                                     &error),
                0);
    world_settle(self);
    CHECK(reply.done && reply.code == 0 && !reply.answer);
    EXPECT_NOTHING(client);
    workers_say(&worker, ODY_VERDICT_PASS);
    CHECK(client->first != NULL);
    workers_remove(&worker);
    world_end(self);
}

/* SPDX-License-Identifier: MIT */
/* The queue to PHP workers: lanes, bounds, times, and workers that end. */
#include "workers.h"

#include <stdlib.h>

static const ody_worker_interest messages = {.messages = true};

static void speak(world_client *client, int number)
{
    world_send(client, "{\"event\":\"client-%d\",\"channel\":\"a\",\"data\":\"\"}", number);
}

TEST(a_full_queue_refuses)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *clients[4];

    self->options.php_worker_queue = 2;
    workers_add(self, &worker, &messages);
    for (int index = 0; index < 4; index++) {
        clients[index] = world_connect(self, 0);
        speak(clients[index], index);
    }
    world_settle(self);
    EXPECT_ERROR(clients[3], 0, "The application could not handle this");
    EXPECT_NOTHING(clients[2]);
    CHECK_EQUAL(ody_calls_look(self->calls).refused, 1);
    CHECK_EQUAL(ody_calls_look(self->calls).queued, 2);
    CHECK_EQUAL(ody_calls_look(self->calls).queue_limit, 2);
    for (int index = 0; index < 3; index++) {
        workers_say(&worker, ODY_VERDICT_HANDLED);
    }
    CHECK_EQUAL(ody_calls_look(self->calls).queued, 0);
    CHECK_EQUAL(ody_calls_look(self->calls).handled, 3);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_full_queue_drops_notices_and_counts_them)
{
    const ody_worker_interest opened = {.notices = ODY_NOTICE_BIT(ODY_CALL_OPENED)};
    world *self = workers_world(1);
    test_worker worker = {0};

    self->options.php_worker_queue = 2;
    workers_add(self, &worker, &opened);
    for (int index = 0; index < 5; index++) {
        world_connect(self, 0);
    }
    world_settle(self);
    CHECK_EQUAL(ody_calls_look(self->calls).dropped, 2);
    CHECK_EQUAL(ody_calls_look(self->calls).refused, 0);
    workers_remove(&worker);
    world_end(self);
}

TEST(a_worker_that_takes_too_long_is_killed_and_the_client_told)
{
    world *self = workers_world(1);
    test_worker slow = {0};
    test_worker next = {0};
    world_client *client;

    workers_add(self, &slow, &messages);
    client = world_connect(self, 0);
    speak(client, 1);
    EXPECT_CALL(&slow, ODY_CALL_MESSAGE);
    world_advance(self, 4999);
    world_settle(self);
    CHECK(!slow.killed);
    world_advance(self, 1);
    world_settle(self);
    CHECK(slow.killed);
    EXPECT_ERROR(client, 0, "The application could not handle this");
    CHECK_EQUAL(ody_calls_look(self->calls).workers, 0);
    CHECK_EQUAL(ody_calls_look(self->calls).timed_out, 1);
    CHECK_EQUAL(ody_calls_look(self->calls).lost, 1);
    workers_remove(&slow);
    workers_add(self, &next, &messages);
    speak(client, 2);
    EXPECT_CALL(&next, ODY_CALL_MESSAGE);
    workers_say(&next, ODY_VERDICT_HANDLED);
    workers_remove(&next);
    world_end(self);
}

TEST(a_worker_that_ends_fails_its_call_only)
{
    world *self = workers_world(1);
    test_worker workers[2] = {0};
    world_client *clients[2];

    for (int index = 0; index < 2; index++) {
        workers_add(self, &workers[index], &messages);
        clients[index] = world_connect(self, 0);
        speak(clients[index], index);
        world_settle(self);
    }
    CHECK(workers[0].asked && workers[1].asked);
    workers_remove(&workers[0]);
    EXPECT_ERROR(clients[0], 0, "The application could not handle this");
    EXPECT_NOTHING(clients[1]);
    CHECK_EQUAL(ody_calls_look(self->calls).failed, 1);
    CHECK_EQUAL(ody_calls_look(self->calls).lost, 1);
    workers_say(&workers[1], ODY_VERDICT_HANDLED);
    workers_remove(&workers[1]);
    CHECK_EQUAL(ody_calls_look(self->calls).lost, 1);
    world_end(self);
}

TEST(without_any_worker_a_call_waits_and_then_fails)
{
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &messages);
    client = world_connect(self, 0);
    workers_remove(&worker);
    speak(client, 1);
    world_settle(self);
    EXPECT_NOTHING(client);
    world_advance(self, ODY_CALL_WAIT - 1);
    world_settle(self);
    EXPECT_NOTHING(client);
    world_advance(self, 1);
    world_settle(self);
    EXPECT_ERROR(client, 0, "The application could not handle this");
    CHECK_EQUAL(ody_calls_look(self->calls).timed_out, 1);
    CHECK_EQUAL(ody_calls_look(self->calls).queued, 0);
    world_end(self);
}

TEST(a_worker_that_cannot_be_sent_to_fails_the_call)
{
    world *self = workers_world(1);
    test_worker worker = {.deaf = true};
    world_client *client;

    workers_add(self, &worker, &messages);
    client = world_connect(self, 0);
    speak(client, 1);
    world_settle(self);
    CHECK(worker.killed);
    EXPECT_ERROR(client, 0, "The application could not handle this");
    CHECK_EQUAL(ody_calls_look(self->calls).workers, 0);
    world_end(self);
}

TEST(an_answer_that_nobody_asked_for_is_a_fault)
{
    const ody_worker_answer answer = {0};
    world *self = workers_world(1);
    test_worker worker = {0};

    workers_add(self, &worker, &messages);
    CHECK_EQUAL(ody_calls_result(self->calls, &worker.link, &answer, self->now), ODY_EPROTOCOL);
    workers_remove(&worker);
    world_end(self);
}

TEST(the_newest_interest_holds)
{
    world *self = workers_world(2);
    test_worker before = {0};
    test_worker after = {0};
    world_client *client;

    workers_add(self, &before, &messages);
    workers_handle(self, &after, "custom", NULL);
    client = world_connect(self, 1);
    speak(client, 1);
    world_subscribe(client, "a", NULL);
    EXPECT_NO_CALL(&before);
    EXPECT_NO_CALL(&after);
    world_subscribe(client, "custom-a", NULL);
    world_settle(self);
    CHECK(before.asked != after.asked);
    workers_say(before.asked ? &before : &after, ODY_VERDICT_PASS);
    workers_remove(&before);
    workers_remove(&after);
    world_end(self);
}

static void reload(world *self, ody_options *options, unsigned workers)
{
    *options = self->options;
    options->php_worker_num = workers;
    ody_calls_reload(self->calls, options);
    for (unsigned shard = 0; shard < self->shards; shard++) {
        ody_hub_reload(self->hubs[shard], options, self->now);
    }
}

TEST(without_workers_after_a_reload_nothing_is_asked)
{
    const ody_view types[] = {ODY_VIEW("private")};
    const ody_worker_interest all = {
        .handshakes = true, .messages = true, .handlers = types, .handler_count = 1};
    ody_options without, with;
    world *self = workers_world(2);
    test_worker worker = {0};
    test_worker next = {0};
    ody_handshake handshake = world_handshake();
    world_client *client;

    workers_add(self, &worker, &all);
    workers_remove(&worker);
    client = world_open(self, 0, &handshake);
    world_settle(self);
    EXPECT_NOTHING(client);
    reload(self, &without, 0);
    world_settle(self);
    CHECK(client->first && strstr(client->first->text, "connection_established"));
    world_forget(client);
    world_subscribe(client, "private-a", NULL);
    world_settle(self);
    CHECK(client->first && strstr(client->first->text, "subscription_succeeded"));
    reload(self, &with, 2);
    client = world_open(self, 1, &handshake);
    world_settle(self);
    EXPECT_NOTHING(client);
    workers_add(self, &next, &all);
    EXPECT_CALL(&next, ODY_CALL_HANDSHAKE);
    workers_say(&next, ODY_VERDICT_PASS);
    CHECK(client->first && strstr(client->first->text, "connection_established"));
    workers_remove(&next);
    world_end(self);
}

TEST(what_waits_when_the_last_worker_is_gone_for_good_is_dropped)
{
    const ody_worker_interest wanted = {.messages = true,
                                        .notices = ODY_NOTICE_BIT(ODY_CALL_OPENED)};
    ody_options without;
    world *self = workers_world(1);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &wanted);
    world_connect(self, 0);
    world_connect(self, 0);
    client = world_connect(self, 0);
    speak(client, 1);
    world_settle(self);
    reload(self, &without, 0);
    workers_say(&worker, ODY_VERDICT_PASS);
    workers_remove(&worker);
    world_advance(self, 100);
    world_settle(self);
    CHECK_EQUAL(ody_calls_look(self->calls).queued, 0);
    EXPECT_ERROR(client, 0, "The application could not handle this");
    world_end(self);
}

/* Clients talk at random, workers answer at random, die and come: nobody is forgotten, each client
 * gets its answers in order, and no client has two calls at once. */
TEST(everybody_gets_an_answer_in_order)
{
    world *self = workers_world(2);
    test_worker workers[3] = {0};
    world_client *clients[12];
    int said[12] = {0};
    int heard[12] = {0};

    for (int index = 0; index < 3; index++) {
        workers_add(self, &workers[index], &messages);
    }
    for (unsigned index = 0; index < 12; index++) {
        clients[index] = world_connect(self, index % 2);
    }
    for (int step = 0; step < 20000; step++) {
        unsigned who = (unsigned)world_random(self, 12);
        test_worker *worker = &workers[world_random(self, 3)];

        if (said[who] - heard[who] < 5 && world_random(self, 2)) {
            speak(clients[who], ++said[who]);
        }
        for (int mail = 0; mail < 3; mail++) {
            world_deliver_one(self);
        }
        if (worker->asked) {
            char number[32];

            /* The name "client-7" stands behind {"event":" */
            snprintf(number, sizeof(number), "%d", atoi(worker->data + 17));
            workers_answer(worker, ODY_VERDICT_REFUSED, number, 0, NULL);
        }
        for (int index = 0; index < 12; index++) {
            char wanted[32];

            while (clients[index]->first) {
                snprintf(wanted, sizeof(wanted), "%d", ++heard[index]);
                EXPECT_ERROR(clients[index], 0, wanted);
            }
        }
    }
    for (int round = 0; round < 200; round++) {
        world_settle(self);
        for (int index = 0; index < 3; index++) {
            if (workers[index].asked) {
                workers_say(&workers[index], ODY_VERDICT_HANDLED);
            }
        }
    }
    CHECK_EQUAL(ody_calls_look(self->calls).queued, 0);
    CHECK_EQUAL(ody_calls_look(self->calls).busy, 0);
    for (int index = 0; index < 12; index++) {
        CHECK(!clients[index]->connection.gate);
        CHECK(said[index] > 100);
    }
    for (int index = 0; index < 3; index++) {
        workers_remove(&workers[index]);
    }
    world_end(self);
}

TEST(a_world_may_end_in_the_middle_of_everything)
{
    world *self = workers_world(2);
    test_worker worker = {0};
    world_client *client;

    workers_add(self, &worker, &messages);
    for (unsigned index = 0; index < 6; index++) {
        client = world_connect(self, index % 2);
        speak(client, 1);
        speak(client, 2);
    }
    world_settle(self);
    ody_calls_worker_remove(self->calls, &worker.link, self->now);
    world_end(self);
}

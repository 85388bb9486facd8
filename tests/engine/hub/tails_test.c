/* SPDX-License-Identifier: MIT */
/* Tails: what they show, what they leave out and say so, and that they end. */
#include "hub/tails.h"
#include <stdlib.h>
#include "base/memory.h"
#include "hub/observers.h"
#include "world.h"

#define ROOM "presence-room"

/* What a reader has got. */
typedef struct reader {
    uint64_t tail;
    uint64_t after;
    uint64_t left_out;
    size_t count;
    int woken;
    char text[8192]; /* "sight channel event user data length reached\n" … of the last read */
} reader;

static void each(void *context, const ody_tail_message *message)
{
    reader *self = context;
    size_t used = strlen(self->text);
    int shown = message->data.length < 40 ? (int)message->data.length : 40;

    CHECK(message->number > self->after);
    self->after = message->number;
    self->left_out += message->left_out;
    self->count++;
    snprintf(self->text + used, sizeof(self->text) - used, "%d %.*s %.*s %.*s %.*s %u %u\n",
             message->sight, (int)message->channel.length, message->channel.data,
             (int)message->event.length, message->event.data, (int)message->user_id.length,
             message->user_id.data, shown, message->data.data, (unsigned)message->data_length,
             (unsigned)message->reached);
}

static int read_tail(world *self, reader *out)
{
    uint64_t left_out = 0;
    int count;

    out->text[0] = '\0';
    count = ody_tails_read(self->tails, out->tail, out->after, self->now, each, out, &left_out);
    out->left_out += left_out;
    ody_tails_told(self->tails, out->tail, left_out);
    return count;
}

static void on_wake(void *context)
{
    ((reader *)context)->woken++;
}

static int open_tail(world *self, const char *channel, const char *user, reader *out)
{
    ody_error error;

    *out = (reader){0};
    return ody_tails_open(self->tails, self->options.apps, ody_view_of(channel), ody_view_of(user),
                          self->now, &out->tail, &error);
}

static reader tail_of(world *self, const char *channel, const char *user)
{
    reader out;

    CHECK_EQUAL(open_tail(self, channel, user, &out), 0);
    CHECK(out.tail != 0);
    world_settle(self);
    return out;
}

#define CHECK_READ(self, reader, wanted)                                                           \
    do {                                                                                           \
        CHECK(read_tail(self, &(reader)) >= 0);                                                    \
        CHECK_VIEW(ody_view_of((reader).text), ody_view_of(wanted));                               \
    } while (0)

static size_t observers(const world *self)
{
    size_t count = 0;

    for (unsigned shard = 0; shard < self->shards; shard++) {
        count += self->hubs[shard]->observers != NULL;
    }
    return count;
}

TEST(a_tail_of_a_channel_shows_what_is_published_in_it)
{
    world *self = world_simple(2);
    world_client *one = world_connect(self, 0);
    world_client *two = world_connect(self, 1);
    reader tail = tail_of(self, "orders", NULL);

    CHECK_EQUAL(observers(self), 1);
    world_subscribe(one, "orders", NULL);
    world_subscribe(one, "other", NULL);
    world_subscribe(two, "orders", NULL);
    world_settle(self);
    CHECK_READ(self, tail, "");
    CHECK_EQUAL(world_publish(self, "orders", "made", "{\"n\":1}", NULL), 2);
    CHECK_EQUAL(world_publish(self, "orders", "made", "2", one->id), 1);
    CHECK_EQUAL(world_publish(self, "other", "made", "3", NULL), 1);
    world_send(one, "{\"event\":\"client-x\",\"channel\":\"orders\",\"data\":\"hello\"}");
    world_settle(self);
    CHECK_READ(
        self, tail,
        "0 orders made  {\"n\":1} 7 2\n0 orders made  2 1 1\n1 orders client-x  hello 5 1\n");
    CHECK_EQUAL(tail.left_out, 0);
    CHECK_READ(self, tail, "");
    world_end(self);
}

TEST(what_was_not_delivered_is_not_shown)
{
    world *self = world_simple(1);
    reader tail = tail_of(self, "orders", NULL);
    reader secret = tail_of(self, "private-cache-x", NULL);

    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), ODY_ECHANNEL_NOT_FOUND);
    CHECK_READ(self, tail, "");
    CHECK_EQUAL(world_publish(self, "private-cache-x", "kept", "1", NULL), 0);
    CHECK_READ(self, secret, "0 private-cache-x kept  1 1 0\n");
    world_end(self);
}

TEST(a_tail_of_a_presence_channel_shows_who_comes_and_goes)
{
    world *self = world_simple(2);
    world_client *ann = world_connect(self, 0);
    world_client *bob = world_connect(self, 1);
    reader tail = tail_of(self, ROOM, NULL);

    world_subscribe_user(ann, ROOM, "ann");
    world_settle(self);
    world_subscribe_user(bob, ROOM, "bob");
    world_settle(self);
    world_send(bob, "{\"event\":\"client-x\",\"channel\":\"" ROOM "\",\"data\":\"hi\"}");
    world_settle(self);
    world_close(bob);
    world_settle(self);
    CHECK_READ(self, tail,
               "3 " ROOM "  ann {\"n\":\"ann\"} 11 0\n3 " ROOM "  bob {\"n\":\"bob\"} 11 1\n"
               "1 " ROOM " client-x bob hi 2 1\n4 " ROOM "  bob  0 1\n");
    world_close(ann);
    world_settle(self);
    CHECK_READ(self, tail, "4 " ROOM "  ann  0 0\n");
    world_end(self);
}

TEST(a_tail_of_a_user_shows_what_is_for_them_and_of_them)
{
    world *self = world_simple(4);
    world_client *ann = world_connect(self, 0);
    world_client *bob = world_connect(self, 1);
    reader tail = tail_of(self, NULL, "ann");
    world_reply reply = {0};
    ody_error error;
    uint64_t ticket;

    CHECK_EQUAL(observers(self), 4);
    world_sign_in(ann, "{\"id\":\"ann\"}");
    world_sign_in(bob, "{\"id\":\"bob\"}");
    world_subscribe(ann, "private-a", NULL);
    world_subscribe(bob, "private-a", NULL);
    world_subscribe_user(ann, ROOM, "ann");
    world_settle(self);
    world_subscribe(ann, "#server-to-user-ann", NULL);
    world_settle(self);
    CHECK_READ(self, tail, "3 " ROOM "  ann {\"n\":\"ann\"} 11 0\n");
    CHECK_EQUAL(world_publish(self, "#server-to-user-ann", "for", "1", NULL), 1);
    CHECK_EQUAL(world_publish(self, "#server-to-user-bob", "for", "2", NULL), 0);
    world_settle(self);
    CHECK_READ(self, tail, "0 #server-to-user-ann for  1 1 1\n");
    world_send(ann, "{\"event\":\"client-x\",\"channel\":\"private-a\",\"data\":\"of ann\"}");
    world_send(bob, "{\"event\":\"client-x\",\"channel\":\"private-a\",\"data\":\"of bob\"}");
    world_settle(self);
    CHECK_READ(self, tail, "1 private-a client-x ann of ann 6 0\n");
    world_send(ann, "{\"event\":\"client-x\",\"channel\":\"" ROOM "\",\"data\":\"once\"}");
    world_settle(self);
    CHECK_READ(self, tail, "1 " ROOM " client-x ann once 4 0\n");
    CHECK_EQUAL(ody_requests_whisper(self->requests, self->options.apps, ody_view_of(ann->id),
                                     ODY_VIEW("alone"), ODY_VIEW("4"), ODY_VIEW_NONE, self->now,
                                     world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK_READ(self, tail, "2  alone ann 4 1 1\n");
    world_end(self);
}

TEST(names_that_only_look_alike_are_others)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader channel = tail_of(self, "order", NULL);
    reader user = tail_of(self, NULL, "orders");

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    CHECK_READ(self, channel, "");
    CHECK_READ(self, user, "");
    world_end(self);
}

TEST(much_is_sampled_and_the_rest_is_counted)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader tail = tail_of(self, "orders", NULL);

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    for (int message = 0; message < ODY_TAIL_RATE + 250; message++) {
        CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    }
    CHECK_EQUAL(read_tail(self, &tail), ODY_TAIL_RATE);
    CHECK_EQUAL(tail.left_out, 0);
    /* Nothing else happens, but the number is told. */
    world_advance(self, 1100);
    world_settle(self);
    CHECK_EQUAL(read_tail(self, &tail), 0);
    CHECK_EQUAL(tail.left_out, 250);
    world_advance(self, 5000);
    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    CHECK_EQUAL(read_tail(self, &tail), 1);
    CHECK_EQUAL(tail.left_out, 250);
    world_end(self);
}

TEST(the_number_goes_with_the_next_message)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader tail = tail_of(self, "orders", NULL);

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    for (int message = 0; message < ODY_TAIL_RATE + 7; message++) {
        CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    }
    /* The timers have not run, but the second is over. */
    self->now += 1000;
    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    CHECK_EQUAL(read_tail(self, &tail), ODY_TAIL_RATE + 1);
    CHECK_EQUAL(tail.left_out, 7);
    world_end(self);
}

TEST(a_slow_reader_loses_the_oldest_and_holds_up_nobody)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader tail = tail_of(self, "orders", NULL);
    char *large = malloc(ODY_TAIL_DATA + 1);

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    for (int second = 0; second < 7; second++) {
        for (int message = 0; message < ODY_TAIL_RATE; message++) {
            CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
        }
        world_advance(self, 1000);
    }
    CHECK_EQUAL(read_tail(self, &tail), ODY_TAIL_MESSAGES);
    CHECK_EQUAL(tail.left_out, 7 * ODY_TAIL_RATE - ODY_TAIL_MESSAGES);
    memset(large, 'x', ODY_TAIL_DATA);
    large[ODY_TAIL_DATA] = '\0';
    tail.left_out = tail.count = 0;
    for (int second = 0; second < 4; second++) {
        for (int message = 0; message < ODY_TAIL_RATE; message++) {
            CHECK_EQUAL(world_publish(self, "orders", "made", large, NULL), 1);
        }
        world_advance(self, 1000);
    }
    CHECK(read_tail(self, &tail) < (int)(ODY_TAIL_BYTES / ODY_TAIL_DATA));
    CHECK_EQUAL(tail.count + tail.left_out, 4 * ODY_TAIL_RATE);
    free(large);
    world_end(self);
}

TEST(only_the_beginning_of_much_data_is_shown)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader tail = tail_of(self, "orders", NULL);
    char data[ODY_TAIL_DATA + 10];

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    /* The cut goes through the middle of a character. */
    memset(data, 'x', sizeof(data));
    memcpy(data + ODY_TAIL_DATA - 2, "\xe2\x82\xac", 4);
    CHECK_EQUAL(world_publish(self, "orders", "made", data, NULL), 1);
    CHECK_READ(self, tail, "0 orders made  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 4097 1\n");
    world_end(self);
}

TEST(what_was_read_stays_until_it_has_come)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader tail = tail_of(self, "orders", NULL);

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    CHECK_READ(self, tail, "0 orders made  1 1 1\n");
    tail.after = 0;
    CHECK_READ(self, tail, "0 orders made  1 1 1\n");
    CHECK_READ(self, tail, "");
    tail.after = 0;
    CHECK_READ(self, tail, "");
    world_end(self);
}

TEST(whoever_waits_is_woken)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader tail = tail_of(self, "orders", NULL);

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    ody_tails_wait(self->tails, tail.tail, on_wake, &tail);
    CHECK_EQUAL(ody_tails_read(self->tails, tail.tail, 0, self->now, NULL, NULL, NULL), 0);
    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    CHECK_EQUAL(tail.woken, 1);
    CHECK_EQUAL(ody_tails_read(self->tails, tail.tail, 0, self->now, NULL, NULL, NULL), 2);
    ody_tails_wait(self->tails, tail.tail, on_wake, &tail);
    ody_tails_close(self->tails, tail.tail);
    CHECK_EQUAL(tail.woken, 2);
    CHECK_EQUAL(read_tail(self, &tail), ODY_EINVALID);
    world_settle(self);
    CHECK_EQUAL(observers(self), 0);
    world_end(self);
}

TEST(a_tail_that_nobody_reads_ends)
{
    world *self = world_simple(2);
    reader read = tail_of(self, "orders", NULL);
    reader waiting = tail_of(self, NULL, "ann");
    reader gone = tail_of(self, "orders", NULL);

    ody_tails_wait(self->tails, waiting.tail, on_wake, &waiting);
    world_advance(self, ODY_TAIL_TIME - 1);
    CHECK_EQUAL(read_tail(self, &read), 0);
    world_advance(self, 1);
    CHECK_EQUAL(ody_tails_count(self->tails), 2);
    CHECK_EQUAL(read_tail(self, &gone), ODY_EINVALID);
    CHECK_EQUAL(read_tail(self, &read), 0);
    ody_tails_wait(self->tails, waiting.tail, NULL, NULL);
    world_advance(self, ODY_TAIL_TIME);
    CHECK_EQUAL(ody_tails_count(self->tails), 0);
    CHECK_EQUAL(waiting.woken, 0);
    world_settle(self);
    CHECK_EQUAL(observers(self), 0);
    world_end(self);
}

TEST(bad_tails_and_too_many_are_refused)
{
    world *self = world_simple(1);
    reader tail;

    CHECK_EQUAL(open_tail(self, "not a channel", NULL, &tail), ODY_ECHANNEL_NAME);
    CHECK_EQUAL(open_tail(self, "#server-to-user-", NULL, &tail), ODY_ECHANNEL_NAME);
    CHECK_EQUAL(open_tail(self, NULL, "", &tail), ODY_EINVALID);
    CHECK_EQUAL(open_tail(self, NULL, NULL, &tail), ODY_EINVALID);
    for (int count = 0; count < ODY_TAILS_MAX; count++) {
        tail_of(self, "orders", NULL);
    }
    CHECK_EQUAL(open_tail(self, "orders", NULL, &tail), ODY_ELIMIT);
    world_end(self);
}

TEST(a_full_mailbox_costs_messages_not_time)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader tail = tail_of(self, "orders", NULL);

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    self->full[1] = true;
    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    CHECK_EQUAL(world_publish(self, "orders", "made", "2", NULL), 1);
    world_advance(self, 1100);
    world_settle(self);
    CHECK_READ(self, tail, "");
    CHECK_EQUAL(tail.left_out, 0);
    self->full[1] = false;
    world_advance(self, 1100);
    world_settle(self);
    CHECK_READ(self, tail, "");
    CHECK_EQUAL(tail.left_out, 2);
    world_end(self);
}

TEST(tails_with_failing_allocations)
{
    bool done = false;

    for (long at = 1; !done; at++) {
        world *self = world_simple(2);
        world_client *client = world_connect(self, 0);
        reader tail;
        int code, published, count = 0;

        world_subscribe(client, "orders", NULL);
        world_settle(self);
        ody_memory_fail_at(at);
        code = open_tail(self, "orders", NULL, &tail);
        world_settle(self);
        published = world_publish(self, "orders", "made", "1", NULL);
        ody_memory_fail_at(0);
        world_settle(self);
        world_advance(self, 1100);
        world_settle(self);
        CHECK(code == 0 || code == ODY_EMEMORY);
        if (code == 0) {
            count = read_tail(self, &tail);
            CHECK(count >= 0 || count == ODY_EMEMORY);
        }
        /* What was published is shown, or counted, or the tail is known to have failed. */
        if (count >= 0 && published == 1 && code == 0) {
            CHECK_EQUAL(tail.count + tail.left_out, 1);
        }
        done = code == 0 && published == 1 && tail.count == 1;
        CHECK(at < 100);
        ody_tails_close(self->tails, tail.tail);
        world_settle(self);
        CHECK_EQUAL(observers(self), 0);
        world_end(self);
    }
}

TEST(a_shard_that_could_not_be_told_is_told_again)
{
    world *self = world_simple(1);
    world_client *client = world_connect(self, 0);
    reader tail = tail_of(self, "orders", NULL);

    world_subscribe(client, "orders", NULL);
    world_settle(self);
    ody_memory_fail_at(1);
    ody_tails_close(self->tails, tail.tail);
    ody_memory_fail_at(0);
    world_settle(self);
    CHECK_EQUAL(observers(self), 1);
    CHECK_EQUAL(world_publish(self, "orders", "made", "1", NULL), 1);
    CHECK_EQUAL(observers(self), 0);
    world_end(self);
}

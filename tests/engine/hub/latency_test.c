/* SPDX-License-Identifier: MIT */
/* How long messages take: into which bucket each goes, and what is measured at all. */
#include "hub/latency.h"

#include <stdlib.h>
#include "world.h"

static uint64_t bucket(const ody_latency *latency, size_t index)
{
    return atomic_load(&latency->buckets[index]);
}

static uint64_t count(const ody_latency *latency)
{
    uint64_t sum = 0;

    for (size_t index = 0; index < ODY_LATENCY_BUCKETS; index++) {
        sum += bucket(latency, index);
    }
    return sum;
}

static void check_bucket(uint64_t took, size_t wanted)
{
    static ody_stamps stamps;
    ody_latency latency = {0};

    ody__latency_note(&stamps, 1000000);
    ody__latency_count(&stamps, &latency, 1000000 + took);
    CHECK_EQUAL(bucket(&latency, wanted), 1);
    CHECK_EQUAL(count(&latency), 1);
    CHECK_EQUAL(atomic_load(&latency.sum), took);
    CHECK_EQUAL(stamps.count, 0);
}

TEST(a_bound_belongs_to_its_bucket)
{
    check_bucket(0, ODY_LATENCY_UP_TO_50);
    check_bucket(50, ODY_LATENCY_UP_TO_50);
    check_bucket(51, ODY_LATENCY_UP_TO_100);
    check_bucket(100, ODY_LATENCY_UP_TO_100);
    check_bucket(2500000, ODY_LATENCY_UP_TO_2500000);
    check_bucket(5000000, ODY_LATENCY_UP_TO_5000000);
    check_bucket(5000001, ODY_LATENCY_LONGER);
    check_bucket(UINT64_C(1) << 50, ODY_LATENCY_LONGER);
}

TEST(a_stamp_of_another_thread_may_be_ahead)
{
    static ody_stamps stamps;
    ody_latency latency = {0};

    ody__latency_note(&stamps, 1000);
    ody__latency_count(&stamps, &latency, 990);
    CHECK_EQUAL(bucket(&latency, ODY_LATENCY_UP_TO_50), 1);
    CHECK_EQUAL(atomic_load(&latency.sum), 0);
}

TEST(moments_are_told_apart_as_far_as_there_is_room)
{
    static ody_stamps stamps;
    ody_latency latency = {0};

    ody__latency_note(&stamps, 0);
    CHECK_EQUAL(stamps.count, 0);
    ody__latency_note(&stamps, 1600);
    ody__latency_note(&stamps, 1615);
    CHECK_EQUAL(stamps.count, 1);
    ody__latency_note(&stamps, 1616);
    CHECK_EQUAL(stamps.count, 2);
    for (uint64_t i = 0; i < 2 * ODY_STAMPS_MAX; i++) {
        ody__latency_note(&stamps, 10000 + i * 100);
    }
    CHECK_EQUAL(stamps.count, ODY_STAMPS_MAX);
    ody__latency_count(&stamps, &latency, 1000000);
    CHECK_EQUAL(count(&latency), 3 + 2 * ODY_STAMPS_MAX);
}

static uint64_t measured(const world *self)
{
    uint64_t sum = 0;

    for (unsigned shard = 0; shard < self->shards; shard++) {
        sum += count(&self->shared->latencies[shard]);
    }
    return sum;
}

/* One subscriber on each of two shards. */
static world *two_shards(void)
{
    world *self = world_simple(2);

    self->clock = 1000000;
    world_subscribe(world_connect(self, 0), "private-room", NULL);
    world_subscribe(world_connect(self, 1), "private-room", NULL);
    world_settle(self);
    CHECK_EQUAL(measured(self), 0);
    return self;
}

TEST(a_publish_is_measured_once_on_each_shard_that_delivers_it)
{
    world *self = two_shards();
    world_reply reply;

    CHECK_EQUAL(world_publish_begin(self, "private-room", "e", "1", NULL, &reply), 0);
    self->clock += 3000;
    while (world_deliver_one(self)) {
    }
    CHECK_EQUAL(measured(self), 0);
    self->clock += 500;
    world_settle(self);
    for (unsigned shard = 0; shard < 2; shard++) {
        CHECK_EQUAL(bucket(&self->shared->latencies[shard], ODY_LATENCY_UP_TO_5000), 1);
        CHECK_EQUAL(atomic_load(&self->shared->latencies[shard].sum), 3500);
    }
    CHECK_EQUAL(measured(self), 2);
    CHECK_EQUAL(world_publish(self, "private-room", "e", "1", NULL), 2);
    CHECK_EQUAL(measured(self), 4);
    /* Nobody is there to get it. */
    CHECK_EQUAL(world_publish(self, "cache-room", "e", "1", NULL), 0);
    CHECK_EQUAL(measured(self), 4);
    world_end(self);
}

TEST(a_client_event_is_measured_from_its_sender_on)
{
    world *self = world_simple(2);
    world_client *sender;

    self->clock = 1000000;
    sender = world_connect(self, 0);
    world_subscribe(sender, "private-room", NULL);
    world_subscribe(world_connect(self, 1), "private-room", NULL);
    world_settle(self);
    world_send(sender, "{\"event\":\"client-x\",\"channel\":\"private-room\",\"data\":\"1\"}");
    self->clock += 70;
    world_settle(self);
    CHECK_EQUAL(measured(self), 1);
    CHECK_EQUAL(bucket(&self->shared->latencies[1], ODY_LATENCY_UP_TO_100), 1);
    world_end(self);
}

TEST(what_the_server_says_by_itself_is_not_measured)
{
    world *self = two_shards();

    world_subscribe_user(world_connect(self, 0), "presence-room", "1");
    world_subscribe_user(world_connect(self, 1), "presence-room", "2");
    world_settle(self);
    CHECK_EQUAL(measured(self), 0);
    world_end(self);
}

TEST(without_a_clock_nothing_is_measured)
{
    world *self = two_shards();

    self->clock = 0;
    CHECK_EQUAL(world_publish(self, "private-room", "e", "1", NULL), 2);
    CHECK_EQUAL(measured(self), 0);
    world_end(self);
}

/* SPDX-License-Identifier: MIT */
/* What is published of the messages that Redis brings, and how the rest is counted. */
#include "cluster/redis_feed.h"

#include <stdlib.h>
#include "base/memory.h"
#include "played_hub.h"
#include "test.h"

#define GOOD "{\"channel\":\"news\",\"event\":\"e\",\"data\":{\"a\":1}}"

typedef struct feeding {
    played_hub hub;
    ody_redis_feed feed;
    int rooms;
} feeding;

static void on_room(void *context)
{
    ((feeding *)context)->rooms++;
}

static feeding *start(void)
{
    feeding *self = calloc(1, sizeof(*self));

    played_hub_init(&self->hub);
    ody_redis_feed_init(&self->feed, self->hub.requests, self->hub.app, on_room, self);
    return self;
}

static void end(feeding *self)
{
    played_hub_fini(&self->hub);
    free(self);
}

static int take(feeding *self, const char *text)
{
    return ody_redis_feed_take(&self->feed, ody_view_of(text), 1);
}

static uint64_t rejections(const feeding *self)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < ODY_REDIS_REJECTIONS_COUNT; i++) {
        sum += self->feed.rejected[i];
    }
    return sum;
}

TEST(messages_are_published_in_their_order)
{
    feeding *self = start();

    CHECK_EQUAL(take(self, GOOD), 0);
    CHECK_EQUAL(take(self, "{\"channels\":[\"a\",\"b\"],\"event\":\"x\",\"data\":\"text\","
                           "\"socket_id\":\"64.9\",\"more\":null}"),
                0);
    CHECK_EQUAL(self->feed.in_flight, 2);
    CHECK_VIEW(ody_view_of(self->hub.log),
               ody_view_of("news e {\"a\":1} -\na x text 64.9\nb x text 64.9\n"));
    played_hub_answer(&self->hub);
    CHECK_EQUAL(self->feed.in_flight, 0);
    CHECK_EQUAL(self->feed.messages, 2);
    CHECK_EQUAL(rejections(self), 0);
    end(self);
}

TEST(a_channel_that_nobody_hears_is_no_mistake)
{
    feeding *self = start();

    CHECK_EQUAL(take(self, GOOD), 0);
    self->hub.code = ODY_ECHANNEL_NOT_FOUND;
    played_hub_answer(&self->hub);
    CHECK_EQUAL(self->feed.messages, 1);
    CHECK_EQUAL(rejections(self), 0);
    end(self);
}

static const struct {
    const char *text;
    ody_redis_rejection kind;
} rows[] = {
    {"", ODY_REDIS_REJECTED_JSON},
    {"nonsense", ODY_REDIS_REJECTED_JSON},
    {"{\"channel\":\"a\"", ODY_REDIS_REJECTED_JSON},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", ODY_REDIS_REJECTED_JSON},
    {"[]", ODY_REDIS_REJECTED_FIELDS},
    {"{}", ODY_REDIS_REJECTED_FIELDS},
    {"{\"channel\":\"a\",\"data\":1}", ODY_REDIS_REJECTED_FIELDS},
    {"{\"channel\":\"a\",\"event\":\"e\",\"data\":1,\"socket_id\":\"x\"}",
     ODY_REDIS_REJECTED_FIELDS},
    {"{\"channel\":\"a b\",\"event\":\"e\",\"data\":1}", ODY_REDIS_REJECTED_CHANNEL},
    {"{\"channel\":\"\",\"event\":\"e\",\"data\":1}", ODY_REDIS_REJECTED_CHANNEL},
    {"{\"channel\":\"a\",\"event\":\"\",\"data\":1}", ODY_REDIS_REJECTED_EVENT},
    {"{\"channel\":\"a\",\"event\":\"e\",\"data\":\"\xff\"}", ODY_REDIS_REJECTED_ENCODING},
};

TEST(each_kind_of_mistake_is_counted_and_logged_once)
{
    feeding *self = start();
    uint64_t wanted[ODY_REDIS_REJECTIONS_COUNT] = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        wanted[rows[i].kind]++;
        CHECK_EQUAL(take(self, rows[i].text), 0);
        if (self->feed.rejected[rows[i].kind] != wanted[rows[i].kind]) {
            FAIL("%s is not %s", rows[i].text, ody_redis_rejection_name(rows[i].kind));
        }
        CHECK(self->feed.logged[rows[i].kind]);
    }
    CHECK_EQUAL(self->hub.published, 0);
    CHECK_EQUAL(self->feed.messages, sizeof(rows) / sizeof(rows[0]));
    CHECK_EQUAL(rejections(self), self->feed.messages);
    ody_redis_feed_reload(&self->feed, self->hub.app);
    CHECK(!self->feed.logged[ODY_REDIS_REJECTED_JSON]);
    CHECK_EQUAL(rejections(self), self->feed.messages);
    end(self);
}

TEST(large_messages_are_refused)
{
    feeding *self = start();
    char text[200];

    self->hub.app->limits.event_data_size = 100;
    snprintf(text, sizeof(text), "{\"channel\":\"a\",\"event\":\"e\",\"data\":\"%0100d\"}", 0);
    CHECK_EQUAL(take(self, text), 0);
    CHECK_EQUAL(self->hub.published, 1);
    snprintf(text, sizeof(text), "{\"channel\":\"a\",\"event\":\"e\",\"data\":\"%0101d\"}", 0);
    CHECK_EQUAL(take(self, text), 0);
    CHECK_EQUAL(self->feed.rejected[ODY_REDIS_REJECTED_SIZE], 1);
    CHECK_EQUAL(self->hub.published, 1);
    end(self);
}

TEST(a_disabled_app_gets_nothing)
{
    feeding *self = start();

    self->hub.app->enabled = false;
    CHECK_EQUAL(take(self, GOOD), 0);
    CHECK_EQUAL(self->feed.rejected[ODY_REDIS_REJECTED_DISABLED], 1);
    CHECK_EQUAL(self->hub.published, 0);
    end(self);
}

TEST(more_than_may_be_on_the_way_waits)
{
    feeding *self = start();

    for (int i = 0; i < ODY_REDIS_IN_FLIGHT_MAX; i++) {
        CHECK_EQUAL(take(self, GOOD), 0);
    }
    CHECK_EQUAL(self->feed.in_flight, ODY_REDIS_IN_FLIGHT_MAX);
    CHECK_EQUAL(take(self, GOOD), ODY_EOVERLOADED);
    CHECK_EQUAL(self->feed.messages, ODY_REDIS_IN_FLIGHT_MAX);
    CHECK_EQUAL(self->rooms, 0);
    played_hub_answer(&self->hub);
    CHECK_EQUAL(self->rooms, 1);
    CHECK_EQUAL(self->feed.in_flight, 0);
    CHECK_EQUAL(take(self, GOOD), 0);
    CHECK_EQUAL(rejections(self), 0);
    end(self);
}

TEST(a_full_shard_makes_them_wait_too)
{
    feeding *self = start();

    self->hub.full = true;
    CHECK_EQUAL(take(self, GOOD), ODY_EOVERLOADED);
    CHECK_EQUAL(self->feed.messages, 0);
    self->hub.full = false;
    CHECK_EQUAL(take(self, GOOD), 0);
    CHECK_EQUAL(self->feed.messages, 1);
    CHECK_EQUAL(rejections(self), 0);
    end(self);
}

TEST(what_a_home_refuses_is_counted)
{
    feeding *self = start();

    CHECK_EQUAL(take(self, GOOD), 0);
    self->hub.code = ODY_EOVERLOADED;
    played_hub_answer(&self->hub);
    CHECK_EQUAL(take(self, GOOD), 0);
    ody_requests_advance(self->hub.requests, ODY_REQUEST_TIME + 2);
    CHECK_EQUAL(self->feed.rejected[ODY_REDIS_REJECTED_OVERLOADED], 2);
    CHECK_EQUAL(self->feed.messages, 2);
    CHECK_EQUAL(self->feed.in_flight, 0);
    ody_redis_feed_lose(&self->feed, ODY_EMEMORY);
    CHECK_EQUAL(self->feed.messages, 3);
    CHECK_EQUAL(self->feed.rejected[ODY_REDIS_REJECTED_MEMORY], 1);
    end(self);
}

TEST(without_memory_a_message_is_counted)
{
    feeding *self = start();
    uint64_t failed = 0;

    while (self->hub.published == 0) {
        ody_memory_fail_at((long)++failed);
        CHECK_EQUAL(take(self, GOOD), 0);
        ody_memory_fail_at(0);
        CHECK(failed < 50);
    }
    CHECK(failed > 3);
    CHECK_EQUAL(self->feed.rejected[ODY_REDIS_REJECTED_MEMORY], failed - 1);
    CHECK_EQUAL(self->feed.messages, failed);
    end(self);
}

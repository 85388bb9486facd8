/* SPDX-License-Identifier: MIT */
/* Receivers that fail: pauses, the end after five minutes, order, and that others do not wait. */
#include <stdlib.h>
#include "office.h"
#include "sequence.h"

/* Lets the request of the next attempt out and checks how long it took to come. */
static void expect_attempt(office *self, ody_webhook_request *request, uint64_t least,
                           uint64_t most)
{
    uint64_t before = self->now;

    office_await(self, request);
    if (self->now - before < least || self->now - before > most) {
        FAIL("a pause of %d ms, not %d to %d", (int)(self->now - before), (int)least, (int)most);
    }
}

TEST(pauses_grow_and_a_success_ends_them)
{
    static const uint64_t pauses[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
    office self;
    ody_webhook_request request;

    office_simple(&self);
    office_whisper(&self, "c", "client-1", "1");
    expect_attempt(&self, &request, 50, 50);
    for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
        office_end(&self, &request, "status 500");
        CHECK_EQUAL(office_all(&self).failing, 1);
        expect_attempt(&self, &request, pauses[i] / 2, pauses[i]);
    }
    CHECK_EQUAL(office_all(&self).failed, 8);
    office_end(&self, &request, NULL);
    CHECK_EQUAL(office_all(&self).failing, 0);
    CHECK_EQUAL(office_all(&self).sent, 1);
    office_whisper(&self, "c", "client-2", "2");
    expect_attempt(&self, &request, 50, 50);
    office_end(&self, &request, "status 500");
    expect_attempt(&self, &request, 500, 1000);
    office_end(&self, &request, NULL);
    office_close(&self);
}

TEST(pauses_differ_by_chance)
{
    uint64_t first = 0;
    bool differs = false;

    for (int i = 0; i < 20; i++) {
        office self;
        ody_webhook_request request;

        office_simple(&self);
        office_whisper(&self, "c", "client-1", "1");
        office_await(&self, &request);
        office_end(&self, &request, "status 500");
        office_await(&self, &request);
        differs = differs || (i > 0 && self.now != first);
        first = self.now;
        office_end(&self, &request, NULL);
        office_close(&self);
    }
    CHECK(differs);
}

TEST(a_batch_is_the_same_to_the_byte_when_it_is_sent_again)
{
    office self;
    ody_webhook_request request;
    char body[300];
    size_t length;

    office_simple(&self);
    office_whisper(&self, "c", "client-1", "1");
    office_await(&self, &request);
    length = request.body.length;
    memcpy(body, request.body.data, length);
    office_end(&self, &request, "timeout");
    office_whisper(&self, "c", "client-2", "2");
    office_await(&self, &request);
    CHECK_VIEW(request.body, ((ody_view){body, length}));
    office_end(&self, &request, NULL);
    office_expect(&self, "{\"name\":\"client_event\",\"channel\":\"c\",\"event\":\"client-2\","
                         "\"data\":\"2\",\"socket_id\":\"1.2\"}");
    office_close(&self);
}

TEST(after_five_minutes_a_batch_is_dropped_and_the_next_one_has_its_own)
{
    office self;
    ody_webhook_request request;
    uint64_t began;

    office_simple(&self);
    office_whisper(&self, "c", "client-1", "1");
    office_whisper(&self, "c", "client-2", "2");
    office_await(&self, &request);
    began = self.now;
    office_whisper(&self, "c", "client-3", "3");
    for (;;) {
        office_end(&self, &request, "status 500");
        if (office_all(&self).dropped_expired > 0) {
            break;
        }
        office_await(&self, &request);
        CHECK(self.now - began <= 300000);
    }
    /* The last attempt is made at the very end. */
    CHECK_EQUAL(self.now - began, 300000);
    CHECK_EQUAL(office_all(&self).dropped_expired, 2);
    CHECK_EQUAL(office_all(&self).queued, 1);
    expect_attempt(&self, &request, 15000, 30000);
    CHECK(memmem(request.body.data, request.body.length, "client-3", 8) != NULL);
    CHECK(memmem(request.body.data, request.body.length, "client-1", 8) == NULL);
    began = self.now;
    office_end(&self, &request, "status 500");
    while (self.now - began < 200000) {
        office_await(&self, &request);
        office_end(&self, &request, "status 500");
    }
    CHECK_EQUAL(office_all(&self).dropped_expired, 2);
    office_await(&self, &request);
    office_end(&self, &request, NULL);
    CHECK_EQUAL(office_all(&self).sent, 1);
    office_close(&self);
}

TEST(a_hook_that_fails_delays_only_itself)
{
    office self;
    ody_webhook_request silent;
    ody_webhook_request request;

    office_prepare(&self);
    self.hooks[1] = (ody_webhook){"shop", "https://other.test/", "", OFFICE_ALL};
    self.options.webhook_count = 2;
    office_open(&self);
    office_whisper(&self, "c", "client-0", "0");
    office_await(&self, &silent);
    CHECK_VIEW(ody_view_of(silent.url), ODY_VIEW("https://shop.test/hook"));
    for (int i = 0; i < 10; i++) {
        office_await(&self, &request);
        CHECK_VIEW(ody_view_of(request.url), ODY_VIEW("https://other.test/"));
        office_end(&self, &request, NULL);
        office_whisper(&self, "c", "client-n", "n");
    }
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 0)->sent, 0);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 1)->sent, 10);
    office_end(&self, &silent, NULL);
    office_close(&self);
}

TEST(failing_hooks_get_half_of_the_places)
{
    enum { HOOKS = 6 };
    office self;
    ody_webhook hooks[HOOKS];
    ody_webhook_request requests[HOOKS];
    char urls[HOOKS][30];
    int started = 0;

    office_prepare(&self);
    for (int i = 0; i < HOOKS; i++) {
        snprintf(urls[i], sizeof(urls[i]), "https://%d.test/", i);
        hooks[i] = (ody_webhook){"shop", urls[i], "", OFFICE_ALL};
    }
    self.options.webhooks = hooks;
    self.options.webhook_count = HOOKS;
    self.limits.requests = 4;
    office_open(&self);
    office_whisper(&self, "c", "client-0", "0");
    self.now += 50;
    /* All six fail once, four at a time. */
    for (int i = 0; i < HOOKS; i++) {
        started += office_next(&self, &requests[i]);
    }
    CHECK_EQUAL(started, 4);
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), UINT64_MAX);
    for (int i = 0; i < 4; i++) {
        office_end(&self, &requests[i], "status 500");
    }
    while (office_next(&self, &requests[started])) {
        office_end(&self, &requests[started++], "status 500");
    }
    CHECK_EQUAL(started, HOOKS);
    /* Now all would be tried again, but two is all that they get. */
    self.now += 1000;
    CHECK(office_next(&self, &requests[0]));
    CHECK(office_next(&self, &requests[1]));
    CHECK(!office_next(&self, &requests[2]));
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), UINT64_MAX);
    office_end(&self, &requests[0], NULL);
    CHECK(office_next(&self, &requests[2]));
    CHECK(!office_next(&self, &requests[3]));
    /* The one that works again is not held up by them. */
    office_whisper(&self, "c", "client-1", "1");
    self.now += 50;
    CHECK(office_next(&self, &requests[0]));
    CHECK_VIEW(ody_view_of(requests[0].url), ody_view_of(urls[0]));
    CHECK(!office_next(&self, &requests[3]));
    office_close(&self);
}

/*
 * Everything that happens in two minutes on a few channels, while the receiver is down for one of
 * them, by a clock that jumps. Each channel numbers its events.
 */
enum { CHANNELS = 5, REQUEST_TIME = 30 };

typedef struct outage {
    office office;
    uint64_t seed;
    uint64_t down_from, down_until;
    unsigned told[CHANNELS];
    unsigned heard[CHANNELS];
    ody_webhook_request request;
    bool on_the_way;
    uint64_t ends_at;
} outage;

/* Takes the numbers in a body, which must go on from those heard before. */
static void hear(outage *self, ody_view body)
{
    static const char mark[] = "\"channel\":\"c";
    const char *at = body.data;
    const char *end = body.data + body.length;

    while ((at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1))) {
        unsigned channel = (unsigned)(at[sizeof(mark) - 1] - '0');
        unsigned number = 0;
        const char *data = memmem(at, (size_t)(end - at), "\"data\":\"", 8);

        CHECK(channel < CHANNELS && data != NULL);
        number = (unsigned)strtoul(data + 8, NULL, 10);
        CHECK_EQUAL(number, self->heard[channel]);
        self->heard[channel]++;
        at = data;
    }
}

static void tell_something(outage *self)
{
    unsigned channel = (unsigned)sequence_below(&self->seed, CHANNELS);
    char name[3] = {'c', (char)('0' + channel), '\0'};
    char number[12];

    snprintf(number, sizeof(number), "%u", self->told[channel]++);
    office_whisper(&self->office, name, "client-e", number);
}

static void go_on(outage *self)
{
    office *queue = &self->office;
    bool down;

    if (self->on_the_way && self->ends_at <= queue->now) {
        down = queue->now >= self->down_from && queue->now < self->down_until;
        /* A request whose answer gets lost was not delivered. */
        if (!down) {
            hear(self, self->request.body);
        }
        office_end(queue, &self->request, down ? "connection refused" : NULL);
        self->on_the_way = false;
    }
    if (!self->on_the_way && office_next(queue, &self->request)) {
        self->on_the_way = true;
        self->ends_at = queue->now + REQUEST_TIME;
    }
}

TEST(a_receiver_that_is_down_for_a_minute_misses_nothing_and_keeps_the_order)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        outage self = {.seed = seed};
        uint64_t end;
        unsigned told = 0;

        office_simple(&self.office);
        self.down_from = self.office.now + 10000;
        self.down_until = self.down_from + 60000;
        end = self.office.now + 120000;
        while (self.office.now < end || office_all(&self.office).queued > 0) {
            self.office.now += 1 + sequence_below(&self.seed, 20);
            if (self.office.now < end) {
                tell_something(&self);
            }
            go_on(&self);
            CHECK(self.office.now < end + 60000);
        }
        for (int channel = 0; channel < CHANNELS; channel++) {
            CHECK_EQUAL(self.heard[channel], self.told[channel]);
            told += self.told[channel];
        }
        CHECK_EQUAL(office_all(&self.office).sent, told);
        CHECK(told > 5000);
        CHECK(office_all(&self.office).failed > 4);
        CHECK_EQUAL(
            office_all(&self.office).dropped_full + office_all(&self.office).dropped_expired, 0);
        office_close(&self.office);
    }
}

/* SPDX-License-Identifier: MIT */
/* One allocation after the other fails: nothing crashes, leaks or is lost without being counted. */
#include "base/memory.h"
#include "office.h"

static uint64_t lost(const office *self)
{
    return office_all(self).dropped_memory;
}

TEST(making_a_queue_with_failing_allocations)
{
    bool made = false;

    for (long at = 1; !made; at++) {
        office self;

        office_prepare(&self);
        self.hooks[1] = self.hooks[0];
        self.options.webhook_count = 2;
        ody_memory_fail_at(at);
        self.queue = ody_webhook_queue_new(&self.options, &self.limits);
        ody_memory_fail_at(0);
        made = self.queue != NULL;
        office_close(&self);
        CHECK(at < 100);
    }
}

TEST(telling_and_sending_with_failing_allocations)
{
    bool perfect = false;

    for (long at = 1; !perfect; at++) {
        office self;
        ody_webhook_request request;

        office_prepare(&self);
        self.hooks[1] = (ody_webhook){"shop", "https://other.test/", "", OFFICE_ALL};
        self.options.webhook_count = 2;
        office_open(&self);
        ody_memory_fail_at(at);
        office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
        office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "a", NULL);
        office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-b", "u");
        office_tell(&self, ODY_WEBHOOK_MEMBER_ADDED, "presence-b", "u");
        while (!ody_webhook_queue_idle(self.queue)) {
            office_await(&self, &request);
            office_end(&self, &request, NULL);
            CHECK(self.now < OFFICE_START + 20000);
        }
        /* Two events for two webhooks; a lost notice counts once although two would have got it. */
        CHECK(office_all(&self).sent + lost(&self) * 2 >= 4);
        CHECK_EQUAL(office_all(&self).bytes, 0);
        perfect = office_all(&self).sent == 4 && lost(&self) == 0 &&
                  self.now == OFFICE_START + 3050 &&
                  ody_webhook_queue_look(self.queue).smoothed == 2;
        ody_memory_fail_at(0);
        office_close(&self);
        CHECK(at < 100);
    }
}

TEST(a_request_that_finds_no_memory_is_made_again_with_nothing_lost)
{
    office self;
    ody_webhook_request request;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    self.now += 50;
    ody_memory_fail_at(1);
    CHECK(!office_next(&self, &request));
    ody_memory_fail_at(0);
    /* Nothing has been sent yet, so what comes meanwhile may go with it. */
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "b", NULL);
    office_await(&self, &request);
    CHECK_EQUAL(self.now, OFFICE_START + 1050);
    CHECK_TEXT(office_events(request.body), "{\"name\":\"channel_occupied\",\"channel\":\"a\"},"
                                            "{\"name\":\"cache_miss\",\"channel\":\"b\"}");
    office_end(&self, &request, NULL);
    office_close(&self);
}

TEST(a_server_that_stops_without_memory_does_not_spin)
{
    office self;
    ody_webhook_request request;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    ody_webhook_queue_hurry(self.queue);
    ody_memory_fail_at(1);
    CHECK(!office_next(&self, &request));
    ody_memory_fail_at(0);
    CHECK(ody_webhook_queue_idle(self.queue));
    CHECK_EQUAL(office_all(&self).dropped_stopped, 1);
    office_close(&self);
}

TEST(other_options_with_failing_allocations)
{
    bool taken = false;

    for (long at = 1; !taken; at++) {
        office self;
        ody_options options;
        ody_webhook hooks[3];
        ody_webhook_request request;

        office_prepare(&self);
        self.hooks[1] = (ody_webhook){"shop", "https://gone.test/", "", OFFICE_ALL};
        self.options.webhook_count = 2;
        office_open(&self);
        office_whisper(&self, "c", "client-1", "1");
        hooks[0] = (ody_webhook){"game", "https://new.test/", "", OFFICE_ALL};
        hooks[1] = self.hooks[0];
        hooks[2] = (ody_webhook){"nobody", "https://no.test/", "", OFFICE_ALL};
        options = self.options;
        options.webhooks = hooks;
        options.webhook_count = 3;
        ody_memory_fail_at(at);
        taken = ody_webhook_queue_reload(self.queue, &options) == 0;
        ody_memory_fail_at(0);
        CHECK_EQUAL(office_all(&self).queued, taken ? 1 : 2);
        CHECK_EQUAL(office_all(&self).dropped_removed, taken);
        /* Either the old ones work, or the new ones. */
        office_tell_app(&self, 3, ODY_WEBHOOK_CACHE_MISS, "g", NULL);
        while (!ody_webhook_queue_idle(self.queue)) {
            office_await(&self, &request);
            office_end(&self, &request, NULL);
        }
        CHECK_EQUAL(office_all(&self).sent, 2);
        office_close(&self);
        CHECK(at < 100);
    }
}

/* SPDX-License-Identifier: MIT */
/* What waits is bounded; other options leave what still counts; a stop gives everything one try. */
#include "office.h"
#include "webhook/origin.h"

TEST(a_hook_holds_so_many_events)
{
    office self;
    ody_webhook_request request;

    office_prepare(&self);
    self.limits.hook_events = 3;
    self.hooks[1] = (ody_webhook){"shop", "https://other.test/", "x", OFFICE_ALL};
    self.options.webhook_count = 2;
    office_open(&self);
    for (int i = 0; i < 5; i++) {
        office_whisper(&self, "c", "client-e", "1");
    }
    office_whisper(&self, "x", "client-e", "1");
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 0)->dropped_full, 3);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 0)->queued, 3);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 1)->queued, 1);
    office_await(&self, &request);
    office_end(&self, &request, NULL);
    office_whisper(&self, "c", "client-e", "1");
    CHECK_EQUAL(office_all(&self).dropped_full, 3);
    office_close(&self);
}

TEST(a_hook_holds_so_many_bytes)
{
    office self;
    char large[1001];

    memset(large, 'x', 1000);
    large[1000] = '\0';
    office_prepare(&self);
    self.limits.hook_size = 2500;
    office_open(&self);
    office_whisper(&self, "c", "client-e", large);
    office_whisper(&self, "c", "client-e", large);
    office_whisper(&self, "c", "client-e", large);
    CHECK_EQUAL(office_all(&self).dropped_full, 1);
    CHECK(office_all(&self).bytes <= 2500);
    /* What is small still fits. */
    office_whisper(&self, "c", "client-e", "1");
    CHECK_EQUAL(office_all(&self).queued, 3);
    office_close(&self);
}

TEST(all_hooks_together_and_what_is_held_have_a_bound)
{
    office self;
    char large[1001];

    memset(large, 'x', 1000);
    large[1000] = '\0';
    office_prepare(&self);
    self.limits.size = 2500;
    self.hooks[1] = (ody_webhook){"shop", "https://other.test/", "", OFFICE_ALL};
    self.options.webhook_count = 2;
    office_open(&self);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "a", NULL);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 1);
    office_whisper(&self, "c", "client-e", large);
    CHECK_EQUAL(office_all(&self).queued, 2);
    CHECK_EQUAL(office_all(&self).dropped_full, 0);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "b", NULL);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 1);
    CHECK_EQUAL(office_all(&self).dropped_full, 1);
    /* An arrival needs no room to undo. */
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).smoothed, 2);
    CHECK_EQUAL(office_all(&self).dropped_full, 1);
    office_close(&self);
}

TEST(what_waits_for_a_hook_survives_other_options)
{
    office self;
    ody_options options;
    ody_webhook hooks[2];
    ody_app apps[1];
    ody_webhook_request request;

    office_prepare(&self);
    self.hooks[1] = (ody_webhook){"shop", "https://gone.test/", "", OFFICE_ALL};
    self.hooks[2] = (ody_webhook){"game", "https://shop.test/hook", "", OFFICE_ALL};
    self.options.webhook_count = 3;
    office_open(&self);
    office_whisper(&self, "c", "client-1", "1");
    office_tell_app(&self, 3, ODY_WEBHOOK_CACHE_MISS, "g", NULL);
    CHECK_EQUAL(office_all(&self).queued, 3);

    /* "game" is gone, "shop" has another key, one of its hooks is gone and the other stands behind
     * a new one and wants something else. */
    apps[0] = self.apps[0];
    apps[0].keys[0] = (ody_app_key){"next-key", "next-secret"};
    hooks[0] = (ody_webhook){"shop", "https://new.test/", "", OFFICE_ALL};
    hooks[1] = (ody_webhook){"shop", "https://shop.test/hook", "z", OFFICE_ALL};
    options = (ody_options){.apps = apps, .app_count = 1, .webhooks = hooks, .webhook_count = 2};
    CHECK_EQUAL(ody_webhook_queue_reload(self.queue, &options), 0);
    memset(self.hooks, 0, sizeof(self.hooks));
    memset(self.apps, 0, sizeof(self.apps));
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).hooks, 2);
    CHECK_EQUAL(office_all(&self).dropped_removed, 2);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 0)->queued, 0);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 1)->queued, 1);
    office_whisper(&self, "c", "client-2", "2");
    office_tell_app(&self, 3, ODY_WEBHOOK_CACHE_MISS, "g", NULL);
    CHECK_EQUAL(office_all(&self).queued, 2);
    self.now += 50;
    CHECK(office_next(&self, &request));
    CHECK_VIEW(ody_view_of(request.url), ODY_VIEW("https://new.test/"));
    office_end(&self, &request, NULL);
    CHECK(office_next(&self, &request));
    CHECK_VIEW(ody_view_of(request.url), ODY_VIEW("https://shop.test/hook"));
    CHECK_VIEW(ody_view_of(request.key), ODY_VIEW("next-key"));
    CHECK(memmem(request.body.data, request.body.length, "client-1", 8) != NULL);
    office_end(&self, &request, NULL);
    CHECK_EQUAL(office_all(&self).sent, 2);
    office_close(&self);
}

TEST(a_batch_that_is_tried_again_is_signed_with_the_key_of_then)
{
    office self;
    ody_webhook_request request;
    ody_app apps[1];
    ody_options options;
    char body[300];
    size_t length;

    office_simple(&self);
    office_whisper(&self, "c", "client-1", "1");
    office_await(&self, &request);
    length = request.body.length;
    memcpy(body, request.body.data, length);
    office_end(&self, &request, "status 401");
    apps[0] = self.apps[0];
    apps[0].keys[0] = (ody_app_key){"next-key", "next-secret"};
    options = self.options;
    options.apps = apps;
    options.app_count = 1;
    CHECK_EQUAL(ody_webhook_queue_reload(self.queue, &options), 0);
    office_await(&self, &request);
    CHECK_VIEW(ody_view_of(request.key), ODY_VIEW("next-key"));
    CHECK_VIEW(request.body, ((ody_view){body, length}));
    office_end(&self, &request, NULL);
    office_close(&self);
}

TEST(a_request_of_a_hook_that_is_gone_may_end)
{
    for (int delivered = 0; delivered < 2; delivered++) {
        office self;
        ody_webhook_request request;
        ody_options options;

        office_simple(&self);
        office_whisper(&self, "c", "client-1", "1");
        office_await(&self, &request);
        office_whisper(&self, "c", "client-2", "2");
        options = self.options;
        options.webhook_count = 0;
        CHECK_EQUAL(ody_webhook_queue_reload(self.queue, &options), 0);
        CHECK_EQUAL(office_all(&self).dropped_removed, 1);
        CHECK_EQUAL(office_all(&self).queued, 1);
        CHECK_EQUAL(office_all(&self).in_flight, 1);
        CHECK(!ody_webhook_queue_idle(self.queue));
        /* The same hook comes back meanwhile: it is another one. */
        CHECK_EQUAL(ody_webhook_queue_reload(self.queue, &self.options), 0);
        office_end(&self, &request, delivered ? NULL : "status 500");
        CHECK_EQUAL(office_all(&self).sent, delivered);
        CHECK_EQUAL(office_all(&self).dropped_removed, 2 - delivered);
        CHECK_EQUAL(office_all(&self).failing, 0);
        CHECK(ody_webhook_queue_idle(self.queue));
        office_close(&self);
    }
}

TEST(hooks_with_the_same_url_keep_their_own_queues)
{
    office self;

    office_prepare(&self);
    self.hooks[0].prefixes = "a";
    self.hooks[1] = self.hooks[0];
    self.hooks[1].prefixes = "b";
    self.options.webhook_count = 2;
    office_open(&self);
    office_whisper(&self, "a", "client-e", "1");
    office_whisper(&self, "b", "client-e", "1");
    office_whisper(&self, "b", "client-e", "2");
    CHECK_EQUAL(ody_webhook_queue_reload(self.queue, &self.options), 0);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 0)->queued, 1);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 1)->queued, 2);
    office_close(&self);
}

TEST(a_server_that_stops_tries_everything_once)
{
    office self;
    ody_webhook_request request;

    office_prepare(&self);
    self.hooks[1] = (ody_webhook){"shop", "https://down.test/", "", OFFICE_ALL};
    self.options.webhook_count = 2;
    self.limits.batch_events = 1;
    office_open(&self);
    office_whisper(&self, "c", "client-1", "1");
    office_whisper(&self, "c", "client-2", "2");
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "c", NULL);
    ody_webhook_queue_hurry(self.queue);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 0);
    CHECK_EQUAL(office_all(&self).dropped_stopped, 1);
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), 0);
    for (int i = 0; i < 3; i++) {
        CHECK(office_next(&self, &request));
        office_end(&self, &request,
                   strcmp(request.url, "https://down.test/") == 0 ? "timeout" : NULL);
    }
    CHECK(!office_next(&self, &request));
    CHECK_EQUAL(office_all(&self).sent, 2);
    CHECK_EQUAL(office_all(&self).dropped_stopped, 3);
    CHECK(ody_webhook_queue_idle(self.queue));
    office_close(&self);
}

TEST(a_server_that_begins_to_stop_tells_of_no_departure_any_more)
{
    office self;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "left-before", NULL);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    ody_webhook_queue_drain(self.queue);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "a", NULL);
    office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-a", "u");
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "b", NULL);
    CHECK_EQUAL(office_all(&self).dropped_stopped, 3);
    office_expect(&self, "{\"name\":\"channel_occupied\",\"channel\":\"a\"},"
                         "{\"name\":\"channel_occupied\",\"channel\":\"b\"}");
    CHECK(ody_webhook_queue_idle(self.queue));
    office_close(&self);
}

TEST(what_is_given_up_is_counted)
{
    office self;
    ody_webhook_request request;

    office_prepare(&self);
    self.limits.batch_events = 1;
    office_open(&self);
    office_whisper(&self, "c", "client-1", "1");
    office_whisper(&self, "c", "client-2", "2");
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "c", NULL);
    CHECK(office_next(&self, &request));
    ody_webhook_queue_give_up(self.queue);
    CHECK_EQUAL(office_all(&self).dropped_stopped, 3);
    CHECK_EQUAL(office_all(&self).queued, 0);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 0);
    office_end(&self, &request, "broken off");
    CHECK_EQUAL(office_all(&self).dropped_stopped, 3);
    office_close(&self);
}

TEST(an_origin_holds_nothing_secret)
{
    static const char *const cases[][2] = {
        {"https://example.com/hook/SECRET?token=SECRET#SECRET", "https://example.com"},
        {"http://user:SECRET@example.com:8080/x", "http://example.com:8080"},
        {"http://user:SE@CRET@example.com/x", "http://example.com"},
        {"http://[::1]:80?SECRET", "http://[::1]:80"},
        {"https://example.com\\SECRET", "https://example.com"},
        {"nonsense", "nonsense"},
        {"", ""},
    };
    char out[ODY_WEBHOOK_ORIGIN];
    char url[400];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ody_webhook_origin(cases[i][0], out);
        CHECK_VIEW(ody_view_of(out), ody_view_of(cases[i][1]));
    }
    memset(url, 'h', sizeof(url) - 1);
    url[sizeof(url) - 1] = '\0';
    memcpy(url, "https://", 8);
    ody_webhook_origin(url, out);
    CHECK_EQUAL(strlen(out), ODY_WEBHOOK_ORIGIN - 1);
    memset(url, 'h', 10);
    memcpy(url + 200, "://x", 4);
    ody_webhook_origin(url, out);
    CHECK(strlen(out) < ODY_WEBHOOK_ORIGIN);
}

/* SPDX-License-Identifier: MIT */
/* Who is told what: smoothing, filters, batches, and the signature. */
#include "office.h"

#define OCCUPIED(channel) "{\"name\":\"channel_occupied\",\"channel\":\"" channel "\"}"
#define VACATED(channel) "{\"name\":\"channel_vacated\",\"channel\":\"" channel "\"}"
#define ADDED(channel, user)                                                                       \
    "{\"name\":\"member_added\",\"channel\":\"" channel "\",\"user_id\":\"" user "\"}"
#define REMOVED(channel, user)                                                                     \
    "{\"name\":\"member_removed\",\"channel\":\"" channel "\",\"user_id\":\"" user "\"}"

TEST(what_happens_together_goes_in_one_request)
{
    office self;
    ody_webhook_request request;

    office_simple(&self);
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), UINT64_MAX);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "presence-a", NULL);
    office_tell(&self, ODY_WEBHOOK_MEMBER_ADDED, "presence-a", "u");
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), OFFICE_START + 50);
    CHECK(!office_next(&self, &request));
    self.now += 49;
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "cache-b", NULL);
    CHECK(!office_next(&self, &request));
    self.now += 1;
    CHECK(office_next(&self, &request));
    CHECK_VIEW(ody_view_of(request.url), ODY_VIEW("https://shop.test/hook"));
    CHECK_TEXT(request.body,
               "{\"time_ms\":1700000000050,\"events\":[" OCCUPIED("presence-a") "," ADDED(
                   "presence-a", "u") ",{\"name\":\"cache_miss\",\"channel\":\"cache-b\"}]}");
    office_end(&self, &request, NULL);
    CHECK(!office_next(&self, &request));
    CHECK_EQUAL(office_all(&self).sent, 3);
    CHECK_EQUAL(office_all(&self).requests, 1);
    CHECK(ody_webhook_queue_idle(self.queue));
    office_close(&self);
}

TEST(the_time_is_that_of_each_batch)
{
    office self;
    ody_webhook_request request;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "a", NULL);
    office_expect(&self, "{\"name\":\"cache_miss\",\"channel\":\"a\"}");
    self.now = OFFICE_START + 10000;
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "b", NULL);
    office_skip(&self);
    CHECK(office_next(&self, &request));
    CHECK(ody_view_starts(request.body, ODY_VIEW("{\"time_ms\":1700000010050,")));
    office_end(&self, &request, NULL);
    office_close(&self);
}

TEST(pitfall_27_the_signature_is_over_the_bytes_that_are_sent)
{
    office self;
    ody_webhook_request request;

    office_prepare(&self);
    /* Half of the events are filtered out, so that signing too early would show. */
    self.hooks[0].events = 1u << ODY_WEBHOOK_CACHE_MISS;
    office_open(&self);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "a", NULL);
    office_skip(&self);
    CHECK(office_next(&self, &request));
    CHECK_TEXT(request.body, "{\"time_ms\":1700000000050,\"events\":[{\"name\":\"cache_miss\","
                             "\"channel\":\"a\"}]}");
    CHECK_VIEW(ody_view_of(request.key), ODY_VIEW("shop-key"));
    /* printf '%s' "$body" | openssl dgst -sha256 -hmac shop-secret */
    CHECK_VIEW(ody_view_of(request.signature),
               ODY_VIEW("840d0f2098ce1707e0b0f08acf72e113176876be4684535afdc1b9325f3a2f2d"));
    office_end(&self, &request, NULL);
    office_close(&self);
}

TEST(the_oldest_key_of_the_app_signs)
{
    office self;
    ody_webhook_request request;

    office_prepare(&self);
    self.hooks[0].app_id = "game";
    office_open(&self);
    office_tell_app(&self, 3, ODY_WEBHOOK_CACHE_MISS, "a", NULL);
    office_skip(&self);
    CHECK(office_next(&self, &request));
    CHECK_VIEW(ody_view_of(request.key), ODY_VIEW("game-old"));
    CHECK_VIEW(ody_view_of(request.signature),
               ODY_VIEW("4489ee89a0c63e656894e0e69638c4b07334de1d1a8a2387bf33f9d28a1ad4c9"));
    office_end(&self, &request, NULL);
    office_close(&self);
}

TEST(apps_do_not_hear_of_each_other)
{
    office self;

    office_prepare(&self);
    self.hooks[1] = (ody_webhook){"game", "https://game.test/", "", OFFICE_ALL};
    self.options.webhook_count = 2;
    office_open(&self);
    office_tell_app(&self, 3, ODY_WEBHOOK_CHANNEL_OCCUPIED, "g", NULL);
    office_tell_app(&self, 7, ODY_WEBHOOK_CHANNEL_OCCUPIED, "unknown", NULL);
    office_tell_app(&self, 1, ODY_WEBHOOK_CHANNEL_OCCUPIED, "unknown", NULL);
    office_tell_app(&self, UINT32_MAX, ODY_WEBHOOK_CHANNEL_OCCUPIED, "unknown", NULL);
    /* The same name in two apps is two channels: this one does not undo the other's. */
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "g", NULL);
    office_tell_app(&self, 3, ODY_WEBHOOK_CHANNEL_OCCUPIED, "g", NULL);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 1);
    office_expect(&self, OCCUPIED("g") "," OCCUPIED("g"));
    office_expect(&self, VACATED("g"));
    CHECK_EQUAL(self.now, OFFICE_START + 3050);
    CHECK_EQUAL(office_all(&self).sent, 3);
    office_close(&self);
}

TEST(a_channel_that_is_soon_occupied_again_was_never_vacated)
{
    office self;
    ody_webhook_request request;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "a", NULL);
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), OFFICE_START + 3000);
    self.now += 2999;
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), UINT64_MAX);
    self.now += 10000;
    CHECK(!office_next(&self, &request));
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).smoothed, 2);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 0);

    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "a", NULL);
    self.now += 3000;
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    office_expect(&self, VACATED("a") "," OCCUPIED("a"));
    office_close(&self);
}

TEST(a_member_who_soon_comes_back_was_never_away)
{
    office self;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-a", "u");
    office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-a", "v");
    office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-b", "u");
    self.now += 1000;
    /* Neither another user of the channel nor the same in another channel undoes it. */
    office_tell(&self, ODY_WEBHOOK_MEMBER_ADDED, "presence-a", "v");
    office_tell(&self, ODY_WEBHOOK_MEMBER_ADDED, "presence-c", "u");
    office_expect(&self, ADDED("presence-c", "u"));
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).smoothed, 2);
    office_skip(&self);
    CHECK_EQUAL(self.now, OFFICE_START + 3000);
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "x", NULL);
    office_expect(&self, REMOVED("presence-a", "u") "," REMOVED(
                             "presence-b", "u") ","
                                                "{\"name\":\"cache_miss\",\"channel\":\"x\"}");
    office_close(&self);
}

TEST(names_that_run_into_each_other_are_told_apart)
{
    office self;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-a", "bc");
    office_tell(&self, ODY_WEBHOOK_MEMBER_ADDED, "presence-ab", "c");
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).smoothed, 0);
    /* Nor does a channel undo a member of it. */
    office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-a", "");
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "presence-a", NULL);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).smoothed, 0);
    office_close(&self);
}

TEST(all_who_left_are_told_before_their_channel_is_vacated)
{
    office self;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-a", "u");
    office_tell(&self, ODY_WEBHOOK_MEMBER_REMOVED, "presence-a", "v");
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "presence-a", NULL);
    office_expect(
        &self, REMOVED("presence-a", "u") "," REMOVED("presence-a", "v") "," VACATED("presence-a"));
    office_close(&self);
}

TEST(what_was_vacated_twice_is_told_once)
{
    office self;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "a", NULL);
    self.now += 1000;
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "a", NULL);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 1);
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), OFFICE_START + 3000);
    office_close(&self);
}

TEST(a_hook_that_wants_one_half_of_a_pair_is_spared_the_undone_other)
{
    office self;
    ody_webhook_request request;

    office_prepare(&self);
    self.hooks[0].events = 1u << ODY_WEBHOOK_CHANNEL_OCCUPIED;
    office_open(&self);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    office_expect(&self, OCCUPIED("a"));
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "a", NULL);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_OCCUPIED, "a", NULL);
    self.now += 10000;
    CHECK(!office_next(&self, &request));
    CHECK_EQUAL(office_all(&self).queued, 0);
    office_close(&self);
}

TEST(hooks_get_what_they_ask_for)
{
    office self;
    ody_webhook_request request;

    office_prepare(&self);
    self.hooks[0].events = 1u << ODY_WEBHOOK_CLIENT_EVENT;
    self.hooks[0].prefixes = "private-  presence-room";
    self.hooks[1] = (ody_webhook){"shop", "https://other.test/", "x", OFFICE_ALL};
    self.options.webhook_count = 2;
    office_open(&self);
    office_whisper(&self, "private-a", "client-1", "1");
    office_whisper(&self, "presence-room", "client-2", "2");
    office_whisper(&self, "presence-roo", "client-3", "3");
    office_whisper(&self, "privat", "client-4", "4");
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "private-a", NULL);
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "xyz", NULL);
    office_tell(&self, ODY_WEBHOOK_CHANNEL_VACATED, "nobody", NULL);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 0);
    office_skip(&self);
    CHECK(office_next(&self, &request));
    CHECK_TEXT(office_events(request.body),
               "{\"name\":\"client_event\",\"channel\":\"private-a\",\"event\":\"client-1\","
               "\"data\":\"1\",\"socket_id\":\"1.2\"},"
               "{\"name\":\"client_event\",\"channel\":\"presence-room\",\"event\":\"client-2\","
               "\"data\":\"2\",\"socket_id\":\"1.2\"}");
    office_end(&self, &request, NULL);
    CHECK(office_next(&self, &request));
    CHECK_VIEW(ody_view_of(request.url), ODY_VIEW("https://other.test/"));
    CHECK_TEXT(office_events(request.body), "{\"name\":\"cache_miss\",\"channel\":\"xyz\"}");
    office_end(&self, &request, NULL);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 0)->sent, 2);
    CHECK_EQUAL(ody_webhook_queue_hook(self.queue, 1)->sent, 1);
    CHECK(ody_webhook_queue_hook(self.queue, 2) == NULL);
    office_close(&self);
}

TEST(a_batch_has_its_size)
{
    office self;
    ody_webhook_request request;

    office_prepare(&self);
    self.limits.batch_events = 3;
    office_open(&self);
    for (int i = 0; i < 7; i++) {
        office_whisper(&self, "c", "client-e", "1");
    }
    /* A full batch waits for nobody. */
    CHECK(office_next(&self, &request));
    office_end(&self, &request, NULL);
    CHECK_EQUAL(office_all(&self).sent, 3);
    CHECK(office_next(&self, &request));
    office_end(&self, &request, NULL);
    CHECK_EQUAL(office_all(&self).sent, 6);
    CHECK(!office_next(&self, &request));
    self.now += 50;
    CHECK(office_next(&self, &request));
    office_end(&self, &request, NULL);
    CHECK_EQUAL(office_all(&self).sent, 7);
    office_close(&self);
}

TEST(a_batch_has_its_bytes_and_a_large_event_goes_alone)
{
    office self;
    ody_webhook_request request;
    char large[2001];

    memset(large, 'x', 2000);
    large[2000] = '\0';
    office_prepare(&self);
    self.limits.batch_size = 1000;
    office_open(&self);
    office_whisper(&self, "c", "client-1", "1");
    office_whisper(&self, "c", "client-2", large);
    office_whisper(&self, "c", "client-3", "3");
    office_whisper(&self, "c", "client-4", "4");
    for (int i = 0; i < 3; i++) {
        office_skip(&self);
        CHECK(office_next(&self, &request));
        CHECK(request.body.length < (i == 1 ? 2200u : 1000u));
        CHECK((memmem(request.body.data, request.body.length, large, 2000) != NULL) == (i == 1));
        office_end(&self, &request, NULL);
    }
    CHECK_EQUAL(office_all(&self).sent, 4);
    office_close(&self);
}

TEST(one_request_of_a_hook_is_on_the_way_at_a_time)
{
    office self;
    ody_webhook_request request;
    ody_webhook_request other;

    office_simple(&self);
    office_whisper(&self, "c", "client-1", "1");
    office_skip(&self);
    CHECK(office_next(&self, &request));
    CHECK_EQUAL(office_all(&self).in_flight, 1);
    office_whisper(&self, "c", "client-2", "2");
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), UINT64_MAX);
    self.now += 1000;
    CHECK(!office_next(&self, &other));
    office_end(&self, &request, NULL);
    CHECK_EQUAL(office_all(&self).in_flight, 0);
    CHECK(office_next(&self, &request));
    office_end(&self, &request, NULL);
    CHECK_EQUAL(office_all(&self).sent, 2);
    CHECK_EQUAL(office_all(&self).bytes, 0);
    office_close(&self);
}

TEST(clients_that_miss_the_same_event_at_once_are_one_miss)
{
    office self;

    office_simple(&self);
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "cache-a", NULL);
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "cache-a", NULL);
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "cache-b", NULL);
    self.now += 999;
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "cache-a", NULL);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).smoothed, 2);
    CHECK_EQUAL(ody_webhook_queue_look(self.queue).held, 0);
    self.now += 1;
    office_tell(&self, ODY_WEBHOOK_CACHE_MISS, "cache-a", NULL);
    office_expect(&self, "{\"name\":\"cache_miss\",\"channel\":\"cache-a\"},"
                         "{\"name\":\"cache_miss\",\"channel\":\"cache-b\"},"
                         "{\"name\":\"cache_miss\",\"channel\":\"cache-a\"}");
    CHECK(ody_webhook_queue_idle(self.queue));
    office_skip(&self);
    CHECK_EQUAL(self.now, OFFICE_START + 2000);
    CHECK(!office_next(&self, &(ody_webhook_request){0}));
    CHECK_EQUAL(ody_webhook_queue_due(self.queue), UINT64_MAX);
    office_close(&self);
}

/* SPDX-License-Identifier: MIT */
/* The whole room against receivers on this machine: what goes over the wire, and how long. */
#include "house.h"

#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "../net/await.h"
#include "base/options.h"
#include "ody/auth.h"
#include "ody/version.h"
#include "receiver.h"

static unsigned threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    unsigned count = 0;

    CHECK(folder != NULL);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    return count;
}

TEST(a_request_is_as_receivers_expect_it)
{
    house self;
    receiver peer;
    const char *head;
    const char *body;
    ody_view view;
    char signature[ODY_SIGNATURE_HEX + 1];
    char line[200];

    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    ody_webhooks_tell(self.webhooks, &(ody_webhook_notice){.kind = ODY_WEBHOOK_CLIENT_EVENT,
                                                           .channel = ODY_VIEW("presence-a"),
                                                           .user_id = ODY_VIEW("u"),
                                                           .event = ODY_VIEW("client-e"),
                                                           .data = ODY_VIEW("{}"),
                                                           .socket_id = ODY_VIEW("1.2")});
    AWAIT(house_all(&self).sent == 1);
    head = receiver_head(&peer, 0);
    body = receiver_body(&peer, 0);
    CHECK(strncmp(head, "POST /hook?a=b HTTP/1.1\r\n", 25) == 0);
    CHECK(strstr(head, "\r\nContent-Type: application/json\r\n") != NULL);
    CHECK(strstr(head, "\r\nX-Pusher-Key: key\r\n") != NULL);
    CHECK(strstr(head, "\r\nUser-Agent: ody-websocket/" ODY_VERSION "\r\n") != NULL);
    CHECK(strcasestr(head, "Cookie:") == NULL);
    view = ody_view_of(body);
    CHECK_EQUAL(ody_hmac_sha256_hex(ODY_VIEW("secret"), &view, 1, signature), 0);
    snprintf(line, sizeof(line), "\r\nX-Pusher-Signature: %s\r\n", signature);
    CHECK(strstr(head, line) != NULL);
    CHECK(strncmp(body, "{\"time_ms\":", 11) == 0);
    CHECK(strstr(body, ",\"events\":[{\"name\":\"client_event\",\"channel\":\"presence-a\","
                       "\"event\":\"client-e\",\"data\":\"{}\",\"socket_id\":\"1.2\","
                       "\"user_id\":\"u\"}]}") != NULL);
    house_end(&self);
    receiver_stop(&peer);
}

TEST(requests_share_a_connection)
{
    house self;
    receiver peer;

    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    for (unsigned i = 1; i <= 10; i++) {
        house_tell(&self, "a");
        AWAIT(house_all(&self).requests == i);
    }
    CHECK_EQUAL(receiver_connections(&peer), 1);
    house_end(&self);
    receiver_stop(&peer);
}

TEST(a_large_event_does_not_wait_to_be_asked_for)
{
    enum { SIZE = 2 * 1024 * 1024 };
    char *data = malloc(SIZE);
    receiver peer;
    house self;

    memset(data, 'x', SIZE);
    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    ody_webhooks_tell(self.webhooks, &(ody_webhook_notice){.kind = ODY_WEBHOOK_CLIENT_EVENT,
                                                           .channel = ODY_VIEW("private-a"),
                                                           .event = ODY_VIEW("client-e"),
                                                           .data = {data, SIZE},
                                                           .socket_id = ODY_VIEW("1.2")});
    AWAIT(house_all(&self).sent == 1);
    CHECK(strcasestr(receiver_head(&peer, 0), "Expect:") == NULL);
    CHECK(strlen(receiver_body(&peer, 0)) > SIZE);
    house_end(&self);
    receiver_stop(&peer);
    free(data);
}

TEST(every_status_but_2xx_is_tried_again)
{
    static const int statuses[] = {400, 401, 404, 410, 429, 500, 503};
    house self;
    receiver peer;
    unsigned requests;

    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    receiver_behave(&peer, RECEIVER_ANSWERS, 400);
    house_start(&self);
    house_tell(&self, "a");
    for (unsigned i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        uint64_t failed = house_all(&self).failed;

        receiver_behave(&peer, RECEIVER_ANSWERS, statuses[i]);
        AWAIT(house_all(&self).failed >= failed + 2);
    }
    receiver_behave(&peer, RECEIVER_HANGS_UP, 0);
    AWAIT(house_all(&self).failed >= 18);
    receiver_behave(&peer, RECEIVER_ANSWERS, 204);
    AWAIT(house_all(&self).sent == 1);
    requests = receiver_requests(&peer);
    CHECK(requests > 14);
    CHECK(strcmp(receiver_body(&peer, 0), receiver_body(&peer, 10)) == 0);
    house_end(&self);
    receiver_stop(&peer);
}

TEST(a_receiver_that_is_silent_holds_up_only_its_own)
{
    house self;
    receiver slow;
    receiver quick;

    receiver_start(&slow, 0, NULL);
    receiver_start(&quick, 0, NULL);
    receiver_behave(&slow, RECEIVER_IS_SILENT, 0);
    house_prepare(&self);
    self.limits.request_time = 300;
    house_add_hook(&self, slow.url, "");
    house_add_hook(&self, quick.url, "");
    house_start(&self);
    for (unsigned i = 1; i <= 10; i++) {
        house_tell(&self, "a");
        AWAIT(ody_webhooks_look_at(self.webhooks, 1).sent == i);
    }
    AWAIT(ody_webhooks_look_at(self.webhooks, 0).failed >= 2);
    receiver_behave(&slow, RECEIVER_ANSWERS, 200);
    AWAIT(ody_webhooks_look_at(self.webhooks, 0).sent == 10);
    house_end(&self);
    receiver_stop(&slow);
    receiver_stop(&quick);
}

TEST(a_receiver_that_is_down_gets_everything_in_order_when_it_is_up)
{
    house self;
    receiver peer;
    uint16_t port = receiver_free_port();
    char url[64];
    char *events;

    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", port);
    house_prepare(&self);
    house_add_hook(&self, url, "");
    house_start(&self);
    house_tell(&self, "a");
    AWAIT(house_all(&self).failed >= 2);
    house_tell(&self, "b");
    house_tell(&self, "c");
    AWAIT(house_all(&self).failed >= 4 && house_all(&self).queued == 3);
    CHECK_EQUAL(house_all(&self).failing, 1);
    receiver_start(&peer, port, NULL);
    AWAIT(house_all(&self).sent == 3);
    CHECK_EQUAL(receiver_requests(&peer), 2);
    CHECK(strstr(receiver_body(&peer, 0), "\"channel\":\"a\"") != NULL);
    events = strstr(receiver_body(&peer, 1), "\"channel\":\"b\"");
    CHECK(events != NULL && strstr(events, "\"channel\":\"c\"") != NULL);
    CHECK_EQUAL(house_all(&self).queued, 0);
    CHECK_EQUAL(house_all(&self).bytes, 0);
    house_end(&self);
    receiver_stop(&peer);
}

TEST(an_answer_without_end_is_broken_off)
{
    static const struct {
        receiver_manner manner;
        int status;
        bool delivered;
    } cases[] = {
        {RECEIVER_TALKS_WITHOUT_END, 200, true}, {RECEIVER_TALKS_WITHOUT_END, 500, false},
        {RECEIVER_HEADS_WITHOUT_END, 0, false},  {RECEIVER_DAWDLES, 201, true},
        {RECEIVER_DAWDLES, 404, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool slow = cases[i].manner == RECEIVER_DAWDLES;
        uint64_t began = ody_clock_ms();
        receiver peer;
        house self;

        receiver_start(&peer, 0, NULL);
        receiver_behave(&peer, cases[i].manner, cases[i].status);
        house_prepare(&self);
        /* What comes fast is cut by its size, what comes slowly by the time. */
        self.limits.request_time = slow ? 300 : 60000;
        house_add_hook(&self, peer.url, "");
        house_start(&self);
        house_tell(&self, "a");
        AWAIT(house_all(&self).sent + house_all(&self).failed > 0);
        CHECK_EQUAL(house_all(&self).sent, cases[i].delivered);
        CHECK(ody_clock_ms() - began < 10000);
        house_end(&self);
        receiver_stop(&peer);
    }
}

/* The name slow.test takes three seconds to be found out not to exist. */
static atomic_uint resolving;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

    if (name && strcmp(name, "slow.test") == 0) {
        atomic_fetch_add(&resolving, 1);
        nanosleep(&(struct timespec){3, 0}, NULL);
        atomic_fetch_sub(&resolving, 1);
        return EAI_AGAIN;
    }
    real = (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(
        RTLD_NEXT, "getaddrinfo");
    return real(name, service, hints, result);
}

TEST(a_name_that_is_not_resolved_holds_up_nobody_else)
{
    house self;
    receiver peer;
    uint64_t longest = 0;

    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    self.limits.connect_time = 200;
    house_add_hook(&self, "http://slow.test/", "");
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    /* Long enough for an attempt to be given up while the name is still asked for. */
    for (unsigned i = 1; house_all(&self).failed < 2; i++) {
        uint64_t began = ody_clock_ms();

        house_tell(&self, "a");
        AWAIT(ody_webhooks_look_at(self.webhooks, 1).sent == i);
        longest = ody_clock_ms() - began > longest ? ody_clock_ms() - began : longest;
    }
    CHECK(longest < 1500);
    CHECK(atomic_load(&resolving) > 0);
    /* Nor does the end wait for it. */
    longest = ody_clock_ms();
    house_end(&self);
    CHECK(ody_clock_ms() - longest < 1500);
    AWAIT(atomic_load(&resolving) == 0);
    receiver_stop(&peer);
}

TEST(there_is_no_thread_until_there_is_a_webhook)
{
    house self;
    receiver peer;
    const ody_options *options;
    unsigned before;

    receiver_start(&peer, 0, NULL);
    before = threads();
    house_prepare(&self);
    house_start(&self);
    house_tell(&self, "a");
    CHECK_EQUAL(threads(), before);
    CHECK_EQUAL(ody_webhooks_look(self.webhooks).dropped_mailbox, 0);

    house_add_hook(&self, peer.url, "");
    self.options.host = self.options.path = self.options.socket_path = "";
    options = ody_options_copy(&self.options);
    ody_webhooks_reload(self.webhooks, options);
    ody_options_unref(options);
    CHECK_EQUAL(threads(), before + 1);
    AWAIT(ody_webhooks_look(self.webhooks).hooks == 1);
    house_tell(&self, "a");
    AWAIT(house_all(&self).sent == 1);

    self.hooks[0].prefixes = "b";
    for (int i = 0; i < 20; i++) {
        options = ody_options_copy(&self.options);
        ody_webhooks_reload(self.webhooks, options);
        ody_options_unref(options);
    }
    self.options.webhook_count = 0;
    options = ody_options_copy(&self.options);
    ody_webhooks_reload(self.webhooks, options);
    ody_options_unref(options);
    AWAIT(ody_webhooks_look(self.webhooks).hooks == 0);
    house_tell(&self, "b");
    house_end(&self);
    CHECK_EQUAL(receiver_requests(&peer), 1);
    receiver_stop(&peer);
}

TEST(what_finds_the_mailbox_full_is_counted)
{
    house self;
    receiver peer;

    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    self.limits.mailbox_size = 10;
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    house_tell(&self, "a");
    house_tell(&self, "b");
    CHECK_EQUAL(ody_webhooks_look(self.webhooks).dropped_mailbox, 2);
    house_end(&self);
    CHECK_EQUAL(receiver_requests(&peer), 0);
    receiver_stop(&peer);
}

TEST(a_stop_sends_what_waits)
{
    house self;
    receiver peer;

    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    self.limits.window = 60000;
    self.limits.smoothing = 60000;
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    ody_webhooks_tell(self.webhooks, &(ody_webhook_notice){.kind = ODY_WEBHOOK_CHANNEL_VACATED,
                                                           .channel = ODY_VIEW("held")});
    house_tell(&self, "a");
    ody_webhooks_stop(self.webhooks, 10000);
    CHECK_EQUAL(house_all(&self).sent, 1);
    CHECK_EQUAL(house_all(&self).dropped_stopped, 1);
    CHECK_EQUAL(receiver_requests(&peer), 1);
    CHECK(strstr(receiver_body(&peer, 0), "\"channel\":\"a\"") != NULL);
    ody_webhooks_free(self.webhooks);
    receiver_stop(&peer);
}

TEST(a_stop_waits_no_longer_than_it_may)
{
    house self;
    receiver peer;
    uint64_t began;

    receiver_start(&peer, 0, NULL);
    receiver_behave(&peer, RECEIVER_IS_SILENT, 0);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    house_tell(&self, "a");
    AWAIT(receiver_requests(&peer) == 1);
    house_tell(&self, "b");
    began = ody_clock_ms();
    ody_webhooks_stop(self.webhooks, 200);
    CHECK(ody_clock_ms() - began >= 200 && ody_clock_ms() - began < 2000);
    CHECK_EQUAL(house_all(&self).dropped_stopped, 2);
    CHECK_EQUAL(house_all(&self).queued, 0);
    ody_webhooks_free(self.webhooks);
    receiver_stop(&peer);
}

TEST(who_is_sent_away_by_a_draining_server_is_not_told_of)
{
    house self;
    receiver peer;

    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    self.limits.smoothing = 60000;
    house_start(&self);
    ody_webhooks_tell(self.webhooks, &(ody_webhook_notice){.kind = ODY_WEBHOOK_CHANNEL_VACATED,
                                                           .channel = ODY_VIEW("held")});
    AWAIT(ody_webhooks_look(self.webhooks).held == 1);
    ody_webhooks_drain(self.webhooks);
    AWAIT(ody_webhooks_look(self.webhooks).held == 0);
    ody_webhooks_tell(self.webhooks, &(ody_webhook_notice){.kind = ODY_WEBHOOK_CHANNEL_VACATED,
                                                           .channel = ODY_VIEW("a")});
    ody_webhooks_tell(self.webhooks, &(ody_webhook_notice){.kind = ODY_WEBHOOK_MEMBER_REMOVED,
                                                           .channel = ODY_VIEW("presence-a"),
                                                           .user_id = ODY_VIEW("u")});
    house_tell(&self, "b");
    ody_webhooks_stop(self.webhooks, 10000);
    CHECK_EQUAL(house_all(&self).sent, 1);
    CHECK_EQUAL(house_all(&self).dropped_stopped, 3);
    CHECK(strstr(receiver_body(&peer, 0), "vacated") == NULL);
    ody_webhooks_free(self.webhooks);
    receiver_stop(&peer);
}

/* Many events in a short time, while the numbers are read: nothing is lost or told twice. */
TEST(a_flood_arrives_whole)
{
    enum { EVENTS = 5000 };
    house self;
    receiver peer;

    receiver_start(&peer, 0, NULL);
    house_prepare(&self);
    house_add_hook(&self, peer.url, "");
    house_start(&self);
    for (int i = 0; i < EVENTS; i++) {
        house_tell(&self, "a");
        CHECK(house_all(&self).sent <= EVENTS);
    }
    AWAIT(house_all(&self).sent == EVENTS);
    CHECK_EQUAL(ody_webhooks_look(self.webhooks).dropped_mailbox, 0);
    CHECK(receiver_requests(&peer) >= EVENTS / 256);
    house_end(&self);
    receiver_stop(&peer);
}

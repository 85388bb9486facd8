/* SPDX-License-Identifier: MIT */
/* A running engine tells a receiver what its clients do, also after a reload and at its end. */
#include <unistd.h>
#include "../net/await.h"
/* The receiver of the room's own tests. */
#include "../webhook/receiver.c"
#include "live_engine.h"
#include "ody/auth.h"

/* Threads of ours begin only when the engine has been forked, so its port is chosen before. */
typedef struct scene {
    engine_sockets sockets;
    engine_state engine;
    ody_webhook hook;
    char url[64];
    uint16_t port;
    receiver receiver;
} scene;

static void prepare(scene *self)
{
    engine_sockets_open(&self->sockets);
    self->port = receiver_free_port();
    snprintf(self->url, sizeof(self->url), "http://127.0.0.1:%u/hook", self->port);
    self->hook = (ody_webhook){"1", self->url, "", (1u << ODY_WEBHOOK_EVENTS) - 1};
}

static void use_hook(scene *self)
{
    self->sockets.options.webhooks = &self->hook;
    self->sockets.options.webhook_count = 1;
}

static void start(scene *self)
{
    engine_start(&self->engine, &self->sockets);
    receiver_start(&self->receiver, self->port, NULL);
}

static void finish(scene *self)
{
    receiver_stop(&self->receiver);
    engine_sockets_close(&self->sockets);
}

/* Whether all that came so far contains text. */
static bool heard(scene *self, const char *text)
{
    unsigned count = receiver_requests(&self->receiver);

    for (unsigned index = 0; index < count; index++) {
        if (strstr(receiver_body(&self->receiver, index), text)) {
            return true;
        }
    }
    return false;
}

TEST(an_engine_tells_its_webhook)
{
    scene self;
    ody_view body;
    char signature[ODY_SIGNATURE_HEX + 1];
    int client;

    prepare(&self);
    use_hook(&self);
    start(&self);
    client = engine_client(&self.sockets, "key", "connection_established");
    engine_subscribe(client, "cache-a");
    AWAIT(heard(&self, "{\"name\":\"channel_occupied\",\"channel\":\"cache-a\"}"));
    AWAIT(heard(&self, "{\"name\":\"cache_miss\",\"channel\":\"cache-a\"}"));
    body = ody_view_of(receiver_body(&self.receiver, 0));
    CHECK_EQUAL(ody_hmac_sha256_hex(ODY_VIEW("secret"), &body, 1, signature), 0);
    CHECK(strstr(receiver_head(&self.receiver, 0), signature) != NULL);
    CHECK(engine_status_contains(&self.sockets, "\"webhooks\":{\"num\":1,\"failing\":0,"));
    CHECK(engine_status_contains(&self.sockets, "\"receiver\":\"http://127.0.0.1:"));
    CHECK(!engine_status_contains(&self.sockets, "/hook"));
    close(client);
    AWAIT(heard(&self, "{\"name\":\"channel_vacated\",\"channel\":\"cache-a\"}"));
    engine_stop(&self.engine);
    finish(&self);
}

TEST(a_reload_brings_a_webhook_and_takes_it_away)
{
    scene self;
    ody_options options;
    ody_error error;
    int client;

    prepare(&self);
    start(&self);
    client = engine_client(&self.sockets, "key", "connection_established");
    engine_subscribe(client, "before");
    CHECK(!engine_status_contains(&self.sockets, "\"webhooks\""));
    options = self.sockets.options;
    use_hook(&self);
    CHECK_EQUAL(engine_reload(&self.engine, &self.sockets.options, &error), 0);
    engine_subscribe(client, "between");
    AWAIT(heard(&self, "{\"name\":\"channel_occupied\",\"channel\":\"between\"}"));
    CHECK_EQUAL(engine_reload(&self.engine, &options, &error), 0);
    engine_subscribe(client, "after");
    CHECK(!engine_status_contains(&self.sockets, "\"webhooks\""));
    close(client);
    engine_stop(&self.engine);
    CHECK(!heard(&self, "before"));
    CHECK(!heard(&self, "after"));
    finish(&self);
}

TEST(an_engine_that_stops_tells_what_happened_but_not_that_it_sends_all_away)
{
    scene self;
    int client;

    prepare(&self);
    use_hook(&self);
    start(&self);
    client = engine_client(&self.sockets, "key", "connection_established");
    engine_subscribe(client, "last");
    engine_stop(&self.engine);
    close(client);
    CHECK(heard(&self, "{\"name\":\"channel_occupied\",\"channel\":\"last\"}"));
    CHECK(!heard(&self, "vacated"));
    finish(&self);
}

TEST(a_silent_receiver_does_not_keep_an_engine_from_stopping)
{
    scene self;
    uint64_t began;
    int client;

    prepare(&self);
    use_hook(&self);
    self.sockets.options.drain_time = 500;
    start(&self);
    receiver_behave(&self.receiver, RECEIVER_IS_SILENT, 0);
    client = engine_client(&self.sockets, "key", "connection_established");
    engine_subscribe(client, "a");
    AWAIT(receiver_requests(&self.receiver) == 1);
    close(client);
    began = ody_clock_ms();
    engine_stop(&self.engine);
    CHECK(ody_clock_ms() - began < 3000);
    finish(&self);
}

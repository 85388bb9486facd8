/* SPDX-License-Identifier: MIT */
/* What homes tell the API thread for the webhooks: everything that is wanted, and nothing else. */
#include <stdio.h>
#include "apps.h"
#include "base/memory.h"
#include "hub/webhook_mail.h"
#include "world.h"

#define EVERYTHING ((1u << ODY_WEBHOOK_EVENTS) - 1)

/* What has come, as text: "occupied a; client_event a e 1 ID u" and so on. */
typedef struct listener {
    char text[2000];
    unsigned notices; /* mail for PHP workers */
} listener;

static const char *const names[ODY_WEBHOOK_EVENTS] = {
    "occupied", "vacated", "added", "removed", "client_event", "cache_miss", "count",
};

static void append(char *text, ody_view view)
{
    if (view.data) {
        strcat(text, " ");
        strncat(text, view.data, view.length);
    }
}

static void collect(void *context, unsigned to, const ody_mail *mail)
{
    listener *self = context;

    (void)to;
    self->notices += mail->kind == ODY_MAIL_NOTICE;
    if (mail->kind != ODY_MAIL_WEBHOOK) {
        return;
    }
    strcat(self->text, self->text[0] ? "; " : "");
    if (mail->app > 0) {
        sprintf(self->text + strlen(self->text), "app %u ", mail->app);
    }
    strcat(self->text, names[mail->number]);
    append(self->text, mail->channel);
    append(self->text, mail->user_id);
    if (mail->number == ODY_WEBHOOK_CLIENT_EVENT) {
        char id[ODY_SOCKET_ID_TEXT];

        append(self->text, mail->event);
        append(self->text, mail->data);
        append(self->text, ody_socket_id_format(mail->client, id));
    }
    if (mail->number == ODY_WEBHOOK_SUBSCRIPTION_COUNT) {
        append(self->text, mail->data);
    }
}

static void expect_told(world *self, listener *ear, const char *wanted)
{
    world_settle(self);
    CHECK_VIEW(ody_view_of(ear->text), ody_view_of(wanted));
    ear->text[0] = '\0';
}

static void watch(world *self, listener *ear)
{
    *ear = (listener){0};
    self->watch = collect;
    self->watch_context = ear;
}

/* A server with one webhook of its first app. */
static world *with_webhook(ody_webhook *hook, uint32_t events, unsigned shards, listener *ear)
{
    ody_options options;
    world *self;

    world_defaults(&options);
    *hook = (ody_webhook){"1", "http://receiver.test/", "", events};
    options.webhooks = hook;
    options.webhook_count = 1;
    self = world_start(&options, shards, 1);
    watch(self, ear);
    return self;
}

TEST(without_webhooks_nothing_is_told)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 0);
    listener ear;

    watch(self, &ear);
    world_subscribe_user(client, "presence-cache-a", "u");
    world_settle(self);
    world_send(client, "{\"event\":\"client-e\",\"channel\":\"presence-cache-a\",\"data\":\"1\"}");
    world_settle(self);
    world_unsubscribe(client, "presence-cache-a");
    expect_told(self, &ear, "");
    world_end(self);
}

TEST(webhooks_hear_of_channels_members_client_events_and_misses)
{
    ody_webhook hook;
    listener ear;
    world *self = with_webhook(&hook, EVERYTHING, 2, &ear);
    world_client *first = world_connect(self, 0);
    world_client *second = world_connect(self, 1);
    char wanted[200];

    world_subscribe(first, "a", NULL);
    expect_told(self, &ear, "occupied a");
    world_subscribe(second, "a", NULL);
    expect_told(self, &ear, "");
    world_unsubscribe(first, "a");
    expect_told(self, &ear, "");
    world_unsubscribe(second, "a");
    expect_told(self, &ear, "vacated a");

    world_subscribe_user(first, "presence-a", "u");
    expect_told(self, &ear, "occupied presence-a; added presence-a u");
    world_subscribe_user(second, "presence-a", "v");
    expect_told(self, &ear, "added presence-a v");
    world_send(second, "{\"event\":\"client-e\",\"channel\":\"presence-a\",\"data\":{\"x\":1}}");
    snprintf(wanted, sizeof(wanted), "client_event presence-a v client-e {\"x\":1} %s", second->id);
    expect_told(self, &ear, wanted);
    world_close(second);
    expect_told(self, &ear, "removed presence-a v");
    world_close(first);
    expect_told(self, &ear, "removed presence-a u; vacated presence-a");
    CHECK_EQUAL(ear.notices, 0);
    world_end(self);
}

TEST(a_client_event_outside_of_presence_channels_names_no_user)
{
    ody_webhook hook;
    listener ear;
    world *self = with_webhook(&hook, 1u << ODY_WEBHOOK_CLIENT_EVENT, 1, &ear);
    world_client *client = world_connect(self, 0);
    char wanted[200];

    world_subscribe(client, "private-a", NULL);
    expect_told(self, &ear, "");
    world_send(client, "{\"event\":\"client-e\",\"channel\":\"private-a\",\"data\":\"text\"}");
    snprintf(wanted, sizeof(wanted), "client_event private-a client-e text %s", client->id);
    expect_told(self, &ear, wanted);
    world_end(self);
}

TEST(a_cache_channel_without_an_event_is_told_of)
{
    ody_webhook hook;
    listener ear;
    world *self = with_webhook(&hook, 1u << ODY_WEBHOOK_CACHE_MISS, 2, &ear);
    world_client *first = world_connect(self, 0);
    world_client *second = world_connect(self, 1);
    world_reply reply = {0};

    world_subscribe(first, "a", NULL);
    world_subscribe(first, "cache-a", NULL);
    expect_told(self, &ear, "cache_miss cache-a");
    world_subscribe(second, "private-cache-a", NULL);
    expect_told(self, &ear, "cache_miss private-cache-a");
    CHECK_EQUAL(world_publish_begin(self, "cache-a", "e", "1", NULL, &reply), 0);
    expect_told(self, &ear, "");
    world_subscribe(second, "cache-a", NULL);
    expect_told(self, &ear, "");
    world_end(self);
}

TEST(who_wants_one_half_of_a_pair_is_told_of_both)
{
    ody_webhook hook;
    listener ear;
    world *self = with_webhook(&hook, 1u << ODY_WEBHOOK_CHANNEL_OCCUPIED, 1, &ear);
    world_client *client = world_connect(self, 0);

    world_subscribe_user(client, "presence-a", "u");
    expect_told(self, &ear, "occupied presence-a");
    world_unsubscribe(client, "presence-a");
    expect_told(self, &ear, "vacated presence-a");
    world_end(self);
}

TEST(a_count_is_told_with_its_number)
{
    ody_webhook hook;
    listener ear;
    world *self = with_webhook(&hook, 1u << ODY_WEBHOOK_SUBSCRIPTION_COUNT, 1, &ear);
    world_client *client = world_connect(self, 0);

    world_subscribe(client, "a", NULL);
    world_settle(self);
    ear.text[0] = '\0';
    ody__webhook_notice(self->hubs[0], world_hub_app(self, 0), ODY_CALL_SUBSCRIPTION_COUNT,
                        (ody_socket_id){0},
                        &(ody_mail_texts){.channel = ODY_VIEW("a"), .data = ODY_VIEW("101")});
    /* Mail to the hub's own thread leaves it with the next call. */
    world_subscribe(client, "b", NULL);
    world_settle(self);
    CHECK(strncmp(ear.text, "count a 101", 11) == 0);
    world_end(self);
}

TEST(each_app_has_its_own_webhooks_and_reloads_change_them)
{
    ody_options options;
    ody_webhook hooks[2] = {{"2", "http://two.test/", "", EVERYTHING},
                            {"1", "http://one.test/", "", EVERYTHING}};
    ody_handshake handshake = world_handshake();
    world_client *first;
    world_client *second;
    world *self;
    listener ear;

    world_defaults(&options);
    test_apps(&options, 2, WORLD_KEY, WORLD_SECRET);
    options.webhooks = hooks;
    options.webhook_count = 1;
    self = world_start(&options, 1, 1);
    watch(self, &ear);
    first = world_connect(self, 0);
    handshake.app_key = ODY_VIEW(WORLD_KEY "2");
    second = world_open(self, 0, &handshake);
    world_subscribe(first, "a", NULL);
    world_subscribe(second, "a", NULL);
    expect_told(self, &ear, "app 1 occupied a");

    options.webhook_count = 2;
    ody_hub_reload(self->hubs[0], &options, self->now);
    self->options = options;
    world_subscribe(first, "b", NULL);
    world_subscribe(second, "b", NULL);
    expect_told(self, &ear, "occupied b; app 1 occupied b");

    options.webhooks = hooks + 1;
    options.webhook_count = 1;
    ody_hub_reload(self->hubs[0], &options, self->now);
    self->options = options;
    world_unsubscribe(first, "b");
    world_unsubscribe(second, "b");
    expect_told(self, &ear, "vacated b");
    world_end(self);
}

TEST(what_finds_no_room_is_counted)
{
    ody_webhook hook;
    listener ear;
    world *self = with_webhook(&hook, EVERYTHING, 1, &ear);
    world_client *client = world_connect(self, 0);

    self->full[1] = true;
    world_subscribe_user(client, "presence-a", "u");
    world_settle(self);
    self->full[1] = false;
    CHECK_EQUAL(WORLD_COUNT(self, dropped_webhooks), 2);
    expect_told(self, &ear, "");
    world_unsubscribe(client, "presence-a");
    expect_told(self, &ear, "removed presence-a u; vacated presence-a");
    world_end(self);
}

TEST(telling_with_failing_allocations)
{
    bool perfect = false;

    for (long at = 1; !perfect; at++) {
        ody_webhook hook;
        listener ear;
        world *self = with_webhook(&hook, EVERYTHING, 1, &ear);
        world_client *client = world_connect(self, 0);
        unsigned events = 0;
        bool joined;

        world_forget(client);
        ody_memory_fail_at(at);
        world_subscribe_user(client, "presence-cache-a", "u");
        world_settle(self);
        ody_memory_fail_at(0);
        for (const char *end = ear.text; *end; end = strchr(end, ';') ? strchr(end, ';') + 1 : "") {
            events++;
        }
        joined = false;
        for (const world_message *message = client->first; message; message = message->next) {
            joined = joined || strstr(message->text, "subscription_succeeded");
        }
        /* Who is in was told of, or it was counted. */
        CHECK(events + WORLD_COUNT(self, dropped_webhooks) == 3 || !joined || !client->open);
        perfect = events == 3 && joined && client->open;
        CHECK(at < 200);
        world_end(self);
    }
}

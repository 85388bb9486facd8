/* SPDX-License-Identifier: MIT */
/*
 * Thousands of random steps of users that come, go, watch each other and are thrown out, over four
 * hubs with mail crossing in random order, against what each client must believe: the list comes
 * once and first, every later piece of news changes something, a user's messages reach that user
 * and nobody else, and when all is quiet everybody knows the truth. Once more with allocations that
 * fail: then a client may be closed, but none that stays may be wrong.
 */
#include <jansson.h>
#include <stdlib.h>
#include "apps.h"
#include "base/memory.h"
#include "hub/signin.h"
#include "hub/subscription.h"
#include "world.h"

#define CLIENTS 24
#define USERS 7

/* What a client knows. */
typedef struct belief {
    int user;            /* that it wants to be, or -1: it has not signed in */
    bool confirmed;      /* it was told that it is signed in */
    bool watched[USERS]; /* its watchlist */
    int watching;        /* how many */
    bool listed;         /* it has got its list */
    bool online[USERS];
} belief;

typedef struct model {
    world *world;
    world_client *clients[CLIENTS];
    belief beliefs[CLIENTS];
    bool faults;
    int seen_lists, seen_news, seen_messages, seen_ends; /* that it is not idle */
} model;

static int user_number(const char *text)
{
    CHECK(text && text[0] == 'u');
    return atoi(text + 1);
}

static void see_group(model *self, belief *of, const char *name, json_t *ids, bool listed)
{
    bool online = strcmp(name, "online") == 0;
    size_t index;
    json_t *id;

    CHECK(online || strcmp(name, "offline") == 0);
    CHECK(json_array_size(ids) > 0);
    json_array_foreach(ids, index, id)
    {
        int user = user_number(json_string_value(id));

        CHECK(of->watched[user]);
        CHECK(!listed || of->online[user] != online);
        of->online[user] = online;
        self->seen_news += listed;
    }
}

static void see_watchlist(model *self, belief *of, json_t *data)
{
    json_t *groups = json_object_get(data, "events"), *group;
    bool listed = of->listed;
    size_t index, named = 0;

    CHECK(of->confirmed && of->watching > 0);
    json_array_foreach(groups, index, group)
    {
        json_t *ids = json_object_get(group, "user_ids");

        named += json_array_size(ids);
        see_group(self, of, json_string_value(json_object_get(group, "name")), ids, listed);
    }
    CHECK_EQUAL(named, listed ? 1 : of->watching);
    self->seen_lists += !listed;
    of->listed = true;
}

static void see(model *self, int client, const world_message *text)
{
    json_t *message = json_loads(text->text, 0, NULL);
    const char *name = json_string_value(json_object_get(message, "event"));
    const char *channel = json_string_value(json_object_get(message, "channel"));
    const char *data_text = json_string_value(json_object_get(message, "data"));
    json_t *data = data_text ? json_loads(data_text, JSON_DECODE_ANY, NULL) : NULL;
    belief *of = &self->beliefs[client];

    CHECK(message && name);
    if (strcmp(name, "pusher:signin_success") == 0) {
        CHECK(!of->confirmed && of->user >= 0);
        of->confirmed = true;
    } else if (strcmp(name, "pusher_internal:watchlist_events") == 0) {
        see_watchlist(self, of, data);
    } else if (strcmp(name, "message") == 0) {
        CHECK(of->confirmed && channel);
        CHECK_EQUAL(atoi(data_text), of->user);
        CHECK_EQUAL(user_number(channel + strlen("#server-to-user-")), of->user);
        self->seen_messages++;
    } else if (strcmp(name, "pusher:error") == 0) {
        bool ends = strstr(text->text, "You got disconnected by the app.");

        CHECK(ends || self->faults);
        CHECK(!ends || of->user >= 0);
        self->seen_ends += ends;
        if (!ends && !of->confirmed && of->user >= 0) {
            of->user = -1;
        }
    } else {
        CHECK(strcmp(name, "pusher_internal:subscription_succeeded") == 0 ||
              (self->faults && strcmp(name, "pusher:subscription_error") == 0));
        CHECK(of->confirmed);
    }
    json_decref(data);
    json_decref(message);
}

static void read_all(model *self, int client)
{
    world_message *message;

    while ((message = world_take(self->clients[client]))) {
        see(self, client, message);
        free(message);
    }
}

static void step_connect(model *self, int client)
{
    self->beliefs[client] = (belief){.user = -1};
    self->clients[client] =
        world_connect(self->world, (unsigned)world_random(self->world, WORLD_SHARDS));
}

static void step_sign_in(model *self, int client)
{
    belief *of = &self->beliefs[client];
    char data[512];
    int used;

    *of = (belief){.user = (int)world_random(self->world, USERS)};
    used = snprintf(data, sizeof(data), "{\"id\":\"u%d\",\"watchlist\":[", of->user);
    for (uint64_t i = world_random(self->world, 6); i > 0; i--) {
        int user = (int)world_random(self->world, USERS);

        used += snprintf(data + used, sizeof(data) - (size_t)used, "%s\"u%d\"",
                         of->watching > 0 ? "," : "", user);
        of->watching += !of->watched[user];
        of->watched[user] = true;
    }
    snprintf(data + used, sizeof(data) - (size_t)used, "]}");
    world_sign_in(self->clients[client], data);
}

static void step_terminate(model *self, int user)
{
    world_reply reply = {0};
    uint64_t ticket = 0;
    char id[16];
    ody_error error;
    bool confirmed[CLIENTS];
    int code;

    /* The homes decide by what has reached them: that holds for all who were told. */
    for (int i = 0; i < CLIENTS; i++) {
        if (self->clients[i]) {
            read_all(self, i);
        }
        confirmed[i] =
            self->clients[i] && self->beliefs[i].confirmed && self->beliefs[i].user == user;
    }
    snprintf(id, sizeof(id), "u%d", user);
    code = ody_requests_terminate(self->world->requests, self->world->options.apps, ody_view_of(id),
                                  self->world->now, world_on_reply, &reply, &ticket, &error);
    world_settle(self->world);
    CHECK(code == 0 ? reply.done : self->faults);
    code = code < 0 ? code : reply.code;
    CHECK(code == 0 || (self->faults && code == ODY_EMEMORY));
    for (int i = 0; i < CLIENTS && code == 0; i++) {
        CHECK(!confirmed[i] || !self->clients[i]->open);
    }
}

static void step_message(model *self, int user)
{
    static world_reply reply;
    char channel[32], data[16];

    snprintf(channel, sizeof(channel), "#server-to-user-u%d", user);
    snprintf(data, sizeof(data), "%d", user);
    (void)world_publish_begin(self->world, channel, "message", data, NULL, &reply);
    world_settle(self->world);
}

static void step_client(model *self, int client)
{
    world_client *at = self->clients[client];

    if (!at || !at->open) {
        if (at) {
            read_all(self, client);
        }
        step_connect(self, client);
        return;
    }
    read_all(self, client);
    if (self->beliefs[client].user < 0) {
        step_sign_in(self, client);
    } else if (self->beliefs[client].confirmed && world_random(self->world, 3) > 0) {
        char channel[32];

        snprintf(channel, sizeof(channel), "#server-to-user-u%d", self->beliefs[client].user);
        world_subscribe(at, channel, NULL);
    } else {
        world_close(at);
    }
}

static void step(model *self)
{
    uint64_t choice = world_random(self->world, 100);

    if (self->faults && choice % 4 == 0) {
        ody_memory_fail_at(1 + (long)world_random(self->world, 12));
    }
    if (choice < 45) {
        (void)world_deliver_one(self->world);
    } else if (choice < 85) {
        step_client(self, (int)world_random(self->world, CLIENTS));
    } else if (choice < 95) {
        world_flush(self->world, (unsigned)world_random(self->world, WORLD_SHARDS));
    } else if (choice < 97) {
        step_message(self, (int)world_random(self->world, USERS));
    } else if (choice < 98) {
        step_terminate(self, (int)world_random(self->world, USERS));
    } else {
        world_advance(self->world, ODY_WHEEL_TICK_MS);
    }
    ody_memory_fail_at(0);
}

/* Lets everything come to rest, and compares what clients believe with what is so. */
static void check_all(model *self)
{
    bool online[USERS] = {false};
    size_t signed_in = 0;

    for (int i = 0; i < 3; i++) {
        world_settle(self->world);
        world_advance(self->world, ODY_WHEEL_TICK_MS);
    }
    world_settle(self->world);
    for (int i = 0; i < CLIENTS; i++) {
        if (self->clients[i]) {
            read_all(self, i);
        }
        if (self->clients[i] && self->clients[i]->open && self->beliefs[i].user >= 0) {
            CHECK(self->beliefs[i].confirmed);
            online[self->beliefs[i].user] = true;
            signed_in++;
        }
    }
    CHECK_EQUAL(WORLD_COUNT(self->world, signed_in), signed_in);
    for (int i = 0; i < CLIENTS; i++) {
        const belief *of = &self->beliefs[i];

        if (!self->clients[i] || !self->clients[i]->open || of->user < 0) {
            continue;
        }
        CHECK(of->listed == (of->watching > 0));
        for (int user = 0; user < USERS; user++) {
            CHECK(!of->watched[user] || of->online[user] == online[user]);
        }
    }
}

static void run(uint64_t seed, bool faults, int steps)
{
    model *self = calloc(1, sizeof(*self));
    ody_options options;

    world_defaults(&options);
    world_app(&options)->watchlist = true;
    options.limits.connections_per_address = 0;
    self->world = world_start(&options, WORLD_SHARDS, seed);
    self->faults = faults;
    for (int i = 0; i < steps; i++) {
        step(self);
        if (i % 500 == 499) {
            check_all(self);
        }
    }
    CHECK(self->seen_lists > 50 && self->seen_news > 50);
    CHECK(self->seen_messages > 10 && self->seen_ends > 5);
    CHECK(faults || WORLD_COUNT(self->world, dropped_memory) == 0);
    world_end(self->world);
    free(self);
}

TEST(users_model_1)
{
    run(1, false, 8000);
}

TEST(users_model_2)
{
    run(2, false, 8000);
}

TEST(users_model_3)
{
    run(3, false, 8000);
}

TEST(users_model_with_failing_allocations_1)
{
    run(11, true, 8000);
}

TEST(users_model_with_failing_allocations_2)
{
    run(12, true, 8000);
}

TEST(users_model_with_failing_allocations_3)
{
    run(13, true, 8000);
}

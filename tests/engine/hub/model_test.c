/* SPDX-License-Identifier: MIT */
/*
 * Thousands of random steps over four hubs, with mail crossing in random order, against a simple
 * model of what each client must have seen: nothing before the success and nothing after leaving,
 * no message missing or twice while a member, presence lists that replay to the truth, the right
 * cached event, and nothing left at the end.
 */
#include <jansson.h>
#include <stdlib.h>
#include "hub/subscription.h"
#include "world.h"

#define CLIENTS 24
#define USERS 7
#define STEPS 5000
#define EVENTS_MAX STEPS
#define JOINS_MAX 64

static const char *const names[] = {"news",    "private-a",  "presence-a",
                                    "cache-c", "presence-b", "presence-cache-d"};
#define CHANNELS ((int)(sizeof(names) / sizeof(names[0])))

/* What a client knows of one channel. */
typedef struct view {
    bool wanted; /* its last request was to be in */
    bool on;     /* between the success and the leave */
    bool expects_cached;
    int position;             /* of the home, when it was asked last */
    int positions[JOINS_MAX]; /* of the joins whose success is under way */
    int first, last;
    int start;     /* position of the join that began this membership */
    int next;      /* of `events` that it expects next, or later ones if that was not accepted */
    int cached_at; /* position of the join whose cached event comes next */
    bool users[USERS];
    int heard[CLIENTS * 100]; /* by sender: the last client event */
} view;

/* A published event. */
typedef struct event {
    world_reply reply;
    int except;    /* number of the connection, or -1 */
    bool not_seen; /* somebody did not get it who would have: it must have been refused */
} event;

typedef struct model {
    world *world;
    world_client *clients[CLIENTS];
    int number[CLIENTS]; /* of the connection, unique */
    int connections;
    view views[CLIENTS][CHANNELS];
    event events[CHANNELS][EVENTS_MAX];
    int published[CHANNELS];
    int handled[CHANNELS]; /* at the home */
    int whispers;
    int seen_events, seen_whispers, seen_added, seen_removed, seen_cached; /* that it is not idle */
} model;

static int channel_of(ody_view name)
{
    for (int channel = 0; channel < CHANNELS; channel++) {
        if (ody_view_equal(name, ody_view_of(names[channel]))) {
            return channel;
        }
    }
    FAIL("an unknown channel");
}

static bool is_presence(int channel)
{
    return strncmp(names[channel], "presence-", 9) == 0;
}

static bool is_cache(int channel)
{
    return strstr(names[channel], "cache-") != NULL;
}

static unsigned home_of(int channel)
{
    return ody_mail_home(0, ody_view_of(names[channel]), WORLD_SHARDS);
}

static int client_of(const model *self, ody_socket_id id)
{
    for (int i = 0; i < CLIENTS; i++) {
        if (self->clients[i] && ody_socket_id_equal(self->clients[i]->connection.id, id)) {
            return i;
        }
    }
    return -1;
}

static void success_is_coming(view *of, int position)
{
    CHECK(of->last - of->first < JOINS_MAX);
    of->positions[of->last++ % JOINS_MAX] = position;
}

/* Follows what the homes do, and which successes are on their way to a client. */
static void watch(void *context, unsigned to, const ody_mail *mail)
{
    model *self = context;
    int client = client_of(self, mail->client);
    int channel;
    const ody_subscription *subscription;

    (void)to;
    if (mail->kind == ODY_MAIL_PUBLISH) {
        self->handled[channel_of(mail->channel)]++;
    } else if (mail->kind == ODY_MAIL_JOIN && client >= 0) {
        channel = channel_of(mail->channel);
        self->views[client][channel].position = self->handled[channel];
    } else if (mail->kind == ODY_MAIL_JOINED && client >= 0) {
        channel = channel_of(mail->channel);
        subscription = ody__subscription_find(&self->clients[client]->connection, mail->channel);
        CHECK(subscription);
        if (!subscription->leave_wish) {
            success_is_coming(&self->views[client][channel], self->views[client][channel].position);
        }
    }
}

/* The event that a member must see next, from `from` on; -1 when there is none yet. */
static int next_event(const model *self, int client, int channel, int from)
{
    for (int i = from; i < self->published[channel]; i++) {
        const event *published = &self->events[channel][i];

        if (published->except == self->number[client]) {
            continue;
        }
        if (published->reply.code < 0) {
            continue;
        }
        return i;
    }
    return -1;
}

static void see_event(model *self, int client, int channel, int number)
{
    view *of = &self->views[client][channel];

    if (of->expects_cached) {
        of->expects_cached = false;
        CHECK(number < of->cached_at);
        for (int i = number + 1; i < of->cached_at; i++) {
            self->events[channel][i].not_seen = true;
        }
        self->seen_cached++;
        return;
    }
    CHECK(of->on);
    for (int i = of->next; i < number; i++) {
        if (self->events[channel][i].except != self->number[client]) {
            self->events[channel][i].not_seen = true;
        }
    }
    CHECK(number >= of->next);
    CHECK(self->events[channel][number].except != self->number[client]);
    of->next = number + 1;
    self->seen_events++;
}

static int user_number(const char *text)
{
    CHECK(text && text[0] == 'u');
    return atoi(text + 1);
}

static void see_snapshot(view *of, json_t *data)
{
    json_t *presence = json_object_get(data, "presence");
    json_t *ids = json_object_get(presence, "ids");
    bool users[USERS] = {false};
    size_t index;
    json_t *id;

    CHECK(presence && ids);
    CHECK_EQUAL(json_integer_value(json_object_get(presence, "count")), json_array_size(ids));
    CHECK_EQUAL(json_object_size(json_object_get(presence, "hash")), json_array_size(ids));
    json_array_foreach(ids, index, id)
    {
        users[user_number(json_string_value(id))] = true;
    }
    if (of->on) {
        CHECK(memcmp(users, of->users, sizeof(users)) == 0);
    }
    memcpy(of->users, users, sizeof(users));
}

static void see_success(int client, int channel, view *of, json_t *data)
{
    int position;

    CHECK(of->wanted);
    CHECK(!of->expects_cached);
    CHECK(of->first < of->last);
    position = of->positions[of->first++ % JOINS_MAX];
    if (is_presence(channel)) {
        see_snapshot(of, data);
        CHECK(of->users[client % USERS]);
    }
    if (!of->on) {
        of->on = true;
        of->start = of->next = position;
    }
    of->expects_cached = is_cache(channel);
    of->cached_at = position;
}

static void see_miss(model *self, int channel, view *of)
{
    CHECK(of->expects_cached);
    of->expects_cached = false;
    for (int i = 0; i < of->cached_at; i++) {
        self->events[channel][i].not_seen = true;
    }
}

static void see_whisper(model *self, int client, int channel, json_t *message, const char *data)
{
    view *of = &self->views[client][channel];
    int sender, number, user;

    CHECK(of->on && !of->expects_cached);
    CHECK(sscanf(data, "%d:%d:%d", &sender, &user, &number) == 3);
    CHECK(sender != self->number[client]);
    CHECK(number > of->heard[sender]);
    of->heard[sender] = number;
    if (is_presence(channel)) {
        CHECK_EQUAL(user_number(json_string_value(json_object_get(message, "user_id"))), user);
    } else {
        CHECK(!json_object_get(message, "user_id"));
    }
    self->seen_whispers++;
}

static void see_member(model *self, int client, view *of, json_t *data, bool added)
{
    int user = user_number(json_string_value(json_object_get(data, "user_id")));

    CHECK(of->on && !of->expects_cached);
    CHECK(of->users[user] != added);
    CHECK(user != client % USERS);
    of->users[user] = added;
    *(added ? &self->seen_added : &self->seen_removed) += 1;
}

static void see(model *self, int client, const world_message *text)
{
    json_t *message = json_loads(text->text, 0, NULL);
    const char *name = json_string_value(json_object_get(message, "event"));
    const char *channel_name = json_string_value(json_object_get(message, "channel"));
    const char *data_text = json_string_value(json_object_get(message, "data"));
    json_t *data = data_text ? json_loads(data_text, JSON_DECODE_ANY, NULL) : NULL;
    int channel = channel_name ? channel_of(ody_view_of(channel_name)) : -1;
    view *of = channel >= 0 ? &self->views[client][channel] : NULL;

    CHECK(message && name);
    if (strcmp(name, "pusher:error") == 0 || strcmp(name, "pusher:subscription_error") == 0) {
        CHECK(!channel_name || strstr(text->text, "Overloaded"));
    } else if (strcmp(name, "pusher_internal:subscription_succeeded") == 0) {
        see_success(client, channel, of, data);
    } else if (strcmp(name, "pusher_internal:member_added") == 0) {
        see_member(self, client, of, data, true);
    } else if (strcmp(name, "pusher_internal:member_removed") == 0) {
        see_member(self, client, of, data, false);
    } else if (strcmp(name, "pusher:cache_miss") == 0) {
        see_miss(self, channel, of);
    } else if (strcmp(name, "client-w") == 0) {
        see_whisper(self, client, channel, message, data_text);
    } else {
        CHECK(strcmp(name, "e") == 0);
        see_event(self, client, channel, atoi(data_text));
    }
    json_decref(data);
    json_decref(message);
}

static void read_all(model *self, int client)
{
    world_message *message;

    self->clients[client]->reads = true;
    world_flush(self->world, self->clients[client]->shard);
    while ((message = world_take(self->clients[client]))) {
        see(self, client, message);
        free(message);
    }
}

static void step_connect(model *self, int client)
{
    memset(self->views[client], 0, sizeof(self->views[client]));
    self->number[client] = self->connections++;
    CHECK(self->connections < CLIENTS * 100);
    self->clients[client] =
        world_connect(self->world, (unsigned)world_random(self->world, WORLD_SHARDS));
}

static void step_subscribe(model *self, int client, int channel)
{
    view *of = &self->views[client][channel];
    char user[16];

    if (of->last - of->first > JOINS_MAX / 2) {
        read_all(self, client);
    }
    of->wanted = true;
    snprintf(user, sizeof(user), "u%d", client % USERS);
    /* At home on its own shard all is done at once, and no mail is seen. */
    if (home_of(channel) == self->clients[client]->shard) {
        success_is_coming(of, self->handled[channel]);
    }
    if (is_presence(channel)) {
        world_subscribe_user(self->clients[client], names[channel], user);
    } else {
        world_subscribe(self->clients[client], names[channel], NULL);
    }
}

static void step_unsubscribe(model *self, int client, int channel)
{
    view *of = &self->views[client][channel];

    /* What was queued before is read before: from now on nothing may come. */
    read_all(self, client);
    world_unsubscribe(self->clients[client], names[channel]);
    of->wanted = of->on = of->expects_cached = false;
    memset(of->users, 0, sizeof(of->users));
}

static void step_publish(model *self, int client, int channel)
{
    event *published = &self->events[channel][self->published[channel]];
    const char *except = NULL;
    char data[16];

    if (self->published[channel] == EVENTS_MAX) {
        return;
    }
    snprintf(data, sizeof(data), "%d", self->published[channel]);
    published->except = -1;
    if (self->clients[client] && world_random(self->world, 4) == 0) {
        published->except = self->number[client];
        except = self->clients[client]->id;
    }
    /* Refused at once is as if never published. */
    if (world_publish_begin(self->world, names[channel], "e", data, except, &published->reply) ==
        0) {
        self->published[channel]++;
    }
}

static void step(model *self)
{
    world *around = self->world;
    int client = (int)world_random(around, CLIENTS);
    int channel = (int)world_random(around, (uint64_t)CHANNELS);
    uint64_t choice = world_random(around, 100);

    if (choice < 12) {
        step_publish(self, client, channel);
    } else if (choice < 55) {
        world_deliver_one(around);
    } else if (choice < 62) {
        world_flush(around, (unsigned)world_random(around, WORLD_SHARDS));
    } else if (choice < 63) {
        unsigned shard = (unsigned)world_random(around, WORLD_SHARDS);

        around->full[shard] = world_random(around, 3) == 0;
    } else if (!self->clients[client]) {
        step_connect(self, client);
    } else if (choice < 66) {
        world_close(self->clients[client]);
        world_forget(self->clients[client]);
        self->clients[client] = NULL;
    } else if (choice < 70) {
        self->clients[client]->reads = !self->clients[client]->reads;
    } else if (choice < 74) {
        read_all(self, client);
    } else if (choice < 86) {
        step_subscribe(self, client, channel);
    } else if (choice < 92) {
        step_unsubscribe(self, client, channel);
    } else {
        world_send(self->clients[client],
                   "{\"event\":\"client-w\",\"channel\":\"%s\",\"data\":\"%d:%d:%d\"}",
                   names[channel], self->number[client], client % USERS, ++self->whispers);
    }
}

static void check_member(model *self, int client, int channel)
{
    const view *of = &self->views[client][channel];
    bool truth[USERS] = {false};

    CHECK_EQUAL(next_event(self, client, channel, of->next), -1);
    for (int other = 0; is_presence(channel) && other < CLIENTS; other++) {
        truth[other % USERS] |= self->clients[other] && self->views[other][channel].on;
    }
    if (is_presence(channel)) {
        CHECK(memcmp(truth, of->users, sizeof(truth)) == 0);
    }
}

/* When all is quiet, what clients know is the truth. */
static void check_all(model *self)
{
    uint64_t on = 0;

    memset(self->world->full, 0, sizeof(self->world->full));
    world_settle(self->world);
    for (int client = 0; client < CLIENTS; client++) {
        if (self->clients[client]) {
            read_all(self, client);
            CHECK_EQUAL(self->clients[client]->connection.leaving_count, 0);
        }
    }
    for (int client = 0; client < CLIENTS; client++) {
        for (int channel = 0; self->clients[client] && channel < CHANNELS; channel++) {
            if (self->views[client][channel].on) {
                check_member(self, client, channel);
                on++;
            }
        }
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
        for (int i = 0; i < self->published[channel]; i++) {
            CHECK(self->events[channel][i].reply.done);
            CHECK(!self->events[channel][i].not_seen || self->events[channel][i].reply.code < 0);
        }
    }
    CHECK_EQUAL(WORLD_COUNT(self->world, subscriptions), on);
    CHECK_EQUAL(ody_requests_pending(self->world->requests), 0);
}

static void run(uint64_t seed)
{
    model *self = calloc(1, sizeof(*self));
    ody_options options;

    world_defaults(&options);
    self->world = world_start(&options, WORLD_SHARDS, seed);
    self->world->watch = watch;
    self->world->watch_context = self;
    for (int i = 0; i < STEPS; i++) {
        step(self);
        if (i % 500 == 499) {
            check_all(self);
        }
    }
    CHECK(self->seen_events > 100 && self->seen_whispers > 20 && self->seen_cached > 5);
    CHECK(self->seen_added > 20 && self->seen_removed > 20);
    CHECK_EQUAL(WORLD_COUNT(self->world, dropped_memory), 0);
    world_end(self->world);
    free(self);
}

TEST(random_steps_follow_the_model_1)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        run(seed);
    }
}

TEST(random_steps_follow_the_model_2)
{
    for (uint64_t seed = 101; seed <= 104; seed++) {
        run(seed);
    }
}

TEST(random_steps_follow_the_model_3)
{
    for (uint64_t seed = 201; seed <= 204; seed++) {
        run(seed);
    }
}

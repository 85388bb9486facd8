/* SPDX-License-Identifier: MIT */
/*
 * Hubs in threads of their own with real mailboxes, for the thread sanitizer: everybody publishes,
 * whispers and asks at once, and every client counts what it gets.
 */
#include <pthread.h>
#include <stdlib.h>
#include "base/mailbox.h"
#include "ody/auth.h"
#include "world.h"

#define SHARDS 3
#define CLIENTS_EACH 8
#define MESSAGES 400

typedef struct bell {
    pthread_mutex_t lock;
    pthread_cond_t rung;
    bool ringing;
} bell;

static void bell_init(bell *self)
{
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->rung, NULL);
    self->ringing = false;
}

static void bell_ring(void *context)
{
    bell *self = context;

    pthread_mutex_lock(&self->lock);
    self->ringing = true;
    pthread_cond_signal(&self->rung);
    pthread_mutex_unlock(&self->lock);
}

static void bell_wait(bell *self)
{
    pthread_mutex_lock(&self->lock);
    while (!self->ringing) {
        pthread_cond_wait(&self->rung, &self->lock);
    }
    self->ringing = false;
    pthread_mutex_unlock(&self->lock);
}

static void bell_fini(bell *self)
{
    pthread_cond_destroy(&self->rung);
    pthread_mutex_destroy(&self->lock);
}

typedef struct post_office {
    ody_mailbox boxes[SHARDS + 1];
    bell bells[SHARDS + 1];
    atomic_int heard; /* events, over all clients */
    atomic_int joined;
    atomic_int whispered;
    atomic_int signed_in;
    atomic_int listed; /* watchlists */
    atomic_bool leave;
    atomic_bool stop;
} post_office;

static post_office office;

typedef struct test_shard {
    ody_hub *hub;
    unsigned index;
    ody_connection clients[CLIENTS_EACH];
    int next[CLIENTS_EACH]; /* event expected next */
    bool closed;
    pthread_t thread;
} test_shard;

static int post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    (void)context;
    return ody_mailbox_post(&office.boxes[target], &take_mail->node, must);
}

static bool full(void *context, unsigned target)
{
    (void)context;
    return ody_mailbox_full(&office.boxes[target]);
}

static void wake(void *context, ody_connection *connection)
{
    (void)context;
    (void)connection;
}

/* Nobody waits for PHP here. */
static void pause(void *context, ody_connection *connection, bool paused)
{
    (void)context;
    (void)connection;
    (void)paused;
    CHECK(false);
}

static const ody_transport transport = {.wake = wake, .post = post, .pause = pause, .full = full};

static void hear(test_shard *self, int client, const char *text)
{
    const char *data = strstr(text, "\"data\":\"");

    if (strncmp(text, "{\"event\":\"e\"", 12) == 0) {
        CHECK_EQUAL(atoi(data + 8), self->next[client]);
        self->next[client]++;
        atomic_fetch_add(&office.heard, 1);
    } else if (strstr(text, "subscription_succeeded")) {
        atomic_fetch_add(&office.joined, 1);
    } else if (strstr(text, "client-w")) {
        atomic_fetch_add(&office.whispered, 1);
    } else if (strstr(text, "signin_success")) {
        atomic_fetch_add(&office.signed_in, 1);
    } else if (strstr(text, "watchlist_events")) {
        atomic_fetch_add(&office.listed, 1);
    }
}

static void read_client(test_shard *self, int client)
{
    ody_outbound *outbound = &self->clients[client].outbound;
    struct iovec vector;
    char text[4096];

    while (ody_outbound_gather(outbound, &vector, 1) > 0) {
        const uint8_t *frame = vector.iov_base;
        size_t header = frame[1] < 126 ? 2 : 4;
        size_t length = frame[1] < 126 ? frame[1] : (size_t)(frame[2] << 8 | frame[3]);

        CHECK(length < sizeof(text));
        memcpy(text, frame + header, length);
        text[length] = '\0';
        hear(self, client, text);
        ody_outbound_consume(outbound, header + length);
    }
}

static void say(test_shard *self, int client, const char *text)
{
    ody_hub_receive(self->hub, &self->clients[client], ody_view_of(text), WORLD_START);
}

/* Signs in as one of a few users, who all watch each other. */
static void sign_in(test_shard *self, int client)
{
    char id[ODY_SOCKET_ID_TEXT], data[128], quoted[160], text[512];
    char signature[ODY_SIGNATURE_HEX + 1];
    int user = client % 4;

    snprintf(data, sizeof(data), "{\"id\":\"u%d\",\"watchlist\":[\"u0\",\"u1\",\"u2\",\"u3\"]}",
             user);
    snprintf(quoted, sizeof(quoted),
             "{\\\"id\\\":\\\"u%d\\\",\\\"watchlist\\\":[\\\"u0\\\",\\\"u1\\\",\\\"u2\\\","
             "\\\"u3\\\"]}",
             user);
    CHECK_EQUAL(ody_user_sign(ODY_VIEW(WORLD_SECRET),
                              ody_socket_id_format(self->clients[client].id, id), ody_view_of(data),
                              signature),
                0);
    snprintf(text, sizeof(text),
             "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"%s:%s\",\"user_data\":\"%s\"}}",
             WORLD_KEY, signature, quoted);
    say(self, client, text);
}

static void turn(test_shard *self)
{
    ody_mailbox_node *node = ody_mailbox_take(&office.boxes[self->index]);

    while (node) {
        ody_mailbox_node *next = node->next;

        ody_hub_mail(self->hub, (ody_mail *)node, WORLD_START);
        node = next;
    }
    ody_hub_turn_end(self->hub);
    for (int i = 0; i < CLIENTS_EACH && !self->closed; i++) {
        read_client(self, i);
    }
    if (atomic_load(&office.leave) && !self->closed) {
        self->closed = true;
        for (int i = 0; i < CLIENTS_EACH; i++) {
            ody_hub_closed(self->hub, &self->clients[i], WORLD_START);
        }
    }
    bell_ring(&office.bells[SHARDS]);
}

static void *run_shard(void *context)
{
    test_shard *self = context;
    ody_handshake handshake = world_handshake();

    for (int i = 0; i < CLIENTS_EACH; i++) {
        ody_hub_open(self->hub, &self->clients[i], &handshake, WORLD_START);
        sign_in(self, i);
        say(self, i, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}");
        say(self, i, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"talk\"}}");
        say(self, i, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"other\"}}");
        say(self, i, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"other\"}}");
    }
    while (!atomic_load(&office.stop)) {
        turn(self);
        if (!self->closed && atomic_load(&office.joined) >= SHARDS * CLIENTS_EACH * 2) {
            say(self, 0, "{\"event\":\"client-w\",\"channel\":\"talk\",\"data\":1}");
        }
        bell_wait(&office.bells[self->index]);
    }
    return NULL;
}

static int answered;

static void on_reply(void *context, const ody_reply *reply)
{
    (void)context;
    CHECK_EQUAL(reply->code, 0);
    answered++;
}

/* Lets the API thread work until condition holds. */
#define AWAIT(condition)                                                                           \
    while (!(condition)) {                                                                         \
        bell_wait(&office.bells[SHARDS]);                                                          \
        api_turn(requests);                                                                        \
    }

static void api_turn(ody_requests *requests)
{
    ody_mailbox_node *node = ody_mailbox_take(&office.boxes[SHARDS]);

    while (node) {
        ody_mailbox_node *next = node->next;

        ody_requests_mail(requests, (ody_mail *)node);
        node = next;
    }
}

static void publish(ody_requests *requests, const ody_app *apps, int number)
{
    ody_view channel = ODY_VIEW("news");
    char data[16];
    ody_publish message = {
        .app = apps, .channels = &channel, .channel_count = 1, .event = ODY_VIEW("e")};
    uint64_t ticket;
    ody_error error;

    snprintf(data, sizeof(data), "%d", number);
    message.data = ody_view_of(data);
    CHECK_EQUAL(
        ody_requests_publish(requests, &message, WORLD_START, on_reply, NULL, &ticket, &error), 0);
    CHECK_EQUAL(ody_requests_channels(requests, apps, ODY_VIEW(""), WORLD_START, on_reply, NULL,
                                      &ticket, &error),
                0);
}

TEST(shards_in_threads)
{
    static test_shard shards[SHARDS];
    ody_options options;
    ody_shared *shared;
    ody_requests *requests;
    uint64_t ticket;
    ody_error error;

    ody_hash_seed();
    world_defaults(&options);
    world_app(&options)->watchlist = true;
    shared = ody_shared_new(&options);
    requests = ody_requests_new(&options, SHARDS, &transport, NULL);
    for (unsigned i = 0; i <= SHARDS; i++) {
        bell_init(&office.bells[i]);
        ody_mailbox_init(&office.boxes[i], 64 << 20, bell_ring, &office.bells[i]);
    }
    for (unsigned i = 0; i < SHARDS; i++) {
        shards[i].index = i;
        shards[i].hub = ody_hub_new(shared, i, SHARDS, &transport, NULL, WORLD_START);
    }
    for (unsigned i = 0; i < SHARDS; i++) {
        CHECK_EQUAL(pthread_create(&shards[i].thread, NULL, run_shard, &shards[i]), 0);
    }
    AWAIT(atomic_load(&office.joined) >= SHARDS * CLIENTS_EACH * 2);
    for (int i = 0; i < MESSAGES; i++) {
        publish(requests, options.apps, i);
    }
    AWAIT(answered == 2 * MESSAGES);
    AWAIT(atomic_load(&office.heard) == SHARDS * CLIENTS_EACH * MESSAGES);
    AWAIT(atomic_load(&office.whispered) > 0);
    AWAIT(atomic_load(&office.signed_in) == SHARDS * CLIENTS_EACH);
    AWAIT(atomic_load(&office.listed) >= SHARDS * CLIENTS_EACH);
    CHECK_EQUAL(ody_requests_terminate(requests, options.apps, ODY_VIEW("u0"), WORLD_START,
                                       on_reply, NULL, &ticket, &error),
                0);
    AWAIT(answered == 2 * MESSAGES + 1);
    atomic_store(&office.leave, true);
    for (unsigned i = 0; i < SHARDS; i++) {
        bell_ring(&office.bells[i]);
    }
    AWAIT(atomic_load(&shared->connections) == 0);
    atomic_store(&office.stop, true);
    for (unsigned i = 0; i < SHARDS; i++) {
        bell_ring(&office.bells[i]);
        pthread_join(shards[i].thread, NULL);
    }
    /* What is still under way: here, where no thread runs any more. */
    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < SHARDS; i++) {
            turn(&shards[i]);
        }
    }
    CHECK_EQUAL(ody_requests_pending(requests), 0);
    ody_requests_free(requests);
    for (unsigned i = 0; i < SHARDS; i++) {
        CHECK_EQUAL(shards[i].hub->apps[0]->locals.count, 0);
        CHECK_EQUAL(shards[i].hub->apps[0]->channels.count, 0);
        CHECK_EQUAL(shards[i].hub->apps[0]->users.count, 0);
        CHECK_EQUAL(shards[i].hub->apps[0]->watched.count, 0);
        ody_hub_free(shards[i].hub);
    }
    for (unsigned i = 0; i <= SHARDS; i++) {
        ody_mailbox_fini(&office.boxes[i]);
        bell_fini(&office.bells[i]);
    }
    ody_shared_free(shared);
}

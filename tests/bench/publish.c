/* SPDX-License-Identifier: MIT */
/* Publishing threads. The thread of the clients wakes those whose message has come everywhere. */
#include "publish.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cpu.h"
#include "ody/client.h"

#define DEADLINE_NS 60000000000u

typedef struct publisher {
    pthread_t thread;
    const bench_round *round;
    bench_clients *clients;
    unsigned index;
    uint64_t goal; /* deliveries that it waits for; 0: none */
    pthread_mutex_t lock;
    pthread_cond_t reached;
} publisher;

static uint32_t numbers[BENCH_PUBLISHERS_MAX];

/* How a publisher reaches the server: one of the two. */
typedef struct wire {
    ody_client *client;
    int descriptor; /* -1: not connected */
} wire;

static void publish_through_socket(ody_client *client, const publisher *self, ody_view data)
{
    const ody_view channel = ody_view_of(self->clients->channel);
    ody_error error;
    uint64_t reached = 0;
    ody_client_publish publish = {
        .channels = &channel,
        .channel_count = 1,
        .event = ODY_VIEW("tick"),
        .data = data,
        .except = ODY_VIEW_NONE,
    };

    if (ody_client_publish_message(client, &publish, &reached, &error) < 0) {
        fprintf(stderr, "load: publish: %s\n", error.message);
        exit(1);
    }
    if (reached != self->clients->count) {
        fprintf(stderr, "load: a publish reached %llu of %u\n", (unsigned long long)reached,
                self->clients->count);
        exit(1);
    }
}

/* Not every server keeps the connection: then each request has one of its own. */
static void publish_over_http(wire *way, const publisher *self, ody_view data)
{
    size_t length;
    char *request =
        bench_http_event(self->round->app, ody_view_of(self->clients->channel), data, &length);

    if (way->descriptor < 0) {
        way->descriptor = bench_http_connect(self->clients->port);
    }
    if (!bench_http_ask(way->descriptor, request, length)) {
        close(way->descriptor);
        way->descriptor = -1;
    }
    free(request);
}

static void publish_one(wire *way, publisher *self, char *data)
{
    const ody_view view = {data, self->round->payload};
    int length = snprintf(data, self->round->payload, "{\"p\":%u,\"n\":%u,\"x\":\"", self->index,
                          numbers[self->index]++);

    memset(data + length, 'x', self->round->payload - (size_t)length);
    memcpy(data + self->round->payload - 2, "\"}", 2);
    if (way->client) {
        publish_through_socket(way->client, self, view);
    } else {
        publish_over_http(way, self, view);
    }
}

static wire wire_open(const publisher *self)
{
    if (self->round->app) {
        return (wire){NULL, -1};
    }
    return (wire){ody_client_new(self->round->socket_path, 5000, 30000), -1};
}

static void wire_close(const wire *way)
{
    if (way->client) {
        ody_client_free(way->client);
    } else if (way->descriptor >= 0) {
        close(way->descriptor);
    }
}

static void wait_for_all(publisher *self, uint64_t goal)
{
    pthread_mutex_lock(&self->lock);
    self->goal = goal;
    while (atomic_load_explicit(&self->clients->reached[self->index], memory_order_acquire) <
           goal) {
        pthread_cond_wait(&self->reached, &self->lock);
    }
    self->goal = 0;
    pthread_mutex_unlock(&self->lock);
}

static void *run(void *context)
{
    publisher *self = context;
    wire way = wire_open(self);
    char *data = malloc(self->round->payload + 64);

    if (!data) {
        exit(1);
    }
    for (unsigned message = 0; message < self->round->messages; message++) {
        publish_one(&way, self, data);
        if (self->round->wait) {
            wait_for_all(self, (uint64_t)numbers[self->index] * self->clients->count);
        }
    }
    free(data);
    wire_close(&way);
    return NULL;
}

static void wake_reached(publisher *publishers, unsigned count)
{
    for (unsigned index = 0; index < count; index++) {
        publisher *self = &publishers[index];

        pthread_mutex_lock(&self->lock);
        if (self->goal && atomic_load_explicit(&self->clients->reached[index],
                                               memory_order_acquire) >= self->goal) {
            pthread_cond_signal(&self->reached);
        }
        pthread_mutex_unlock(&self->lock);
    }
}

static void publishers_start(publisher *publishers, bench_clients *clients,
                             const bench_round *round)
{
    for (unsigned index = 0; index < round->publishers; index++) {
        publishers[index] = (publisher){.round = round, .clients = clients, .index = index};
        pthread_mutex_init(&publishers[index].lock, NULL);
        pthread_cond_init(&publishers[index].reached, NULL);
    }
    for (unsigned index = 0; index < round->publishers; index++) {
        pthread_create(&publishers[index].thread, NULL, run, &publishers[index]);
    }
}

uint64_t bench_publish(bench_clients *clients, const bench_round *round)
{
    static publisher publishers[BENCH_PUBLISHERS_MAX];
    uint64_t goal = atomic_load(&clients->received) +
                    (uint64_t)round->publishers * round->messages * clients->count;
    uint64_t deadline = bench_now_ns() + DEADLINE_NS;

    publishers_start(publishers, clients, round);
    while (atomic_load(&clients->received) < goal && bench_now_ns() < deadline) {
        bench_clients_poll(clients, 100);
        wake_reached(publishers, round->publishers);
    }
    if (atomic_load(&clients->received) < goal) {
        return goal - atomic_load(&clients->received);
    }
    for (unsigned index = 0; index < round->publishers; index++) {
        wake_reached(publishers, round->publishers);
        pthread_join(publishers[index].thread, NULL);
    }
    return 0;
}

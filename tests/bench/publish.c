/* SPDX-License-Identifier: MIT */
/* Publishing threads. The thread of the clients wakes those whose message has come everywhere. */
#include "publish.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void publish_one(ody_client *client, publisher *self, char *data)
{
    const ody_view channel = ody_view_of(self->clients->channel);
    ody_error error;
    uint64_t reached = 0;
    int length = snprintf(data, self->round->payload, "{\"p\":%u,\"n\":%u,\"x\":\"", self->index,
                          numbers[self->index]++);
    ody_client_publish publish = {
        .channels = &channel,
        .channel_count = 1,
        .event = ODY_VIEW("tick"),
        .data = {data, self->round->payload},
        .except = ODY_VIEW_NONE,
    };

    memset(data + length, 'x', self->round->payload - (size_t)length);
    memcpy(data + self->round->payload - 2, "\"}", 2);
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
    ody_client *client = ody_client_new(self->round->socket_path, 5000, 30000);
    char *data = malloc(self->round->payload + 64);

    if (!client || !data) {
        exit(1);
    }
    for (unsigned message = 0; message < self->round->messages; message++) {
        publish_one(client, self, data);
        if (self->round->wait) {
            wait_for_all(self, (uint64_t)numbers[self->index] * self->clients->count);
        }
    }
    free(data);
    ody_client_free(client);
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

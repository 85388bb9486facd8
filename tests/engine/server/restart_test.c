/* SPDX-License-Identifier: MIT */
/* One engine takes the place of another on the same sockets: nobody is refused, nothing is lost. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>
#include "live_engine.h"
#include "test.h"

#define PUBLISHERS 4

static atomic_bool over;
static atomic_ulong published;

static void *publish_all_the_time(void *context)
{
    ody_client *client = context;

    while (!atomic_load(&over)) {
        uint64_t reached;
        ody_error error;

        /* A cache channel exists without subscribers. */
        if (engine_publish(client, "cache-load", "1", &reached, &error) < 0) {
            FAIL("publish: %s", error.message);
        }
        atomic_fetch_add(&published, 1);
    }
    return NULL;
}

static void await_publishes(unsigned long more)
{
    unsigned long goal = atomic_load(&published) + more;

    while (atomic_load(&published) < goal) {
        usleep(1000);
    }
}

TEST(restart_under_load_shows_no_process_an_error)
{
    engine_sockets sockets;
    engine_state first;
    engine_state second;
    ody_client *clients[PUBLISHERS];
    ody_client *idle;
    pthread_t threads[PUBLISHERS];
    uint64_t reached;
    ody_error error;

    engine_sockets_open(&sockets);
    engine_start(&first, &sockets);
    idle = ody_client_new(sockets.socket_path, 20000, 20000);
    CHECK_EQUAL(engine_publish(idle, "cache-load", "1", &reached, &error), 0);
    for (int index = 0; index < PUBLISHERS; index++) {
        clients[index] = ody_client_new(sockets.socket_path, 20000, 20000);
        CHECK_EQUAL(engine_publish(clients[index], "cache-load", "1", &reached, &error), 0);
    }
    /* Before the threads: a process with threads should not be forked. */
    engine_start(&second, &sockets);
    for (int index = 0; index < PUBLISHERS; index++) {
        pthread_create(&threads[index], NULL, publish_all_the_time, clients[index]);
    }
    await_publishes(200);
    engine_stop(&first);
    await_publishes(200);
    CHECK_EQUAL(engine_publish(idle, "cache-load", "1", &reached, &error), 0);
    atomic_store(&over, true);
    for (int index = 0; index < PUBLISHERS; index++) {
        pthread_join(threads[index], NULL);
        ody_client_free(clients[index]);
    }
    ody_client_free(idle);
    engine_stop(&second);
    engine_sockets_close(&sockets);
}

TEST(restart_sends_clients_away_and_lets_all_come_back)
{
    engine_sockets sockets;
    engine_state first;
    engine_state second;
    unsigned char frame[64];
    int clients[20];
    ssize_t length;

    engine_sockets_open(&sockets);
    /* The second engine is forked with our end of the first client. */
    sockets.options.drain_time = 500;
    engine_start(&first, &sockets);
    clients[0] = engine_client(&sockets, "key", "socket_id");
    engine_start(&second, &sockets);
    CHECK_EQUAL(kill(first.pid, SIGTERM), 0);
    length = read(clients[0], frame, sizeof(frame));
    CHECK(length >= 4);
    CHECK_EQUAL(frame[2] << 8 | frame[3], 4200);
    /* It waits for its clients, and takes none any more. */
    for (int index = 1; index < 20; index++) {
        clients[index] = engine_client(&sockets, "key", "socket_id");
    }
    for (int index = 0; index < 20; index++) {
        close(clients[index]);
    }
    engine_end(&first);
    engine_stop(&second);
    engine_sockets_close(&sockets);
}

/* Between two engines clients wait in the queue of the listening sockets. */
TEST(restart_finds_those_who_came_in_between)
{
    engine_sockets sockets;
    engine_state engine;
    char answer[4096];
    int clients[10];

    engine_sockets_open(&sockets);
    /* It is forked with our ends of all clients. */
    sockets.options.drain_time = 100;
    engine_start(&engine, &sockets);
    engine_stop(&engine);
    for (int index = 0; index < 10; index++) {
        clients[index] = engine_client(&sockets, "key", NULL);
    }
    engine_start(&engine, &sockets);
    for (int index = 0; index < 10; index++) {
        CHECK(read(clients[index], answer, sizeof(answer)) > 0);
        CHECK_EQUAL(memcmp(answer, "HTTP/1.1 101 ", 13), 0);
        close(clients[index]);
    }
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}

/* Nobody takes its place: the error comes, and soon. */
TEST(restart_that_never_comes_is_an_error)
{
    engine_sockets sockets;
    engine_state engine;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    client = ody_client_new(sockets.socket_path, 300, 300);
    CHECK_EQUAL(engine_publish(client, "cache-load", "1", &reached, &error), 0);
    engine_stop(&engine);
    CHECK_EQUAL(engine_publish(client, "cache-load", "1", &reached, &error), ODY_ENO_SERVER);
    ody_client_free(client);
    engine_sockets_close(&sockets);
}

/* SPDX-License-Identifier: MIT */
/* The client against servers that hang up or dawdle, signals, and memory that runs out. */
#include "ody/client.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include "base/memory.h"
#include "fake_client.h"
#include "ipc/hello.h"
#include "test.h"

/* Answers one publish; a second connection answers for ever. */
static void script_hang_up_after_answer(fake_server *fake, int fd, int nth)
{
    fake_greet(fd);
    fake_answer_reached(fd, fake_request(fake, fd), (uint64_t)nth + 1);
}

TEST(client_reconnects_when_the_server_has_hung_up)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_hang_up_after_answer, 3);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    for (uint64_t nth = 1; nth <= 3; nth++) {
        CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
        CHECK_EQUAL(reached, nth);
        fake_await(&fake.closed);
    }
    CHECK_EQUAL(fake.requests, 3);
    ody_client_free(client);
    fake_stop(&fake);
}

/* The first two connections are closed when a request has come. */
static void script_hang_up_after_request(fake_server *fake, int fd, int nth)
{
    uint32_t number;

    fake_greet(fd);
    number = fake_request(fake, fd);
    if (nth >= 2) {
        fake_answer_yes(fd, number);
    }
}

TEST(client_does_not_repeat_a_publish)
{
    ody_error error = {0};
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    bool delivered;

    fake_start(&fake, script_hang_up_after_request, 3);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), ODY_EOUTCOME_UNKNOWN);
    CHECK_EQUAL(error.code, ODY_EOUTCOME_UNKNOWN);
    CHECK(strstr(error.message, fake.path) != NULL);
    CHECK_EQUAL(fake.requests, 1);
    CHECK_EQUAL(ody_client_whisper(client, ODY_VIEW("1.2"), ODY_VIEW("e"), ODY_VIEW("d"),
                                   ODY_VIEW_NONE, &delivered, &error),
                ODY_EOUTCOME_UNKNOWN);
    CHECK_EQUAL(fake.requests, 2);
    CHECK_EQUAL(ody_client_whisper(client, ODY_VIEW("1.2"), ODY_VIEW("e"), ODY_VIEW("d"),
                                   ODY_VIEW_NONE, &delivered, &error),
                0);
    CHECK(delivered);
    ody_client_free(client);
    fake_stop(&fake);
}

static void script_hang_up_on_first(fake_server *fake, int fd, int nth)
{
    uint32_t number;

    fake_greet(fd);
    number = fake_request(fake, fd);
    if (nth == 1) {
        fake_answer_yes(fd, number);
    }
}

TEST(client_repeats_a_question_once)
{
    fake_server fake;
    ody_client *client;
    bool exists = false;
    ody_error error;

    fake_start(&fake, script_hang_up_on_first, 2);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(ody_client_channel_exists(client, ODY_VIEW("a"), &exists, &error), 0);
    CHECK(exists);
    CHECK_EQUAL(fake.requests, 2);
    ody_client_free(client);
    fake_stop(&fake);
}

TEST(client_repeats_a_question_only_once)
{
    fake_server fake;
    ody_client *client;
    bool exists;
    ody_error error;

    fake_start(&fake, script_hang_up_after_request, 2);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(ody_client_channel_exists(client, ODY_VIEW("a"), &exists, &error), ODY_ENO_SERVER);
    CHECK_EQUAL(fake.requests, 2);
    ody_client_free(client);
    fake_stop(&fake);
}

/* The first connection takes no more bytes, which the client can only see by writing. */
static void script_refuse_to_read(fake_server *fake, int fd, int nth)
{
    fake_greet(fd);
    if (nth == 0) {
        fake_answer_reached(fd, fake_request(fake, fd), 1);
        shutdown(fd, SHUT_RD);
        sem_post(&fake->reached);
        fake_await(&fake->proceed);
        return;
    }
    sem_post(&fake->proceed);
    fake_answer_reached(fd, fake_request(fake, fd), 2);
}

static void *accept_beside(void *context)
{
    fake_server *fake = context;
    int fd = accept4(fake->listen_fd, NULL, NULL, SOCK_CLOEXEC);

    CHECK(fd >= 0);
    fake->script(fake, fd, 1);
    close(fd);
    return NULL;
}

TEST(client_sends_again_what_was_not_written)
{
    fake_server fake;
    ody_client *client;
    pthread_t beside;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_refuse_to_read, 1);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
    fake_await(&fake.reached);
    CHECK_EQUAL(pthread_create(&beside, NULL, accept_beside, &fake), 0);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
    CHECK_EQUAL(reached, 2);
    pthread_join(beside, NULL);
    ody_client_free(client);
    fake_stop(&fake);
}

/* Takes a part of a large request, then hangs up. */
static void script_read_a_part(fake_server *fake, int fd, int nth)
{
    char some[4096];

    (void)fake;
    (void)nth;
    fake_greet(fd);
    CHECK(recv(fd, some, sizeof(some), MSG_WAITALL) > 0);
}

TEST(client_outcome_is_unknown_after_a_part_was_written)
{
    ody_view text = fake_client_large(8u << 20);
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_read_a_part, 1);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish_text(client, text, &reached, &error), ODY_EOUTCOME_UNKNOWN);
    ody_client_free(client);
    fake_stop(&fake);
    free((char *)text.data);
}

/* Reads nothing more until the test says so. */
static void script_read_nothing(fake_server *fake, int fd, int nth)
{
    (void)nth;
    fake_greet(fd);
    fake_await(&fake->proceed);
}

TEST(client_writing_times_out)
{
    ody_view text = fake_client_large(8u << 20);
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_read_nothing, 1);
    client = fake_client_new(&fake, LONG_MS, 100);
    CHECK_EQUAL(fake_client_publish_text(client, text, &reached, &error), ODY_EOUTCOME_UNKNOWN);
    sem_post(&fake.proceed);
    ody_client_free(client);
    fake_stop(&fake);
    free((char *)text.data);
}

TEST(client_request_too_large_is_refused_at_once)
{
    ody_view text = fake_client_large(ODY_IPC_MESSAGE_MAX);
    ody_client *client = ody_client_new("/nowhere", LONG_MS, LONG_MS);
    uint64_t reached;
    ody_error error;

    CHECK_EQUAL(fake_client_publish_text(client, text, &reached, &error), ODY_EPAYLOAD_SIZE);
    ody_client_free(client);
    free((char *)text.data);
}

static pthread_t interrupted;
static atomic_int interruptions;

static void on_signal(int number)
{
    (void)number;
    atomic_fetch_add(&interruptions, 1);
}

static void script_interrupt(fake_server *fake, int fd, int nth)
{
    uint32_t number;

    (void)nth;
    fake_greet(fd);
    number = fake_request(fake, fd);
    for (int count = 1; count <= 50; count++) {
        pthread_kill(interrupted, SIGUSR1);
        while (atomic_load(&interruptions) < count) {
            sched_yield();
        }
    }
    fake_answer_reached(fd, number, 5);
}

TEST(client_waits_on_when_interrupted)
{
    struct sigaction action = {.sa_handler = on_signal};
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    sigaction(SIGUSR1, &action, NULL);
    interrupted = pthread_self();
    fake_start(&fake, script_interrupt, 1);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
    CHECK_EQUAL(reached, 5);
    CHECK_EQUAL(interruptions, 50);
    ody_client_free(client);
    fake_stop(&fake);
}

static void script_always(fake_server *fake, int fd, int nth)
{
    ody_bytes bytes = {0};
    ody_ipc_header header;

    (void)fake;
    (void)nth;
    while (fake_read(fd, &header, &bytes)) {
        ody_bytes_clear(&bytes);
        if (header.type == ODY_IPC_HELLO) {
            CHECK_EQUAL(ody__ipc_welcome_write(&bytes, 1), 0);
        } else {
            fake_write_reached(&bytes, header.number, 1);
        }
        fake_send(fd, ody_bytes_view(&bytes));
    }
    ody_bytes_fini(&bytes);
}

TEST(client_reports_failed_allocations)
{
    unsigned failures = 0;
    int code;

    do {
        ody_client *client;
        ody_error error;
        uint64_t reached;

        ody_memory_fail_at((long)failures + 1);
        client = ody_client_new("/nowhere/ody.sock", LONG_MS, LONG_MS);
        code = client ? fake_client_publish(client, &reached, &error) : ODY_EMEMORY;
        ody_memory_fail_at(0);
        ody_client_free(client);
        failures += code == ODY_EMEMORY;
    } while (code == ODY_EMEMORY);
    CHECK_EQUAL(code, ODY_ENO_SERVER);
    CHECK(failures >= 3);
}

TEST(client_recovers_from_failed_allocations)
{
    unsigned failures = 0;
    fake_server fake;
    int code;

    fake_start(&fake, script_always, 0);
    do {
        ody_client *client = fake_client_new(&fake, LONG_MS, LONG_MS);
        ody_error error;
        uint64_t reached;

        ody_memory_fail_at((long)failures + 1);
        code = fake_client_publish(client, &reached, &error);
        ody_memory_fail_at(0);
        failures += code == ODY_EMEMORY;
        CHECK(code == 0 || code == ODY_EMEMORY);
        CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
        ody_client_free(client);
    } while (code == ODY_EMEMORY);
    CHECK(failures >= 3);
    fake_stop(&fake);
}

/* SPDX-License-Identifier: MIT */
/* The client against servers that hang up, lie or dawdle. */
#include "ody/client.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include "base/memory.h"
#include "fake_server.h"
#include "ipc/answer.h"
#include "ipc/hello.h"
#include "test.h"

#define LONG_MS 20000

static int publish_text(ody_client *client, ody_view data, uint64_t *reached, ody_error *error)
{
    const ody_view channel = ODY_VIEW("orders");
    const ody_client_publish publish = {
        .channels = &channel,
        .channel_count = 1,
        .event = ODY_VIEW("new"),
        .data = data,
    };

    return ody_client_publish_message(client, &publish, reached, error);
}

static int publish(ody_client *client, uint64_t *reached, ody_error *error)
{
    return publish_text(client, ODY_VIEW("{}"), reached, error);
}

static ody_client *client_new(const fake_server *fake, uint32_t connect_ms, uint32_t answer_ms)
{
    ody_client *client = ody_client_new(fake->path, connect_ms, answer_ms);

    CHECK(client != NULL);
    return client;
}

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
    client = client_new(&fake, LONG_MS, LONG_MS);
    for (uint64_t nth = 1; nth <= 3; nth++) {
        CHECK_EQUAL(publish(client, &reached, &error), 0);
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
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), ODY_EOUTCOME_UNKNOWN);
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
    client = client_new(&fake, LONG_MS, LONG_MS);
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
    client = client_new(&fake, LONG_MS, LONG_MS);
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
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
    fake_await(&fake.reached);
    CHECK_EQUAL(pthread_create(&beside, NULL, accept_beside, &fake), 0);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
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

static ody_view large_text(size_t length)
{
    char *text = malloc(length);

    CHECK(text != NULL);
    memset(text, 'x', length);
    return (ody_view){text, length};
}

TEST(client_outcome_is_unknown_after_a_part_was_written)
{
    ody_view text = large_text(8u << 20);
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_read_a_part, 1);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish_text(client, text, &reached, &error), ODY_EOUTCOME_UNKNOWN);
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
    ody_view text = large_text(8u << 20);
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_read_nothing, 1);
    client = client_new(&fake, LONG_MS, 100);
    CHECK_EQUAL(publish_text(client, text, &reached, &error), ODY_EOUTCOME_UNKNOWN);
    sem_post(&fake.proceed);
    ody_client_free(client);
    fake_stop(&fake);
    free((char *)text.data);
}

TEST(client_request_too_large_is_refused_at_once)
{
    ody_view text = large_text(ODY_IPC_MESSAGE_MAX);
    ody_client *client = ody_client_new("/nowhere", LONG_MS, LONG_MS);
    uint64_t reached;
    ody_error error;

    CHECK_EQUAL(publish_text(client, text, &reached, &error), ODY_EPAYLOAD_SIZE);
    ody_client_free(client);
    free((char *)text.data);
}

static void script_byte_by_byte(fake_server *fake, int fd, int nth)
{
    ody_bytes bytes = {0};

    (void)nth;
    fake_greet(fd);
    fake_write_reached(&bytes, fake_request(fake, fd), 77);
    for (size_t at = 0; at < bytes.length; at++) {
        fake_send(fd, (ody_view){bytes.data + at, 1});
        sched_yield();
    }
    ody_bytes_fini(&bytes);
}

TEST(client_takes_an_answer_byte_by_byte)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_byte_by_byte, 1);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
    CHECK_EQUAL(reached, 77);
    ody_client_free(client);
    fake_stop(&fake);
}

static void script_garbage_greeting(fake_server *fake, int fd, int nth)
{
    (void)fake;
    (void)nth;
    fake_send(fd, ODY_VIEW("HTTP/1.1 400 Bad Request\r\n\r\n"));
    fake_await(&fake->proceed);
}

TEST(client_refuses_a_stranger)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_garbage_greeting, 1);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), ODY_EPROTOCOL);
    CHECK(strstr(error.message, "is not this server") != NULL);
    sem_post(&fake.proceed);
    ody_client_free(client);
    fake_stop(&fake);
}

/* Each connection answers wrongly in another way; the last one well. */
static void script_wrong_answers(fake_server *fake, int fd, int nth)
{
    ody_bytes bytes = {0};
    uint32_t number;
    size_t start;

    fake_greet(fd);
    number = fake_request(fake, fd);
    switch (nth) {
    case 0: /* another request's number */
        fake_answer_reached(fd, number + 1, 1);
        break;
    case 1: /* an impossible length */
        fake_send(fd, ODY_VIEW("\xff\xff\xff\xff\x40\0\0\0\0\0\0\0"));
        break;
    case 2: /* another type */
        start = ody__ipc_message_begin(&bytes, ODY_IPC_PUBLISH, number);
        CHECK_EQUAL(ody__ipc_message_end(&bytes, start), 0);
        fake_send(fd, ody_bytes_view(&bytes));
        break;
    case 3: /* two answers at once */
        fake_write_reached(&bytes, number, 1);
        fake_write_reached(&bytes, number, 1);
        fake_send(fd, ody_bytes_view(&bytes));
        break;
    case 4: /* an answer to another question */
        fake_answer_yes(fd, number);
        break;
    case 5: /* a field that is cut off */
        fake_send(fd, ODY_VIEW("\x0b\0\0\0\x40\0\0\0"));
        fake_send(fd, (ody_view){(const char *)&number, 4});
        fake_send(fd, ODY_VIEW("\x20\0\x08"));
        break;
    default:
        fake_answer_reached(fd, number, 6);
    }
    if (nth < 6) {
        fake_await(&fake->proceed);
    }
    ody_bytes_fini(&bytes);
}

TEST(client_refuses_wrong_answers_and_recovers)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_wrong_answers, 7);
    client = client_new(&fake, LONG_MS, LONG_MS);
    for (int nth = 0; nth < 6; nth++) {
        CHECK_EQUAL(publish(client, &reached, &error), ODY_EOUTCOME_UNKNOWN);
        sem_post(&fake.proceed);
    }
    CHECK_EQUAL(publish(client, &reached, &error), 0);
    CHECK_EQUAL(reached, 6);
    CHECK_EQUAL(fake.requests, 7);
    ody_client_free(client);
    fake_stop(&fake);
}

/* Answers the first request only after the client has given up. */
static void script_late(fake_server *fake, int fd, int nth)
{
    uint32_t number;

    fake_greet(fd);
    number = fake_request(fake, fd);
    if (nth == 0) {
        fake_await(&fake->proceed);
    }
    fake_answer_reached(fd, number, nth == 0 ? 111 : 222);
}

TEST(client_never_takes_a_late_answer)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_late, 2);
    client = client_new(&fake, LONG_MS, 100);
    CHECK_EQUAL(publish(client, &reached, &error), ODY_EOUTCOME_UNKNOWN);
    CHECK(strstr(error.message, "did not answer within 100 ms") != NULL);
    sem_post(&fake.proceed);
    fake_await(&fake.closed);
    ody_client_free(client);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
    CHECK_EQUAL(reached, 222);
    ody_client_free(client);
    fake_stop(&fake);
}

/* Says something unasked after the answer, then waits for the client to hang up or to ask. */
static void script_chatter(fake_server *fake, int fd, int nth)
{
    char byte;

    fake_greet(fd);
    fake_answer_reached(fd, fake_request(fake, fd), (uint64_t)nth);
    if (nth == 0) {
        fake_await(&fake->proceed);
        fake_answer_reached(fd, 2, 999);
        sem_post(&fake->reached);
        CHECK(recv(fd, &byte, 1, 0) <= 0);
    }
}

TEST(client_drops_a_connection_that_says_something_unasked)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_chatter, 2);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
    sem_post(&fake.proceed);
    fake_await(&fake.reached);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
    CHECK_EQUAL(reached, 1);
    ody_client_free(client);
    fake_stop(&fake);
}

static void farewell(int fd)
{
    ody_bytes bytes = {0};

    CHECK_EQUAL(ody__ipc_farewell_write(&bytes), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
}

static void refuse_draining(int fd, uint32_t number)
{
    ody_bytes bytes = {0};

    CHECK_EQUAL(ody__ipc_answer_write_error(&bytes, number, ODY_EDRAINING, NULL), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
}

/* Each server drains in another way before it has carried out the request; the next one serves. */
static void script_drains(fake_server *fake, int fd, int nth)
{
    ody_bytes bytes = {0};
    char some[4096];

    switch (nth) {
    case 0: /* refuses the request */
        fake_greet(fd);
        refuse_draining(fd, fake_request(fake, fd));
        return;
    case 2: /* says farewell, with the request unread */
        fake_greet(fd);
        fake_request(fake, fd);
        farewell(fd);
        return;
    case 4: /* refuses the hello */
        CHECK_EQUAL(ody__ipc_refusal_write(&bytes, ODY_EDRAINING, "draining"), 0);
        fake_send(fd, ody_bytes_view(&bytes));
        ody_bytes_fini(&bytes);
        return;
    case 6: /* says farewell with the welcome */
        CHECK(recv(fd, some, sizeof(some), 0) > 0);
        CHECK_EQUAL(ody__ipc_welcome_write(&bytes, ODY_IPC_VERSION), 0);
        CHECK_EQUAL(ody__ipc_farewell_write(&bytes), 0);
        fake_send(fd, ody_bytes_view(&bytes));
        ody_bytes_fini(&bytes);
        return;
    case 8: /* says farewell in the middle of the request */
        fake_greet(fd);
        CHECK(recv(fd, some, sizeof(some), MSG_WAITALL) > 0);
        farewell(fd);
        return;
    default: /* serves once */
        fake_greet(fd);
        fake_answer_reached(fd, fake_request(fake, fd), (uint64_t)nth);
    }
}

TEST(client_asks_the_next_server_when_one_drains)
{
    ody_view text = large_text(8u << 20);
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_drains, 10);
    client = client_new(&fake, LONG_MS, LONG_MS);
    for (uint64_t nth = 1; nth <= 9; nth += 2) {
        int code = publish_text(client, nth == 9 ? text : ODY_VIEW("{}"), &reached, &error);

        if (code < 0) {
            FAIL("%d: %s", (int)nth, error.message);
        }
        CHECK_EQUAL(reached, nth);
        fake_await(&fake.closed);
        fake_await(&fake.closed);
    }
    ody_client_free(client);
    fake_stop(&fake);
    free((char *)text.data);
}

static void script_always_drains(fake_server *fake, int fd, int nth)
{
    (void)nth;
    fake_greet(fd);
    refuse_draining(fd, fake_request(fake, fd));
}

TEST(client_says_so_when_nine_servers_in_a_row_drain)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_always_drains, 9);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), ODY_EDRAINING);
    CHECK_EQUAL(error.code, ODY_EDRAINING);
    CHECK_EQUAL(fake.requests, 9);
    ody_client_free(client);
    fake_stop(&fake);
}

/* Answers, says farewell in the same packet or a cut one, and stays until the client leaves. */
static void script_answers_and_leaves(fake_server *fake, int fd, int nth)
{
    ody_bytes bytes = {0};
    char byte;

    fake_greet(fd);
    fake_write_reached(&bytes, fake_request(fake, fd), (uint64_t)nth);
    if (nth < ODY_IPC_HEADER_SIZE) {
        CHECK_EQUAL(ody__ipc_farewell_write(&bytes), 0);
        bytes.length -= (size_t)nth;
    }
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
    CHECK(recv(fd, &byte, 1, 0) <= 0);
}

TEST(client_leaves_a_server_that_answers_and_says_farewell)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_answers_and_leaves, ODY_IPC_HEADER_SIZE + 1);
    client = client_new(&fake, LONG_MS, LONG_MS);
    for (uint64_t nth = 0; nth <= ODY_IPC_HEADER_SIZE; nth++) {
        CHECK_EQUAL(publish(client, &reached, &error), 0);
        CHECK_EQUAL(reached, nth);
    }
    ody_client_free(client);
    fake_stop(&fake);
}

static void script_farewell_when_idle(fake_server *fake, int fd, int nth)
{
    fake_greet(fd);
    fake_answer_reached(fd, fake_request(fake, fd), (uint64_t)nth);
    if (nth == 0) {
        fake_await(&fake->proceed);
        farewell(fd);
        sem_post(&fake->reached);
    }
}

TEST(client_leaves_a_server_that_says_farewell_between_calls)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_farewell_when_idle, 2);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
    sem_post(&fake.proceed);
    fake_await(&fake.reached);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
    CHECK_EQUAL(reached, 1);
    ody_client_free(client);
    fake_stop(&fake);
}

static void script_refusal(fake_server *fake, int fd, int nth)
{
    ody_bytes bytes = {0};

    (void)fake;
    (void)nth;
    CHECK_EQUAL(ody__ipc_refusal_write(&bytes, ODY_EVERSION, "this PHP extension is too old"), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
}

TEST(client_passes_a_refusal_on)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_refusal, 1);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), ODY_EVERSION);
    CHECK_TEXT(ody_view_of(error.message), "this PHP extension is too old");
    ody_client_free(client);
    fake_stop(&fake);
}

static void script_wrong_version(fake_server *fake, int fd, int nth)
{
    ody_bytes bytes = {0};

    (void)fake;
    (void)nth;
    CHECK_EQUAL(ody__ipc_welcome_write(&bytes, 100), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
}

TEST(client_refuses_a_version_that_it_did_not_offer)
{
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_wrong_version, 1);
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), ODY_EPROTOCOL);
    ody_client_free(client);
    fake_stop(&fake);
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
    client = client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(publish(client, &reached, &error), 0);
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
        code = client ? publish(client, &reached, &error) : ODY_EMEMORY;
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
        ody_client *client = client_new(&fake, LONG_MS, LONG_MS);
        ody_error error;
        uint64_t reached;

        ody_memory_fail_at((long)failures + 1);
        code = publish(client, &reached, &error);
        ody_memory_fail_at(0);
        failures += code == ODY_EMEMORY;
        CHECK(code == 0 || code == ODY_EMEMORY);
        CHECK_EQUAL(publish(client, &reached, &error), 0);
        ody_client_free(client);
    } while (code == ODY_EMEMORY);
    CHECK(failures >= 3);
    fake_stop(&fake);
}

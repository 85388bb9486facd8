/* SPDX-License-Identifier: MIT */
/* The client and what servers answer: in pieces, wrongly, late, unasked. */
#include <sys/socket.h>
#include "fake_client.h"
#include "ipc/hello.h"
#include "test.h"

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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), ODY_EPROTOCOL);
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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    for (int nth = 0; nth < 6; nth++) {
        CHECK_EQUAL(fake_client_publish(client, &reached, &error), ODY_EOUTCOME_UNKNOWN);
        sem_post(&fake.proceed);
    }
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
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
    client = fake_client_new(&fake, LONG_MS, 100);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), ODY_EOUTCOME_UNKNOWN);
    CHECK(strstr(error.message, "did not answer within 100 ms") != NULL);
    sem_post(&fake.proceed);
    fake_await(&fake.closed);
    ody_client_free(client);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
    sem_post(&fake.proceed);
    fake_await(&fake.reached);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), ODY_EVERSION);
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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), ODY_EPROTOCOL);
    ody_client_free(client);
    fake_stop(&fake);
}

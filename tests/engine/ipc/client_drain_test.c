/* SPDX-License-Identifier: MIT */
/* The client and servers that end: nothing is lost, and nothing is sent twice. */
#include <stdlib.h>
#include <sys/socket.h>
#include "fake_client.h"
#include "ipc/answer.h"
#include "ipc/hello.h"
#include "test.h"

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
    ody_view text = fake_client_large(8u << 20);
    fake_server fake;
    ody_client *client;
    uint64_t reached;
    ody_error error;

    fake_start(&fake, script_drains, 10);
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    for (uint64_t nth = 1; nth <= 9; nth += 2) {
        int code =
            fake_client_publish_text(client, nth == 9 ? text : ODY_VIEW("{}"), &reached, &error);

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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), ODY_EDRAINING);
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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    for (uint64_t nth = 0; nth <= ODY_IPC_HEADER_SIZE; nth++) {
        CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
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
    client = fake_client_new(&fake, LONG_MS, LONG_MS);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
    sem_post(&fake.proceed);
    fake_await(&fake.reached);
    CHECK_EQUAL(fake_client_publish(client, &reached, &error), 0);
    CHECK_EQUAL(reached, 1);
    ody_client_free(client);
    fake_stop(&fake);
}

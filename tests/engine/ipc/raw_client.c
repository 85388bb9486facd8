/* SPDX-License-Identifier: MIT */
/* Requests and answers of plain sockets. */
#include "raw_client.h"

#include <sys/socket.h>
#include "fake_server.h"
#include "ipc/answer.h"
#include "ipc/connection.h"
#include "ipc/hello.h"
#include "ipc/request.h"
#include "test.h"

void raw_write_publish(ody_bytes *out, uint32_t number, const char *channel)
{
    const ody_view name = ody_view_of(channel);
    const ody_ipc_request request = {
        .type = ODY_IPC_PUBLISH,
        .channels = &name,
        .channel_count = 1,
        .event = ODY_VIEW("new"),
        .data = ODY_VIEW("{}"),
    };

    CHECK_EQUAL(ody__ipc_request_write(out, number, &request), 0);
}

void raw_write_question(ody_bytes *out, uint32_t number, uint16_t type, const char *channel)
{
    const ody_view name = ody_view_of(channel);
    const ody_ipc_request request = {
        .type = type,
        .channels = &name,
        .channel_count = channel ? 1 : 0,
    };

    CHECK_EQUAL(ody__ipc_request_write(out, number, &request), 0);
}

void raw_send_publish(int fd, uint32_t number, const char *channel)
{
    ody_bytes bytes = {0};

    raw_write_publish(&bytes, number, channel);
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
}

/* Reads an answer. Returns its code and, with 0, sets what number it has. */
int raw_read_answer(int fd, uint32_t *number)
{
    ody_bytes bytes = {0};
    ody_ipc_header header;
    ody_ipc_answer answer;

    CHECK(fake_read(fd, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_ANSWER);
    CHECK_EQUAL(ody__ipc_answer_read((ody_view){bytes.data + 12, bytes.length - 12}, &answer), 0);
    *number = header.number;
    ody_bytes_fini(&bytes);
    return answer.code;
}

int raw_read_refusal(int fd)
{
    ody_ipc_greeting greeting;
    ody_bytes bytes = {0};
    ody_ipc_header header;

    CHECK(fake_read(fd, &header, &bytes));
    CHECK_EQUAL(ody__ipc_greeting_read(header.type, (ody_view){bytes.data + 12, bytes.length - 12},
                                       &greeting),
                0);
    CHECK(greeting.message.length > 0);
    ody_bytes_fini(&bytes);
    return greeting.code;
}

bool raw_ended(int fd)
{
    char byte;

    return recv(fd, &byte, 1, 0) <= 0;
}

static void call_unsent(live_server *live, void *context)
{
    *(size_t *)context = live->ipc->unsent;
}

size_t raw_unsent(live_server *live)
{
    size_t bytes;

    live_call(live, call_unsent, &bytes);
    return bytes;
}

/* SPDX-License-Identifier: MIT */
/* What the engine and its PHP workers say reads back as it was written. */
#include "ipc/worker_message.h"

#include "test.h"

static ody_view fields_of(const ody_bytes *out)
{
    return (ody_view){out->data + ODY_IPC_HEADER_SIZE, out->length - ODY_IPC_HEADER_SIZE};
}

TEST(a_registration_reads_back)
{
    const ody_view types[] = {ODY_VIEW("custom"), ODY_VIEW("private")};
    const ody_worker_interest interest = {true, false, 0xffff0001u, types, 2};
    ody_ipc_registration read;
    ody_bytes out = {0};

    CHECK_EQUAL(ody__ipc_registration_write(&out, 7, &interest), 0);
    CHECK_EQUAL(ody__ipc_registration_read(fields_of(&out), &read), 0);
    CHECK(read.interest.handshakes && !read.interest.messages);
    CHECK_EQUAL(read.interest.notices, 0xffff0001u);
    CHECK_EQUAL(read.interest.handler_count, 2);
    CHECK_TEXT(read.interest.handlers[1], "private");
    ody_bytes_fini(&out);
}

TEST(a_registration_with_too_many_types_is_refused)
{
    ody_view types[ODY_HANDLERS_MAX + 1];
    ody_worker_interest interest = {.handlers = types, .handler_count = ODY_HANDLERS_MAX};
    ody_ipc_registration read;
    ody_bytes out = {0};

    for (size_t index = 0; index <= ODY_HANDLERS_MAX; index++) {
        types[index] = ODY_VIEW("custom");
    }
    CHECK_EQUAL(ody__ipc_registration_write(&out, 7, &interest), 0);
    CHECK_EQUAL(ody__ipc_registration_read(fields_of(&out), &read), 0);
    interest.handler_count++;
    ody_bytes_clear(&out);
    CHECK_EQUAL(ody__ipc_registration_write(&out, 7, &interest), 0);
    CHECK_EQUAL(ody__ipc_registration_read(fields_of(&out), &read), ODY_EINVALID);
    ody_bytes_fini(&out);
}

TEST(a_call_reads_back)
{
    const ody_worker_call call = {
        .kind = ODY_CALL_HANDSHAKE,
        .socket_id = ODY_VIEW("1.2"),
        .address = ODY_VIEW("::1"),
        .channel = ODY_VIEW("c"),
        .event = ODY_VIEW("e"),
        .data = ODY_VIEW(""),
        .head = ODY_VIEW("GET / HTTP/1.1\r\n\r\n"),
    };
    ody_worker_call read;
    ody_bytes out = {0};

    CHECK_EQUAL(ody__ipc_call_write(&out, 7, &call), 0);
    CHECK_EQUAL(ody__ipc_call_read(fields_of(&out), &read), 0);
    CHECK_EQUAL(read.kind, ODY_CALL_HANDSHAKE);
    CHECK_TEXT(read.socket_id, "1.2");
    CHECK_TEXT(read.address, "::1");
    CHECK_TEXT(read.channel, "c");
    CHECK_TEXT(read.event, "e");
    CHECK(read.data.data && read.data.length == 0);
    CHECK(!read.user_id.data);
    CHECK_TEXT(read.head, "GET / HTTP/1.1\r\n\r\n");
    ody_bytes_fini(&out);
}

TEST(a_result_reads_back_and_nonsense_does_not)
{
    const ody_worker_answer answer = {ODY_VERDICT_REFUSED, ODY_VIEW("no"), 4009, ODY_VIEW_NONE};
    ody_worker_answer read;
    ody_bytes out = {0};

    CHECK_EQUAL(ody__ipc_result_write(&out, 7, &answer), 0);
    CHECK_EQUAL(ody__ipc_result_read(fields_of(&out), &read), 0);
    CHECK_EQUAL(read.verdict, ODY_VERDICT_REFUSED);
    CHECK_EQUAL(read.code, 4009);
    CHECK_TEXT(read.message, "no");
    CHECK(!read.data.data);
    CHECK_EQUAL(ody__ipc_result_read(ODY_VIEW(""), &read), ODY_EPROTOCOL);
    CHECK_EQUAL(ody__ipc_call_read(ODY_VIEW(""), &(ody_worker_call){0}), ODY_EPROTOCOL);
    ody_bytes_clear(&out);
    ody__ipc_number_write(&out, ODY_IPC_TAG_VERDICT, 4);
    CHECK_EQUAL(ody__ipc_result_read(ody_bytes_view(&out), &read), ODY_EPROTOCOL);
    ody_bytes_fini(&out);
}

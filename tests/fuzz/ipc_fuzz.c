/* SPDX-License-Identifier: MIT */
/*
 * All decoders of the Unix socket's protocol. The input is a stream of messages, as either side may
 * send it. What reads well must also write and read back the same.
 */
#include <stdlib.h>
#include "ipc/answer.h"
#include "ipc/hello.h"
#include "ipc/request.h"
#include "ipc/worker_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Touches every byte, so that a view that points astray is seen. */
static void touch(ody_view view)
{
    volatile char sum = 0;

    for (size_t index = 0; index < view.length; index++) {
        sum = (char)(sum ^ view.data[index]);
    }
}

static void each_id(void *context, ody_view socket_id)
{
    (void)context;
    touch(socket_id);
}

static void each_channel(void *context, const ody_client_channel *channel)
{
    (void)context;
    touch(channel->name);
    touch(channel->type);
}

static void fuzz_hello(ody_view fields)
{
    ody_ipc_hello hello;
    uint32_t version;
    ody_error error;

    if (ody__ipc_hello_read(fields, &hello) < 0) {
        return;
    }
    for (uint32_t newest = 1; newest < 4; newest++) {
        if (ody__ipc_hello_choose(&hello, newest, &version, &error) == 0) {
            require(version >= hello.oldest && version <= hello.newest && version <= newest);
        } else {
            require(memchr(error.message, '\0', sizeof(error.message)) != NULL);
        }
    }
}

static void fuzz_greeting(uint16_t type, ody_view fields)
{
    ody_ipc_greeting greeting;
    ody_error error;

    if (ody__ipc_greeting_read(type, fields, &greeting) == 0) {
        require(greeting.code <= 0 && (greeting.code < 0 || greeting.version > 0));
        ody__ipc_error_copy(&error, greeting.code, greeting.message);
        require(memchr(error.message, '\0', sizeof(error.message)) != NULL);
    }
}

static void fuzz_request(uint16_t type, ody_view fields)
{
    ody_ipc_names names = {0}, names_again = {0};
    ody_ipc_request request, again;
    ody_bytes out = {0};
    ody_error error;

    if (ody__ipc_request_read(type, fields, &names, &request) == 0) {
        ody__ipc_request_check(&request, &error);
        require(ody__ipc_request_write(&out, 1, &request) == 0);
        require(ody__ipc_request_read(type, (ody_view){out.data + 12, out.length - 12},
                                      &names_again, &again) == 0);
        require(again.channel_count == request.channel_count);
        for (size_t index = 0; index < request.channel_count; index++) {
            require(ody_view_equal(again.channels[index], request.channels[index]));
        }
        require(ody_view_equal(again.event, request.event));
        require(ody_view_equal(again.data, request.data));
        require(ody_view_equal(again.socket_id, request.socket_id));
        require(ody_view_equal(again.prefix, request.prefix));
        require(again.skip_missing == request.skip_missing);
    }
    ody_bytes_fini(&out);
    ody__ipc_names_fini(&names);
    ody__ipc_names_fini(&names_again);
}

static void fuzz_answer(ody_view fields)
{
    ody_ipc_answer answer;

    if (ody__ipc_answer_read(fields, &answer) == 0) {
        require(answer.code <= 0);
        touch(answer.message);
        touch(answer.json);
        ody__ipc_answer_socket_ids(&answer, each_id, NULL);
        ody__ipc_answer_channels(&answer, each_channel, NULL);
    }
}

static void fuzz_registration(ody_view fields)
{
    ody_ipc_registration registration, again;
    ody_bytes out = {0};

    if (ody__ipc_registration_read(fields, &registration) == 0) {
        require(registration.interest.handler_count <= ODY_HANDLERS_MAX);
        require(ody__ipc_registration_write(&out, 1, &registration.interest) == 0);
        require(ody__ipc_registration_read((ody_view){out.data + 12, out.length - 12}, &again) ==
                0);
        require(again.interest.notices == registration.interest.notices);
        require(again.interest.handler_count == registration.interest.handler_count);
        for (size_t index = 0; index < again.interest.handler_count; index++) {
            require(ody_view_equal(again.handlers[index], registration.handlers[index]));
        }
    }
    ody_bytes_fini(&out);
}

static void fuzz_call(ody_view fields)
{
    ody_worker_call call, again;
    ody_bytes out = {0};

    if (ody__ipc_call_read(fields, &call) == 0) {
        require(ody__ipc_call_write(&out, 1, &call) == 0);
        require(ody__ipc_call_read((ody_view){out.data + 12, out.length - 12}, &again) == 0);
        require(again.kind == call.kind);
        require(ody_view_equal(again.data, call.data) && ody_view_equal(again.head, call.head));
        require(ody_view_equal(again.channel, call.channel));
        touch(call.address);
        touch(call.user_id);
    }
    ody_bytes_fini(&out);
}

static void fuzz_result(ody_view fields)
{
    ody_worker_answer result;

    if (ody__ipc_result_read(fields, &result) == 0) {
        require(result.verdict <= ODY_VERDICT_FAILED);
        touch(result.message);
        touch(result.data);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view rest = {(const char *)data, size};
    ody_ipc_header header;

    while (ody__ipc_header_read(rest, &header) > 0) {
        size_t whole = header.size < rest.length ? header.size : rest.length;
        ody_view fields = {rest.data + ODY_IPC_HEADER_SIZE, whole - ODY_IPC_HEADER_SIZE};

        fuzz_hello(fields);
        fuzz_greeting(header.type, fields);
        fuzz_request(header.type, fields);
        fuzz_answer(fields);
        fuzz_registration(fields);
        fuzz_call(fields);
        fuzz_result(fields);
        rest.data += whole;
        rest.length -= whole;
    }
    return 0;
}

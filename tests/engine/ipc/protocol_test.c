/* SPDX-License-Identifier: MIT */
/* Messages and fields: what is written reads back, and no bytes whatever read past their end. */
#include "ipc/protocol.h"

#include <sys/mman.h>
#include <unistd.h>
#include "base/memory.h"
#include "ipc/answer.h"
#include "ipc/hello.h"
#include "ipc/request.h"
#include "ipc/worker_message.h"
#include "test.h"

/* Puts bytes at the end of a page behind which lies one that must not be touched. */
static ody_view guarded(ody_view bytes, char **pages, size_t *size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (bytes.length + page - 1) / page * page;

    *size = room + page;
    *pages = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(*pages != MAP_FAILED);
    CHECK_EQUAL(mprotect(*pages + room, page, PROT_NONE), 0);
    if (bytes.length > 0) {
        memcpy(*pages + room - bytes.length, bytes.data, bytes.length);
    }
    return (ody_view){*pages + room - bytes.length, bytes.length};
}

static void each_id(void *context, ody_view socket_id)
{
    *(size_t *)context += socket_id.length;
}

static void each_channel(void *context, const ody_client_channel *channel)
{
    *(size_t *)context += channel->name.length + channel->type.length;
}

/* Lets every decoder at the bytes. */
static void decode_all(ody_view bytes)
{
    ody_ipc_names names = {0};
    ody_ipc_greeting greeting;
    ody_ipc_request request;
    ody_ipc_header header;
    ody_ipc_answer answer;
    ody_ipc_registration registration;
    ody_worker_answer result;
    ody_worker_call call;
    ody_ipc_hello hello;
    size_t length = 0;
    ody_error error;

    ody__ipc_header_read(bytes, &header);
    ody__ipc_hello_read(bytes, &hello);
    ody__ipc_greeting_read(ODY_IPC_WELCOME, bytes, &greeting);
    if (ody__ipc_request_read(ODY_IPC_PUBLISH, bytes, &names, &request) == 0) {
        ody__ipc_request_check(&request, &error);
    }
    ody__ipc_registration_read(bytes, &registration);
    ody__ipc_call_read(bytes, &call);
    ody__ipc_result_read(bytes, &result);
    if (ody__ipc_answer_read(bytes, &answer) == 0) {
        ody__ipc_answer_socket_ids(&answer, each_id, &length);
        ody__ipc_answer_channels(&answer, each_channel, &length);
    }
    ody__ipc_names_fini(&names);
}

static ody_view fields_of(const ody_bytes *message)
{
    ody_ipc_header header;

    CHECK_EQUAL(ody__ipc_header_read(ody_bytes_view(message), &header), 1);
    CHECK_EQUAL(header.size, message->length);
    return (ody_view){message->data + ODY_IPC_HEADER_SIZE, header.size - ODY_IPC_HEADER_SIZE};
}

static void write_publish(ody_bytes *out)
{
    const ody_view channels[2] = {ODY_VIEW("orders"), ODY_VIEW("news")};
    const ody_ipc_request request = {
        .type = ODY_IPC_PUBLISH,
        .channels = channels,
        .channel_count = 2,
        .event = ODY_VIEW("new"),
        .data = ODY_VIEW(""),
        .skip_missing = true,
    };

    CHECK_EQUAL(ody__ipc_request_write(out, 7, &request), 0);
}

static void write_listing(ody_bytes *out)
{
    const ody_channel_entry entries[2] = {
        {.name = ODY_VIEW("orders"), .type = "public", .subscribers = 3},
        {.name = ODY_VIEW("presence-room"),
         .type = "presence",
         .subscribers = UINT64_MAX,
         .users = 2},
    };
    const ody_reply reply = {.channels = entries, .channel_count = 2};

    CHECK_EQUAL(ody__ipc_answer_write(out, 9, ODY_IPC_CHANNELS, &reply), 0);
}

TEST(protocol_layout_is_as_documented)
{
    ody_bytes out = {0};
    size_t start = ody__ipc_message_begin(&out, 0x0102, 0x03040506);

    ody__ipc_field_write(&out, 0x0708, ODY_VIEW("ab"));
    CHECK_EQUAL(ody__ipc_message_end(&out, start), 0);
    CHECK_TEXT(ody_bytes_view(&out), "\x10\0\0\0\x02\x01\0\0\x06\x05\x04\x03\x08\x07\x02\0\0\0"
                                     "ab");
    ody_bytes_fini(&out);
}

TEST(protocol_header_checks_length)
{
    ody_ipc_header header;

    CHECK_EQUAL(ody__ipc_header_read(ODY_VIEW("\x08\0\0"), &header), 0);
    CHECK_EQUAL(ody__ipc_header_read(ODY_VIEW("\x08\0\0\0\x01\0\0\0\x05\0\0"), &header), 0);
    CHECK_EQUAL(ody__ipc_header_read(ODY_VIEW("\x08\0\0\0\x01\0\0\0\x05\0\0\0"), &header), 1);
    CHECK_EQUAL(header.size, 12);
    CHECK_EQUAL(header.type, 1);
    CHECK_EQUAL(header.number, 5);
    CHECK_EQUAL(ody__ipc_header_read(ODY_VIEW("\x07\0\0\0"), &header), ODY_EPROTOCOL);
    CHECK_EQUAL(ody__ipc_header_read(ODY_VIEW("\xff\xff\xff\xff"), &header), ODY_EPROTOCOL);
    CHECK_EQUAL(ody__ipc_header_read(ODY_VIEW("\xfc\xff\xff\x03"), &header), 0);
    CHECK_EQUAL(ody__ipc_header_read(ODY_VIEW("\xfd\xff\xff\x03"), &header), ODY_EPROTOCOL);
}

TEST(protocol_numbers_have_one_to_eight_bytes)
{
    uint64_t number;

    CHECK(ody__ipc_number_read(ODY_VIEW("\x01"), &number));
    CHECK_EQUAL(number, 1);
    CHECK(ody__ipc_number_read(ODY_VIEW("\x01\x02\x03"), &number));
    CHECK_EQUAL(number, 0x030201);
    CHECK(ody__ipc_number_read(ODY_VIEW("\xff\xff\xff\xff\xff\xff\xff\xff"), &number));
    CHECK(number == UINT64_MAX);
    CHECK(!ody__ipc_number_read(ODY_VIEW(""), &number));
    CHECK(!ody__ipc_number_read(ODY_VIEW("123456789"), &number));
}

TEST(protocol_message_too_long_leaves_nothing)
{
    static char big[ODY_IPC_MESSAGE_MAX];
    ody_bytes out = {0};
    size_t start;

    ody_bytes_append_literal(&out, "before");
    start = ody__ipc_message_begin(&out, ODY_IPC_PUBLISH, 1);
    ody__ipc_field_write(&out, ODY_IPC_TAG_DATA, (ody_view){big, sizeof(big)});
    CHECK_EQUAL(ody__ipc_message_end(&out, start), ODY_EPAYLOAD_SIZE);
    CHECK_TEXT(ody_bytes_view(&out), "before");
    CHECK(!out.failed);
    ody_bytes_fini(&out);
}

TEST(protocol_without_memory_leaves_nothing)
{
    for (long nth = 1; nth <= 3; nth++) {
        ody_bytes out = {0};
        int code;

        ody_memory_fail_at(nth);
        code = ody__ipc_hello_write(&out, 1);
        ody_memory_fail_at(0);
        CHECK(code == 0 || (code == ODY_EMEMORY && out.length == 0 && !out.failed));
        CHECK(nth > 1 || code == ODY_EMEMORY);
        ody_bytes_fini(&out);
    }
}

TEST(protocol_request_reads_back)
{
    ody_ipc_names names = {0};
    ody_ipc_request request;
    ody_bytes out = {0};
    ody_error error;

    write_publish(&out);
    CHECK_EQUAL(ody__ipc_request_read(ODY_IPC_PUBLISH, fields_of(&out), &names, &request), 0);
    CHECK_EQUAL(ody__ipc_request_check(&request, &error), 0);
    CHECK_EQUAL(request.channel_count, 2);
    CHECK_TEXT(request.channels[0], "orders");
    CHECK_TEXT(request.channels[1], "news");
    CHECK_TEXT(request.event, "new");
    CHECK_TEXT(request.data, "");
    CHECK(request.data.data != NULL);
    CHECK(request.socket_id.data == NULL);
    CHECK(request.skip_missing);
    ody__ipc_names_fini(&names);
    ody_bytes_fini(&out);
}

TEST(protocol_request_says_what_lacks)
{
    const ody_view channels[2] = {ODY_VIEW("a"), ODY_VIEW("b")};
    const struct {
        ody_ipc_request request;
        int code;
        const char *message;
    } cases[] = {
        {{.type = ODY_IPC_PUBLISH}, ODY_EINVALID, "the request lacks a channel"},
        {{.type = ODY_IPC_WHISPER}, ODY_EINVALID, "the request lacks a socket id"},
        {{.type = ODY_IPC_SUBSCRIBERS, .channels = channels, .channel_count = 2},
         ODY_EINVALID,
         "the request lacks a single channel"},
        {{.type = ODY_IPC_PUBLISH, .channels = channels, .channel_count = 2},
         ODY_EINVALID,
         "the request lacks an event"},
        {{.type = ODY_IPC_STATUS}, 0, ""},
        {{.type = 99}, ODY_EVERSION, NULL},
    };

    for (size_t index = 0; index < sizeof(cases) / sizeof(cases[0]); index++) {
        ody_error error = {0};

        CHECK_EQUAL(ody__ipc_request_check(&cases[index].request, &error), cases[index].code);
        if (cases[index].message) {
            CHECK_VIEW(ody_view_of(error.message), ody_view_of(cases[index].message));
        }
    }
}

TEST(protocol_unknown_tags_are_skipped)
{
    ody_ipc_names names = {0};
    ody_ipc_request request;
    ody_ipc_answer answer;
    ody_bytes out = {0};

    ody__ipc_field_write(&out, 999, ODY_VIEW("from a newer side"));
    ody__ipc_field_write(&out, ODY_IPC_TAG_CHANNEL, ODY_VIEW("orders"));
    ody__ipc_number_write(&out, ODY_IPC_TAG_REACHED, 5);
    ody__ipc_field_write(&out, 1000, ODY_VIEW(""));
    CHECK_EQUAL(ody__ipc_request_read(ODY_IPC_SUBSCRIBERS, ody_bytes_view(&out), &names, &request),
                0);
    CHECK_EQUAL(request.channel_count, 1);
    CHECK_EQUAL(ody__ipc_answer_read(ody_bytes_view(&out), &answer), 0);
    CHECK(answer.has_reached && answer.reached == 5);
    ody__ipc_names_fini(&names);
    ody_bytes_fini(&out);
}

static void keep_last(void *context, const ody_client_channel *channel)
{
    *(ody_client_channel *)context = *channel;
}

TEST(protocol_listing_reads_back)
{
    ody_client_channel last = {0};
    ody_ipc_answer answer;
    ody_bytes out = {0};
    size_t length = 0;

    write_listing(&out);
    CHECK_EQUAL(ody__ipc_answer_read(fields_of(&out), &answer), 0);
    ody__ipc_answer_channels(&answer, each_channel, &length);
    CHECK_EQUAL(length,
                strlen("orders") + strlen("public") + strlen("presence-room") + strlen("presence"));
    ody__ipc_answer_channels(&answer, keep_last, &last);
    CHECK_TEXT(last.name, "presence-room");
    CHECK_TEXT(last.type, "presence");
    CHECK(last.subscribers == UINT64_MAX);
    CHECK_EQUAL(last.users, 2);
    ody_bytes_fini(&out);
}

TEST(protocol_broken_answers_are_refused)
{
    ody_ipc_answer answer;
    ody_bytes out = {0};
    size_t start;

    ody__ipc_field_write(&out, ODY_IPC_TAG_REACHED, ODY_VIEW("nine bytes"));
    CHECK_EQUAL(ody__ipc_answer_read(ody_bytes_view(&out), &answer), ODY_EPROTOCOL);
    ody_bytes_clear(&out);
    ody__ipc_number_write(&out, ODY_IPC_TAG_CODE, UINT64_MAX);
    CHECK_EQUAL(ody__ipc_answer_read(ody_bytes_view(&out), &answer), ODY_EPROTOCOL);
    ody_bytes_clear(&out);
    start = ody__ipc_fields_begin(&out, ODY_IPC_TAG_ENTRY);
    ody__ipc_number_write(&out, ODY_IPC_TAG_USERS, 1);
    ody__ipc_fields_end(&out, start);
    CHECK_EQUAL(ody__ipc_answer_read(ody_bytes_view(&out), &answer), ODY_EPROTOCOL);
    ody_bytes_clear(&out);
    ody__ipc_field_write(&out, ODY_IPC_TAG_ENTRY, ODY_VIEW("not fields"));
    CHECK_EQUAL(ody__ipc_answer_read(ody_bytes_view(&out), &answer), ODY_EPROTOCOL);
    ody_bytes_fini(&out);
}

TEST(protocol_truncated_bytes_never_overread)
{
    ody_bytes out = {0};

    write_publish(&out);
    write_listing(&out);
    CHECK_EQUAL(ody__ipc_hello_write(&out, 3), 0);
    for (size_t begin = 0; begin < out.length; begin += begin < 40 ? 1 : 7) {
        for (size_t end = begin; end <= out.length; end++) {
            char *pages;
            size_t size;

            decode_all(guarded((ody_view){out.data + begin, end - begin}, &pages, &size));
            munmap(pages, size);
        }
    }
    ody_bytes_fini(&out);
}

TEST(protocol_truncated_fields_are_refused)
{
    ody_ipc_names names = {0};
    ody_ipc_request request;
    ody_bytes out = {0};
    ody_view fields;
    unsigned whole = 0;

    write_publish(&out);
    fields = fields_of(&out);
    for (size_t length = 0; length <= fields.length; length++) {
        int code = ody__ipc_request_read(ODY_IPC_PUBLISH, (ody_view){fields.data, length}, &names,
                                         &request);

        CHECK(code == 0 || code == ODY_EPROTOCOL);
        whole += code == 0;
    }
    CHECK_EQUAL(whole, 6); /* nothing, and after each of five fields */
    ody__ipc_names_fini(&names);
    ody_bytes_fini(&out);
}

TEST(protocol_error_text_is_cut_and_cleaned)
{
    static char big[1000];
    ody_error error;

    memset(big, 'x', sizeof(big));
    CHECK_EQUAL(ody__ipc_error_copy(&error, ODY_ELIMIT, ODY_VIEW("a\0b\nc")), ODY_ELIMIT);
    CHECK_TEXT(ody_view_of(error.message), "a?b?c");
    CHECK_EQUAL(error.code, ODY_ELIMIT);
    ody__ipc_error_copy(&error, ODY_ELIMIT, (ody_view){big, sizeof(big)});
    CHECK_EQUAL(strlen(error.message), sizeof(error.message) - 1);
    CHECK_EQUAL(ody__ipc_error_copy(NULL, ODY_ELIMIT, ODY_VIEW("x")), ODY_ELIMIT);
}

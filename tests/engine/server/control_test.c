/* SPDX-License-Identifier: MIT */
/* Packets on the control socket, right and wrong ones. */
#include "control.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/options.h"
#include "base/utf8.h"
#include "test.h"

static const ody_app app = {
    .id = "1", .keys = {{"key", "top-secret"}}, .origins = "", .enabled = true};
static const ody_options options = {
    .apps = &app,
    .app_count = 1,
    .host = "127.0.0.1",
    .path = "",
    .socket_path = "/tmp/a.sock",
};

static void pair_open(int pair[2])
{
    int size = 1 << 20;

    CHECK_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static void say(int descriptor, char kind, const void *data, size_t length)
{
    char *packet = malloc(length + 1);

    packet[0] = kind;
    if (length > 0) {
        memcpy(packet + 1, data, length);
    }
    CHECK_EQUAL(send(descriptor, packet, length + 1, MSG_NOSIGNAL), length + 1);
    free(packet);
}

TEST(control_reads_options_and_changes)
{
    const ody_server_change change = {.number = 7, .restart = 1, .code = -4, .message = "no"};
    ody_control_message message;
    size_t length;
    void *bytes = ody_options_write(&options, &length);
    int pair[2];

    pair_open(pair);
    CHECK_EQUAL(ody_control_read(pair[1], &message), 0);
    say(pair[0], ODY_CONTROL_RELOAD, bytes, length);
    say(pair[0], ODY_CONTROL_CHANGE, &change, sizeof(change));
    CHECK_EQUAL(ody_control_read(pair[1], &message), 1);
    CHECK_EQUAL(message.kind, ODY_CONTROL_RELOAD);
    CHECK_EQUAL(message.error.code, 0);
    CHECK_TEXT(ody_view_of(message.options->apps->keys[0].key), "key");
    ody_options_unref(message.options);
    CHECK_EQUAL(ody_control_read(pair[1], &message), 1);
    CHECK_EQUAL(message.kind, ODY_CONTROL_CHANGE);
    CHECK_EQUAL(message.change.number, 7);
    CHECK_TEXT(ody_view_of(message.change.message), "no");
    CHECK_EQUAL(ody_control_read(pair[1], &message), 0);
    close(pair[0]);
    CHECK_EQUAL(ody_control_read(pair[1], &message), ODY_EDISCONNECTED);
    close(pair[1]);
    free(bytes);
}

TEST(control_survives_packets_of_any_length)
{
    static char large[300000];
    ody_server_change change;
    ody_control_message message;
    int pair[2];

    ody_log_setup(STDERR_FILENO, ODY_LOG_ERROR, ODY_LOG_READABLE);
    pair_open(pair);
    memset(large, 0xee, sizeof(large));
    for (size_t length = 0; length < 700; length++) {
        say(pair[0], ODY_CONTROL_RELOAD, large, length);
        CHECK_EQUAL(ody_control_read(pair[1], &message), 1);
        CHECK_EQUAL(message.error.code, ODY_EPROTOCOL);
        CHECK(message.options == NULL);
        if (length != sizeof(change)) {
            say(pair[0], ODY_CONTROL_CHANGE, large, length);
            CHECK_EQUAL(ody_control_read(pair[1], &message), 0);
        }
        say(pair[0], 'x', large, length);
        CHECK_EQUAL(ody_control_read(pair[1], &message), 0);
    }
    say(pair[0], ODY_CONTROL_RELOAD, large, sizeof(large));
    say(pair[0], ODY_CONTROL_CHANGE, large, sizeof(large));
    CHECK_EQUAL(ody_control_read(pair[1], &message), 1);
    CHECK_EQUAL(message.error.code, ODY_EPAYLOAD_SIZE);
    CHECK_EQUAL(ody_control_read(pair[1], &message), 0);
    CHECK_EQUAL(ody_control_read(pair[1], &message), 0);
    close(pair[0]);
    close(pair[1]);
}

TEST(control_shows_only_sentences_that_end_and_can_be_read)
{
    ody_control_message message;
    ody_server_change change = {.code = ODY_EPROTOCOL};
    int pair[2];

    pair_open(pair);
    memset(change.message, 'x', sizeof(change.message));
    say(pair[0], ODY_CONTROL_CHANGE, &change, sizeof(change));
    CHECK_EQUAL(ody_control_read(pair[1], &message), 1);
    CHECK_EQUAL(strlen(message.change.message), sizeof(change.message) - 1);
    memset(change.message, 0xe2, sizeof(change.message));
    say(pair[0], ODY_CONTROL_CHANGE, &change, sizeof(change));
    CHECK_EQUAL(ody_control_read(pair[1], &message), 1);
    CHECK_VIEW(ody_view_of(message.change.message), ody_view_of(ody_error_text(ODY_EPROTOCOL)));
    close(pair[0]);
    close(pair[1]);
}

TEST(control_without_memory_answers_a_reload)
{
    ody_control_message message;
    size_t length;
    void *bytes = ody_options_write(&options, &length);
    int pair[2];

    pair_open(pair);
    for (long nth = 1; nth <= 2; nth++) {
        say(pair[0], ODY_CONTROL_RELOAD, bytes, length);
        ody_memory_fail_at(nth);
        CHECK_EQUAL(ody_control_read(pair[1], &message), 1);
        CHECK_EQUAL(message.error.code, ODY_EMEMORY);
        CHECK_EQUAL(ody_control_read(pair[1], &message), 0);
    }
    close(pair[0]);
    close(pair[1]);
    free(bytes);
}

/* Nothing of a buffer that held something else goes along. */
TEST(control_answers_with_the_sentence_alone)
{
    ody_error error;
    ody_error got;
    int pair[2];

    pair_open(pair);
    memset(&error, 0x55, sizeof(error));
    error.code = 0;
    ody_control_answer(pair[1], &error);
    CHECK_EQUAL(recv(pair[0], &got, sizeof(got), 0), sizeof(got));
    CHECK_EQUAL(got.code, 0);
    CHECK_EQUAL(got.message[0], 0);
    memset(&error, 0x55, sizeof(error));
    ody_error_set(&error, ODY_ECERTIFICATE, "no");
    ody_control_answer(pair[1], &error);
    CHECK_EQUAL(recv(pair[0], &got, sizeof(got), 0), sizeof(got));
    CHECK_EQUAL(got.code, ODY_ECERTIFICATE);
    CHECK_TEXT(ody_view_of(got.message), "no");
    CHECK_EQUAL(got.message[sizeof(got.message) - 1], 0);
    close(pair[0]);
    ody_control_answer(pair[1], &error);
    close(pair[1]);
}

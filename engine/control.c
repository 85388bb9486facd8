/* SPDX-License-Identifier: MIT */
/* Packets of the supervisor, and the answers to them. */
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include "base/memory.h"
#include "base/options.h"
#include "base/utf8.h"
#include "ody/log.h"

/* Far more than any configuration has. */
#define PACKET_MAX (1u << 18)

static void read_options(ody_view data, ody_control_message *message)
{
    int code = ody_options_read(data.data, data.length, &message->options);

    if (code < 0) {
        ody_error_set(&message->error, code, "the new configuration cannot be read: %s",
                      ody_error_text(code));
    }
}

static int unusable(int kind, size_t length)
{
    ody_log(ODY_LOG_WARNING, "the supervisor said something that makes no sense",
            ODY_NUMBER("kind", kind), ODY_NUMBER("bytes", length));
    return 0;
}

/* The status is JSON: a sentence that was cut in the middle of a character would spoil all of it.
 */
static void make_shown(ody_server_change *change)
{
    const char *general = ody_error_text(change->code);

    if (!ody_utf8_valid(ody_view_of(change->message))) {
        snprintf(change->message, sizeof(change->message), "%s", general);
    }
}

/* @param packet its first byte and what follows, which may be empty. */
static int understand(ody_view packet, ody_control_message *message)
{
    ody_view data = {packet.data + 1, packet.length - 1};

    message->kind = (unsigned char)packet.data[0];
    switch (message->kind) {
    case ODY_CONTROL_RELOAD:
        read_options(data, message);
        return 1;
    case ODY_CONTROL_CHANGE:
        if (data.length == sizeof(message->change)) {
            memcpy(&message->change, data.data, sizeof(message->change));
            message->change.message[sizeof(message->change.message) - 1] = '\0';
            make_shown(&message->change);
            return 1;
        }
    }
    return unusable(message->kind, packet.length);
}

/* Drops a packet for which there is no room, but for its first byte. */
static int too_large(int descriptor, size_t length, int code, ody_control_message *message)
{
    unsigned char kind = 0;

    if (recv(descriptor, &kind, 1, MSG_DONTWAIT) == 1 && kind == ODY_CONTROL_RELOAD) {
        message->kind = kind;
        ody_error_set(&message->error, code, "the new configuration (%zu bytes) cannot be read: %s",
                      length, ody_error_text(code));
        return 1;
    }
    return unusable(kind, length);
}

int ody_control_read(int descriptor, ody_control_message *message)
{
    ssize_t length = recv(descriptor, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
    char *packet;
    int code;

    *message = (ody_control_message){0};
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    if (length <= 0) {
        return ODY_EDISCONNECTED;
    }
    if ((size_t)length > PACKET_MAX) {
        return too_large(descriptor, (size_t)length, ODY_EPAYLOAD_SIZE, message);
    }
    packet = ody_malloc((size_t)length);
    if (!packet) {
        return too_large(descriptor, (size_t)length, ODY_EMEMORY, message);
    }
    length = recv(descriptor, packet, (size_t)length, MSG_DONTWAIT);
    code = length > 0 ? understand((ody_view){packet, (size_t)length}, message) : 0;
    ody_free(packet);
    return code;
}

void ody_control_answer(int descriptor, const ody_error *error)
{
    ody_error answer = {.code = error->code};

    /* Behind its end a message holds whatever was there before. */
    if (error->code != 0) {
        memcpy(answer.message, error->message, strnlen(error->message, sizeof(answer.message) - 1));
    }
    if (send(descriptor, &answer, sizeof(answer), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        ody_log(ODY_LOG_WARNING, "the supervisor does not take the answer to its reload",
                ODY_STRING("reason", strerror(errno)));
    }
}

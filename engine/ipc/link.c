/* SPDX-License-Identifier: MIT */
/* Sending and receiving on a connected link, and its hello. How it connects is in connect.c. */
#include "ipc/link.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/memory.h"
#include "ipc/connect.h"
#include "ipc/hello.h"

#define RECEIVE_LEAST 16384
#define RECEIVE_MOST (1u << 20)

int ody__ipc_link_init(ody_ipc_link *link, const char *path, uint32_t connect_timeout_ms,
                       uint32_t answer_timeout_ms)
{
    *link = (ody_ipc_link){
        .path = ody_memdup(path, strlen(path)),
        .connect_timeout_ms = connect_timeout_ms,
        .answer_timeout_ms = answer_timeout_ms,
        .newest = ODY_IPC_VERSION,
        .descriptor = -1,
    };
    return link->path ? 0 : ODY_EMEMORY;
}

void ody__ipc_link_fini(ody_ipc_link *link)
{
    ody__ipc_link_close(link);
    ody_bytes_fini(&link->input);
    ody_free(link->path);
    link->path = NULL;
}

void ody__ipc_link_close(ody_ipc_link *link)
{
    if (link->descriptor >= 0) {
        close(link->descriptor);
        link->descriptor = -1;
    }
}

/* Waits until the link is readable or writable. Returns 0 or ODY_ETIMEOUT. */
static int await(const ody_ipc_link *link, short events, uint64_t deadline)
{
    struct pollfd watched = {.fd = link->descriptor, .events = events};

    for (;;) {
        uint64_t now = ody_clock_ms();
        int ready = poll(&watched, 1, now < deadline ? (int)(deadline - now) : 0);

        if (ready > 0) {
            return 0;
        }
        if (ready == 0 && ody_clock_ms() >= deadline) {
            return ODY_ETIMEOUT;
        }
        if (ready < 0 && errno != EINTR) {
            return ODY_ETIMEOUT;
        }
    }
}

int ody__ipc_link_send(ody_ipc_link *link, ody_view bytes, uint64_t deadline, size_t *sent)
{
    *sent = 0;
    while (*sent < bytes.length) {
        ssize_t count = send(link->descriptor, bytes.data + *sent, bytes.length - *sent,
                             MSG_DONTWAIT | MSG_NOSIGNAL);

        if (count >= 0) {
            *sent += (size_t)count;
        } else if (errno == EAGAIN) {
            int code = await(link, POLLOUT, deadline);

            if (code < 0) {
                return code;
            }
        } else if (errno != EINTR) {
            return ODY_EDISCONNECTED;
        }
    }
    return 0;
}

/* The first receive of an answer sleeps in recv itself, bounded by SO_RCVTIMEO, once it has looked
 * for a moment: so an answer that is slept for costs one system call. */
static ssize_t receive_first(ody_ipc_link *link, void *data, size_t room)
{
    ssize_t count = ody__ipc_look(&link->look, link->descriptor, data, room);

    return count < 0 && errno == EAGAIN ? recv(link->descriptor, data, room, 0) : count;
}

/* Makes room and receives once. */
static int receive_some(ody_ipc_link *link, size_t missing, uint64_t deadline, int flags)
{
    ody_bytes *input = &link->input;
    ssize_t count;
    size_t room;

    missing = missing > RECEIVE_MOST ? RECEIVE_MOST : missing;
    if (!ody_bytes_reserve(input, missing < RECEIVE_LEAST ? RECEIVE_LEAST : missing)) {
        return ODY_EMEMORY;
    }
    room = link->exact ? missing : input->capacity - input->length;
    for (;;) {
        count = flags == 0 ? receive_first(link, input->data + input->length, room)
                           : recv(link->descriptor, input->data + input->length, room, flags);
        if (count > 0) {
            input->length += (size_t)count;
            return 0;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            return ODY_EDISCONNECTED;
        }
        if (await(link, POLLIN, deadline) < 0) {
            return ODY_ETIMEOUT;
        }
        flags = MSG_DONTWAIT;
    }
}

/* Nothing may stand behind the message, but for the farewell of a server that ends. */
static bool ends_here(ody_ipc_link *link, const ody_ipc_header *header)
{
    ody_view rest = ody_bytes_view(&link->input);

    if (rest.length <= header->size) {
        return true;
    }
    rest.data += header->size;
    rest.length -= header->size;
    link->ended = ody__ipc_farewell_begins(rest);
    return link->ended;
}

int ody__ipc_link_receive(ody_ipc_link *link, uint64_t deadline, ody_ipc_header *header,
                          ody_view *fields)
{
    int flags = link->version > 0 ? 0 : MSG_DONTWAIT;
    size_t missing = link->exact ? ODY_IPC_HEADER_SIZE : RECEIVE_LEAST;

    ody_bytes_clear(&link->input);
    for (;;) {
        int code = receive_some(link, missing, deadline, flags);
        int known;

        if (code < 0) {
            return code;
        }
        known = ody__ipc_header_read(ody_bytes_view(&link->input), header);
        if (known < 0 || (known > 0 && !ends_here(link, header))) {
            return ODY_EPROTOCOL;
        }
        if (known > 0 && link->input.length >= header->size) {
            break;
        }
        missing = (known > 0 ? header->size : ODY_IPC_HEADER_SIZE) - link->input.length;
        flags = MSG_DONTWAIT;
    }
    fields->data = link->input.data + ODY_IPC_HEADER_SIZE;
    fields->length = header->size - ODY_IPC_HEADER_SIZE;
    return header->type == ODY_IPC_FAREWELL ? ODY_EDRAINING : 0;
}

static int hello_lost(const ody_ipc_link *link, int code, ody_error *error)
{
    switch (code) {
    case ODY_ETIMEOUT:
        return ody_error_set(error, ODY_ENO_SERVER,
                             "the server on the socket %s did not answer within %u ms", link->path,
                             (unsigned)link->connect_timeout_ms);
    case ODY_EDISCONNECTED:
        return ody_error_set(error, ODY_ENO_SERVER,
                             "the server on the socket %s closed the connection at once",
                             link->path);
    case ODY_EPROTOCOL:
        return ody_error_set(error, code, "what answers on the socket %s is not this server",
                             link->path);
    default:
        return ody_error_set(error, code, "%s", ody_error_text(code));
    }
}

/* Says hello on a fresh connection. */
static int hello_exchange(ody_ipc_link *link, uint64_t deadline, ody_error *error)
{
    ody_ipc_greeting greeting;
    ody_ipc_header header;
    ody_bytes hello = {0};
    ody_view fields;
    size_t sent;
    int code = ody__ipc_hello_write(&hello, link->newest);

    if (code == 0) {
        /* A server that has no room left refuses without reading, and its sentence still waits. */
        code = ody__ipc_link_send(link, ody_bytes_view(&hello), deadline, &sent);
        if (code == 0 || code == ODY_EDISCONNECTED) {
            code = ody__ipc_link_receive(link, deadline, &header, &fields);
        }
    }
    ody_bytes_fini(&hello);
    if (code == 0) {
        code = ody__ipc_greeting_read(header.type, fields, &greeting);
    }
    if (code < 0) {
        return hello_lost(link, code, error);
    }
    if (greeting.code < 0) {
        return ody__ipc_error_copy(error, greeting.code, greeting.message);
    }
    if (greeting.version > link->newest || greeting.version < ody__ipc_oldest(link->newest)) {
        return hello_lost(link, ODY_EPROTOCOL, error);
    }
    if (link->ended) {
        return hello_lost(link, ODY_EDRAINING, error);
    }
    link->version = greeting.version;
    return 0;
}

/* Whether the connection is ours and still stands. Bytes that wait now answer nothing that was
 * asked, so they too mean that it cannot be used. */
static bool usable(const ody_ipc_link *link)
{
    ssize_t count;
    char byte;

    if (link->pid != getpid() || link->ended) {
        return false;
    }
    do {
        count = recv(link->descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    return count < 0 && errno == EAGAIN;
}

int ody__ipc_link_ready(ody_ipc_link *link, ody_error *error)
{
    uint64_t deadline;
    int code;

    if (link->descriptor >= 0 && usable(link)) {
        return 0;
    }
    ody__ipc_link_close(link);
    deadline = ody_clock_ms() + link->connect_timeout_ms;
    link->version = 0;
    link->ended = false;
    code = ody__ipc_connect(link->path, link->connect_timeout_ms, link->answer_timeout_ms, error);
    if (code < 0) {
        return code;
    }
    link->descriptor = code;
    link->pid = getpid();
    code = hello_exchange(link, deadline, error);
    if (code < 0) {
        ody__ipc_link_close(link);
    }
    return code;
}

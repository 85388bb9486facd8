/* SPDX-License-Identifier: MIT */
/* The clients of the load generator: one epoll, one shared read buffer, frames checked in place. */
#include "clients.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "cpu.h"

#define CONNECTING_AT_ONCE 64
#define DEADLINE_NS 60000000000u
#define READ_SIZE 262144

enum {
    STATE_CONNECTING,
    STATE_UPGRADING,
    STATE_UPGRADED,
    STATE_ESTABLISHED,
    STATE_SUBSCRIBED,
    STATE_CLOSED
};

static char input[READ_SIZE];

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "unexpected");
    exit(1);
}

void bench_clients_init(bench_clients *clients, unsigned capacity)
{
    clients->list = calloc(capacity, sizeof(*clients->list));
    clients->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!clients->list || clients->epoll < 0) {
        die("clients");
    }
}

/* Small writes on a fresh connection always fit into its buffer. */
static void write_all(const bench_client *client, const char *data, size_t length)
{
    if (send(client->descriptor, data, length, MSG_NOSIGNAL) != (ssize_t)length) {
        die("send");
    }
}

/* Sends a masked frame; a mask of zeros is a mask (RFC 6455, section 5.3). */
static void write_frame(const bench_client *client, int opcode, const char *payload, size_t length)
{
    char frame[1024] = {(char)(0x80 | opcode)};
    size_t header = 2;

    if (length > sizeof(frame) - 8) {
        die("frame");
    }
    if (length < 126) {
        frame[1] = (char)(0x80 | length);
    } else {
        frame[1] = (char)(0x80 | 126);
        frame[2] = (char)(length >> 8);
        frame[3] = (char)length;
        header = 4;
    }
    memcpy(frame + header + 4, payload, length);
    write_all(client, frame, header + 4 + length);
}

static void upgrade_ask(const bench_clients *clients, const bench_client *client)
{
    char request[512];
    int length = snprintf(request, sizeof(request),
                          "GET /app/%s?protocol=7&client=load&version=1 HTTP/1.1\r\n"
                          "Host: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Sec-WebSocket-Version: 13\r\n\r\n",
                          clients->key, clients->host, clients->port);

    write_all(client, request, (size_t)length);
}

static void client_start(bench_clients *clients)
{
    bench_client *client = &clients->list[clients->count++];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)clients->port)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = client};
    int on = 1;

    inet_pton(AF_INET, clients->host, &address.sin_addr);
    client->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    client->next = calloc(clients->publishers ? clients->publishers : 1, sizeof(*client->next));
    if (client->descriptor < 0 || !client->next) {
        die("socket");
    }
    setsockopt(client->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(client->descriptor, (struct sockaddr *)&address, sizeof(address)) < 0 &&
        errno != EINPROGRESS) {
        die("connect");
    }
    client->state = STATE_CONNECTING;
    epoll_ctl(clients->epoll, EPOLL_CTL_ADD, client->descriptor, &event);
}

static void client_connected(bench_clients *clients, bench_client *client)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    int error = 0;
    socklen_t length = sizeof(error);

    getsockopt(client->descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
        errno = error;
        die("connect");
    }
    epoll_ctl(clients->epoll, EPOLL_CTL_MOD, client->descriptor, &event);
    if (clients->key) {
        client->state = STATE_UPGRADING;
        upgrade_ask(clients, client);
    } else {
        client->state = STATE_SUBSCRIBED;
        clients->established++;
        clients->subscribed++;
    }
}

static void client_closed(bench_clients *clients, bench_client *client)
{
    if (client->state == STATE_UPGRADING || client->state == STATE_CONNECTING) {
        errno = 0;
        die("the server closed a connection during the handshake");
    }
    if (client->state != STATE_CLOSED) {
        client->state = STATE_CLOSED;
        clients->closed++;
        epoll_ctl(clients->epoll, EPOLL_CTL_DEL, client->descriptor, NULL);
    }
}

/* Reads the number behind `name` in a doubly encoded object. */
static bool number_behind(const char *text, size_t length, const char *name, uint32_t *number)
{
    const char *found = memmem(text, length, name, strlen(name));
    const char *end = text + length;

    if (!found) {
        return false;
    }
    *number = 0;
    for (found += strlen(name); found < end && *found >= '0' && *found <= '9'; found++) {
        *number = *number * 10 + (uint32_t)(*found - '0');
    }
    return true;
}

static void delivery(bench_clients *clients, bench_client *client, const char *text, size_t length)
{
    uint32_t publisher;
    uint32_t number;

    atomic_fetch_add_explicit(&clients->received, 1, memory_order_relaxed);
    if (!clients->key) {
        return;
    }
    if (!number_behind(text, length, "\\\"p\\\":", &publisher) ||
        !number_behind(text, length, "\\\"n\\\":", &number) || publisher >= clients->publishers ||
        number != client->next[publisher]) {
        clients->wrong++;
        return;
    }
    client->next[publisher]++;
    atomic_fetch_add_explicit(&clients->reached[publisher], 1, memory_order_release);
}

static bool text_has(const char *text, size_t length, const char *word)
{
    return memmem(text, length, word, strlen(word)) != NULL;
}

static void frame_text(bench_clients *clients, bench_client *client, const char *text,
                       size_t length)
{
    if (client->state == STATE_SUBSCRIBED && !text_has(text, length, "\"pusher")) {
        delivery(clients, client, text, length);
    } else if (text_has(text, length, "pusher:connection_established")) {
        client->state = STATE_ESTABLISHED;
        clients->established++;
    } else if (text_has(text, length, "pusher_internal:subscription_succeeded")) {
        client->state = STATE_SUBSCRIBED;
        clients->subscribed++;
    } else if (text_has(text, length, "pusher:error")) {
        fprintf(stderr, "load: %.*s\n", (int)length, text);
        exit(1);
    } else if (!text_has(text, length, "\"pusher")) {
        clients->wrong++;
    }
}

/* Takes one frame off the front. Returns its length, or 0 when it has not come whole. */
static size_t frame_take(bench_clients *clients, bench_client *client, const char *data,
                         size_t length)
{
    const unsigned char *byte = (const unsigned char *)data;
    size_t header = 2;
    uint64_t payload;

    if (length < 2) {
        return 0;
    }
    payload = byte[1] & 0x7f;
    if (payload >= 126) {
        header = payload == 126 ? 4 : 10;
        if (length < header) {
            return 0;
        }
        payload = 0;
        for (size_t index = 2; index < header; index++) {
            payload = payload << 8 | byte[index];
        }
    }
    if (length - header < payload) {
        return 0;
    }
    switch (byte[0] & 0x0f) {
    case 1:
        frame_text(clients, client, data + header, payload);
        break;
    case 8:
        clients->close_code = payload >= 2 ? (uint16_t)(byte[header] << 8 | byte[header + 1]) : 0;
        break;
    case 9:
        write_frame(client, 10, data + header, payload);
        break;
    }
    return header + payload;
}

/* Skips the head of the answer to the upgrade. Returns 0 while it has not come whole. */
static size_t head_take(bench_client *client, const char *data, size_t length)
{
    const char *end = memmem(data, length, "\r\n\r\n", 4);

    if (!end) {
        return 0;
    }
    if (!text_has(data, length, " 101 ")) {
        fprintf(stderr, "load: %.*s\n", (int)length, data);
        exit(1);
    }
    client->state = STATE_UPGRADED;
    return (size_t)(end - data) + 4;
}

static size_t take(bench_clients *clients, bench_client *client, const char *data, size_t length)
{
    size_t used = 0;
    size_t one;

    if (client->state == STATE_UPGRADING) {
        used = head_take(client, data, length);
        if (used == 0) {
            return 0;
        }
    }
    while ((one = frame_take(clients, client, data + used, length - used)) > 0) {
        used += one;
    }
    return used;
}

static void carry(bench_client *client, const char *data, size_t length)
{
    if (length > client->carry_capacity) {
        client->carry_capacity = (uint32_t)length * 2;
        client->carry = realloc(client->carry, client->carry_capacity);
        if (!client->carry) {
            die("memory");
        }
    }
    if (length > 0) {
        memcpy(client->carry, data, length);
    }
    client->carried = (uint32_t)length;
}

static void client_readable(bench_clients *clients, bench_client *client)
{
    ssize_t count;
    size_t length = client->carried;
    size_t used;

    if (length > 0) {
        memcpy(input, client->carry, length);
    }
    count = recv(client->descriptor, input + length, sizeof(input) - length, MSG_DONTWAIT);
    if (count <= 0) {
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            client_closed(clients, client);
        }
        return;
    }
    length += (size_t)count;
    used = take(clients, client, input, length);
    carry(client, input + used, length - used);
}

bool bench_clients_poll(bench_clients *clients, int timeout_ms)
{
    struct epoll_event events[256];
    int count = epoll_wait(clients->epoll, events, 256, timeout_ms);

    for (int index = 0; index < count; index++) {
        bench_client *client = events[index].data.ptr;

        if (client->state == STATE_CONNECTING) {
            client_connected(clients, client);
        } else {
            client_readable(clients, client);
        }
    }
    return count > 0;
}

void bench_clients_connect(bench_clients *clients, unsigned more)
{
    unsigned goal = clients->count + more;
    uint64_t deadline = bench_now_ns() + DEADLINE_NS;

    while (clients->established < goal) {
        while (clients->count < goal &&
               clients->count - clients->established < CONNECTING_AT_ONCE) {
            client_start(clients);
        }
        bench_clients_poll(clients, 1000);
        if (bench_now_ns() > deadline) {
            errno = ETIMEDOUT;
            die("connecting");
        }
    }
}

void bench_clients_subscribe(bench_clients *clients)
{
    char message[256];
    int length = snprintf(message, sizeof(message),
                          "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\"}}",
                          clients->channel);
    uint64_t deadline = bench_now_ns() + DEADLINE_NS;

    if (!clients->key) {
        return;
    }
    for (unsigned index = 0; index < clients->count; index++) {
        write_frame(&clients->list[index], 1, message, (size_t)length);
        while (index + 1 - clients->subscribed > CONNECTING_AT_ONCE) {
            bench_clients_poll(clients, 1000);
            if (bench_now_ns() > deadline) {
                break;
            }
        }
    }
    while (clients->subscribed < clients->count) {
        bench_clients_poll(clients, 1000);
        if (bench_now_ns() > deadline) {
            errno = ETIMEDOUT;
            die("subscribing");
        }
    }
}

void bench_clients_close(bench_clients *clients)
{
    for (unsigned index = 0; index < clients->count; index++) {
        bench_client *client = &clients->list[index];

        if (clients->key && client->state != STATE_CLOSED) {
            write_frame(client, 8, "\x03\xe8", 2);
        }
        close(client->descriptor);
        free(client->carry);
        free(client->next);
    }
    free(clients->list);
    close(clients->epoll);
}

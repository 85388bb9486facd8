/* SPDX-License-Identifier: MIT */
/* Shards without the rest of a server, and clients made of plain sockets. */
#include "house.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "apps.h"
#include "base/clock.h"
#include "base/map.h"
#include "hub/mail.h"
#include "ody/server.h"
#include "test.h"

#define DEADLINE_MS 20000

void house_init(net_house *self)
{
    ody_app *app;

    *self = (net_house){
        .options =
            {
                .host = "127.0.0.1",
                .path = "",
                .worker_num = 2,
                .activity_timeout = 120000,
                .pong_timeout = 30000,
                .drain_time = 1000,
                .limits =
                    {
                        .message_size = 65536,
                        .outbound_soft = 1 << 24,
                        .outbound_soft_time = 10000,
                        .outbound_hard = 1 << 25,
                        .outbound_shard = 1 << 28,
                        .mailbox_size = 1 << 28,
                        .handshake_time = 5000,
                    },
            },
    };
    app = test_apps(&self->options, 1, "key", "secret");
    app->limits.event_data_size = 102400;
    app->limits.client_events_per_second = 10;
    ody_hash_seed();
    signal(SIGPIPE, SIG_IGN);
}

static int post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    net_house *self = context;

    if (target < self->options.worker_num) {
        return ody_shard_post(self->shards[target], take_mail, must);
    }
    if (atomic_load(&self->api_full) && !must) {
        return ODY_EOVERLOADED;
    }
    if (self->asked) {
        self->asked(self->context, take_mail);
    } else {
        ody_mail_free(take_mail);
    }
    return 0;
}

static bool full(void *context, unsigned target)
{
    net_house *self = context;

    return target < self->options.worker_num && ody_shard_full(self->shards[target]);
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(bind(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
    CHECK(getsockname(descriptor, (struct sockaddr *)&address, &length) == 0);
    close(descriptor);
    return ntohs(address.sin_port);
}

void house_open(net_house *self)
{
    ody_error error;

    self->options.port = free_port();
    if (ody_listen_tcp(&self->options, self->listening, &error) < 0) {
        FAIL("%s", error.message);
    }
    self->shared = ody_shared_new(&self->options);
    CHECK(self->shared != NULL);
    for (unsigned index = 0; index < self->options.worker_num; index++) {
        const ody_shard_setup setup = {
            .shared = self->shared,
            .index = index,
            .count = self->options.worker_num,
            .listen_fd = self->listening[index],
            .post = post,
            .full = full,
            .context = self,
            .library_time = self->library_time,
        };

        if (ody_shard_new(&setup, &self->shards[index], &error) < 0) {
            FAIL("%s", error.message);
        }
    }
    for (unsigned index = 0; index < self->options.worker_num; index++) {
        CHECK_EQUAL(ody_shard_start(self->shards[index], &error), 0);
    }
}

void house_close(net_house *self)
{
    uint64_t begin = ody_clock_ms();

    for (unsigned index = 0; index < self->options.worker_num; index++) {
        ody_shard_drain(self->shards[index]);
    }
    for (unsigned index = 0; index < self->options.worker_num; index++) {
        ody_shard_join(self->shards[index]);
    }
    CHECK(ody_clock_ms() - begin < 2000);
    for (unsigned index = 0; index < self->options.worker_num; index++) {
        ody_shard_drop_mail(self->shards[index]);
    }
    for (unsigned index = 0; index < self->options.worker_num; index++) {
        ody_shard_free(self->shards[index]);
        close(self->listening[index]);
    }
    CHECK_EQUAL(atomic_load(&self->shared->connections), 0);
    ody_shared_free(self->shared);
}

void house_publish(net_house *self, const char *channel, ody_view data)
{
    ody_view name = ody_view_of(channel);
    ody_mail *mail =
        ody_mail_new(ODY_MAIL_PUBLISH, self->options.worker_num,
                     &(ody_mail_texts){.channel = name, .event = ODY_VIEW("event"), .data = data});

    CHECK(mail != NULL);
    ody_mail_weigh(mail);
    CHECK_EQUAL(
        ody_shard_post(self->shards[ody_mail_home(0, name, self->options.worker_num)], mail, true),
        0);
}

int raw_connect(const net_house *self, int receive_buffer)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(self->options.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (receive_buffer) {
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    CHECK(connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
    return descriptor;
}

void raw_send(int descriptor, const char *data, size_t length)
{
    CHECK_EQUAL(send(descriptor, data, length, MSG_NOSIGNAL), length);
}

size_t raw_frame_header(char out[14], int first_byte, size_t length)
{
    size_t header = 2;

    out[0] = (char)first_byte;
    if (length < 126) {
        out[1] = (char)(0x80 | length);
    } else if (length < 65536) {
        out[1] = (char)(0x80 | 126);
        out[2] = (char)(length >> 8);
        out[3] = (char)length;
        header = 4;
    } else {
        out[1] = (char)(0x80 | 127);
        memset(out + 2, 0, 4);
        for (int index = 0; index < 4; index++) {
            out[6 + index] = (char)(length >> (24 - 8 * index));
        }
        header = 10;
    }
    memset(out + header, 0, 4);
    return header + 4;
}

void raw_frame(int descriptor, int first_byte, const char *payload, size_t length)
{
    char *frame = malloc(length + 14);
    size_t header = raw_frame_header(frame, first_byte, length);

    memcpy(frame + header, payload, length);
    raw_send(descriptor, frame, header + length);
    free(frame);
}

static char *read_until(int descriptor, const char *text, size_t *length)
{
    size_t capacity = 65536;
    char *data = malloc(capacity + 1);

    *length = 0;
    for (;;) {
        struct pollfd watched = {.fd = descriptor, .events = POLLIN};
        ssize_t count;

        data[*length] = '\0';
        if (text && memmem(data, *length, text, strlen(text))) {
            return data;
        }
        if (poll(&watched, 1, DEADLINE_MS) != 1) {
            FAIL("nothing came in %d ms; until now: %s", DEADLINE_MS, data);
        }
        if (*length == capacity) {
            capacity *= 2;
            data = realloc(data, capacity + 1);
        }
        count = recv(descriptor, data + *length, capacity - *length, 0);
        if (count <= 0) {
            data[*length] = '\0';
            return data;
        }
        *length += (size_t)count;
    }
}

char *raw_read_until(int descriptor, const char *text)
{
    size_t length;
    char *data = read_until(descriptor, text, &length);

    if (!memmem(data, length, text, strlen(text))) {
        FAIL("the peer left without saying \"%s\" (%zu bytes came)", text, length);
    }
    return data;
}

char *raw_read_all(int descriptor, size_t *length)
{
    size_t ignored;

    return read_until(descriptor, NULL, length ? length : &ignored);
}

int raw_open(const net_house *self, const char *target, const char *until, int receive_buffer)
{
    int descriptor = raw_connect(self, receive_buffer);
    char request[1024];

    snprintf(request, sizeof(request),
             "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
             "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "Sec-WebSocket-Version: 13\r\n\r\n",
             target);
    raw_send_text(descriptor, request);
    if (until) {
        free(raw_read_until(descriptor, until));
    }
    return descriptor;
}

int raw_subscribed(const net_house *self, const char *channel, int receive_buffer)
{
    int descriptor = raw_open(self, "/app/key?protocol=7", "activity_timeout", receive_buffer);
    char message[256];
    int length =
        snprintf(message, sizeof(message),
                 "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\"}}", channel);

    raw_frame(descriptor, 0x81, message, (size_t)length);
    free(raw_read_until(descriptor, "subscription_succeeded"));
    return descriptor;
}

/* SPDX-License-Identifier: MIT */
/*
 * A connection that is closed while its peer still talks is reset, and the answer may be lost with
 * it. So a copy of the socket is kept open for a moment, and what comes is thrown away.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/memory.h"
#include "http/room.h"

/* At once; the others are closed without waiting. */
#define LINGERING_MAX 64
/* Bytes that are thrown away, and how many at once. */
#define TALK_MAX (8u << 20)
#define PIECE 65536

typedef struct ody_http_linger {
    ody_list_node node;
    ody_http_server *server;
    ev_io readable;
    ody_timer deadline;
    size_t thrown_away;
} ody_http_linger;

static void linger_free(ody_http_linger *self)
{
    ev_io_stop(self->server->setup.loop, &self->readable);
    ody_wheel_cancel(&self->server->wheel, &self->deadline);
    ody_list_remove(&self->node);
    self->server->linger_count--;
    close(self->readable.fd);
    ody_free(self);
}

static void on_deadline(ody_timer *timer, uint64_t now)
{
    (void)now;
    linger_free(ody_container_of(timer, ody_http_linger, deadline));
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_http_linger *self = watcher->data;
    char data[PIECE];
    ssize_t count = recv(watcher->fd, data, sizeof(data), MSG_DONTWAIT);

    (void)loop;
    (void)events;
    if (count > 0) {
        self->thrown_away += (size_t)count;
    }
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) ||
        self->thrown_away > TALK_MAX) {
        linger_free(self);
    }
}

void ody__http_linger(ody_http_server *server, int descriptor)
{
    ody_http_linger *self =
        server->linger_count < LINGERING_MAX ? ody_calloc(1, sizeof(*self)) : NULL;
    int copy = self ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : -1;

    if (copy < 0) {
        ody_free(self);
        return;
    }
    shutdown(copy, SHUT_WR);
    self->server = server;
    self->deadline.fire = on_deadline;
    ody_list_append(&server->lingering, &self->node);
    server->linger_count++;
    ody_wheel_arm(&server->wheel, &self->deadline, ody_clock_ms() + server->times.linger);
    ev_io_init(&self->readable, on_readable, copy, EV_READ);
    self->readable.data = self;
    ev_io_start(server->setup.loop, &self->readable);
}

void ody__http_linger_end(ody_http_server *server)
{
    while (!ody_list_empty(&server->lingering)) {
        linger_free(ody_container_of(server->lingering.next, ody_http_linger, node));
    }
}

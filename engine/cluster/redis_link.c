/* SPDX-License-Identifier: MIT */
/*
 * One timer for all that may take too long. The owner may close the link where it is told that it
 * is down and where it refuses more messages, so nothing is touched behind that.
 */
#include "cluster/redis_link.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/memory.h"
#include "cluster/redis_session.h"
#include "cluster/resolver.h"

#define RECEIVE_SIZE 65536

typedef enum link_phase {
    PHASE_BEGIN,
    PHASE_RESOLVE,
    PHASE_CONNECT,
    PHASE_GREET,
    PHASE_ON
} link_phase;

struct ody_redis_link {
    ody_redis_link_setup setup;
    link_phase phase;
    int descriptor;
    ev_io resolved;
    ev_io readable;
    ev_io writable;
    ev_timer timer;
    ev_timer again; /* goes on with what was read before the owner wanted no more */
    ody_resolving *resolving;
    ody_redis_session *session;
    ody_bytes out;
    size_t sent;
    bool paused;
    bool heard; /* since the timer ran last */
    bool asked; /* a PING is out */
};

static void tell_down(const ody_redis_link *link, const char *reason)
{
    link->setup.owner.down(link->setup.owner.context, reason);
}

static void tell_system(const ody_redis_link *link, int reason)
{
    tell_down(link, strerror(reason));
}

static void timer_set(ody_redis_link *link, double seconds)
{
    ev_timer_stop(link->setup.loop, &link->timer);
    ev_timer_set(&link->timer, seconds, 0.);
    ev_timer_start(link->setup.loop, &link->timer);
}

/* @return false when the link is down, and may be gone. */
static bool send_out(ody_redis_link *link)
{
    while (link->sent < link->out.length) {
        ssize_t taken = send(link->descriptor, link->out.data + link->sent,
                             link->out.length - link->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (taken < 0 && errno == EINTR) {
            continue;
        }
        if (taken < 0 && errno == EAGAIN) {
            ev_io_start(link->setup.loop, &link->writable);
            return true;
        }
        if (taken < 0) {
            tell_system(link, errno);
            return false;
        }
        link->sent += (size_t)taken;
    }
    ev_io_stop(link->setup.loop, &link->writable);
    link->sent = 0;
    ody_bytes_fini(&link->out);
    return true;
}

static void greet(ody_redis_link *link)
{
    if (ody_redis_session_greet(link->session, &link->out) < 0) {
        tell_down(link, ody_error_text(ODY_EMEMORY));
        return;
    }
    link->phase = PHASE_GREET;
    if (send_out(link)) {
        ev_io_start(link->setup.loop, &link->readable);
    }
}

static void on_writable(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_redis_link *link = watcher->data;
    int reason = 0;
    socklen_t length = sizeof(reason);

    (void)loop;
    (void)events;
    if (link->phase != PHASE_CONNECT) {
        (void)send_out(link);
        return;
    }
    if (getsockopt(link->descriptor, SOL_SOCKET, SO_ERROR, &reason, &length) < 0) {
        reason = errno;
    }
    if (reason != 0) {
        tell_system(link, reason);
        return;
    }
    greet(link);
}

static void connect_to(ody_redis_link *link, const struct sockaddr *address, socklen_t length)
{
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (descriptor < 0) {
        tell_system(link, errno);
        return;
    }
    link->descriptor = descriptor;
    link->phase = PHASE_CONNECT;
    ev_io_set(&link->readable, descriptor, EV_READ);
    ev_io_set(&link->writable, descriptor, EV_WRITE);
    timer_set(link, link->setup.times.connect);
    if (connect(descriptor, address, length) == 0 || errno == EINPROGRESS) {
        ev_io_start(link->setup.loop, &link->writable);
    } else {
        tell_system(link, errno);
    }
}

static void connect_to_one(ody_redis_link *link, const ody_addresses *addresses)
{
    size_t index = link->setup.attempt % addresses->count;

    connect_to(link, (const struct sockaddr *)&addresses->list[index], addresses->lengths[index]);
}

static void connect_to_path(ody_redis_link *link)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", link->setup.address->path);
    connect_to(link, (const struct sockaddr *)&address, sizeof(address));
}

static void on_resolved(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_redis_link *link = watcher->data;
    ody_addresses addresses;
    ody_error error;
    int code;

    (void)events;
    ev_io_stop(loop, watcher);
    code = ody_resolve_end(link->resolving, &addresses, &error);
    link->resolving = NULL;
    if (code < 0) {
        tell_down(link, error.message);
    } else {
        connect_to_one(link, &addresses);
    }
}

/* The system gives up by itself on a name that nobody answers for. */
static void begin(ody_redis_link *link)
{
    const ody_redis_address *address = link->setup.address;
    ody_addresses addresses;

    if (address->path) {
        connect_to_path(link);
    } else if (ody_addresses_known(address->host, address->port, &addresses)) {
        connect_to_one(link, &addresses);
    } else {
        link->resolving = ody_resolve_begin(address->host, address->port);
        if (!link->resolving) {
            tell_down(link, ody_error_text(ODY_EMEMORY));
            return;
        }
        link->phase = PHASE_RESOLVE;
        ev_io_set(&link->resolved, ody_resolving_descriptor(link->resolving), EV_READ);
        ev_io_start(link->setup.loop, &link->resolved);
    }
}

/* A paused link hears nothing, which says nothing about Redis. */
static void look_for_life(ody_redis_link *link)
{
    bool silent = !link->heard && !link->paused;

    if (silent && link->asked) {
        tell_down(link, "Redis does not answer any more");
        return;
    }
    link->asked = silent;
    link->heard = false;
    timer_set(link, link->setup.times.silence);
    if (silent && ody_redis_session_ping(link->session, &link->out) < 0) {
        tell_down(link, ody_error_text(ODY_EMEMORY));
    } else if (silent) {
        (void)send_out(link);
    }
}

static void on_timer(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_redis_link *link = watcher->data;

    (void)loop;
    (void)events;
    if (link->phase == PHASE_BEGIN) {
        begin(link);
    } else if (link->phase == PHASE_ON) {
        look_for_life(link);
    } else {
        tell_down(link, "Redis does not answer in time");
    }
}

static void subscribed(ody_redis_link *link)
{
    link->phase = PHASE_ON;
    timer_set(link, link->setup.times.silence);
    link->setup.owner.up(link->setup.owner.context);
}

/* Says what has come, until nothing is left or the owner has enough. */
static void read_on(ody_redis_link *link)
{
    ody_error error;
    ody_view payload;
    int news;

    while ((news = ody_redis_session_next(link->session, &payload, &error)) > 0) {
        if (news == ODY_REDIS_SUBSCRIBED) {
            subscribed(link);
        } else if (news == ODY_REDIS_MESSAGE) {
            link->paused = true;
            if (!link->setup.owner.message(link->setup.owner.context, payload)) {
                return;
            }
            link->paused = false;
        }
    }
    if (news < 0) {
        tell_down(link, error.message);
        return;
    }
    ev_io_start(link->setup.loop, &link->readable);
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_redis_link *link = watcher->data;
    char data[RECEIVE_SIZE];
    ssize_t length = recv(link->descriptor, data, sizeof(data), MSG_DONTWAIT);
    int code;

    (void)events;
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (length <= 0) {
        tell_down(link, length < 0 ? strerror(errno) : "Redis has closed the connection");
        return;
    }
    link->heard = true;
    /* Started again when all of it has been read. */
    ev_io_stop(loop, watcher);
    code = ody_redis_session_feed(link->session, data, (size_t)length);
    if (code < 0) {
        tell_down(link, code == ODY_EPAYLOAD_SIZE ? "Redis sent more than a message may have"
                                                  : ody_error_text(code));
        return;
    }
    read_on(link);
}

static void on_again(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    read_on(watcher->data);
}

ody_redis_link *ody_redis_link_open(const ody_redis_link_setup *setup)
{
    ody_redis_link *link = ody_calloc(1, sizeof(*link));

    if (!link) {
        return NULL;
    }
    link->setup = *setup;
    link->descriptor = -1;
    link->session = ody_redis_session_new(setup->address, setup->channel);
    if (!link->session) {
        ody_free(link);
        return NULL;
    }
    ev_io_init(&link->resolved, on_resolved, -1, EV_READ);
    ev_io_init(&link->readable, on_readable, -1, EV_READ);
    ev_io_init(&link->writable, on_writable, -1, EV_WRITE);
    ev_timer_init(&link->timer, on_timer, 0., 0.);
    ev_timer_init(&link->again, on_again, 0., 0.);
    link->resolved.data = link->readable.data = link->writable.data = link;
    link->timer.data = link->again.data = link;
    ev_timer_start(setup->loop, &link->timer);
    return link;
}

void ody_redis_link_resume(ody_redis_link *link)
{
    if (link->paused) {
        link->paused = false;
        ev_timer_start(link->setup.loop, &link->again);
    }
}

void ody_redis_link_close(ody_redis_link *take_link)
{
    ody_redis_link *link = take_link;

    if (!link) {
        return;
    }
    ev_io_stop(link->setup.loop, &link->resolved);
    ev_io_stop(link->setup.loop, &link->readable);
    ev_io_stop(link->setup.loop, &link->writable);
    ev_timer_stop(link->setup.loop, &link->timer);
    ev_timer_stop(link->setup.loop, &link->again);
    ody_resolve_drop(link->resolving);
    ody_redis_session_free(link->session);
    if (link->descriptor >= 0) {
        close(link->descriptor);
    }
    ody_bytes_fini(&link->out);
    ody_free(link);
}

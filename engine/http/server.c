/* SPDX-License-Identifier: MIT */
/* The server's life: sockets come in, daemons run, options change, everything ends. */
#include "http/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/memory.h"
#include "http/room.h"
#include "ody/log.h"

#define ACCEPTS_PER_TURN 64
#define ACCEPT_PAUSE_SECONDS 0.2
#define TICK_SECONDS 0.25

static const ody_http_times usual_times = {
    .keep_alive = 75000, .request = 30000, .answer = 30000, .linger = 2000};

/* Makes room by cutting the connection that has waited longest for a request. */
static bool make_room(ody_http_server *server)
{
    ody_http_connection *longest;

    if (server->state.connections < ODY_HTTP_CONNECTIONS_MAX) {
        return true;
    }
    if (ody_list_empty(&server->waiting)) {
        return false;
    }
    longest = ody_container_of(server->waiting.next, ody_http_connection, waiting);
    server->state.evicted++;
    ody__http_connection_cut(longest);
    ody__http_daemon_run(longest->daemon);
    return server->state.connections < ODY_HTTP_CONNECTIONS_MAX;
}

static void refuse(ody_http_server *server, int take_descriptor)
{
    static const char answer[] =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 42\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
        "The server has too many HTTP connections.\n";
    static ody_log_gate gate;
    uint64_t suppressed;

    server->state.refused++;
    if (ody_log_gate_pass(&gate, ody_clock_ms(), &suppressed)) {
        ody_log(ODY_LOG_WARNING, "an HTTP connection was refused: there are too many",
                ODY_NUMBER("suppressed", suppressed));
    }
    /* With TLS nobody could read it. */
    if (!server->options->tls_certificate &&
        send(take_descriptor, answer, sizeof(answer) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
        ody__http_linger(server, take_descriptor);
    }
    close(take_descriptor);
}

void ody__http_server_add(ody_http_server *server, int take_descriptor,
                          const struct sockaddr_storage *peer)
{
    int on = 1;

    if (!make_room(server)) {
        refuse(server, take_descriptor);
        return;
    }
    setsockopt(take_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (!ody__http_daemon_add(server->daemon, take_descriptor, peer)) {
        server->state.refused++;
    }
}

void ody_http_server_socket(ody_http_server *server, int take_descriptor)
{
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof(peer);

    if (getpeername(take_descriptor, (struct sockaddr *)&peer, &length) < 0) {
        close(take_descriptor); /* it has left already */
        return;
    }
    ody__http_server_add(server, take_descriptor, &peer);
}

/* Without descriptors or memory the socket stays readable: a pause keeps the loop from spinning. */
static void accept_failed(ody_http_server *server, int reason)
{
    if (reason == EAGAIN || reason == EINTR || reason == ECONNABORTED || reason == EPROTO) {
        return;
    }
    ody_log(ODY_LOG_WARNING, "accepting HTTP connections failed",
            ODY_STRING("reason", strerror(reason)));
    ev_io_stop(server->setup.loop, &server->accepting);
    ev_timer_set(&server->accept_pause, ACCEPT_PAUSE_SECONDS, 0.);
    ev_timer_start(server->setup.loop, &server->accept_pause);
}

static void on_accept(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_http_server *server = watcher->data;

    (void)loop;
    (void)events;
    for (int count = 0; count < ACCEPTS_PER_TURN; count++) {
        struct sockaddr_storage peer = {0};
        socklen_t length = sizeof(peer);
        int descriptor =
            accept4(watcher->fd, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (descriptor < 0) {
            accept_failed(server, errno);
            return;
        }
        ody__http_server_add(server, descriptor, &peer);
    }
}

static void on_pause_over(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_http_server *server = watcher->data;

    (void)events;
    if (!server->draining) {
        ev_io_start(loop, &server->accepting);
    }
}

void ody__http_server_advance(ody_http_server *server, uint64_t now)
{
    ody_wheel_advance(&server->wheel, now);
}

static void on_tick(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    ody__http_server_advance(watcher->data, ody_clock_ms());
}

/* Runs what is due. Daemons that have been replaced go with their last connection. */
static void run_due(ody_http_server *server)
{
    ody_list_node *node = server->daemons.next;
    bool more = false;

    while (node != &server->daemons) {
        ody_http_daemon *daemon = ody_container_of(node, ody_http_daemon, node);

        node = node->next;
        if (daemon->due && !daemon->patient) {
            ody__http_daemon_run(daemon);
        } else {
            daemon->patient = false;
        }
        more = more || daemon->due;
        if (daemon != server->daemon && daemon->connections == 0) {
            ody__http_daemon_free(daemon);
        }
    }
    if (!more) {
        ev_idle_stop(server->setup.loop, &server->more);
    }
}

static void on_turn(struct ev_loop *loop, ev_prepare *watcher, int events)
{
    (void)loop;
    (void)events;
    run_due(watcher->data);
}

/* Nothing to do here: that it is active keeps the loop from sleeping, and every turn ends in
 * on_turn. */
static void on_more(struct ev_loop *loop, ev_idle *watcher, int events)
{
    (void)loop;
    (void)watcher;
    (void)events;
}

static void watchers_start(ody_http_server *server)
{
    struct ev_loop *loop = server->setup.loop;

    ev_io_init(&server->accepting, on_accept, server->setup.listen_fd, EV_READ);
    ev_timer_init(&server->accept_pause, on_pause_over, ACCEPT_PAUSE_SECONDS, 0.);
    ev_timer_init(&server->tick, on_tick, TICK_SECONDS, TICK_SECONDS);
    ev_prepare_init(&server->turn, on_turn);
    ev_idle_init(&server->more, on_more);
    ev_set_priority(&server->more, EV_MAXPRI);
    server->accepting.data = server->accept_pause.data = server->tick.data = server;
    server->turn.data = server->more.data = server;
    ev_timer_start(loop, &server->tick);
    ev_prepare_start(loop, &server->turn);
    if (server->setup.listen_fd >= 0) {
        ev_io_start(loop, &server->accepting);
    }
}

static void watchers_stop(ody_http_server *server)
{
    struct ev_loop *loop = server->setup.loop;

    ev_io_stop(loop, &server->accepting);
    ev_timer_stop(loop, &server->accept_pause);
    ev_timer_stop(loop, &server->tick);
    ev_prepare_stop(loop, &server->turn);
    ev_idle_stop(loop, &server->more);
}

static void server_free(ody_http_server *server)
{
    ody_digests_free(server->digests);
    ody_free(server->rates);
    ody_free(server);
}

/* @return NULL without memory. */
static ody_http_server *server_new(const ody_http_setup *setup)
{
    ody_http_server *server = ody_calloc(1, sizeof(*server));

    if (!server) {
        return NULL;
    }
    server->setup = *setup;
    server->options = setup->options;
    server->times = usual_times;
    ody_wheel_init(&server->wheel, ody_clock_ms());
    ody_list_init(&server->daemons);
    ody_list_init(&server->waiting);
    ody_list_init(&server->exchanges);
    ody_list_init(&server->lingering);
    ody_list_init(&server->waits);
    server->rates = ody_calloc(ODY_APP_NUMBERS, sizeof(*server->rates));
    server->digests = ody_digests_new();
    if (!server->rates || !server->digests) {
        server_free(server);
        return NULL;
    }
    return server;
}

int ody_http_server_new(const ody_http_setup *setup, ody_http_server **out, ody_error *error)
{
    ody_http_server *server = server_new(setup);
    int code;

    if (!server) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    code = ody__http_daemon_new(server, &server->daemon, error);
    if (code < 0) {
        server_free(server);
        return code;
    }
    watchers_start(server);
    *out = server;
    return 0;
}

void ody__http_server_set_times(ody_http_server *server, const ody_http_times *times)
{
    server->times = *times;
}

void ody_http_server_reload(ody_http_server *server, const ody_options *options)
{
    ody_error error;

    ody__http_inspector_reload(server, options);
    server->options = options;
    if (ody__http_daemon_is_current(server->daemon, options)) {
        return;
    }
    if (ody__http_daemon_new(server, &server->daemon, &error) < 0) {
        ody_log(ODY_LOG_ERROR, "the HTTP API keeps its old certificate",
                ODY_STRING("reason", error.message));
    }
}

/* Whether a request may be on its way: one that is new, or from which bytes wait to be read. */
static bool may_have_asked(const ody_http_connection *connection)
{
    char byte;

    return !connection->used || recv(connection->descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void ody_http_server_drain(ody_http_server *server)
{
    server->draining = true;
    ev_io_stop(server->setup.loop, &server->accepting);
    ev_timer_stop(server->setup.loop, &server->accept_pause);
    ody__http_waits_end(server);
    for (ody_list_node *node = server->waiting.next; node != &server->waiting; node = node->next) {
        ody_http_connection *connection = ody_container_of(node, ody_http_connection, waiting);

        if (!may_have_asked(connection)) {
            ody__http_connection_cut(connection);
        }
    }
}

void ody_http_server_close(ody_http_server *server)
{
    server->closed = true;
}

/* Requests on their way get an answer: libmicrohttpd cannot end while any is suspended. */
static void answer_all(ody_http_server *server)
{
    for (ody_list_node *node = server->exchanges.next; node != &server->exchanges;
         node = node->next) {
        ody_http_exchange *exchange = ody_container_of(node, ody_http_exchange, node);

        if (exchange->awaited && exchange->status == 0) {
            ody__http_cancel(exchange);
            ody__http_refuse_error(exchange, ODY_EDRAINING, NULL);
            ody__http_exchange_resume(exchange);
        }
    }
}

void ody_http_server_free(ody_http_server *server)
{
    if (!server) {
        return;
    }
    ody_http_server_drain(server);
    ody_http_server_close(server);
    answer_all(server);
    while (!ody_list_empty(&server->daemons)) {
        ody_http_daemon *daemon = ody_container_of(server->daemons.next, ody_http_daemon, node);

        /* One run takes an answer, the next one sends it. */
        ody__http_daemon_run(daemon);
        ody__http_daemon_run(daemon);
        ody__http_daemon_free(daemon);
    }
    ody__http_linger_end(server);
    watchers_stop(server);
    server_free(server);
}

ody_http_state ody_http_server_look(const ody_http_server *server)
{
    return server->state;
}

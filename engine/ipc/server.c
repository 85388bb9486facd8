/* SPDX-License-Identifier: MIT */
/* Accepting processes, and the server's own life. */
#include "ipc/server.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/memory.h"
#include "ipc/connection.h"
#include "ipc/hello.h"
#include "ipc/server_times.h"
#include "ipc/workers.h"
#include "ody/log.h"

#define ACCEPTS_PER_TURN 64
#define ACCEPT_PAUSE_SECONDS 0.2
#define HELLO_SECONDS 5.
#define STALL_SECONDS 30.
/* Room for names and texts somewhat over their limits, so that the hub says which limit it was. */
#define REQUEST_SLACK 65536

static ody_log_gate refused_gate;

/* Says goodbye without waiting: a client that does not read gets only the closing. */
static void refuse(int descriptor, int code, const char *message)
{
    ody_bytes refusal = {0};
    uint64_t suppressed;

    if (ody_log_gate_pass(&refused_gate, ody_clock_ms(), &suppressed)) {
        ody_log(ODY_LOG_WARNING, "a process was refused on the Unix socket",
                ODY_STRING("reason", message), ODY_NUMBER("suppressed", suppressed));
    }
    if (ody__ipc_refusal_write(&refusal, code, message) == 0 &&
        send(descriptor, refusal.data, refusal.length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        ody_log(ODY_LOG_DEBUG, "the refusal could not be sent", ODY_NUMBER("error", errno));
    }
    ody_bytes_fini(&refusal);
    close(descriptor);
}

static void admit(ody_ipc_server *server, int descriptor)
{
    if (server->count >= ODY_IPC_CONNECTIONS_MAX) {
        refuse(descriptor, ODY_EOVERLOADED,
               "too many processes are connected to the server (4096)");
    } else if (!ody__ipc_connection_new(server, descriptor)) {
        refuse(descriptor, ODY_EMEMORY, "the server is out of memory");
    }
}

/* Without descriptors or memory the socket stays readable: a pause keeps the loop from spinning. */
static void accept_failed(ody_ipc_server *server, int reason)
{
    if (reason == EAGAIN || reason == EINTR || reason == ECONNABORTED) {
        return;
    }
    ody_log(ODY_LOG_WARNING, "accepting on the Unix socket failed",
            ODY_STRING("reason", strerror(reason)));
    ev_io_stop(server->setup.loop, &server->accepting);
    ev_timer_set(&server->accept_pause, ACCEPT_PAUSE_SECONDS, 0.);
    ev_timer_start(server->setup.loop, &server->accept_pause);
}

static void on_accept(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_ipc_server *server = watcher->data;

    (void)loop;
    (void)events;
    for (int count = 0; count < ACCEPTS_PER_TURN; count++) {
        int descriptor = accept4(watcher->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (descriptor < 0) {
            accept_failed(server, errno);
            return;
        }
        admit(server, descriptor);
    }
}

static void on_pause_over(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_ipc_server *server = watcher->data;

    (void)events;
    if (!server->draining) {
        ev_io_start(loop, &server->accepting);
    }
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *watcher, int events)
{
    ody_ipc_server *server = watcher->data;
    ody_list_node *node;

    (void)loop;
    (void)events;
    while ((node = ody_list_take_first(&server->awake))) {
        ody__ipc_connection_settle(ody_container_of(node, ody_ipc_connection, awake));
    }
}

/* What a PHP worker answers may be a whole message of a client. */
static size_t request_max(const ody_options *options)
{
    const ody_app_limits *limits = &options->apps[0].limits;
    uint64_t names = (uint64_t)limits->channels_per_publish * (limits->channel_name_length + 6u);
    uint64_t data = limits->event_data_size > options->limits.message_size
                        ? limits->event_data_size
                        : options->limits.message_size;
    uint64_t size = names + data + limits->event_name_length + REQUEST_SLACK;

    return size < ODY_IPC_MESSAGE_MAX ? (size_t)size : ODY_IPC_MESSAGE_MAX;
}

ody_ipc_server *ody_ipc_server_new(const ody_ipc_setup *setup)
{
    ody_ipc_server *server = ody_calloc(1, sizeof(*server));

    if (!server) {
        return NULL;
    }
    server->setup = *setup;
    server->newest = ODY_IPC_VERSION;
    server->hello_seconds = HELLO_SECONDS;
    server->stall_seconds = STALL_SECONDS;
    if (setup->calls) {
        ody__ipc_workers_serve(server);
    }
    server->request_max = request_max(setup->options);
    ody_list_init(&server->connections);
    ody_list_init(&server->awake);
    ev_io_init(&server->accepting, on_accept, setup->listen_fd, EV_READ);
    ev_timer_init(&server->accept_pause, on_pause_over, ACCEPT_PAUSE_SECONDS, 0.);
    ev_prepare_init(&server->turn, on_turn_end);
    server->accepting.data = server->accept_pause.data = server->turn.data = server;
    ev_io_start(setup->loop, &server->accepting);
    ev_prepare_start(setup->loop, &server->turn);
    return server;
}

void ody_ipc_server_reload(ody_ipc_server *server, const ody_options *options)
{
    server->setup.options = options;
    server->request_max = request_max(options);
}

void ody__ipc_server_set_version(ody_ipc_server *server, uint32_t newest)
{
    server->newest = newest;
}

void ody__ipc_server_set_times(ody_ipc_server *server, double hello_seconds, double stall_seconds)
{
    server->hello_seconds = hello_seconds;
    server->stall_seconds = stall_seconds;
}

void ody_ipc_server_drain(ody_ipc_server *server)
{
    server->draining = true;
    ev_io_stop(server->setup.loop, &server->accepting);
    ev_timer_stop(server->setup.loop, &server->accept_pause);
    for (ody_list_node *node = server->connections.next; node != &server->connections;
         node = node->next) {
        ody__ipc_connection_wake(ody_container_of(node, ody_ipc_connection, node));
    }
}

void ody_ipc_server_free(ody_ipc_server *server)
{
    if (!server) {
        return;
    }
    ody_ipc_server_drain(server);
    while (!ody_list_empty(&server->connections)) {
        ody_ipc_connection *connection =
            ody_container_of(server->connections.next, ody_ipc_connection, node);

        ody__ipc_connection_flush(connection);
        ody__ipc_connection_free(connection);
    }
    ev_prepare_stop(server->setup.loop, &server->turn);
    ody__ipc_names_fini(&server->names);
    ody_free(server);
}

size_t ody_ipc_server_connections(const ody_ipc_server *server)
{
    return server->count;
}

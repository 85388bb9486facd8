/* SPDX-License-Identifier: MIT */
/*
 * Connections and how long each step on them may take. Cutting one is shutting its socket down:
 * libmicrohttpd sees the end and does the rest.
 */
#include <errno.h>
#include "base/clock.h"
#include "base/memory.h"
#include "http/callbacks.h"
#include "net/client_address.h"

static void arm(ody_http_connection *connection, uint64_t time)
{
    ody_wheel_arm(&connection->daemon->server->wheel, &connection->deadline, ody_clock_ms() + time);
}

static void on_deadline(ody_timer *timer, uint64_t now)
{
    ody_http_connection *connection = ody_container_of(timer, ody_http_connection, deadline);

    (void)now;
    connection->daemon->server->state.timed_out++;
    ody__http_connection_cut(connection);
}

/* NULL without memory: the first request on it will then be cut. */
static ody_http_connection *connection_new(ody_http_daemon *daemon, struct MHD_Connection *mhd)
{
    ody_http_connection *connection = ody_calloc(1, sizeof(*connection));
    const union MHD_ConnectionInfo *info;

    if (!connection) {
        return NULL;
    }
    connection->daemon = daemon;
    connection->mhd = mhd;
    connection->deadline.fire = on_deadline;
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    connection->descriptor = info->connect_fd;
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    ody_address_from_socket((const struct sockaddr_storage *)info->client_addr, connection->peer);
    daemon->connections++;
    daemon->server->state.connections++;
    daemon->server->state.accepted++;
    daemon->server->state.fresh++;
    ody_list_append(&daemon->server->waiting, &connection->waiting);
    arm(connection, daemon->server->options->limits.handshake_time);
    return connection;
}

/* Whether the peer has not shut its side. */
static bool may_talk(int descriptor)
{
    char byte;
    ssize_t count = recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

static void connection_free(ody_http_connection *connection)
{
    ody_http_server *server = connection->daemon->server;

    if (connection->deaf && !connection->given && may_talk(connection->descriptor)) {
        ody__http_linger(server, connection->descriptor);
    }
    ody_list_remove(&connection->waiting);
    ody_wheel_cancel(&server->wheel, &connection->deadline);
    connection->daemon->connections--;
    server->state.connections--;
    server->state.fresh -= !connection->used;
    ody_free(connection);
}

void ody__http_on_connection(void *daemon, struct MHD_Connection *mhd, void **context,
                             enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = connection_new(daemon, mhd);
    } else if (*context) {
        connection_free(*context);
        *context = NULL;
    }
}

void ody__http_connection_busy(ody_http_connection *connection)
{
    ody_list_remove(&connection->waiting);
    connection->daemon->server->state.fresh -= !connection->used;
    connection->used = true;
    arm(connection, connection->daemon->server->times.request);
}

void ody__http_connection_hold(ody_http_connection *connection)
{
    ody_wheel_cancel(&connection->daemon->server->wheel, &connection->deadline);
}

void ody__http_connection_answering(ody_http_connection *connection)
{
    arm(connection, connection->daemon->server->times.answer);
}

void ody__http_connection_idle(ody_http_connection *connection)
{
    ody_http_server *server = connection->daemon->server;

    ody_list_remove(&connection->waiting);
    ody_list_append(&server->waiting, &connection->waiting);
    arm(connection, server->times.keep_alive);
}

void ody__http_connection_cut(ody_http_connection *connection)
{
    shutdown(connection->descriptor, SHUT_RDWR);
    connection->daemon->due = true;
}

/* SPDX-License-Identifier: MIT */
/* Bytes in, bytes out, and the bounds of one connection. */
#include "ipc/connection.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/memory.h"
#include "ipc/dispatch.h"
#include "ipc/hello.h"
#include "ipc/workers.h"
#include "ody/log.h"

#define RECEIVE_LEAST 4096
#define OUTPUT_KEPT 65536
#define OUTPUT_COMPACT (1u << 20)

static ody_log_gate refused_gate;

static struct ev_loop *loop_of(const ody_ipc_connection *connection)
{
    return connection->server->setup.loop;
}

size_t ody__ipc_connection_unsent(const ody_ipc_connection *connection)
{
    return connection->output.length - connection->sent;
}

void ody__ipc_connection_wake(ody_ipc_connection *connection)
{
    if (!ody_list_linked(&connection->awake)) {
        ody_list_append(&connection->server->awake, &connection->awake);
    }
}

static void break_off(ody_ipc_connection *connection)
{
    connection->broken = true;
    ody__ipc_connection_wake(connection);
}

void ody__ipc_connection_wrote(ody_ipc_connection *connection, size_t before, int code)
{
    if (code < 0) {
        connection->broken = true;
    } else {
        connection->server->unsent += connection->output.length - before;
    }
    ody__ipc_connection_wake(connection);
}

void ody__ipc_connection_refuse(ody_ipc_connection *connection, uint32_t number, const char *what)
{
    size_t before = connection->output.length;
    uint64_t suppressed;
    int code;

    if (ody_log_gate_pass(&refused_gate, ody_clock_ms(), &suppressed)) {
        ody_log(ODY_LOG_WARNING, "a process broke the protocol of the Unix socket",
                ODY_STRING("reason", what), ODY_NUMBER("suppressed", suppressed));
    }
    if (connection->greeted) {
        ody__ipc_dispatch_error(connection, number, ODY_EPROTOCOL, what);
    } else {
        code = ody__ipc_refusal_write(&connection->output, ODY_EPROTOCOL, what);
        ody__ipc_connection_wrote(connection, before, code);
    }
    connection->closing = true;
}

static bool may_take(const ody_ipc_connection *connection)
{
    return !connection->broken && !connection->closing &&
           connection->pending_count < ODY_IPC_PENDING_MAX &&
           ody__ipc_connection_unsent(connection) < ODY_IPC_UNSENT_MAX;
}

static size_t message_max(const ody_ipc_connection *connection)
{
    return connection->greeted ? connection->server->request_max : ODY_IPC_HELLO_MAX;
}

/* Too long a request is answered, and its bytes are dropped as they come. */
static void refuse_size(ody_ipc_connection *connection, const ody_ipc_header *header)
{
    ody_error error;

    if (!connection->greeted) {
        ody__ipc_connection_refuse(connection, header->number, "a hello was expected");
        return;
    }
    ody_error_set(&error, ODY_EPAYLOAD_SIZE,
                  "the request has %zu bytes, the server takes %zu (limits.event_data_size)",
                  header->size, connection->server->request_max);
    ody__ipc_dispatch_error(connection, header->number, error.code, error.message);
    connection->skip = header->size;
}

/* Handles whole messages while the bounds allow. Returns how many bytes are done with. */
static size_t take_messages(ody_ipc_connection *connection, ody_view bytes)
{
    size_t done = 0;

    while (may_take(connection) && done < bytes.length) {
        ody_view rest = {bytes.data + done, bytes.length - done};
        ody_ipc_header header;
        int known;

        if (connection->skip > 0) {
            size_t dropped = connection->skip < rest.length ? connection->skip : rest.length;

            connection->skip -= dropped;
            done += dropped;
            continue;
        }
        known = ody__ipc_header_read(rest, &header);
        if (known < 0) {
            ody__ipc_connection_refuse(connection, 0, "a message has an impossible length");
            break;
        }
        if (known > 0 && header.size > message_max(connection)) {
            refuse_size(connection, &header);
            continue;
        }
        if (known == 0 || header.size > rest.length) {
            break;
        }
        rest = (ody_view){rest.data + ODY_IPC_HEADER_SIZE, header.size - ODY_IPC_HEADER_SIZE};
        ody__ipc_dispatch(connection, &header, rest);
        done += header.size;
    }
    return done;
}

/* Takes messages out of what was kept. Returns whether there were any. */
static bool take_kept(ody_ipc_connection *connection)
{
    ody_bytes *input = &connection->input;
    size_t done = take_messages(connection, ody_bytes_view(input));

    if (done == input->length) {
        ody_bytes_fini(input);
    } else if (done > 0) {
        memmove(input->data, input->data + done, input->length - done);
        input->length -= done;
    }
    return done > 0;
}

/* How much room the rest of the kept message needs. */
static size_t missing(const ody_ipc_connection *connection)
{
    ody_ipc_header header;
    size_t length = connection->input.length;

    if (ody__ipc_header_read(ody_bytes_view(&connection->input), &header) <= 0 ||
        header.size <= length || header.size - length < RECEIVE_LEAST) {
        return RECEIVE_LEAST;
    }
    return header.size - length < ODY_IPC_SCRATCH_SIZE ? header.size - length
                                                       : ODY_IPC_SCRATCH_SIZE;
}

/* Whole messages are handled where they were received; only the beginning of another is copied. */
static void received_fresh(ody_ipc_connection *connection, ody_view bytes)
{
    size_t done = take_messages(connection, bytes);

    if (done < bytes.length && !connection->closing) {
        ody_bytes_append(&connection->input, bytes.data + done, bytes.length - done);
        connection->broken = connection->broken || connection->input.failed;
    }
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_ipc_connection *connection = watcher->data;
    ody_ipc_server *server = connection->server;
    ody_bytes *input = &connection->input;
    bool fresh = input->length == 0;
    char *room = server->scratch;
    size_t size = sizeof(server->scratch);
    ssize_t count;

    (void)loop;
    (void)events;
    if (!fresh) {
        size = missing(connection);
        if (!ody_bytes_reserve(input, size)) {
            break_off(connection);
            return;
        }
        room = input->data + input->length;
    }
    count = recv(watcher->fd, room, size, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count <= 0) {
        break_off(connection);
        return;
    }
    if (fresh) {
        received_fresh(connection, (ody_view){room, (size_t)count});
    } else {
        input->length += (size_t)count;
        take_kept(connection);
    }
    ody__ipc_connection_wake(connection);
}

static void on_writable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    ody__ipc_connection_wake(watcher->data);
}

static void on_time(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    break_off(watcher->data);
}

static void output_drop_sent(ody_ipc_connection *connection)
{
    ody_bytes *output = &connection->output;

    if (connection->sent == output->length) {
        if (output->capacity > OUTPUT_KEPT) {
            ody_bytes_fini(output);
        }
        ody_bytes_clear(output);
        connection->sent = 0;
    } else if (connection->sent >= OUTPUT_COMPACT && connection->sent >= output->length / 2) {
        memmove(output->data, output->data + connection->sent, output->length - connection->sent);
        output->length -= connection->sent;
        connection->sent = 0;
    }
}

void ody__ipc_connection_flush(ody_ipc_connection *connection)
{
    size_t unsent = ody__ipc_connection_unsent(connection);
    ssize_t count;

    if (unsent == 0 || connection->broken) {
        return;
    }
    count = send(connection->readable.fd, connection->output.data + connection->sent, unsent,
                 MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) {
        connection->broken = errno != EAGAIN && errno != EINTR;
        return;
    }
    connection->sent += (size_t)count;
    connection->server->unsent -= (size_t)count;
    ev_timer_stop(loop_of(connection), &connection->timer);
    output_drop_sent(connection);
}

/* Starts and stops the watchers as the state wants it. */
static void watch(ody_ipc_connection *connection)
{
    struct ev_loop *loop = loop_of(connection);

    if (may_take(connection)) {
        ev_io_start(loop, &connection->readable);
    } else {
        ev_io_stop(loop, &connection->readable);
    }
    if (ody__ipc_connection_unsent(connection) == 0) {
        ev_io_stop(loop, &connection->writable);
        return;
    }
    ev_io_start(loop, &connection->writable);
    if (!ev_is_active(&connection->timer)) {
        ev_timer_set(&connection->timer, connection->server->stall_seconds, 0.);
        ev_timer_start(loop, &connection->timer);
    }
}

/* Whether everything that was asked is answered, and the answers are gone. A message that has come
 * in part counts for nothing. PHP workers are asked until the last client has left. */
static bool may_leave(const ody_ipc_connection *connection)
{
    return !connection->broken && !connection->closing && connection->worker_pid == 0 &&
           connection->pending_count == 0 && ody__ipc_connection_unsent(connection) == 0;
}

/* Who has asked meanwhile reads it instead of an answer, and knows that nothing was carried out. */
static void say_farewell(ody_ipc_connection *connection)
{
    size_t before = connection->output.length;
    int code;

    if (!may_leave(connection)) {
        return;
    }
    code = connection->greeted ? ody__ipc_farewell_write(&connection->output)
                               : ody__ipc_refusal_write(&connection->output, ODY_EDRAINING,
                                                        ody_error_text(ODY_EDRAINING));
    ody__ipc_connection_wrote(connection, before, code);
    connection->closing = true;
    ody__ipc_connection_flush(connection);
}

void ody__ipc_connection_settle(ody_ipc_connection *connection)
{
    /* Sending may make room for requests that wait, and those may be answered at once. */
    do {
        ody__ipc_connection_flush(connection);
    } while (connection->input.length > 0 && take_kept(connection));
    if (connection->server->draining) {
        say_farewell(connection);
    }
    if (connection->broken ||
        (connection->closing && ody__ipc_connection_unsent(connection) == 0)) {
        ody__ipc_connection_free(connection);
        return;
    }
    watch(connection);
}

ody_ipc_connection *ody__ipc_connection_new(ody_ipc_server *server, int take_descriptor)
{
    ody_ipc_connection *connection = ody_calloc(1, sizeof(*connection));

    if (!connection) {
        return NULL;
    }
    connection->server = server;
    ody_list_init(&connection->pending);
    ody_list_append(&server->connections, &connection->node);
    server->count++;
    ev_io_init(&connection->readable, on_readable, take_descriptor, EV_READ);
    ev_io_init(&connection->writable, on_writable, take_descriptor, EV_WRITE);
    ev_timer_init(&connection->timer, on_time, server->hello_seconds, 0.);
    connection->readable.data = connection->writable.data = connection->timer.data = connection;
    ev_io_start(server->setup.loop, &connection->readable);
    ev_timer_start(server->setup.loop, &connection->timer);
    return connection;
}

void ody__ipc_connection_free(ody_ipc_connection *connection)
{
    ody_ipc_server *server = connection->server;

    ody__ipc_dispatch_cancel(connection);
    ody__ipc_worker_gone(connection);
    ev_io_stop(server->setup.loop, &connection->readable);
    ev_io_stop(server->setup.loop, &connection->writable);
    ev_timer_stop(server->setup.loop, &connection->timer);
    close(connection->readable.fd);
    server->unsent -= ody__ipc_connection_unsent(connection);
    ody_bytes_fini(&connection->input);
    ody_bytes_fini(&connection->output);
    ody_list_remove(&connection->node);
    ody_list_remove(&connection->awake);
    server->count--;
    ody_free(connection);
}

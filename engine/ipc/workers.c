/* SPDX-License-Identifier: MIT */
/* Registrations, calls and results on the connections of PHP workers. */
#include "ipc/workers.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "ipc/answer.h"
#include "ipc/dispatch.h"
#include "ipc/worker_message.h"
#include "ody/log.h"

static ody_ipc_connection *of_worker(ody_calls_worker *worker)
{
    return ody_container_of(worker, ody_ipc_connection, worker);
}

static int on_send(void *context, ody_calls_worker *worker, const ody_worker_call *call)
{
    ody_ipc_connection *connection = of_worker(worker);
    size_t before = connection->output.length;
    int code = ody__ipc_call_write(&connection->output, ++connection->call, call);

    (void)context;
    ody__ipc_connection_wrote(connection, before, code);
    return code;
}

/* The process holds its end of the connection open, so its number is still its own. */
static void on_kill(void *context, ody_calls_worker *worker)
{
    ody_ipc_connection *connection = of_worker(worker);

    (void)context;
    ody_log(ODY_LOG_WARNING, "a PHP worker takes too long: killing it",
            ODY_NUMBER("worker", connection->worker_pid));
    kill(connection->worker_pid, SIGKILL);
    connection->broken = true;
    ody__ipc_connection_wake(connection);
}

void ody__ipc_workers_serve(ody_ipc_server *server)
{
    const ody_calls_wire wire = {.send = on_send, .kill = on_kill, .context = server};

    ody_calls_set_wire(server->setup.calls, &wire);
}

/* Workers decide who may do what, so they must be of the server's own user. */
static pid_t trusted_peer(const ody_ipc_connection *connection)
{
    struct ucred peer;
    socklen_t length = sizeof(peer);

    if (getsockopt(connection->readable.fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 ||
        (peer.uid != geteuid() && peer.uid != 0) || peer.pid <= 1) {
        return 0;
    }
    return peer.pid;
}

static int register_worker(ody_ipc_connection *connection, ody_view fields, ody_error *error)
{
    ody_ipc_registration registration;
    int code = ody__ipc_registration_read(fields, &registration);

    error->message[0] = '\0';
    if (code < 0) {
        return ody_error_set(error, code == ODY_EINVALID ? code : ODY_EINVALID,
                             "the registration of a PHP worker is broken, or has more than %d "
                             "channel types",
                             ODY_HANDLERS_MAX);
    }
    if (!connection->server->setup.calls || connection->worker_pid != 0) {
        return ody_error_set(error, ODY_EINVALID, "this connection cannot become a PHP worker");
    }
    connection->worker_pid = trusted_peer(connection);
    if (connection->worker_pid == 0) {
        return ody_error_set(error, ODY_EPERMISSION,
                             "PHP workers must run as the user of the server");
    }
    code = ody_calls_worker_add(connection->server->setup.calls, &connection->worker,
                                &registration.interest, ody_clock_ms());
    if (code < 0) {
        connection->worker_pid = 0;
    }
    return code;
}

void ody__ipc_worker_register(ody_ipc_connection *connection, uint32_t number, ody_view fields)
{
    const ody_reply done = {0};
    size_t before = connection->output.length;
    ody_error error;
    int code;

    /* The answer stands in front of the first call, which the registration may bring at once. */
    code = ody__ipc_answer_write(&connection->output, number, ODY_IPC_REGISTER, &done);
    if (code == 0) {
        size_t written = connection->output.length;

        code = register_worker(connection, fields, &error);
        if (code < 0) {
            connection->output.length = before;
            ody__ipc_dispatch_error(connection, number, code,
                                    error.message[0] ? error.message : NULL);
            return;
        }
        connection->server->unsent += written - before;
        ody__ipc_connection_wake(connection);
        ody_log(ODY_LOG_INFO, "php worker ready", ODY_NUMBER("worker", connection->worker_pid));
        return;
    }
    ody__ipc_connection_wrote(connection, before, code);
}

static void hang_up(ody_ipc_connection *connection)
{
    connection->closing = true;
    ody__ipc_connection_wake(connection);
}

void ody__ipc_worker_result(ody_ipc_connection *connection, uint32_t number, ody_view fields)
{
    ody_worker_answer answer;

    if (connection->worker_pid == 0 || number != connection->call ||
        ody__ipc_result_read(fields, &answer) < 0 ||
        ody_calls_result(connection->server->setup.calls, &connection->worker, &answer,
                         ody_clock_ms()) < 0) {
        ody__ipc_connection_refuse(connection, number, "no such answer was expected");
    } else if (connection->worker.leaving) {
        hang_up(connection);
    }
}

void ody__ipc_worker_leave(ody_ipc_connection *connection, uint32_t number)
{
    if (connection->worker_pid == 0) {
        ody__ipc_connection_refuse(connection, number, "only a PHP worker can leave");
    } else if (ody_calls_worker_leave(connection->server->setup.calls, &connection->worker)) {
        hang_up(connection);
    }
}

void ody__ipc_worker_gone(ody_ipc_connection *connection)
{
    if (connection->worker_pid != 0) {
        ody_calls_worker_remove(connection->server->setup.calls, &connection->worker,
                                ody_clock_ms());
    }
}

/* SPDX-License-Identifier: MIT */
/* One engine process: its start, what it says, its end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor_state.h"

#define READY_BYTE '!'   /* what ody_server_run writes */
#define FAILURE_BYTE 'E' /* what we write, an ody_error behind it */

/* Both ends of what connects us with an engine. */
typedef struct engine_pipes {
    int ready[2];
    int parent[2];
    int control[2];
} engine_pipes;

ody_engine ody__engine_none(void)
{
    return (ody_engine){.ready = -1, .parent = -1, .control = -1, .kill_at = ODY_NEVER};
}

static void engine_close(ody_engine *engine)
{
    ody__descriptor_close(&engine->ready);
    ody__descriptor_close(&engine->parent);
    ody__descriptor_close(&engine->control);
}

void ody__engines_close(ody_supervisor *self)
{
    engine_close(&self->engine);
    engine_close(&self->change.engine);
    for (unsigned index = 0; index < ODY_LEAVING_MAX; index++) {
        engine_close(&self->leaving[index]);
    }
}

/* The child has what the parent has: an end that stays open here would keep another engine from
 * seeing that the supervisor is gone. */
static void inherited_close(ody_supervisor *self)
{
    ody__engines_close(self);
    ody__workers_close(self);
    ody__change_close(self);
    ody__descriptor_close(&self->signals.descriptor);
    ody__descriptor_close(&self->pid_file);
}

/* The child. Ends the process without PHP's shutdown, which belongs to the parent. That the parent
 * is gone it learns from the pipe alone: a parent-death signal would come right after that, and a
 * second reason to stop cuts the drain short. */
static void engine_run(ody_supervisor *self, const ody_supervised *supervised,
                       const engine_pipes *pipes, pid_t supervisor_pid) __attribute__((noreturn));

static void engine_run(ody_supervisor *self, const ody_supervised *supervised,
                       const engine_pipes *pipes, pid_t supervisor_pid)
{
    ody_server_sockets sockets = {
        .listen = self->listen,
        .unix_listen = self->unix_listen,
        .ready = pipes->ready[1],
        .parent = pipes->parent[0],
        .control = pipes->control[1],
        .supervisor_pid = supervisor_pid,
    };
    ody_error error = {0};
    char failure[1 + sizeof(error)];
    int code;

    ody__signals_reset(true);
    prctl(PR_SET_NAME, "ody-engine");
    inherited_close(self);
    self->setup->calls->use_log(supervised, self->setup->log);
    code = ody_server_run(supervised->options, &sockets, &error);
    if (code == 0) {
        _exit(0);
    }
    error.code = code;
    failure[0] = FAILURE_BYTE;
    memcpy(failure + 1, &error, sizeof(error));
    if (write(pipes->ready[1], failure, sizeof(failure)) < 0) {
        _exit(2);
    }
    _exit(1);
}

static void pair_close(int *pair)
{
    ody__descriptor_close(&pair[0]);
    ody__descriptor_close(&pair[1]);
}

static void pipes_close(engine_pipes *pipes)
{
    pair_close(pipes->ready);
    pair_close(pipes->parent);
    pair_close(pipes->control);
}

static int pipes_open(engine_pipes *pipes, ody_error *error)
{
    *pipes = (engine_pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (pipe2(pipes->ready, O_CLOEXEC) < 0 || pipe2(pipes->parent, O_CLOEXEC) < 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pipes->control) < 0) {
        ody_error_set(error, ODY_ESYSTEM, "pipe: %s", strerror(errno));
        pipes_close(pipes);
        return ODY_ESYSTEM;
    }
    return 0;
}

int ody__engine_start(ody_supervisor *self, ody_engine *engine, const ody_supervised *supervised,
                      ody_error *error)
{
    engine_pipes pipes;
    pid_t us = getpid();
    pid_t child;

    if (pipes_open(&pipes, error) < 0) {
        return ODY_ESYSTEM;
    }
    child = fork();
    if (child < 0) {
        ody_error_set(error, ODY_ESYSTEM, "fork: %s", strerror(errno));
        pipes_close(&pipes);
        return ODY_ESYSTEM;
    }
    if (child == 0) {
        ody__descriptor_close(&pipes.ready[0]);
        ody__descriptor_close(&pipes.parent[1]);
        ody__descriptor_close(&pipes.control[0]);
        engine_run(self, supervised, &pipes, us);
    }
    ody__descriptor_close(&pipes.ready[1]);
    ody__descriptor_close(&pipes.parent[0]);
    ody__descriptor_close(&pipes.control[1]);
    *engine = (ody_engine){
        .pid = child,
        .ready = pipes.ready[0],
        .parent = pipes.parent[1],
        .control = pipes.control[0],
        .born = ody__now_ms(),
        .kill_at = ODY_NEVER,
        .drain_time = supervised->options->drain_time,
    };
    return 0;
}

int ody__engine_ready(ody_engine *engine, ody_error *error)
{
    char kind = 0;
    ssize_t length = read(engine->ready, &kind, 1);
    int result = 0;

    if (length == 1 && kind == READY_BYTE) {
        engine->serves = true;
        result = 1;
    } else if (length == 1 && kind == FAILURE_BYTE &&
               read(engine->ready, error, sizeof(*error)) == (ssize_t)sizeof(*error)) {
        error->message[sizeof(error->message) - 1] = '\0';
        result = error->code < 0 ? error->code : ODY_ESYSTEM;
    }
    ody__descriptor_close(&engine->ready);
    return result;
}

void ody__engine_end(ody_engine *engine, uint32_t grant)
{
    if (engine->pid > 0) {
        engine->told = true;
        engine->kill_at = ody__now_ms() + grant + ODY_STOP_MARGIN;
        kill(engine->pid, SIGTERM);
    }
}

bool ody__engine_reap(ody_engine *engine, int *status)
{
    if (engine->pid <= 0 || waitpid(engine->pid, status, WNOHANG) != engine->pid) {
        return false;
    }
    ody__descriptor_close(&engine->parent);
    ody__descriptor_close(&engine->control);
    return true;
}

bool ody__engine_hung_up(const ody_engine *engine)
{
    struct pollfd watched = {.fd = engine->control};

    return engine->pid > 0 && poll(&watched, 1, 0) > 0;
}

uint64_t ody__engine_hurry(ody_engine *engine, uint64_t now)
{
    if (engine->pid > 0 && engine->kill_at <= now) {
        ody_log(ODY_LOG_WARNING, "the engine does not end: killing it",
                ODY_NUMBER("engine", engine->pid));
        kill(engine->pid, SIGKILL);
        engine->kill_at = now + ODY_STOP_MARGIN;
    }
    return engine->pid > 0 ? engine->kill_at : ODY_NEVER;
}

int ody__engine_send(const ody_engine *engine, char kind, const void *data, size_t length,
                     ody_error *error)
{
    struct iovec parts[2] = {
        {.iov_base = &kind, .iov_len = 1},
        {.iov_base = (void *)data, .iov_len = length},
    };
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

    if (sendmsg(engine->control, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        return ody_error_set(error, ODY_ESYSTEM, "the engine takes no message: %s",
                             strerror(errno));
    }
    return 0;
}

bool ody__engines_run(const ody_supervisor *self)
{
    if (self->engine.pid > 0 || self->change.engine.pid > 0) {
        return true;
    }
    for (unsigned index = 0; index < ODY_LEAVING_MAX; index++) {
        if (self->leaving[index].pid > 0) {
            return true;
        }
    }
    return false;
}

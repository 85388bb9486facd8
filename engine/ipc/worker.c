/* SPDX-License-Identifier: MIT */
/* A PHP worker's end: registers, waits for a call, answers it. */
#include "ody/worker.h"

#include <errno.h>
#include <poll.h>
#include "base/clock.h"
#include "base/memory.h"
#include "ipc/answer.h"
#include "ipc/link.h"
#include "ipc/worker_message.h"

#define CALL_TIME 10000 /* ms: once a call begins to come, all of it must */
#define REGISTER_NUMBER 1
#define ANSWER_KEPT (1u << 20)

struct ody_worker {
    ody_ipc_link link;
    uint32_t number; /* of the call taken last */
    ody_bytes output;
};

ody_worker *ody_worker_new(const char *socket_path, uint32_t connect_timeout_ms)
{
    ody_worker *worker = ody_calloc(1, sizeof(*worker));

    if (worker &&
        ody__ipc_link_init(&worker->link, socket_path, connect_timeout_ms, CALL_TIME) < 0) {
        ody_free(worker);
        return NULL;
    }
    if (worker) {
        /* The first call may come right behind the answer to the registration. */
        worker->link.exact = true;
    }
    return worker;
}

void ody_worker_free(ody_worker *worker)
{
    if (worker) {
        ody__ipc_link_fini(&worker->link);
        ody_bytes_fini(&worker->output);
        ody_free(worker);
    }
}

static int failed(const ody_worker *worker, int code, ody_error *error)
{
    if (code == ODY_EDISCONNECTED) {
        return ody_error_set(error, code, "the server on the socket %s has hung up",
                             worker->link.path);
    }
    return ody_error_set(error, code, "the server on the socket %s: %s", worker->link.path,
                         ody_error_text(code));
}

static int send_output(ody_worker *worker)
{
    size_t sent;

    return ody__ipc_link_send(&worker->link, ody_bytes_view(&worker->output),
                              ody_clock_ms() + CALL_TIME, &sent);
}

static int receive_registered(ody_worker *worker, ody_error *error)
{
    ody_ipc_header header;
    ody_ipc_answer answer;
    ody_view fields;
    int code = ody__ipc_link_receive(&worker->link, ody_clock_ms() + CALL_TIME, &header, &fields);

    if (code == 0 && (header.type != ODY_IPC_ANSWER || header.number != REGISTER_NUMBER)) {
        code = ODY_EPROTOCOL;
    }
    if (code == 0) {
        code = ody__ipc_answer_read(fields, &answer);
    }
    if (code == 0 && answer.code < 0) {
        return ody__ipc_error_copy(error, answer.code, answer.message);
    }
    return code < 0 ? failed(worker, code, error) : 0;
}

int ody_worker_register(ody_worker *worker, const ody_worker_interest *interest, ody_error *error)
{
    int code = ody__ipc_link_ready(&worker->link, error);

    if (code < 0) {
        return code;
    }
    ody_bytes_clear(&worker->output);
    code = ody__ipc_registration_write(&worker->output, REGISTER_NUMBER, interest);
    if (code == 0) {
        code = send_output(worker);
    }
    code = code < 0 ? failed(worker, code, error) : receive_registered(worker, error);
    if (code < 0) {
        ody__ipc_link_close(&worker->link);
    }
    return code;
}

int ody_worker_next(ody_worker *worker, uint32_t wait_ms, ody_worker_call *call, ody_error *error)
{
    struct pollfd watched = {.fd = worker->link.descriptor, .events = POLLIN};
    ody_ipc_header header;
    ody_view fields;
    int code;

    if (watched.fd < 0) {
        return failed(worker, ODY_EDISCONNECTED, error);
    }
    code = poll(&watched, 1, wait_ms > INT32_MAX ? INT32_MAX : (int)wait_ms);
    if (code <= 0) {
        return code == 0 || errno == EINTR
                   ? 0
                   : ody_error_set(error, ODY_ESYSTEM, "poll: %s", strerror(errno));
    }
    code = ody__ipc_link_receive(&worker->link, ody_clock_ms() + CALL_TIME, &header, &fields);
    if (code == 0) {
        code = header.type == ODY_IPC_CALL ? ody__ipc_call_read(fields, call) : (int)ODY_EPROTOCOL;
    }
    if (code < 0) {
        ody__ipc_link_close(&worker->link);
        return failed(worker, code, error);
    }
    worker->number = header.number;
    return 1;
}

/* Sends what was written with that code. */
static int finish_output(ody_worker *worker, int code, ody_error *error)
{
    if (code == 0) {
        code = send_output(worker);
    }
    if (code < 0) {
        ody__ipc_link_close(&worker->link);
        return failed(worker, code, error);
    }
    return 0;
}

int ody_worker_reply(ody_worker *worker, const ody_worker_answer *answer, ody_error *error)
{
    if (worker->link.descriptor < 0) {
        return failed(worker, ODY_EDISCONNECTED, error);
    }
    if (worker->output.capacity > ANSWER_KEPT) {
        ody_bytes_fini(&worker->output);
    }
    ody_bytes_clear(&worker->output);
    return finish_output(worker, ody__ipc_result_write(&worker->output, worker->number, answer),
                         error);
}

int ody_worker_leave(ody_worker *worker, ody_error *error)
{
    size_t start;

    if (worker->link.descriptor < 0) {
        return failed(worker, ODY_EDISCONNECTED, error);
    }
    ody_bytes_clear(&worker->output);
    start = ody__ipc_message_begin(&worker->output, ODY_IPC_LEAVE, REGISTER_NUMBER);
    return finish_output(worker, ody__ipc_message_end(&worker->output, start), error);
}

int ody_worker_descriptor(const ody_worker *worker)
{
    return worker->link.descriptor;
}

/* SPDX-License-Identifier: MIT */
/* Requests to the hub and its replies to answers. */
#include "ipc/dispatch.h"

#include "base/clock.h"
#include "base/memory.h"
#include "ipc/answer.h"
#include "ipc/hello.h"
#include "ipc/workers.h"

void ody__ipc_dispatch_error(ody_ipc_connection *connection, uint32_t number, int code,
                             const char *message)
{
    size_t before = connection->output.length;

    ody__ipc_connection_wrote(
        connection, before,
        ody__ipc_answer_write_error(&connection->output, number, code, message));
}

static bool is_list(uint16_t type)
{
    return type == ODY_IPC_SUBSCRIBERS || type == ODY_IPC_CHANNELS || type == ODY_IPC_USERS;
}

/* Lists are refused to those who do not read; what changes something is always reported truly. */
static bool reads_too_slowly(const ody_ipc_connection *connection)
{
    return ody__ipc_connection_unsent(connection) >= ODY_IPC_UNSENT_MAX ||
           connection->server->unsent >= ODY_IPC_UNSENT_ALL_MAX;
}

static void answer(ody_ipc_connection *connection, uint32_t number, uint16_t type,
                   const ody_reply *reply)
{
    size_t before = connection->output.length;
    int code;

    if (is_list(type) && reads_too_slowly(connection)) {
        ody__ipc_dispatch_error(connection, number, ODY_EOVERLOADED,
                                "the server holds too many answers that are not read");
        return;
    }
    code = ody__ipc_answer_write(&connection->output, number, type, reply);
    if (code == ODY_EPAYLOAD_SIZE) {
        ody__ipc_dispatch_error(connection, number, ODY_ELIMIT,
                                "the answer would be larger than 64 MiB; ask for less");
        return;
    }
    if (code == ODY_EMEMORY) {
        code = ody__ipc_answer_write_error(&connection->output, number, ODY_EMEMORY, NULL);
    }
    ody__ipc_connection_wrote(connection, before, code);
}

static void on_reply(void *context, const ody_reply *reply)
{
    ody_ipc_pending *pending = context;
    ody_ipc_connection *connection = pending->connection;

    ody_list_remove(&pending->node);
    connection->pending_count--;
    answer(connection, pending->number, pending->type, reply);
    ody_free(pending);
}

void ody__ipc_dispatch_cancel(ody_ipc_connection *connection)
{
    ody_list_node *node;

    while ((node = ody_list_take_first(&connection->pending))) {
        ody_ipc_pending *pending = ody_container_of(node, ody_ipc_pending, node);

        ody_requests_cancel(connection->server->setup.requests, pending->ticket);
        ody_free(pending);
    }
    connection->pending_count = 0;
}

/* Processes of this machine speak for the first app. */
static int ask_hub(const ody_ipc_server *server, const ody_ipc_request *request,
                   ody_ipc_pending *pending, ody_error *error)
{
    ody_requests *requests = server->setup.requests;
    const ody_app *app = &server->setup.options->apps[0];
    ody_view channel = request->channel_count > 0 ? request->channels[0] : ODY_VIEW_NONE;
    uint64_t now = ody_clock_ms();

    switch (request->type) {
    case ODY_IPC_WHISPER:
        return ody_requests_whisper(requests, app, request->socket_id, request->event,
                                    request->data, channel, now, on_reply, pending,
                                    &pending->ticket, error);
    case ODY_IPC_SUBSCRIBERS:
        return ody_requests_subscribers(requests, app, channel, now, on_reply, pending,
                                        &pending->ticket, error);
    case ODY_IPC_USERS:
        return ody_requests_users(requests, app, channel, now, on_reply, pending, &pending->ticket,
                                  error);
    case ODY_IPC_IS_SUBSCRIBED:
        return ody_requests_is_subscribed(requests, app, request->socket_id, channel, now, on_reply,
                                          pending, &pending->ticket, error);
    case ODY_IPC_SUBSCRIBE:
        return ody_requests_subscribe(requests, app, request->socket_id, channel, request->data,
                                      now, on_reply, pending, &pending->ticket, error);
    case ODY_IPC_UNSUBSCRIBE:
        return ody_requests_unsubscribe(requests, app, request->socket_id, channel, now, on_reply,
                                        pending, &pending->ticket, error);
    case ODY_IPC_CHANNEL_EXISTS:
        return ody_requests_channel_exists(requests, app, channel, now, on_reply, pending,
                                           &pending->ticket, error);
    case ODY_IPC_CHANNELS:
        return ody_requests_channels(requests, app, request->prefix, now, on_reply, pending,
                                     &pending->ticket, error);
    default:
        return ody_requests_publish(requests,
                                    &(ody_publish){
                                        .app = app,
                                        .channels = request->channels,
                                        .channel_count = request->channel_count,
                                        .event = request->event,
                                        .data = request->data,
                                        .except = request->socket_id,
                                        .skip_missing = request->skip_missing,
                                    },
                                    now, on_reply, pending, &pending->ticket, error);
    }
}

static int request_start(ody_ipc_connection *connection, uint32_t number,
                         const ody_ipc_request *request, ody_error *error)
{
    ody_ipc_pending *pending = ody_calloc(1, sizeof(*pending));
    int code;

    if (!pending) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    pending->connection = connection;
    pending->number = number;
    pending->type = request->type;
    code = ask_hub(connection->server, request, pending, error);
    if (code < 0) {
        ody_free(pending);
        return code;
    }
    ody_list_append(&connection->pending, &pending->node);
    connection->pending_count++;
    return 0;
}

static void answer_status(ody_ipc_connection *connection, uint32_t number)
{
    const ody_ipc_setup *setup = &connection->server->setup;
    size_t before = connection->output.length;
    ody_bytes json = {0};
    int code = ODY_EMEMORY;

    setup->status(setup->context, &json);
    if (!json.failed) {
        code = ody__ipc_answer_write_status(&connection->output, number, ody_bytes_view(&json));
    }
    ody_bytes_fini(&json);
    if (code < 0) {
        code = ody__ipc_answer_write_error(&connection->output, number, ODY_EMEMORY, NULL);
    }
    ody__ipc_connection_wrote(connection, before, code);
}

static void handle_request(ody_ipc_connection *connection, const ody_ipc_header *header,
                           ody_view fields)
{
    ody_ipc_server *server = connection->server;
    ody_ipc_request request;
    ody_error error = {0};
    int code = ody__ipc_request_read(header->type, fields, &server->names, &request);

    if (code == ODY_EPROTOCOL) {
        ody__ipc_connection_refuse(connection, header->number, "a field of the request is broken");
        return;
    }
    if (code == 0) {
        code = ody__ipc_request_check(&request, &error);
    }
    if (code == 0 && request.type == ODY_IPC_STATUS) {
        answer_status(connection, header->number);
        return;
    }
    if (code == 0 && server->draining) {
        code = ODY_EDRAINING;
    }
    if (code == 0) {
        code = request_start(connection, header->number, &request, &error);
    }
    if (code < 0) {
        ody__ipc_dispatch_error(connection, header->number, code,
                                error.message[0] ? error.message : NULL);
    }
}

static void greet(ody_ipc_connection *connection, const ody_ipc_header *header, ody_view fields)
{
    size_t before = connection->output.length;
    ody_ipc_hello hello;
    uint32_t version;
    ody_error error;
    int code;

    if (header->type != ODY_IPC_HELLO || ody__ipc_hello_read(fields, &hello) < 0) {
        ody__ipc_connection_refuse(connection, header->number, "a hello was expected");
        return;
    }
    ev_timer_stop(connection->server->setup.loop, &connection->timer);
    if (ody__ipc_hello_choose(&hello, connection->server->newest, &version, &error) < 0) {
        code = ody__ipc_refusal_write(&connection->output, error.code, error.message);
        connection->closing = true;
    } else {
        code = ody__ipc_welcome_write(&connection->output, version);
        connection->greeted = true;
    }
    ody__ipc_connection_wrote(connection, before, code);
}

void ody__ipc_dispatch(ody_ipc_connection *connection, const ody_ipc_header *header,
                       ody_view fields)
{
    if (!connection->greeted) {
        greet(connection, header, fields);
    } else if (header->type == ODY_IPC_REGISTER) {
        ody__ipc_worker_register(connection, header->number, fields);
    } else if (header->type == ODY_IPC_RESULT) {
        ody__ipc_worker_result(connection, header->number, fields);
    } else if (header->type == ODY_IPC_LEAVE) {
        ody__ipc_worker_leave(connection, header->number);
    } else {
        handle_request(connection, header, fields);
    }
}

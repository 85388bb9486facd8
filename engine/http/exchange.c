/* SPDX-License-Identifier: MIT */
/*
 * One request on its way: libmicrohttpd gives its first line, its head, its body in pieces, and
 * then asks for the answer. What is refused is refused at once; but a body that is short enough is
 * taken in all the same, because a peer that is not listened to may lose the answer.
 */
#include <stdio.h>
#include <sys/socket.h>
#include "base/memory.h"
#include "http/callbacks.h"

/* Bytes of a body that are taken in and thrown away. */
#define SWALLOWED_MAX (1u << 20)
/* Bytes of the head of an answer that we write ourselves. */
#define TALKER_HEAD 256
/* Bytes of bodies in memory at once, over all requests. */
#define BODIES_MAX (64u << 20)

void *ody__http_on_target(void *context, const char *target, struct MHD_Connection *mhd)
{
    ody_http_daemon *daemon = context;
    size_t length = strlen(target);
    ody_http_exchange *exchange = ody_calloc(1, sizeof(*exchange) + 2 * length + 1);

    (void)mhd;
    if (!exchange) {
        return NULL;
    }
    exchange->server = daemon->server;
    exchange->target = (ody_view){(char *)(exchange + 1), length};
    exchange->segments = (char *)(exchange + 1) + length;
    memcpy(exchange + 1, target, length);
    ody_list_append(&daemon->server->exchanges, &exchange->node);
    return exchange;
}

static void forget_body(ody_http_exchange *exchange)
{
    exchange->server->state.body_bytes -= exchange->body.length;
    ody_bytes_fini(&exchange->body);
}

static void exchange_free(ody_http_exchange *exchange)
{
    ody__http_cancel(exchange);
    forget_body(exchange);
    ody_query_fini(&exchange->query);
    ody_bytes_fini(&exchange->output);
    ody_list_remove(&exchange->node);
    exchange->server->state.answer_bytes -= exchange->sending;
    exchange->server->state.requests -= exchange->begun;
    ody_free(exchange);
}

void ody__http_on_completed(void *daemon, struct MHD_Connection *mhd, void **context,
                            enum MHD_RequestTerminationCode code)
{
    ody_http_exchange *exchange = *context;
    ody_http_connection *connection =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

    (void)daemon;
    if (connection) {
        /* An answer that came before the whole request, ours or libmicrohttpd's own. */
        connection->deaf =
            (exchange && exchange->early) || code != MHD_REQUEST_TERMINATED_COMPLETED_OK;
        ody__http_connection_idle(connection);
    }
    if (exchange) {
        if (exchange->status == 0 && !(connection && connection->given)) {
            exchange->server->state.answers[0]++;
        }
        exchange_free(exchange);
    }
    *context = NULL;
}

static enum MHD_Result send_answer(ody_http_exchange *exchange)
{
    return ody__http_answer_send(exchange) ? MHD_YES : MHD_NO;
}

static uint32_t body_max(const ody_http_exchange *exchange)
{
    return exchange->body_most > 0 ? exchange->body_most
                                   : exchange->server->options->http.request_size;
}

static void refuse_size(ody_http_exchange *exchange)
{
    ody__http_refuse(exchange, 413, "The request body exceeds the allowed maximum (%u bytes)",
                     body_max(exchange));
}

/* Takes the path off the target, which may name scheme and host. */
static bool read_path(ody_http_exchange *exchange)
{
    ody_view path = exchange->target;
    const char *end;

    if (ody_view_starts(path, ODY_VIEW("http://")) || ody_view_starts(path, ODY_VIEW("https://"))) {
        const char *host = (const char *)memmem(path.data, path.length, "//", 2) + 2;
        const char *slash = memchr(host, '/', path.length - (size_t)(host - path.data));

        if (!slash) {
            return false;
        }
        path = (ody_view){slash, path.length - (size_t)(slash - path.data)};
    }
    end = path.length > 0 ? memchr(path.data, '?', path.length) : NULL;
    exchange->path = (ody_view){path.data, end ? (size_t)(end - path.data) : path.length};
    exchange->target = path;
    for (size_t index = 0; index < path.length; index++) {
        if ((unsigned char)path.data[index] <= ' ' || path.data[index] == 0x7f) {
            return false;
        }
    }
    return path.length > 0 && path.data[0] == '/';
}

/* The head has come. */
static enum MHD_Result begin(ody_http_exchange *exchange, struct MHD_Connection *mhd,
                             const char *method, const char *version)
{
    ody_http_framing framing = ody__http_framing(mhd, method, version);

    exchange->begun = true;
    exchange->old = framing.old;
    exchange->server->state.requests++;
    exchange->method = ody_view_of(method);
    ody__http_connection_busy(exchange->connection);
    if (framing.fault || !read_path(exchange)) {
        exchange->last = exchange->early = true;
        ody__http_refuse(exchange, 400, "%s",
                         framing.fault ? framing.fault : "The target of the request is malformed");
        return send_answer(exchange);
    }
    if (!framing.body && ody_http_shares_port(exchange->server->options) &&
        ody__http_wants_websocket(exchange) && ody__http_upgrade(exchange)) {
        return MHD_NO;
    }
    if (exchange->status == 0) {
        ody__http_begin(exchange);
    }
    if (framing.length != UINT64_MAX && framing.length > body_max(exchange)) {
        refuse_size(exchange);
    }
    /* A long one is not listened to, and who waits for leave to send it gets the refusal. */
    exchange->early =
        exchange->status != 0 && framing.body &&
        (framing.expects || (framing.length != UINT64_MAX && framing.length > SWALLOWED_MAX));
    exchange->last = exchange->early;
    return exchange->early ? send_answer(exchange) : MHD_YES;
}

static bool has_room(const ody_http_exchange *exchange, size_t size)
{
    uint64_t two = 2 * (uint64_t)body_max(exchange);
    uint64_t most = two > BODIES_MAX ? two : BODIES_MAX;

    return exchange->server->state.body_bytes + size <= most;
}

/* Says the refusal on the bare socket: libmicrohttpd cannot answer in the middle of a request. */
static void refuse_talker(const ody_http_exchange *exchange)
{
    const ody_http_connection *connection = exchange->connection;
    ody_view text = ody_bytes_view(&exchange->output);
    ody_bytes answer = {0};
    char head[TALKER_HEAD];

    if (connection->daemon->certificate.length > 0) {
        return;
    }
    snprintf(
        head, sizeof(head),
        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
        exchange->status, MHD_get_reason_phrase_for((unsigned)exchange->status), exchange->type,
        text.length);
    ody_bytes_append_view(&answer, ody_view_of(head));
    ody_bytes_append_view(&answer, text);
    if (!answer.failed) {
        (void)!send(connection->descriptor, answer.data, answer.length,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    ody_bytes_fini(&answer);
}

/* A piece of the body. @return false when there has been enough of it. */
static bool receive(ody_http_exchange *exchange, const char *data, size_t size)
{
    if (exchange->status == 0 && exchange->body.length + size > body_max(exchange)) {
        refuse_size(exchange);
    }
    if (exchange->status == 0 && !has_room(exchange, size)) {
        ody__http_refuse_error(exchange, ODY_EOVERLOADED, NULL);
    }
    exchange->server->state.received += size;
    if (exchange->status == 0) {
        size_t before = exchange->body.length;

        ody_bytes_append(&exchange->body, data, size);
        exchange->server->state.body_bytes += exchange->body.length - before;
        if (!exchange->body.failed) {
            return true;
        }
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
    }
    forget_body(exchange);
    exchange->swallowed += size;
    if (exchange->swallowed <= SWALLOWED_MAX) {
        return true;
    }
    exchange->early = true;
    refuse_talker(exchange);
    return false;
}

/* Most answers of the hub are there within a turn of the loop, and suspending costs as much as the
 * rest of a request. So a connection is suspended when it has been asked in vain once. */
static enum MHD_Result await_hub(ody_http_exchange *exchange)
{
    ody_http_connection *connection = exchange->connection;

    if (!exchange->awaited) {
        exchange->awaited = true;
        connection->daemon->patient = true;
        ody__http_connection_hold(connection);
    } else {
        exchange->suspended = true;
        MHD_suspend_connection(connection->mhd);
    }
    return MHD_YES;
}

/* All of it has come, or the hub may have answered. */
static enum MHD_Result finish(ody_http_exchange *exchange)
{
    exchange->suspended = false;
    if (exchange->status == 0 && !exchange->asked) {
        exchange->asked = true;
        ody__http_dispatch(exchange);
        forget_body(exchange);
    }
    if (exchange->status == 0 && exchange->outstanding > 0) {
        return await_hub(exchange);
    }
    if (exchange->status == 0) {
        ody__http_refuse(exchange, 500, "The server has no answer");
    }
    return send_answer(exchange);
}

enum MHD_Result ody__http_on_request(void *daemon, struct MHD_Connection *mhd, const char *url,
                                     const char *method, const char *version, const char *data,
                                     size_t *size, void **context)
{
    ody_http_exchange *exchange = *context;

    (void)daemon;
    (void)url;
    if (!exchange) {
        return MHD_NO;
    }
    if (!exchange->begun) {
        exchange->connection =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
        return exchange->connection ? begin(exchange, mhd, method, version) : MHD_NO;
    }
    if (*size > 0) {
        size_t length = *size;

        *size = 0;
        return receive(exchange, data, length) ? MHD_YES : MHD_NO;
    }
    return finish(exchange);
}

void ody__http_exchange_resume(ody_http_exchange *exchange)
{
    if (exchange->awaited) {
        exchange->connection->daemon->due = true;
    }
    if (exchange->suspended) {
        exchange->suspended = false;
        MHD_resume_connection(exchange->connection->mhd);
    }
}

/* SPDX-License-Identifier: MIT */
/* What libwebsockets tells us of the streams that it carries. */
#include "net/client.h"

#include "base/clock.h"
#include "base/memory.h"
#include "net/handshake.h"

#define ANSWER_WAIT_MS 1000

/* A request on TLS that is no WebSocket gets its answer, and a moment to read it and leave. */
static bool refuse(ody_client_socket *client, const ody_http_refusal *refusal)
{
    char answer[ODY_HANDSHAKE_ANSWER_MAX];
    size_t length = ody__handshake_refuse(refusal, answer);

    ody_count(client->shard->counters, refused_http, 1);
    ody__client_log_failure(client, refusal->status);
    ody_bytes_fini(&client->message);
    client->phase = ODY_PHASE_ANSWER;
    ody_wheel_arm(client->shard->wheel, &client->timer, ody_clock_ms() + ANSWER_WAIT_MS);
    return lws_write(client->wsi, (unsigned char *)answer, length, LWS_WRITE_RAW) == (int)length;
}

static bool head_complete(ody_client_socket *client)
{
    char answer[ODY_HANDSHAKE_ANSWER_MAX];
    ody_http_head head;
    const ody_http_refusal *refusal =
        ody__handshake_judge(client, ody_bytes_view(&client->message), &head);
    size_t length;

    if (refusal) {
        return refuse(client, refusal);
    }
    length = ody__handshake_answer(&head, answer);
    ody_bytes_fini(&client->message);
    if (lws_write(client->wsi, (unsigned char *)answer, length, LWS_WRITE_RAW) != (int)length) {
        return false;
    }
    ody__websocket_open(client);
    return true;
}

static bool read_head(ody_client_socket *client, const char *data, size_t length)
{
    if (client->message.length + length > ODY_HTTP_HEAD_MAX) {
        return refuse(client, &ody__refusal_too_long);
    }
    ody_bytes_append(&client->message, data, length);
    if (client->message.failed) {
        return false;
    }
    if (ody_http_head_end(ody_bytes_view(&client->message)) > 0) {
        return head_complete(client);
    }
    if (client->message.data[0] < 'A' || client->message.data[0] > 'Z') {
        return refuse(client, &ody__refusal_no_http);
    }
    return true;
}

/* The TLS handshake is done. libwebsockets gives a connection some time to say what it is, and
 * never learns that of ours, which it would end in the middle of everything. */
static void lift_time_limit(const ody_client_socket *client)
{
    lws_set_timeout(client->wsi, NO_PENDING_TIMEOUT, 0);
}

static bool received(ody_client_socket *client, char *data, size_t length)
{
    switch (client->phase) {
    case ODY_PHASE_TLS:
        lift_time_limit(client);
        return read_head(client, data, length);
    case ODY_PHASE_OPEN:
    case ODY_PHASE_CLOSING:
        return ody__websocket_read(client, data, length);
    default:
        return true;
    }
}

static void ended(ody_client_socket *client, struct lws *wsi)
{
    if (client->phase == ODY_PHASE_TLS) {
        ody_count(client->shard->counters, tls_failures, 1);
        ody__client_log_failure(client, "the TLS handshake or the request failed");
    }
    lws_set_opaque_user_data(wsi, NULL);
    ody__client_gone(client);
}

int ody__stream_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *data,
                         size_t length)
{
    ody_client_socket *client = lws_get_opaque_user_data(wsi);

    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
        /* A vhost is being made, and user is its SSL_CTX. */
        ody_shard *shard = lws_context_user(lws_get_context(wsi));

        ody__certificate_follow(user, &shard->certificate);
        return 0;
    }
    if (!client || client->phase == ODY_PHASE_GONE) {
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_RAW_RX:
        return received(client, data, length) ? 0 : -1;
    case LWS_CALLBACK_RAW_WRITEABLE:
        return client->phase < ODY_PHASE_OPEN || ody__flush_writable(client) ? 0 : -1;
    case LWS_CALLBACK_RAW_CLOSE:
    case LWS_CALLBACK_WSI_DESTROY:
        ended(client, wsi);
        return 0;
    default:
        return 0;
    }
}

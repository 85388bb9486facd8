/* SPDX-License-Identifier: MIT */
/* What libwebsockets tells us of its connections, and what the hub is told of it. */
#include "net/client.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/upgrade.h"

#define REASON_TOO_LARGE "Message too large"
#define CLOSE_TOO_LARGE 1009

/* On TLS the head was read by libwebsockets: this gathers what we look at. */
typedef struct wsi_head {
    ody_http_head head;
    char text[4][1024];
} wsi_head;

static void add_header(wsi_head *out, const char *name, int length)
{
    ody_http_header *header = &out->head.headers[out->head.header_count];

    if (length > 0) {
        *header = (ody_http_header){ody_view_of(name),
                                    {out->text[out->head.header_count], (size_t)length}};
        out->head.header_count++;
    }
}

static void add_known(wsi_head *out, struct lws *wsi, const char *name,
                      enum lws_token_indexes token)
{
    char *text = out->text[out->head.header_count];

    if (lws_hdr_total_length(wsi, token) > 0) {
        add_header(out, name, lws_hdr_copy(wsi, text, sizeof(out->text[0]), token));
    }
}

static bool read_wsi(ody_client_socket *client, struct lws *wsi)
{
    static const char forwarded[] = "forwarded:";
    wsi_head out = {0};
    char target[1024];
    int path = lws_hdr_copy(wsi, target, sizeof(target) / 2, WSI_TOKEN_GET_URI);
    int query;

    if (path <= 0) {
        return false;
    }
    target[path] = '?';
    query = lws_hdr_copy(wsi, target + path + 1, (int)sizeof(target) - path - 1,
                         WSI_TOKEN_HTTP_URI_ARGS);
    out.head.target = (ody_view){target, (size_t)(path + 1 + (query > 0 ? query : 0))};
    add_known(&out, wsi, "Host", WSI_TOKEN_HOST);
    add_known(&out, wsi, "Origin", WSI_TOKEN_ORIGIN);
    add_known(&out, wsi, "X-Forwarded-For", WSI_TOKEN_X_FORWARDED_FOR);
    if (lws_hdr_custom_length(wsi, forwarded, sizeof(forwarded) - 1) > 0) {
        add_header(&out, "Forwarded",
                   lws_hdr_custom_copy(wsi, out.text[out.head.header_count], sizeof(out.text[0]),
                                       forwarded, sizeof(forwarded) - 1));
    }
    ody__upgrade_read(client, &out.head);
    return true;
}

static int established(ody_client_socket *client)
{
    ody_handshake handshake = client->arrival->handshake;
    char app_key[sizeof(client->arrival->app_key)];
    char protocol[sizeof(client->arrival->protocol)];

    /* The views point into the arrival, which is freed before the hub is told. */
    memcpy(app_key, client->arrival->app_key, sizeof(app_key));
    memcpy(protocol, client->arrival->protocol, sizeof(protocol));
    handshake.app_key.data = handshake.app_key.data ? app_key : NULL;
    handshake.protocol.data = handshake.protocol.data ? protocol : NULL;
    ody__client_arrived(client);
    client->phase = ODY_PHASE_OPEN;
    client->known = true;
    ody_hub_open(client->shard->hub, &client->connection, &handshake, ody_clock_ms());
    return 0;
}

static void too_large(ody_client_socket *client)
{
    client->oversized = true;
    ody_bytes_fini(&client->message);
    ody_count(client->shard->counters, evicted_size, 1);
    ody_hub_close(client->shard->hub, &client->connection, CLOSE_TOO_LARGE, REASON_TOO_LARGE);
}

static void message_complete(ody_client_socket *client, ody_view text)
{
    uint64_t now = ody_clock_ms();

    ody_count(client->shard->counters, bytes_received, text.length);
    if (client->binary) {
        ody_hub_receive_binary(client->shard->hub, &client->connection, now);
    } else {
        ody_hub_receive(client->shard->hub, &client->connection, text, now);
    }
}

static int received(ody_client_socket *client, struct lws *wsi, const char *data, size_t length)
{
    bool last = lws_remaining_packet_payload(wsi) == 0 && lws_is_final_fragment(wsi);

    if (lws_is_first_fragment(wsi)) {
        client->oversized = false;
        client->binary = lws_frame_is_binary(wsi);
        ody_bytes_clear(&client->message);
    }
    if (client->oversized || client->phase != ODY_PHASE_OPEN || client->connection.close_code) {
        return 0;
    }
    if (client->message.length + length > client->shard->options->limits.message_size) {
        too_large(client);
        return 0;
    }
    if (last && client->message.length == 0) {
        message_complete(client, (ody_view){data, length});
        return 0;
    }
    ody_bytes_append(&client->message, data, length);
    if (client->message.failed) {
        return -1;
    }
    if (last) {
        message_complete(client, ody_bytes_view(&client->message));
        /* Most messages come in one piece: a connection keeps no buffer for those that do not. */
        ody_bytes_fini(&client->message);
    }
    return 0;
}

/* A request on TLS that is no upgrade. libwebsockets must not get to read a second one. */
static int answer_http(struct lws *wsi)
{
    static const char answer[] =
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 69\r\nConnection: close\r\n\r\n"
        "This port serves WebSocket connections at /app/{key}, nothing else.\n\n";

    lws_write(wsi, (unsigned char *)answer, sizeof(answer) - 1, LWS_WRITE_HTTP);
    return -1;
}

int ody__websocket_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
                            void *data, size_t length)
{
    ody_client_socket *client = lws_get_opaque_user_data(wsi);

    (void)user;
    if (!client || client->phase == ODY_PHASE_GONE) {
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        ody_count(client->shard->counters, refused_http, 1);
        return answer_http(wsi);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return client->phase == ODY_PHASE_TLS && !read_wsi(client, wsi) ? -1 : 0;
    case LWS_CALLBACK_ESTABLISHED:
        return established(client);
    case LWS_CALLBACK_RECEIVE:
        return received(client, wsi, data, length);
    case LWS_CALLBACK_RECEIVE_PONG:
        ody_hub_activity(client->shard->hub, &client->connection, ody_clock_ms());
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return client->phase >= ODY_PHASE_OPEN ? ody__flush_writable(client) : 0;
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY:
        if (client->phase == ODY_PHASE_TLS) {
            ody_count(client->shard->counters, tls_failures, 1);
            ody__client_log_failure(client, "the TLS handshake or the request failed");
        }
        lws_set_opaque_user_data(wsi, NULL);
        ody__client_gone(client);
        return 0;
    default:
        return 0;
    }
}

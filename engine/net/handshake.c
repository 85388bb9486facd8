/* SPDX-License-Identifier: MIT */
/* Judges requests and answers them. */
#include "net/handshake.h"

#include <stdio.h>
#include "base/memory.h"
#include "net/upgrade.h"

#define KEY_LENGTH 24 /* base64 of 16 bytes */
#define DIGEST_LENGTH 20

const ody_http_refusal ody__refusal_too_long = {"431 Request Header Fields Too Large",
                                                "The head is too long.\n", true};
const ody_http_refusal ody__refusal_no_http = {"400 Bad Request", "This is not HTTP.\n", false};
const ody_http_refusal ody__refusal_overloaded = {"503 Service Unavailable",
                                                  "The HTTP API is overloaded.\n", false};

static const ody_http_refusal malformed = {"400 Bad Request",
                                           "This is not a well-formed request.\n", true};
static const ody_http_refusal followed = {"400 Bad Request",
                                          "Nothing may follow a request to upgrade.\n", false};
static const ody_http_refusal no_upgrade = {
    "404 Not Found", "This port serves WebSocket connections at /app/{key}, nothing else.\n", true};
static const ody_http_refusal no_memory = {"503 Service Unavailable",
                                           "The server is out of memory.\n", false};
static const ody_http_refusal bad_upgrade = {
    "426 Upgrade Required", "This is not a WebSocket request of RFC 6455, version 13.\n", false};
static const ody_http_refusal other_upgrade = {
    "426 Upgrade Required", "This is not a WebSocket request of RFC 6455, version 13.\n", true};

/* The application decides about connections by their requests, which are kept until the hub has the
 * client. */
static bool keep_head(ody_client_socket *client, ody_view data, const ody_http_head *head)
{
    ody_arrival *arrival = client->arrival;

    if (!ody_hub_wants_head(client->shard->hub)) {
        return true;
    }
    arrival->head = ody_memdup(data.data, head->length);
    arrival->handshake.head = (ody_view){arrival->head, head->length};
    return arrival->head != NULL;
}

const ody_http_refusal *ody__handshake_judge(ody_client_socket *client, ody_view data,
                                             ody_http_head *head)
{
    if (ody_http_head_parse(data, head) < 0) {
        return &malformed;
    }
    if (ody_http_header_count(head, ODY_VIEW("Upgrade")) == 0) {
        return &no_upgrade;
    }
    /* Who would like another protocol need not get it. */
    if (!ody_http_header_has_token(head, ODY_VIEW("Upgrade"), ODY_VIEW("websocket"))) {
        return &other_upgrade;
    }
    if (data.length > head->length) {
        return &followed;
    }
    if (!ody_http_is_upgrade(head) ||
        ody_http_header_find(head, ODY_VIEW("Sec-WebSocket-Key")).length != KEY_LENGTH) {
        return &bad_upgrade;
    }
    ody__upgrade_read(client, head);
    return keep_head(client, data, head) ? NULL : &no_memory;
}

size_t ody__handshake_answer(const ody_http_head *head, char out[ODY_HANDSHAKE_ANSWER_MAX])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    ody_view key = ody_http_header_find(head, ODY_VIEW("Sec-WebSocket-Key"));
    char salted[KEY_LENGTH + sizeof(guid)];
    unsigned char digest[DIGEST_LENGTH];
    char accept[2 * DIGEST_LENGTH];

    memcpy(salted, key.data, KEY_LENGTH);
    memcpy(salted + KEY_LENGTH, guid, sizeof(guid));
    lws_SHA1((const unsigned char *)salted, sizeof(salted) - 1, digest);
    lws_b64_encode_string((const char *)digest, sizeof(digest), accept, sizeof(accept));
    return (size_t)snprintf(out, ODY_HANDSHAKE_ANSWER_MAX,
                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                            "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                            accept);
}

size_t ody__handshake_refuse(const ody_http_refusal *refusal, char out[ODY_HANDSHAKE_ANSWER_MAX])
{
    const char *hint = refusal == &bad_upgrade || refusal == &other_upgrade
                           ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                       : refusal == &ody__refusal_overloaded ? "Retry-After: 1\r\n"
                                                             : "";

    return (size_t)snprintf(out, ODY_HANDSHAKE_ANSWER_MAX,
                            "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                            "Content-Length: %zu\r\nConnection: close\r\n%s\r\n%s",
                            refusal->status, strlen(refusal->text), hint, refusal->text);
}

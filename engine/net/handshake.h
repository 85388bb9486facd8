/* SPDX-License-Identifier: MIT */
/* Private to this room: judging a request that has come whole, and the texts that answer it. */
#ifndef ODY_NET_HANDSHAKE_H
#define ODY_NET_HANDSHAKE_H

#include "net/client.h"
#include "net/http_head.h"

#define ODY_HANDSHAKE_ANSWER_MAX 512

/** Why a request is no WebSocket. Static memory. */
typedef struct ody_http_refusal {
    const char *status; /* "404 Not Found" */
    const char *text;   /* one line for a person */
    bool http;          /* where there is an HTTP API, it may know what to do */
} ody_http_refusal;

/**
 * Judges a request. If it is a good upgrade, the client's arrival is filled from it.
 * @param data begins with a whole head. @param head filled where it could be read.
 * @return NULL for a good upgrade.
 */
const ody_http_refusal *ody__handshake_judge(ody_client_socket *client, ody_view data,
                                             ody_http_head *head);
/** The refusal of a head that is longer than we read, of something that is no HTTP at all, and of
 *  what the HTTP API has no room for. */
extern const ody_http_refusal ody__refusal_too_long;
extern const ody_http_refusal ody__refusal_no_http;
extern const ody_http_refusal ody__refusal_overloaded;

/** Writes the answer 101 (RFC 6455, section 4.2.2). @return its length. */
size_t ody__handshake_answer(const ody_http_head *head, char out[ODY_HANDSHAKE_ANSWER_MAX]);
/** Writes the answer to a request that is refused, which ends the connection. @return its length.
 */
size_t ody__handshake_refuse(const ody_http_refusal *refusal, char out[ODY_HANDSHAKE_ANSWER_MAX]);

#endif

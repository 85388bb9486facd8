/* SPDX-License-Identifier: MIT */
/* Private to this room: whether a client may come in, and its place in the hub. The shard's thread.
 */
#ifndef ODY_HUB_ADMISSION_H
#define ODY_HUB_ADMISSION_H

#include "hub/state.h"

/** Why a client is not let in. */
typedef struct ody_refusal {
    uint16_t code;
    const char *reason; /* static, for the close frame */
    ody_error message;  /* for pusher:error */
} ody_refusal;

/**
 * Checks a handshake in the protocol's order, and gives the connection its app, a name and its
 * place in all counts.
 * @return whether the client may come in; else refusal says why, and nothing is counted.
 */
bool ody__admission_enter(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                          ody_refusal *refusal);
/** Gives up what the connection was given, but for its app. */
void ody__admission_leave(ody_hub *hub, ody_connection *connection);

#endif

/* SPDX-License-Identifier: MIT */
/* Private to this room: what a request for a WebSocket asks for. */
#ifndef ODY_NET_UPGRADE_H
#define ODY_NET_UPGRADE_H

#include "net/client.h"
#include "net/http_head.h"

/** Fills the arrival's handshake out of the head: path, key, protocol, address. */
void ody__upgrade_read(ody_client_socket *client, const ody_http_head *head);

#endif

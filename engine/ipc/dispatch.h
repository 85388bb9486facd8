/* SPDX-License-Identifier: MIT */
/* What a whole message makes the server do: greet, or have the hub carry out a request. API thread.
 */
#ifndef ODY_IPC_DISPATCH_H
#define ODY_IPC_DISPATCH_H

#include "ipc/connection.h"

/** Handles the message of a connection. The answer is queued now or by the hub's callback later. */
void ody__ipc_dispatch(ody_ipc_connection *connection, const ody_ipc_header *header,
                       ody_view fields);
/** Queues the answer that a request failed. @param message NULL: the general text of code. */
void ody__ipc_dispatch_error(ody_ipc_connection *connection, uint32_t number, int code,
                             const char *message);
/** Cancels all that the hub still works on for the connection. */
void ody__ipc_dispatch_cancel(ody_ipc_connection *connection);

#endif

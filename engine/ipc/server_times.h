/* SPDX-License-Identifier: MIT */
/* Lets a server claim another version or wait for less long, so that tests need not sleep. */
#ifndef ODY_IPC_SERVER_TIMES_H
#define ODY_IPC_SERVER_TIMES_H

#include "ipc/server.h"

/** Makes the server say that it speaks newest. @param newest 1 or more. Before the loop runs. */
void ody__ipc_server_set_version(ody_ipc_server *server, uint32_t newest);
/** Sets how long a hello and a reader that takes nothing are waited for. Before the loop runs. */
void ody__ipc_server_set_times(ody_ipc_server *server, double hello_seconds, double stall_seconds);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The engine's end of its PHP workers: connections that have registered are given to hub/calls,
 * which sends them calls and gets their answers. API thread.
 */
#ifndef ODY_IPC_WORKERS_H
#define ODY_IPC_WORKERS_H

#include "ipc/connection.h"

/** Makes hub/calls reach workers through this server's connections. */
void ody__ipc_workers_serve(ody_ipc_server *server);
/** A connection wants to be a worker. Answers whether it is one now. */
void ody__ipc_worker_register(ody_ipc_connection *connection, uint32_t number, ody_view fields);
/** A worker has answered the call of that number. */
void ody__ipc_worker_result(ody_ipc_connection *connection, uint32_t number, ody_view fields);
/** A worker wants no more calls: hangs up as soon as it works on none. */
void ody__ipc_worker_leave(ody_ipc_connection *connection, uint32_t number);
/** The connection goes: what its worker was at has failed. One that is no worker is fine. */
void ody__ipc_worker_gone(ody_ipc_connection *connection);

#endif

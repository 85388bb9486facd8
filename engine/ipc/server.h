/* SPDX-License-Identifier: MIT */
/*
 * The Unix-socket server, on the API thread: PHP processes connect, say hello with their version,
 * then ask. Requests of one connection may be pipelined; answers carry the request's number.
 * Bounded: connections, request size, requests in flight and unsent answers of each connection.
 */
#ifndef ODY_IPC_SERVER_H
#define ODY_IPC_SERVER_H

#include <ev.h>
#include "base/bytes.h"
#include "hub/calls.h"
#include "hub/requests.h"

typedef struct ody_ipc_server ody_ipc_server;

typedef struct ody_ipc_setup {
    struct ev_loop *loop;   /* borrowed */
    int listen_fd;          /* borrowed: listening, non-blocking */
    ody_requests *requests; /* borrowed */
    ody_calls *calls;       /* borrowed, or NULL: no PHP workers are taken. Its wire becomes ours */
    const ody_options *options;
    /** Appends the status as one JSON object. Runs on the loop's thread. */
    void (*status)(void *context, ody_bytes *out);
    void *context;
} ody_ipc_setup;

/*
 * Everything below runs on the loop's thread, or while the loop does not run.
 */

/**
 * Starts to accept on the loop.
 * @param setup copied.
 * @return a server that the caller frees, or NULL without memory.
 */
ody_ipc_server *ody_ipc_server_new(const ody_ipc_setup *setup);
/** Other options take the place of those that it has. @param options borrowed. */
void ody_ipc_server_reload(ody_ipc_server *server, const ody_options *options);
/**
 * Stops accepting. Requests under way are still answered; new ones get ODY_EDRAINING, but for the
 * status. A process that has no request under way is told farewell and loses its connection: it
 * goes to the server that accepts next.
 */
void ody_ipc_server_drain(ody_ipc_server *server);
/**
 * Cancels what is unanswered, tries once to send answers that wait, closes all connections and
 * frees. The listening socket stays open. NULL is fine.
 */
void ody_ipc_server_free(ody_ipc_server *server);
/** How many processes are connected. */
size_t ody_ipc_server_connections(const ody_ipc_server *server);

#endif

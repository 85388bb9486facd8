/* SPDX-License-Identifier: MIT */
/*
 * The server's end of its connections, on the API thread. Reading only takes in and marks; what a
 * turn of the loop brought is settled just before the loop sleeps: leftover requests are taken up,
 * all answers of a connection leave in one send, and what is broken is closed and freed there, and
 * nowhere else. So nothing frees a connection while somebody works on it.
 */
#ifndef ODY_IPC_CONNECTION_H
#define ODY_IPC_CONNECTION_H

#include <ev.h>
#include <sys/types.h>
#include "base/list.h"
#include "ipc/protocol.h"
#include "ipc/request.h"
#include "ipc/server.h"

#define ODY_IPC_CONNECTIONS_MAX 4096
#define ODY_IPC_PENDING_MAX 1024
/** Answers of one connection that may wait unsent before its requests are no longer read. */
#define ODY_IPC_UNSENT_MAX (16u << 20)
/** Over this, of all connections, no more lists are answered. */
#define ODY_IPC_UNSENT_ALL_MAX (256u << 20)
#define ODY_IPC_SCRATCH_SIZE 65536

struct ody_ipc_server {
    ody_ipc_setup setup;
    ev_io accepting;
    ev_timer accept_pause;
    ev_prepare turn;
    ody_list connections;
    ody_list awake; /* connections to settle before the loop sleeps */
    size_t count;
    size_t request_max; /* bytes of one whole request */
    size_t unsent;      /* answers waiting, over all connections */
    uint32_t newest;    /* version of this program */
    double hello_seconds;
    double stall_seconds; /* how long a reader may take nothing of a waiting answer */
    bool draining;
    ody_ipc_names names;
    char scratch[ODY_IPC_SCRATCH_SIZE]; /* what one receive brings */
};

typedef struct ody_ipc_connection {
    ody_ipc_server *server;
    ody_list_node node;
    ody_list_node awake;
    ev_io readable;
    ev_io writable;
    ev_timer timer;  /* until the hello has come, then while an answer cannot be sent */
    ody_bytes input; /* the beginning of a message that is not whole, or requests that must wait */
    size_t skip;     /* bytes of a refused request that still come and are dropped */
    ody_bytes output;
    size_t sent; /* bytes of output that are gone */
    ody_list pending;
    unsigned pending_count;
    ody_calls_worker worker; /* of hub/calls, once it has registered */
    pid_t worker_pid;        /* 0: it is no PHP worker */
    uint32_t call;           /* number of the last call to it */
    bool greeted;
    bool closing; /* close when output is sent; nothing more is read */
    bool broken;  /* close at the end of this turn */
} ody_ipc_connection;

/** A request that the hub works on; the context of its callback. */
typedef struct ody_ipc_pending {
    ody_list_node node;
    ody_ipc_connection *connection;
    uint64_t ticket;
    uint32_t number;
    uint16_t type;
} ody_ipc_pending;

/**
 * Takes an accepted socket and begins to wait for its hello.
 * @return NULL without memory; then the socket is still the caller's.
 */
ody_ipc_connection *ody__ipc_connection_new(ody_ipc_server *server, int take_descriptor);
/** Cancels its requests, closes and frees. */
void ody__ipc_connection_free(ody_ipc_connection *connection);
/** Has the connection settled at the end of this turn. */
void ody__ipc_connection_wake(ody_ipc_connection *connection);
/** Takes up requests that wait, sends, and closes what is to be closed. */
void ody__ipc_connection_settle(ody_ipc_connection *connection);
/** Tries once to send what waits; for the end of the server. */
void ody__ipc_connection_flush(ody_ipc_connection *connection);
/** Bytes of answers that wait. */
size_t ody__ipc_connection_unsent(const ody_ipc_connection *connection);
/**
 * To be called with the code of a write of a message into connection->output; counts what was
 * added.
 * @param before output's length before it. @param code without memory the connection is closed.
 */
void ody__ipc_connection_wrote(ody_ipc_connection *connection, size_t before, int code);
/** The other side broke the protocol: says so, then closes. @param what the sentence. */
void ody__ipc_connection_refuse(ody_ipc_connection *connection, uint32_t number, const char *what);

#endif

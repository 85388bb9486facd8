/* SPDX-License-Identifier: MIT */
/*
 * The client's end of one connection: finds the server, says hello, sends a message, waits for one.
 * Blocking, with deadlines on the clock of ody_clock_ms. It belongs to the process that connected:
 * in a forked child the descriptor is closed and a new connection made. One thread.
 */
#ifndef ODY_IPC_LINK_H
#define ODY_IPC_LINK_H

#include <stdbool.h>
#include <sys/types.h>
#include "ipc/look.h"
#include "ipc/protocol.h"

typedef struct ody_ipc_link {
    char *path; /* owned */
    uint32_t connect_timeout_ms;
    uint32_t answer_timeout_ms;
    uint32_t newest;  /* version of this program */
    uint32_t version; /* agreed with the server */
    int descriptor;   /* -1: not connected */
    pid_t pid;        /* that connected */
    bool ended;       /* the server has said farewell: nothing more is asked on this connection */
    ody_ipc_look look;
    bool exact;      /* messages may follow each other: none is received with the one before */
    ody_bytes input; /* the message received last */
} ody_ipc_link;

/** Copies path; connects later. @return 0 or ODY_EMEMORY. */
int ody__ipc_link_init(ody_ipc_link *link, const char *path, uint32_t connect_timeout_ms,
                       uint32_t answer_timeout_ms);
/** Closes and frees what is inside; in a forked child nothing is written. */
void ody__ipc_link_fini(ody_ipc_link *link);
/** Closes the connection, if there is one. */
void ody__ipc_link_close(ody_ipc_link *link);

/**
 * Makes sure that there is a connection: keeps the one that is there unless the server has hung up
 * or another process made it, else connects and says hello within the connect timeout.
 * @return 0, or ODY_ENO_SERVER, ODY_ETIMEOUT, ODY_EVERSION, ODY_EPROTOCOL, ODY_EMEMORY, or what the
 *         server refuses with; error is filled and the link is closed.
 */
int ody__ipc_link_ready(ody_ipc_link *link, ody_error *error);
/**
 * Sends all bytes.
 * @param sent how many the kernel took, also on failure.
 * @return 0, ODY_EDISCONNECTED, ODY_ETIMEOUT. The link stays open: an answer may have come.
 */
int ody__ipc_link_send(ody_ipc_link *link, ody_view bytes, uint64_t deadline, size_t *sent);
/**
 * Waits for one whole message.
 * @param fields its fields, valid until the next call.
 * @return 0, ODY_EDISCONNECTED, ODY_ETIMEOUT, ODY_EPROTOCOL, ODY_EMEMORY; ODY_EDRAINING for a
 *         farewell: what was asked was not carried out. After a failure the link must be closed,
 *         because the rest of the message may still come.
 */
int ody__ipc_link_receive(ody_ipc_link *link, uint64_t deadline, ody_ipc_header *header,
                          ody_view *fields);

#endif

/* SPDX-License-Identifier: MIT */
/* The answers of a server: the reply of the hub to bytes, and bytes to what a client asked for.
 * Pure; any thread. */
#ifndef ODY_IPC_ANSWER_H
#define ODY_IPC_ANSWER_H

#include "hub/requests.h"
#include "ipc/protocol.h"
#include "ody/client.h"

/** An answer as a client reads it. Views are borrowed from the message. */
typedef struct ody_ipc_answer {
    int code;         /* 0 or one of ODY_E… */
    ody_view message; /* with a code */
    bool has_reached;
    uint64_t reached;
    bool has_truth;
    bool truth;
    ody_view json;   /* without data when it is not there */
    ody_view fields; /* of the whole answer, checked: lists are read from here */
} ody_ipc_answer;

/**
 * Appends the answer to a request.
 * @param type of the request.
 * @param reply its code may be set; then only code and message count.
 * @return 0, ODY_EMEMORY or ODY_EPAYLOAD_SIZE; then nothing was appended.
 */
int ody__ipc_answer_write(ody_bytes *out, uint32_t number, uint16_t type, const ody_reply *reply);
/** Appends the answer to a status request. @return as above. */
int ody__ipc_answer_write_status(ody_bytes *out, uint32_t number, ody_view json);
/** Appends a failure. @param message NULL: the general text of code. @return as above. */
int ody__ipc_answer_write_error(ody_bytes *out, uint32_t number, int code, const char *message);

/** Reads and checks all fields of an answer, lists included. @return 0, or ODY_EPROTOCOL. */
int ody__ipc_answer_read(ody_view fields, ody_ipc_answer *answer);
/** Calls each with every socket id of an answer that was read. */
void ody__ipc_answer_socket_ids(const ody_ipc_answer *answer,
                                void (*each)(void *context, ody_view socket_id), void *context);
/** Calls each with every channel of an answer that was read. */
void ody__ipc_answer_channels(const ody_ipc_answer *answer,
                              void (*each)(void *context, const ody_client_channel *channel),
                              void *context);

#endif

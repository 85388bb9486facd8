/* SPDX-License-Identifier: MIT */
/* The requests of a client as a struct and as bytes. Pure; any thread. */
#ifndef ODY_IPC_REQUEST_H
#define ODY_IPC_REQUEST_H

#include "ipc/protocol.h"

/** One request. Which members count depends on the type; a view without data is absent. Borrowed.
 */
typedef struct ody_ipc_request {
    uint16_t type; /* ODY_IPC_PUBLISH to ODY_IPC_USERS */
    const ody_view *channels;
    size_t channel_count;
    ody_view event;
    ody_view data;
    ody_view socket_id; /* of a publish: who does not get it */
    ody_view prefix;
    bool skip_missing;
} ody_ipc_request;

/** Room for the channel names of one request, used again for the next. Zeroed is empty. */
typedef struct ody_ipc_names {
    ody_view *items;
    size_t capacity;
} ody_ipc_names;

/** Appends a request. @return 0, ODY_EMEMORY or ODY_EPAYLOAD_SIZE; then nothing was appended. */
int ody__ipc_request_write(ody_bytes *out, uint32_t number, const ody_ipc_request *request);
/**
 * Reads the fields of a request. Of a field that stands twice the last counts, but for channels.
 * @param names holds request->channels until it is used again.
 * @return 0, ODY_EPROTOCOL when fields are broken, or ODY_EMEMORY.
 */
int ody__ipc_request_read(uint16_t type, ody_view fields, ody_ipc_names *names,
                          ody_ipc_request *request);
/**
 * Whether the type is known and everything that it needs is there.
 * @return 0; ODY_EVERSION for an unknown type, ODY_EINVALID for a lack, with error filled.
 */
int ody__ipc_request_check(const ody_ipc_request *request, ody_error *error);
/** Frees the room. */
void ody__ipc_names_fini(ody_ipc_names *names);

#endif

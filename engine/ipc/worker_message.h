/* SPDX-License-Identifier: MIT */
/* What the engine and its PHP workers say to each other, as structs and as bytes. Checks its input.
 * Pure; any thread. */
#ifndef ODY_IPC_WORKER_MESSAGE_H
#define ODY_IPC_WORKER_MESSAGE_H

#include "ipc/protocol.h"
#include "ody/worker.h"

/** A registration as it is read: the struct that a worker passes, with room for its names. */
typedef struct ody_ipc_registration {
    ody_worker_interest interest;
    ody_view handlers[ODY_HANDLERS_MAX];
} ody_ipc_registration;

/** Appends a registration. @return 0, ODY_EMEMORY or ODY_EPAYLOAD_SIZE. */
int ody__ipc_registration_write(ody_bytes *out, uint32_t number,
                                const ody_worker_interest *interest);
/**
 * Reads the fields of a registration. Views are borrowed from them.
 * @param registration must stay where it is while its interest is used.
 * @return 0, ODY_EPROTOCOL for broken fields, or ODY_EINVALID for too many or impossible handlers.
 */
int ody__ipc_registration_read(ody_view fields, ody_ipc_registration *registration);

/** Appends a call. @return 0, ODY_EMEMORY or ODY_EPAYLOAD_SIZE. */
int ody__ipc_call_write(ody_bytes *out, uint32_t number, const ody_worker_call *call);
/** Reads the fields of a call. @return 0, or ODY_EPROTOCOL. */
int ody__ipc_call_read(ody_view fields, ody_worker_call *call);

/** Appends the answer to a call. @return 0, ODY_EMEMORY or ODY_EPAYLOAD_SIZE. */
int ody__ipc_result_write(ody_bytes *out, uint32_t number, const ody_worker_answer *answer);
/** Reads the fields of an answer to a call. @return 0, or ODY_EPROTOCOL. */
int ody__ipc_result_read(ody_view fields, ody_worker_answer *answer);

#endif

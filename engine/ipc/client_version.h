/* SPDX-License-Identifier: MIT */
/* Lets a client claim another protocol version, so that neighbouring versions can be tried. */
#ifndef ODY_IPC_CLIENT_VERSION_H
#define ODY_IPC_CLIENT_VERSION_H

#include "ody/client.h"

/** From the next connection on the client says that it speaks newest. @param newest 1 or more. */
void ody__ipc_client_set_version(ody_client *client, uint32_t newest);

#endif

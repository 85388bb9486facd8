/* SPDX-License-Identifier: MIT */
/* Connecting to the server's Unix socket, with a sentence for each way that it can fail. */
#ifndef ODY_IPC_CONNECT_H
#define ODY_IPC_CONNECT_H

#include <stdint.h>
#include <sys/un.h>
#include "ody/error.h"

/**
 * Fills a socket address.
 * @return 0, or ODY_ECONFIGURATION for an empty path or one that does not fit.
 */
int ody__ipc_address(const char *path, struct sockaddr_un *address, ody_error *error);

/**
 * Connects. The descriptor blocks, is CLOEXEC, and its receives end after answer_timeout_ms.
 * @return a descriptor, or ODY_ENO_SERVER with a sentence that names the path, or ODY_ESYSTEM.
 */
int ody__ipc_connect(const char *path, uint32_t connect_timeout_ms, uint32_t answer_timeout_ms,
                     ody_error *error);

#endif

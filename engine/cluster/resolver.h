/* SPDX-License-Identifier: MIT */
/*
 * Host names without waiting for them: numeric addresses and localhost are known at once; for all
 * others a thread of a moment asks the system, which may take half a minute.
 */
#ifndef ODY_CLUSTER_RESOLVER_H
#define ODY_CLUSTER_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include "ody/error.h"

#define ODY_ADDRESSES_MAX 8

/** What a name stands for. */
typedef struct ody_addresses {
    size_t count;
    socklen_t lengths[ODY_ADDRESSES_MAX];
    struct sockaddr_storage list[ODY_ADDRESSES_MAX];
} ody_addresses;

typedef struct ody_resolving ody_resolving;

/** Looks at host without asking anybody. @return false when it must be resolved. Any thread. */
bool ody_addresses_known(const char *host, uint16_t port, ody_addresses *addresses);
/** Begins to resolve host, which is copied. @return NULL without memory, descriptor or thread. */
ody_resolving *ody_resolve_begin(const char *host, uint16_t port);
/** Becomes readable when the answer is there. It stays the resolving's own. */
int ody_resolving_descriptor(const ody_resolving *resolving);
/** Takes the answer, once the descriptor is readable, and frees the resolving.
 *  @return 0, or ODY_ESYSTEM with the system's reason. */
int ody_resolve_end(ody_resolving *take_resolving, ody_addresses *addresses, ody_error *error);
/** Wants no answer any more; does not wait for the thread. NULL is fine. */
void ody_resolve_drop(ody_resolving *take_resolving);

#endif

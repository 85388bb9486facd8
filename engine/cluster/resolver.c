/* SPDX-License-Identifier: MIT */
/*
 * Two own a resolving, the one who asked and the thread; the last one to let go frees it. Each has
 * a descriptor of its own for the same event: the loop of the one who asked may still look at its
 * one when the thread ends.
 */
#include "cluster/resolver.h"

#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/memory.h"

struct ody_resolving {
    _Atomic unsigned owners;
    int done;  /* of the one who asked */
    int tells; /* the thread's */
    uint16_t port;
    _Atomic bool answered; /* what follows is written */
    int failure;           /* of getaddrinfo */
    ody_addresses addresses;
    char host[];
};

static int look_up(const char *host, uint16_t port, int flags, ody_addresses *out)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[8];
    int failure;

    snprintf(service, sizeof(service), "%u", port);
    out->count = 0;
    failure = getaddrinfo(host, service, &hints, &found);
    if (failure != 0) {
        return failure;
    }
    for (const struct addrinfo *at = found; at && out->count < ODY_ADDRESSES_MAX;
         at = at->ai_next) {
        memcpy(&out->list[out->count], at->ai_addr, at->ai_addrlen);
        out->lengths[out->count++] = at->ai_addrlen;
    }
    freeaddrinfo(found);
    return 0;
}

bool ody_addresses_known(const char *host, uint16_t port, ody_addresses *addresses)
{
    ody_addresses other;

    if (strcmp(host, "localhost") == 0) {
        if (look_up("127.0.0.1", port, AI_NUMERICHOST, addresses) == 0 &&
            look_up("::1", port, AI_NUMERICHOST, &other) == 0) {
            addresses->list[addresses->count] = other.list[0];
            addresses->lengths[addresses->count++] = other.lengths[0];
        }
        return addresses->count > 0;
    }
    return look_up(host, port, AI_NUMERICHOST, addresses) == 0 && addresses->count > 0;
}

static void release(ody_resolving *resolving)
{
    if (atomic_fetch_sub(&resolving->owners, 1) == 1) {
        ody_free(resolving);
    }
}

static void *resolve(void *context)
{
    ody_resolving *resolving = context;

    resolving->failure = look_up(resolving->host, resolving->port, 0, &resolving->addresses);
    atomic_store(&resolving->answered, true);
    eventfd_write(resolving->tells, 1);
    close(resolving->tells);
    release(resolving);
    return NULL;
}

static bool start(ody_resolving *resolving)
{
    pthread_attr_t detached;
    pthread_t thread;
    bool started;

    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    started = pthread_create(&thread, &detached, resolve, resolving) == 0;
    pthread_attr_destroy(&detached);
    return started;
}

static void begin_failed(ody_resolving *resolving)
{
    if (resolving->done >= 0) {
        close(resolving->done);
    }
    if (resolving->tells >= 0) {
        close(resolving->tells);
    }
    ody_free(resolving);
}

ody_resolving *ody_resolve_begin(const char *host, uint16_t port)
{
    size_t length = strlen(host) + 1;
    ody_resolving *resolving = ody_calloc(1, sizeof(*resolving) + length);

    if (!resolving) {
        return NULL;
    }
    memcpy(resolving->host, host, length);
    resolving->port = port;
    resolving->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    resolving->tells = resolving->done < 0 ? -1 : fcntl(resolving->done, F_DUPFD_CLOEXEC, 0);
    atomic_init(&resolving->owners, 2);
    if (resolving->tells < 0 || !start(resolving)) {
        begin_failed(resolving);
        return NULL;
    }
    return resolving;
}

int ody_resolving_descriptor(const ody_resolving *resolving)
{
    return resolving->done;
}

int ody_resolve_end(ody_resolving *take_resolving, ody_addresses *addresses, ody_error *error)
{
    int failure = EAI_AGAIN;

    *addresses = (ody_addresses){0};
    if (atomic_load(&take_resolving->answered)) {
        failure = take_resolving->failure;
        *addresses = take_resolving->addresses;
    }
    close(take_resolving->done);
    release(take_resolving);
    if (failure != 0 || addresses->count == 0) {
        return ody_error_set(error, ODY_ESYSTEM, "the name cannot be resolved: %s",
                             failure ? gai_strerror(failure) : "it has no address");
    }
    return 0;
}

void ody_resolve_drop(ody_resolving *take_resolving)
{
    if (take_resolving) {
        close(take_resolving->done);
        release(take_resolving);
    }
}

/* SPDX-License-Identifier: MIT */
/* The limits that hold over all shards: connections, and connections of one address. */
#include "hub/shared.h"

#include <sys/resource.h>
#include "base/map.h"
#include "base/memory.h"
#include "ody/error.h"

/* Descriptors that are no clients: loops, listeners, the Unix socket and its clients, the log. */
#define DESCRIPTORS_RESERVED 256

static uint32_t descriptors_for_clients(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur > UINT32_MAX) {
        return UINT32_MAX;
    }
    if (limit.rlim_cur <= 2 * DESCRIPTORS_RESERVED) {
        return (uint32_t)limit.rlim_cur / 2;
    }
    return (uint32_t)limit.rlim_cur - DESCRIPTORS_RESERVED;
}

ody_shared *ody_shared_new(const ody_options *options)
{
    ody_shared *shared = ody_calloc(1, sizeof(*shared));

    if (!shared) {
        return NULL;
    }
    shared->options = options;
    ody_shared_limit(shared, options->limits.connections);
    return shared;
}

void ody_shared_limit(ody_shared *shared, uint32_t connections)
{
    uint32_t possible = descriptors_for_clients();

    atomic_store(&shared->connection_limit,
                 connections > 0 && connections < possible ? connections : possible);
}

void ody_shared_free(ody_shared *shared)
{
    ody_free(shared);
}

/* The two buckets of an address. Whoever has an IPv6 network has at least a /64. */
static void find_buckets(ody_shared *shared, const uint8_t address[16],
                         _Atomic uint32_t *buckets[ODY_ADDRESS_ROWS])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    size_t significant = memcmp(address, mapped, sizeof(mapped)) == 0 ? 16 : 8;
    uint64_t hash = ody_hash((ody_view){(const char *)address, significant});

    for (int row = 0; row < ODY_ADDRESS_ROWS; row++) {
        buckets[row] = &shared->addresses[row][(hash >> (16 * row)) % ODY_ADDRESS_BUCKETS];
    }
}

int ody_shared_address_enter(ody_shared *shared, const uint8_t address[16], uint32_t limit)
{
    uint32_t before = UINT32_MAX;
    _Atomic uint32_t *buckets[ODY_ADDRESS_ROWS];

    find_buckets(shared, address, buckets);
    for (int row = 0; row < ODY_ADDRESS_ROWS; row++) {
        uint32_t count = atomic_fetch_add_explicit(buckets[row], 1, memory_order_relaxed);

        before = count < before ? count : before;
    }
    if (limit == 0 || before < limit) {
        return 0;
    }
    ody_shared_address_leave(shared, address);
    return ODY_ELIMIT;
}

void ody_shared_address_leave(ody_shared *shared, const uint8_t address[16])
{
    _Atomic uint32_t *buckets[ODY_ADDRESS_ROWS];

    find_buckets(shared, address, buckets);
    for (int row = 0; row < ODY_ADDRESS_ROWS; row++) {
        atomic_fetch_sub_explicit(buckets[row], 1, memory_order_relaxed);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * The little that all shards see: the options that they begin with and a few atomics. Made before
 * the first thread, freed after the last.
 */
#ifndef ODY_HUB_SHARED_H
#define ODY_HUB_SHARED_H

#include <stdatomic.h>
#include "ody/error.h"
#include "ody/options.h"
#include "hub/counters.h"
#include "hub/latency.h"
#include "hub/socket_id.h"

#define ODY_ADDRESS_ROWS 2
#define ODY_ADDRESS_BUCKETS 65536

/** What all shards see of one app. */
typedef struct ody_app_shared {
    char id[65];
    _Atomic uint32_t connections; /* open over all shards */
    _Alignas(64) ody_app_counters counters[ODY_SHARDS_MAX];
} ody_app_shared;

typedef struct ody_shared {
    const ody_options *options; /* to begin with: after a reload each thread has newer ones */
    _Atomic uint32_t connection_limit; /* limits.connections bounded by the open-file limit */
    _Atomic uint32_t connections;      /* open over all shards */
    _Atomic bool draining;
    ody_counters counters[ODY_SHARDS_MAX];
    ody_latency latencies[ODY_SHARDS_MAX];
    _Atomic(ody_app_shared *) apps[ODY_APP_NUMBERS]; /* by number; once made they stay */
    /* Connections per address as a count-min sketch: an address's count is the smaller of its two
     * buckets. It may count a stranger in, never forget one; memory does not grow with addresses.
     */
    _Atomic uint32_t addresses[ODY_ADDRESS_ROWS][ODY_ADDRESS_BUCKETS];
} ody_shared;

/** @param options borrowed; its apps are numbered as they stand. @return NULL without memory. */
ody_shared *ody_shared_new(const ody_options *options);
void ody_shared_free(ody_shared *shared);
/** A new limits.connections counts from now on, as far as files may be opened. The main thread. */
void ody_shared_limit(ody_shared *shared, uint32_t connections);
/**
 * Numbers the apps of other options: one whose id was seen before gets the same number again. The
 * main thread, before any other has the options.
 * @return 0; ODY_ELIMIT when there were too many ids since the start, ODY_EMEMORY.
 */
int ody_shared_take_apps(ody_shared *shared, ody_app *apps, size_t count, ody_error *error);
/** The app of that number, which was taken. Any thread. */
ody_app_shared *ody_shared_app(const ody_shared *shared, uint32_t number);
/** Hash of whom an address (16 bytes, IPv4 mapped) belongs to: whoever has an IPv6 network has at
 *  least a /64. Nobody outside can know it. Any thread. */
uint64_t ody_shared_address_hash(const uint8_t address[16]);
/**
 * Counts one more connection from address (16 bytes, IPv4 mapped; IPv6 counts by its /64).
 * @param limit connections that an address may have; 0: any number.
 * @return 0, or ODY_ELIMIT with nothing counted.
 */
int ody_shared_address_enter(ody_shared *shared, const uint8_t address[16], uint32_t limit);
void ody_shared_address_leave(ody_shared *shared, const uint8_t address[16]);

#endif

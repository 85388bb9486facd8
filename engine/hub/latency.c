/* SPDX-License-Identifier: MIT */
/* Most messages take little, so the bounds are looked through from below. */
#include "hub/latency.h"

static const uint32_t bounds[] = {
#define LATENCY_BOUND(bound) bound,
    ODY_LATENCY_BOUNDS(LATENCY_BOUND)
#undef LATENCY_BOUND
};

static void add(_Atomic uint64_t *total, uint64_t amount)
{
    atomic_store_explicit(total, atomic_load_explicit(total, memory_order_relaxed) + amount,
                          memory_order_relaxed);
}

void ody__latency_count(ody_stamps *stamps, ody_latency *latency, uint64_t now)
{
    for (size_t index = 0; index < stamps->count; index++) {
        uint64_t stamp = stamps->list[index].stamp;
        uint64_t took = now > stamp ? now - stamp : 0;
        size_t bucket = 0;

        while (bucket < ODY_LATENCY_LONGER && took > bounds[bucket]) {
            bucket++;
        }
        add(&latency->buckets[bucket], stamps->list[index].messages);
        add(&latency->sum, took * stamps->list[index].messages);
    }
    stamps->count = 0;
}

/* SPDX-License-Identifier: MIT */
/* Numbers that status and metrics both show. The API thread; nothing is stopped for them. */
#ifndef ODY_GAUGES_H
#define ODY_GAUGES_H

#include "hub/shared.h"

/** The counters of all shards, added up. */
typedef struct ody_counter_sums {
#define ODY_COUNTER_SUM(name) uint64_t name;
    ODY_COUNTERS(ODY_COUNTER_SUM)
#undef ODY_COUNTER_SUM
} ody_counter_sums;

/** The same of one app. */
typedef struct ody_app_sums {
#define ODY_COUNTER_SUM(name) uint64_t name;
    ODY_APP_COUNTERS(ODY_COUNTER_SUM)
#undef ODY_COUNTER_SUM
} ody_app_sums;

/** Reads one counter. */
static inline uint64_t ody__counter_read(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/** Adds up the counters of all shards. */
ody_counter_sums ody__counters_sum(const ody_shared *shared, unsigned shard_count);
/** Adds up those of the app with that number. */
ody_app_sums ody__app_sum(const ody_shared *shared, unsigned shard_count, uint32_t number);
/** How many files this process may have open; 0: any number. */
uint64_t ody__open_files_limit(void);
/** Processor time of this process in µs. */
uint64_t ody__cpu_time(void);

#endif

/* SPDX-License-Identifier: MIT */
/* Sums over shards, and what the system knows of this process. */
#include "gauges.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

ody_counter_sums ody__counters_sum(const ody_shared *shared, unsigned shard_count)
{
    ody_counter_sums sums = {0};

    for (unsigned shard = 0; shard < shard_count; shard++) {
#define COUNTER_ADD(name) sums.name += ody__counter_read(&shared->counters[shard].name);
        ODY_COUNTERS(COUNTER_ADD)
#undef COUNTER_ADD
    }
    return sums;
}

ody_app_sums ody__app_sum(const ody_shared *shared, unsigned shard_count, uint32_t number)
{
    const ody_app_shared *app = ody_shared_app(shared, number);
    ody_app_sums sums = {0};

    for (unsigned shard = 0; app && shard < shard_count; shard++) {
#define COUNTER_ADD(name) sums.name += ody__counter_read(&app->counters[shard].name);
        ODY_APP_COUNTERS(COUNTER_ADD)
#undef COUNTER_ADD
    }
    return sums;
}

uint64_t ody__open_files_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) {
        return 0;
    }
    return limit.rlim_cur;
}

static uint64_t microseconds(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

uint64_t ody__cpu_time(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) < 0) {
        return 0;
    }
    return microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
}

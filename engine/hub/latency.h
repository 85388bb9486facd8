/* SPDX-License-Identifier: MIT */
/*
 * How long a message takes from the moment it is accepted until the flush that hands it to its
 * sockets. Each shard counts into a histogram of its own; what a client does not read is not in it.
 */
#ifndef ODY_HUB_LATENCY_H
#define ODY_HUB_LATENCY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* X(µs): the upper bounds of the buckets; what takes longer is in one more. */
#define ODY_LATENCY_BOUNDS(X)                                                                      \
    X(50)                                                                                          \
    X(100)                                                                                         \
    X(250)                                                                                         \
    X(500)                                                                                         \
    X(1000)                                                                                        \
    X(2500)                                                                                        \
    X(5000)                                                                                        \
    X(10000)                                                                                       \
    X(25000)                                                                                       \
    X(50000)                                                                                       \
    X(100000)                                                                                      \
    X(250000)                                                                                      \
    X(500000)                                                                                      \
    X(1000000)                                                                                     \
    X(2500000)                                                                                     \
    X(5000000)

enum {
#define ODY_LATENCY_ONE(bound) ODY_LATENCY_UP_TO_##bound,
    ODY_LATENCY_BOUNDS(ODY_LATENCY_ONE)
#undef ODY_LATENCY_ONE
        ODY_LATENCY_LONGER,
    ODY_LATENCY_BUCKETS,
};

/** Messages by the time that they took. Only the shard's own thread adds; any thread may read. */
typedef struct ody_latency {
    _Atomic uint64_t buckets[ODY_LATENCY_BUCKETS]; /* each without those below it */
    _Atomic uint64_t sum;                          /* µs */
} ody_latency;

/** Different moments of one turn that are told apart. */
#define ODY_STAMPS_MAX 1024

/** When the messages of this turn were accepted. */
typedef struct ody_stamps {
    size_t count;
    struct {
        uint64_t stamp;
        uint64_t messages;
    } list[ODY_STAMPS_MAX];
} ody_stamps;

/** Notes a message that was queued on connections. Those of the same 16 µs are one entry, and when
 *  the list is full the rest counts as the last one. @param stamp µs; 0: is not measured. */
static inline void ody__latency_note(ody_stamps *stamps, uint64_t stamp)
{
    if (stamp == 0) {
        return;
    }
    if (stamps->count > 0 && (stamps->list[stamps->count - 1].stamp >> 4 == stamp >> 4 ||
                              stamps->count == ODY_STAMPS_MAX)) {
        stamps->list[stamps->count - 1].messages++;
        return;
    }
    stamps->list[stamps->count].stamp = stamp;
    stamps->list[stamps->count++].messages = 1;
}

/** Counts all that was noted as done now (µs), and forgets it. */
void ody__latency_count(ody_stamps *stamps, ody_latency *latency, uint64_t now);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The name of a connection between threads. For this room it is only something to tell members
 * apart; what the numbers say is known to hub/socket_id.h.
 */
#ifndef ODY_CHANNEL_ID_H
#define ODY_CHANNEL_ID_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ody_socket_id {
    uint64_t first;  /* 1 + shard + ODY_SHARDS_MAX * slot; 0: no connection */
    uint64_t second; /* 52 random bits, never 0 */
} ody_socket_id;

/** Whether both name the same connection. */
static inline bool ody_socket_id_equal(ody_socket_id a, ody_socket_id b)
{
    return a.first == b.first && a.second == b.second;
}

#endif

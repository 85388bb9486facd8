/* SPDX-License-Identifier: MIT */
/* The state of the server as `websocket:status --json` shows it. */
#ifndef ODY_STATUS_H
#define ODY_STATUS_H

#include "base/bytes.h"
#include "cluster/redis_inlet.h"
#include "hub/calls.h"
#include "hub/shared.h"
#include "ody/server.h"
#include "webhook/webhooks.h"

/** What the status says besides the counters. */
typedef struct ody_status_facts {
    const ody_options *options;
    const ody_server_change *change; /* the last reload or restart, or NULL */
    uint64_t started_at;             /* Unix time, seconds */
    uint64_t loaded_at;              /* when the options came, Unix time, seconds */
    int supervisor_pid;
    unsigned shard_count;
    size_t processes; /* connected to the Unix socket */
    size_t requests;  /* unanswered */
    const ody_calls_state *calls;
    const ody_webhooks *webhooks; /* or NULL: none are shown */
    const ody_redis_state *redis; /* or NULL */
    uint64_t uptime_ms;
} ody_status_facts;

/** Appends one JSON object. The API thread; reads the shards' counters without stopping them. */
void ody_status_write(ody_bytes *out, const ody_shared *shared, const ody_status_facts *facts);

#endif

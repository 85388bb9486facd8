/* SPDX-License-Identifier: MIT */
/*
 * The numbers of the server for a monitoring system, in the Prometheus text format 0.0.4. What can
 * grow with users (channels, addresses, events) is in no label. docs/metrics.md has the list.
 */
#ifndef ODY_METRICS_H
#define ODY_METRICS_H

#include "base/bytes.h"
#include "cluster/redis_inlet.h"
#include "http/server.h"
#include "hub/calls.h"
#include "hub/shared.h"
#include "webhook/webhooks.h"

/** What the metrics say besides the counters of the shards. */
typedef struct ody_metrics_facts {
    const ody_shared *shared;
    const ody_options *options;
    unsigned shard_count;
    uint64_t started_at; /* Unix time, seconds */
    uint64_t loaded_at;  /* when the options came, Unix time, seconds */
    uint64_t uptime_ms;
    /** Bytes that wait for a thread: shards are 0 … shard_count - 1, the API thread is behind them.
     */
    uint64_t (*queued)(void *context, unsigned target);
    void *context;
    size_t processes; /* connected to the Unix socket */
    size_t requests;  /* unanswered */
    const ody_http_state *http;
    const ody_calls_state *calls;
    const ody_redis_state *redis;
    const ody_webhooks_state *webhooks;
} ody_metrics_facts;

/** The media type of what ody_metrics_write writes. */
#define ODY_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/** Appends all metrics. The API thread; reads the shards' counters without stopping them. */
void ody_metrics_write(ody_bytes *out, const ody_metrics_facts *facts);

#endif

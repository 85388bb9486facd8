/* SPDX-License-Identifier: MIT */
/* The state of the server as JSON: identity, gauges, totals, and a line for each shard. */
#include "status.h"

#include <unistd.h>
#include "base/memory.h"
#include "gauges.h"
#include "ody/version.h"
#include "wire/object.h"

static void write_identity(ody_bytes *out, const ody_options *options,
                           const ody_status_facts *facts)
{
    ody_object_text(out, "version", ody_view_of(ODY_VERSION));
    ody_object_number(out, "pid", (uint64_t)facts->supervisor_pid);
    ody_object_number(out, "engine_pid", (uint64_t)getpid());
    ody_object_text(out, "host", ody_view_of(options->host));
    ody_object_number(out, "port", options->port);
    ody_object_text(out, "path", ody_view_of(options->path));
    ody_object_text(out, "socket", ody_view_of(options->socket_path));
    ody_object_truth(out, "tls", options->tls_certificate != NULL);
    ody_object_number(out, "workers", facts->shard_count);
    ody_object_number(out, "uptime", facts->uptime_ms / 1000);
    ody_object_number(out, "started_at", facts->started_at);
    ody_object_number(out, "configuration_loaded_at", facts->loaded_at);
}

/* Nothing before the first one. */
static void write_change(ody_bytes *out, const ody_server_change *change)
{
    if (!change) {
        return;
    }
    ody_object_begin(out, "last_change");
    ody_object_number(out, "number", change->number);
    ody_object_truth(out, "restart", change->restart != 0);
    ody_object_truth(out, "ok", change->code == 0);
    ody_object_text_or_null(out, "message", ody_view_of(change->message));
    ody_bytes_append_byte(out, '}');
}

static void write_shards(ody_bytes *out, const ody_shared *shared, unsigned shard_count)
{
    ody_bytes_append_literal(out, ",\"shards\":[");
    for (unsigned shard = 0; shard < shard_count; shard++) {
        const ody_counters *counters = &shared->counters[shard];

        ody_bytes_append_view(out, shard == 0 ? ODY_VIEW("{") : ODY_VIEW(",{"));
        ody_object_number(out, "shard", shard);
        ody_object_number(out, "connections", ody__counter_read(&counters->connections));
        ody_object_number(out, "channels", ody__counter_read(&counters->channels));
        ody_object_number(out, "subscriptions", ody__counter_read(&counters->subscriptions));
        ody_object_number(out, "deliveries", ody__counter_read(&counters->deliveries));
        ody_object_number(out, "outbound_bytes", ody__counter_read(&counters->outbound_bytes));
        ody_bytes_append_byte(out, '}');
    }
    ody_bytes_append_byte(out, ']');
}

static void write_apps(ody_bytes *out, const ody_shared *shared, const ody_status_facts *facts)
{
    ody_bytes_append_literal(out, ",\"apps\":[");
    for (size_t index = 0; index < facts->options->app_count; index++) {
        const ody_app *app = &facts->options->apps[index];
        ody_app_sums sums = ody__app_sum(shared, facts->shard_count, app->number);

        ody_bytes_append_view(out, index == 0 ? ODY_VIEW("{") : ODY_VIEW(",{"));
        ody_object_text(out, "id", ody_view_of(app->id));
#define COUNTER_WRITE(name) ody_object_number(out, #name, sums.name);
        ODY_APP_COUNTERS(COUNTER_WRITE)
#undef COUNTER_WRITE
        ody_bytes_append_byte(out, '}');
    }
    ody_bytes_append_byte(out, ']');
}

/* Only where one is configured. */
static void write_redis(ody_bytes *out, const ody_redis_state *redis)
{
    uint64_t rejected = 0;

    if (!redis || !redis->configured) {
        return;
    }
    for (size_t kind = 0; kind < ODY_REDIS_REJECTIONS_COUNT; kind++) {
        rejected += redis->rejected[kind];
    }
    ody_object_begin(out, "redis");
    ody_object_truth(out, "connected", redis->connected);
    ody_object_number(out, "connected_at", redis->connected_at);
    ody_object_number(out, "connects", redis->connects);
    ody_object_number(out, "failures", redis->failures);
    ody_object_number(out, "messages", redis->messages);
    ody_object_number(out, "rejected", rejected);
    ody_bytes_append_byte(out, '}');
}

/* Only where there are PHP workers, or were to be. */
static void write_php_workers(ody_bytes *out, const ody_options *options,
                              const ody_calls_state *calls)
{
    if (options->php_worker_num == 0 && calls->workers == 0) {
        return;
    }
    ody_object_begin(out, "php_workers");
    ody_object_number(out, "num", options->php_worker_num);
    ody_object_number(out, "connected", calls->workers);
    ody_object_number(out, "busy", calls->busy);
    ody_object_number(out, "idle", calls->workers - calls->busy);
    ody_object_number(out, "queue", calls->queued);
    ody_object_number(out, "queue_limit", calls->queue_limit);
    ody_object_number(out, "handled", calls->handled);
    ody_object_number(out, "failed", calls->failed);
    ody_object_number(out, "timed_out", calls->timed_out);
    ody_object_number(out, "refused", calls->refused);
    ody_object_number(out, "dropped_notices", calls->dropped);
    ody_object_number(out, "lost", calls->lost);
    ody_bytes_append_byte(out, '}');
}

static uint64_t webhook_drops(const ody_webhook_numbers *numbers)
{
    uint64_t sum = 0;

#define DROP_ADD(name, text) sum += numbers->dropped_##name;
    ODY_WEBHOOK_DROPS(DROP_ADD)
#undef DROP_ADD
    return sum;
}

static void write_webhook(ody_bytes *out, const ody_webhook *webhook,
                          const ody_webhook_numbers *numbers)
{
    char receiver[ODY_WEBHOOK_ORIGIN];

    ody_webhook_origin(webhook->url, receiver);
    ody_bytes_append_byte(out, '{');
    ody_object_text(out, "app", ody_view_of(webhook->app_id));
    ody_object_text(out, "receiver", ody_view_of(receiver));
    ody_object_truth(out, "failing", numbers->failing > 0);
    ody_object_number(out, "queue", numbers->queued);
    ody_object_number(out, "sent", numbers->sent);
    ody_object_number(out, "requests", numbers->requests);
    ody_object_number(out, "failed", numbers->failed);
    ody_object_number(out, "dropped", webhook_drops(numbers));
    ody_bytes_append_byte(out, '}');
}

/* Only where there are some. Of a URL only what cannot be a secret is shown. */
static void write_webhooks(ody_bytes *out, const ody_options *options, const ody_webhooks *webhooks)
{
    ody_webhooks_state state;

    if (!webhooks || options->webhook_count == 0) {
        return;
    }
    state = ody_webhooks_look(webhooks);
    ody_object_begin(out, "webhooks");
    ody_object_number(out, "num", options->webhook_count);
    ody_object_number(out, "failing", state.all.failing);
    ody_object_number(out, "queue", state.all.queued);
    ody_object_number(out, "queue_bytes", state.all.bytes);
    ody_object_number(out, "held", state.held);
    ody_object_number(out, "in_flight", state.all.in_flight);
    ody_object_number(out, "sent", state.all.sent);
    ody_object_number(out, "requests", state.all.requests);
    ody_object_number(out, "failed", state.all.failed);
    ody_object_number(out, "smoothed", state.smoothed);
    ody_object_number(out, "dropped", webhook_drops(&state.all) + state.dropped_mailbox);
#define DROP_WRITE(name, text) ody_object_number(out, "dropped_" #name, state.all.dropped_##name);
    ODY_WEBHOOK_DROPS(DROP_WRITE)
#undef DROP_WRITE
    ody_object_number(out, "dropped_mailbox", state.dropped_mailbox);
    ody_bytes_append_literal(out, ",\"hooks\":[");
    for (size_t index = 0; index < options->webhook_count && index < ODY_WEBHOOKS_SHOWN; index++) {
        const ody_webhook_numbers numbers = ody_webhooks_look_at(webhooks, index);

        ody_bytes_append_view(out, index == 0 ? ODY_VIEW("") : ODY_VIEW(","));
        write_webhook(out, &options->webhooks[index], &numbers);
    }
    ody_bytes_append_literal(out, "]}");
}

void ody_status_write(ody_bytes *out, const ody_shared *shared, const ody_status_facts *facts)
{
    ody_counter_sums sums = ody__counters_sum(shared, facts->shard_count);

    ody_bytes_append_byte(out, '{');
    write_identity(out, facts->options, facts);
    write_change(out, facts->change);
    ody_object_number(out, "memory", ody_memory_resident());
    ody_object_number(out, "processes", facts->processes);
    ody_object_number(out, "requests", facts->requests);
    ody_object_number(out, "connection_limit", shared->connection_limit);
#define COUNTER_WRITE(name) ody_object_number(out, #name, sums.name);
    ODY_COUNTERS(COUNTER_WRITE)
#undef COUNTER_WRITE
    write_apps(out, shared, facts);
    write_php_workers(out, facts->options, facts->calls);
    write_webhooks(out, facts->options, facts->webhooks);
    write_redis(out, facts->redis);
    write_shards(out, shared, facts->shard_count);
    ody_bytes_append_byte(out, '}');
}

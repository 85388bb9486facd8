/* SPDX-License-Identifier: MIT */
/* The state of the server as JSON: identity, gauges, totals, and a line for each shard. */
#include "status.h"

#include <unistd.h>
#include "base/memory.h"
#include "gauges.h"
#include "ody/version.h"
#include "wire/encode.h"

static void write_number(ody_bytes *out, const char *name, uint64_t number)
{
    ody_bytes_append_literal(out, ",\"");
    ody_bytes_append_view(out, ody_view_of(name));
    ody_bytes_append_literal(out, "\":");
    ody_bytes_append_number(out, number);
}

static void write_text(ody_bytes *out, const char *name, const char *text)
{
    ody_bytes_append_literal(out, ",\"");
    ody_bytes_append_view(out, ody_view_of(name));
    ody_bytes_append_literal(out, "\":");
    ody_encode_string(out, ody_view_of(text));
}

static void write_truth(ody_bytes *out, const char *name, bool truth)
{
    ody_bytes_append_literal(out, ",\"");
    ody_bytes_append_view(out, ody_view_of(name));
    ody_bytes_append_literal(out, "\":");
    ody_bytes_append_view(out, truth ? ODY_VIEW("true") : ODY_VIEW("false"));
}

static void write_identity(ody_bytes *out, const ody_options *options,
                           const ody_status_facts *facts)
{
    ody_bytes_append_literal(out, "\"version\":");
    ody_encode_string(out, ody_view_of(ODY_VERSION));
    write_number(out, "pid", (uint64_t)facts->supervisor_pid);
    write_number(out, "engine_pid", (uint64_t)getpid());
    write_text(out, "host", options->host);
    write_number(out, "port", options->port);
    write_text(out, "path", options->path);
    write_text(out, "socket", options->socket_path);
    write_truth(out, "tls", options->tls_certificate != NULL);
    write_number(out, "workers", facts->shard_count);
    write_number(out, "uptime", facts->uptime_ms / 1000);
    write_number(out, "started_at", facts->started_at);
    write_number(out, "configuration_loaded_at", facts->loaded_at);
}

/* Nothing before the first one. */
static void write_change(ody_bytes *out, const ody_server_change *change)
{
    if (!change) {
        return;
    }
    ody_bytes_append_literal(out, ",\"last_change\":{\"number\":");
    ody_bytes_append_number(out, change->number);
    write_truth(out, "restart", change->restart != 0);
    write_truth(out, "ok", change->code == 0);
    if (change->message[0] == '\0') {
        ody_bytes_append_literal(out, ",\"message\":null}");
    } else {
        write_text(out, "message", change->message);
        ody_bytes_append_byte(out, '}');
    }
}

static void write_shards(ody_bytes *out, const ody_shared *shared, unsigned shard_count)
{
    ody_bytes_append_literal(out, ",\"shards\":[");
    for (unsigned shard = 0; shard < shard_count; shard++) {
        const ody_counters *counters = &shared->counters[shard];

        ody_bytes_append_view(out, shard == 0 ? ODY_VIEW("{\"shard\":") : ODY_VIEW(",{\"shard\":"));
        ody_bytes_append_number(out, shard);
        write_number(out, "connections", ody__counter_read(&counters->connections));
        write_number(out, "channels", ody__counter_read(&counters->channels));
        write_number(out, "subscriptions", ody__counter_read(&counters->subscriptions));
        write_number(out, "deliveries", ody__counter_read(&counters->deliveries));
        write_number(out, "outbound_bytes", ody__counter_read(&counters->outbound_bytes));
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

        ody_bytes_append_view(out, index == 0 ? ODY_VIEW("{\"id\":") : ODY_VIEW(",{\"id\":"));
        ody_encode_string(out, ody_view_of(app->id));
#define COUNTER_WRITE(name) write_number(out, #name, sums.name);
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
    ody_bytes_append_literal(out, ",\"redis\":{\"connected\":");
    ody_bytes_append_view(out, redis->connected ? ODY_VIEW("true") : ODY_VIEW("false"));
    write_number(out, "connected_at", redis->connected_at);
    write_number(out, "connects", redis->connects);
    write_number(out, "failures", redis->failures);
    write_number(out, "messages", redis->messages);
    write_number(out, "rejected", rejected);
    ody_bytes_append_byte(out, '}');
}

/* Only where there are PHP workers, or were to be. */
static void write_php_workers(ody_bytes *out, const ody_options *options,
                              const ody_calls_state *calls)
{
    if (options->php_worker_num == 0 && calls->workers == 0) {
        return;
    }
    ody_bytes_append_literal(out, ",\"php_workers\":{\"num\":");
    ody_bytes_append_number(out, options->php_worker_num);
    write_number(out, "connected", calls->workers);
    write_number(out, "busy", calls->busy);
    write_number(out, "idle", calls->workers - calls->busy);
    write_number(out, "queue", calls->queued);
    write_number(out, "queue_limit", calls->queue_limit);
    write_number(out, "handled", calls->handled);
    write_number(out, "failed", calls->failed);
    write_number(out, "timed_out", calls->timed_out);
    write_number(out, "refused", calls->refused);
    write_number(out, "dropped_notices", calls->dropped);
    write_number(out, "lost", calls->lost);
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
    ody_bytes_append_literal(out, "{\"app\":");
    ody_encode_string(out, ody_view_of(webhook->app_id));
    write_text(out, "receiver", receiver);
    write_truth(out, "failing", numbers->failing > 0);
    write_number(out, "queue", numbers->queued);
    write_number(out, "sent", numbers->sent);
    write_number(out, "requests", numbers->requests);
    write_number(out, "failed", numbers->failed);
    write_number(out, "dropped", webhook_drops(numbers));
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
    ody_bytes_append_literal(out, ",\"webhooks\":{\"num\":");
    ody_bytes_append_number(out, options->webhook_count);
    write_number(out, "failing", state.all.failing);
    write_number(out, "queue", state.all.queued);
    write_number(out, "queue_bytes", state.all.bytes);
    write_number(out, "held", state.held);
    write_number(out, "in_flight", state.all.in_flight);
    write_number(out, "sent", state.all.sent);
    write_number(out, "requests", state.all.requests);
    write_number(out, "failed", state.all.failed);
    write_number(out, "smoothed", state.smoothed);
    write_number(out, "dropped", webhook_drops(&state.all) + state.dropped_mailbox);
#define DROP_WRITE(name, text) write_number(out, "dropped_" #name, state.all.dropped_##name);
    ODY_WEBHOOK_DROPS(DROP_WRITE)
#undef DROP_WRITE
    write_number(out, "dropped_mailbox", state.dropped_mailbox);
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
    write_number(out, "memory", ody_memory_resident());
    write_number(out, "processes", facts->processes);
    write_number(out, "requests", facts->requests);
    write_number(out, "connection_limit", shared->connection_limit);
#define COUNTER_WRITE(name) write_number(out, #name, sums.name);
    ODY_COUNTERS(COUNTER_WRITE)
#undef COUNTER_WRITE
    write_apps(out, shared, facts);
    write_php_workers(out, facts->options, facts->calls);
    write_webhooks(out, facts->options, facts->webhooks);
    write_redis(out, facts->redis);
    write_shards(out, shared, facts->shard_count);
    ody_bytes_append_byte(out, '}');
}

/* SPDX-License-Identifier: MIT */
/* All metrics, family by family: a family's samples stand together behind its HELP and TYPE. */
#include "metrics.h"

#include <stdio.h>
#include "base/memory.h"
#include "gauges.h"
#include "metrics_text.h"
#include "ody/server.h"
#include "ody/version.h"

static void write_build(ody_bytes *out)
{
    const struct {
        const char *name;
        const char *version;
    } parts[] = {
        {"version", ODY_VERSION},
        {"libwebsockets", ody_version_libwebsockets()},
        {"libev", ody_version_libev()},
        {"jansson", ody_version_jansson()},
        {"openssl", ody_version_openssl()},
        {"hiredis", ody_version_hiredis()},
        {"libmicrohttpd", ody_version_libmicrohttpd()},
        {"libcurl", ody_version_libcurl()},
    };

    ody__metric_begin(out, ODY_METRIC_BUILD);
    ody_bytes_append_view(out, ody_view_of(ody__metric_name(ODY_METRIC_BUILD)));
    for (size_t index = 0; index < sizeof(parts) / sizeof(parts[0]); index++) {
        ody_bytes_append_byte(out, index == 0 ? '{' : ',');
        ody__metric_pair(out, parts[index].name, ody_view_of(parts[index].version));
    }
    ody_bytes_append_literal(out, "} 1\n");
}

static void write_process(ody_bytes *out, const ody_metrics_facts *facts)
{
    uint64_t files = ody__open_files_limit();

    ody__metric_single(out, ODY_METRIC_STARTED, facts->started_at);
    ody__metric_single(out, ODY_METRIC_LOADED, facts->loaded_at);
    ody__metric_begin(out, ODY_METRIC_UPTIME);
    ody__metric_seconds(out, ODY_METRIC_UPTIME, ODY_VIEW_NONE, facts->uptime_ms * 1000);
    ody__metric_single(out, ODY_METRIC_MEMORY, ody_memory_resident());
    ody__metric_begin(out, ODY_METRIC_CPU);
    ody__metric_seconds(out, ODY_METRIC_CPU, ODY_VIEW_NONE, ody__cpu_time());
    ody__metric_begin(out, ODY_METRIC_FILES_LIMIT);
    if (files == 0) {
        ody_bytes_append_view(out, ody_view_of(ody__metric_name(ODY_METRIC_FILES_LIMIT)));
        ody_bytes_append_literal(out, " +Inf\n");
    } else {
        ody__metric_sample(out, ODY_METRIC_FILES_LIMIT, ODY_VIEW_NONE, files);
    }
    ody__metric_single(out, ODY_METRIC_CONNECTION_LIMIT, facts->shared->connection_limit);
    ody__metric_single(out, ODY_METRIC_DRAINING, facts->shared->draining);
}

/* A counter of ody_app_counters as a metric with the label app. */
static void write_app_metric(ody_bytes *out, const ody_metrics_facts *facts, ody_metric metric,
                             size_t offset)
{
    ody__metric_begin(out, metric);
    for (size_t index = 0; index < facts->options->app_count; index++) {
        const ody_app *app = &facts->options->apps[index];
        ody_app_sums sums = ody__app_sum(facts->shared, facts->shard_count, app->number);

        ody__metric_sample(out, metric, ody_view_of(app->id),
                           *(const uint64_t *)((const char *)&sums + offset));
    }
}

static void write_apps(ody_bytes *out, const ody_metrics_facts *facts)
{
    static const struct {
        ody_metric metric;
        size_t offset;
    } rows[] = {
        {ODY_METRIC_APP_CONNECTIONS, offsetof(ody_app_sums, connections)},
        {ODY_METRIC_APP_CHANNELS, offsetof(ody_app_sums, channels)},
        {ODY_METRIC_APP_SUBSCRIPTIONS, offsetof(ody_app_sums, subscriptions)},
        {ODY_METRIC_APP_USERS, offsetof(ody_app_sums, users)},
        {ODY_METRIC_APP_RECEIVED, offsetof(ody_app_sums, messages_received)},
        {ODY_METRIC_APP_RECEIVED_BYTES, offsetof(ody_app_sums, bytes_received)},
        {ODY_METRIC_APP_PUBLISHED, offsetof(ody_app_sums, messages_published)},
        {ODY_METRIC_APP_DELIVERIES, offsetof(ody_app_sums, deliveries)},
        {ODY_METRIC_APP_DELIVERED_BYTES, offsetof(ody_app_sums, bytes_delivered)},
    };

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        write_app_metric(out, facts, rows[index].metric, rows[index].offset);
    }
}

static ody_view shard_label(unsigned shard, char text[8])
{
    return (ody_view){text, (size_t)snprintf(text, 8, "%u", shard)};
}

/* A counter of ody_counters as a metric with the label shard. */
static void write_shard_metric(ody_bytes *out, const ody_metrics_facts *facts, ody_metric metric,
                               size_t offset)
{
    char text[8];

    ody__metric_begin(out, metric);
    for (unsigned shard = 0; shard < facts->shard_count; shard++) {
        const char *counters = (const char *)&facts->shared->counters[shard];
        uint64_t value = ody__counter_read((const _Atomic uint64_t *)(counters + offset));

        if (metric == ODY_METRIC_BUSY) {
            ody__metric_seconds(out, metric, shard_label(shard, text), value);
        } else {
            ody__metric_sample(out, metric, shard_label(shard, text), value);
        }
    }
}

static void write_mailboxes(ody_bytes *out, const ody_metrics_facts *facts)
{
    char text[8];

    ody__metric_begin(out, ODY_METRIC_MAILBOX);
    for (unsigned shard = 0; shard < facts->shard_count; shard++) {
        ody__metric_sample(out, ODY_METRIC_MAILBOX, shard_label(shard, text),
                           facts->queued(facts->context, shard));
    }
    ody__metric_single(out, ODY_METRIC_API_MAILBOX,
                       facts->queued(facts->context, facts->shard_count));
}

/* Gauges and totals that have a metric of their own. */
static void write_shards(ody_bytes *out, const ody_metrics_facts *facts)
{
    static const struct {
        ody_metric metric;
        size_t offset;
    } rows[] = {
        {ODY_METRIC_CONNECTIONS, offsetof(ody_counters, connections)},
        {ODY_METRIC_CHANNELS, offsetof(ody_counters, channels)},
        {ODY_METRIC_SUBSCRIPTIONS, offsetof(ody_counters, subscriptions)},
        {ODY_METRIC_HANDSHAKES, offsetof(ody_counters, handshakes)},
        {ODY_METRIC_OUTBOUND, offsetof(ody_counters, outbound_bytes)},
        {ODY_METRIC_SIGNED_IN, offsetof(ody_counters, signed_in)},
        {ODY_METRIC_ACCEPTED, offsetof(ody_counters, accepted)},
        {ODY_METRIC_HANDED_OVER, offsetof(ody_counters, handed_over)},
        {ODY_METRIC_RECEIVED, offsetof(ody_counters, messages_received)},
        {ODY_METRIC_RECEIVED_BYTES, offsetof(ody_counters, bytes_received)},
        {ODY_METRIC_PUBLISHED, offsetof(ody_counters, messages_published)},
        {ODY_METRIC_DELIVERIES, offsetof(ody_counters, deliveries)},
        {ODY_METRIC_SENT_BYTES, offsetof(ody_counters, bytes_sent)},
        {ODY_METRIC_SENDS, offsetof(ody_counters, sends)},
        {ODY_METRIC_TURNS, offsetof(ody_counters, turns)},
        {ODY_METRIC_BUSY, offsetof(ody_counters, busy_time)},
        {ODY_METRIC_CLIENT_ERRORS, offsetof(ody_counters, client_errors)},
    };

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        write_shard_metric(out, facts, rows[index].metric, rows[index].offset);
    }
    write_mailboxes(out, facts);
}

static void write_losses(ody_bytes *out, const ody_metrics_facts *facts)
{
    ody_counter_sums sums = ody__counters_sum(facts->shared, facts->shard_count);

    ody__metric_begin(out, ODY_METRIC_LOSSES);
#define LOSS_WRITE(name) ody__metric_sample(out, ODY_METRIC_LOSSES, ODY_VIEW(#name), sums.name);
    ODY_LOSSES(LOSS_WRITE)
#undef LOSS_WRITE
}

/* How many took at most as long as the bound of that bucket says, and no longer than the one below.
 */
static uint64_t bucket_sum(const ody_metrics_facts *facts, size_t bucket)
{
    uint64_t sum = 0;

    for (unsigned shard = 0; shard < facts->shard_count; shard++) {
        sum += ody__counter_read(&facts->shared->latencies[shard].buckets[bucket]);
    }
    return sum;
}

/* A bound in seconds, such as 0.00025. */
static void write_bound(ody_bytes *out, uint32_t microseconds)
{
    char text[24];
    int length =
        snprintf(text, sizeof(text), "%u.%06u", microseconds / 1000000, microseconds % 1000000);

    while (text[length - 1] == '0') {
        length--;
    }
    if (text[length - 1] == '.') {
        length--;
    }
    ody_bytes_append(out, text, (size_t)length);
}

static void write_latency_line(ody_bytes *out, const char *suffix)
{
    ody_bytes_append_view(out, ody_view_of(ody__metric_name(ODY_METRIC_LATENCY)));
    ody_bytes_append_view(out, ody_view_of(suffix));
}

/* The count is the sum of what was read, so that the parts agree although the shards go on. */
static void write_latency(ody_bytes *out, const ody_metrics_facts *facts)
{
    static const uint32_t bounds[] = {
#define LATENCY_BOUND(bound) bound,
        ODY_LATENCY_BOUNDS(LATENCY_BOUND)
#undef LATENCY_BOUND
    };
    uint64_t microseconds = 0;
    uint64_t count = 0;

    ody__metric_begin(out, ODY_METRIC_LATENCY);
    for (size_t bucket = 0; bucket < ODY_LATENCY_LONGER; bucket++) {
        count += bucket_sum(facts, bucket);
        write_latency_line(out, "_bucket{le=\"");
        write_bound(out, bounds[bucket]);
        ody_bytes_append_literal(out, "\"} ");
        ody_bytes_append_number(out, count);
        ody_bytes_append_byte(out, '\n');
    }
    count += bucket_sum(facts, ODY_LATENCY_LONGER);
    for (unsigned shard = 0; shard < facts->shard_count; shard++) {
        microseconds += ody__counter_read(&facts->shared->latencies[shard].sum);
    }
    write_latency_line(out, "_bucket{le=\"+Inf\"} ");
    ody_bytes_append_number(out, count);
    ody_bytes_append_byte(out, '\n');
    write_latency_line(out, "_sum ");
    ody__metric_append_seconds(out, microseconds);
    ody_bytes_append_byte(out, '\n');
    write_latency_line(out, "_count ");
    ody_bytes_append_number(out, count);
    ody_bytes_append_byte(out, '\n');
}

static void write_http(ody_bytes *out, const ody_http_state *http)
{
    static const char *const classes[] = {NULL, NULL, "2xx", "3xx", "4xx", "5xx"};

    ody__metric_single(out, ODY_METRIC_HTTP_CONNECTIONS, http->connections);
    ody__metric_single(out, ODY_METRIC_HTTP_REQUESTS, http->requests);
    ody__metric_begin(out, ODY_METRIC_HTTP_ANSWERS);
    for (size_t digit = 2; digit < sizeof(classes) / sizeof(classes[0]); digit++) {
        ody__metric_sample(out, ODY_METRIC_HTTP_ANSWERS, ody_view_of(classes[digit]),
                           http->answers[digit]);
    }
    ody__metric_single(out, ODY_METRIC_HTTP_RECEIVED_BYTES, http->received);
    ody__metric_single(out, ODY_METRIC_HTTP_SENT_BYTES, http->sent);
    ody__metric_begin(out, ODY_METRIC_HTTP_LOST);
    ody__metric_sample(out, ODY_METRIC_HTTP_LOST, ODY_VIEW("refused"), http->refused);
    ody__metric_sample(out, ODY_METRIC_HTTP_LOST, ODY_VIEW("evicted"), http->evicted);
    ody__metric_sample(out, ODY_METRIC_HTTP_LOST, ODY_VIEW("timed_out"), http->timed_out);
    ody__metric_sample(out, ODY_METRIC_HTTP_LOST, ODY_VIEW("malformed"), http->answers[0]);
}

static void write_php(ody_bytes *out, const ody_calls_state *calls)
{
    ody__metric_single(out, ODY_METRIC_PHP_WORKERS, calls->workers);
    ody__metric_single(out, ODY_METRIC_PHP_BUSY, calls->busy);
    ody__metric_single(out, ODY_METRIC_PHP_QUEUE, calls->queued);
    ody__metric_single(out, ODY_METRIC_PHP_QUEUE_LIMIT, calls->queue_limit);
    ody__metric_begin(out, ODY_METRIC_PHP_CALLS);
    ody__metric_sample(out, ODY_METRIC_PHP_CALLS, ODY_VIEW("handled"), calls->handled);
    ody__metric_sample(out, ODY_METRIC_PHP_CALLS, ODY_VIEW("failed"), calls->failed);
    ody__metric_sample(out, ODY_METRIC_PHP_CALLS, ODY_VIEW("timed_out"), calls->timed_out);
    ody__metric_sample(out, ODY_METRIC_PHP_CALLS, ODY_VIEW("refused"), calls->refused);
    ody__metric_sample(out, ODY_METRIC_PHP_CALLS, ODY_VIEW("dropped"), calls->dropped);
    ody__metric_single(out, ODY_METRIC_PHP_LOST, calls->lost);
}

static void write_redis(ody_bytes *out, const ody_redis_state *redis)
{
    ody__metric_single(out, ODY_METRIC_REDIS_CONNECTED, redis->connected);
    ody__metric_single(out, ODY_METRIC_REDIS_CONNECTS, redis->connects);
    ody__metric_single(out, ODY_METRIC_REDIS_FAILURES, redis->failures);
    ody__metric_single(out, ODY_METRIC_REDIS_MESSAGES, redis->messages);
    ody__metric_single(out, ODY_METRIC_REDIS_IN_FLIGHT, redis->in_flight);
    ody__metric_begin(out, ODY_METRIC_REDIS_REJECTED);
    for (int kind = 0; kind < ODY_REDIS_REJECTIONS_COUNT; kind++) {
        ody__metric_sample(out, ODY_METRIC_REDIS_REJECTED,
                           ody_view_of(ody_redis_rejection_name((ody_redis_rejection)kind)),
                           redis->rejected[kind]);
    }
}

static void write_webhooks(ody_bytes *out, const ody_webhooks_state *webhooks)
{
    const ody_webhook_numbers *all = &webhooks->all;

    ody__metric_single(out, ODY_METRIC_WEBHOOKS, webhooks->hooks);
    ody__metric_single(out, ODY_METRIC_WEBHOOKS_FAILING, all->failing);
    ody__metric_single(out, ODY_METRIC_WEBHOOK_QUEUE, all->queued);
    ody__metric_single(out, ODY_METRIC_WEBHOOK_BYTES, all->bytes);
    ody__metric_single(out, ODY_METRIC_WEBHOOK_HELD, webhooks->held);
    ody__metric_single(out, ODY_METRIC_WEBHOOK_IN_FLIGHT, all->in_flight);
    ody__metric_single(out, ODY_METRIC_WEBHOOK_SENT, all->sent);
    ody__metric_single(out, ODY_METRIC_WEBHOOK_SMOOTHED, webhooks->smoothed);
    ody__metric_begin(out, ODY_METRIC_WEBHOOK_DROPPED);
    ody__metric_sample(out, ODY_METRIC_WEBHOOK_DROPPED, ODY_VIEW("mailbox"),
                       webhooks->dropped_mailbox);
#define DROP_WRITE(name, text)                                                                     \
    ody__metric_sample(out, ODY_METRIC_WEBHOOK_DROPPED, ODY_VIEW(#name), all->dropped_##name);
    ODY_WEBHOOK_DROPS(DROP_WRITE)
#undef DROP_WRITE
    ody__metric_begin(out, ODY_METRIC_WEBHOOK_REQUESTS);
    ody__metric_sample(out, ODY_METRIC_WEBHOOK_REQUESTS, ODY_VIEW("delivered"), all->requests);
    ody__metric_sample(out, ODY_METRIC_WEBHOOK_REQUESTS, ODY_VIEW("failed"), all->failed);
}

void ody_metrics_write(ody_bytes *out, const ody_metrics_facts *facts)
{
    write_build(out);
    write_process(out, facts);
    write_apps(out, facts);
    write_shards(out, facts);
    write_losses(out, facts);
    write_latency(out, facts);
    ody__metric_single(out, ODY_METRIC_REQUESTS, facts->requests);
    ody__metric_single(out, ODY_METRIC_PROCESSES, facts->processes);
    write_http(out, facts->http);
    write_php(out, facts->calls);
    write_redis(out, facts->redis);
    write_webhooks(out, facts->webhooks);
}

/* SPDX-License-Identifier: MIT */
/* Rates are differences of two answers: each has the time at which it was made. */
#include "overview.h"

#include "gauges.h"
#include "hub/tails.h"
#include "wire/object.h"

static void write_losses(ody_bytes *out, const ody_metrics_facts *facts)
{
    ody_counter_sums sums = ody__counters_sum(facts->shared, facts->shard_count);
    uint64_t all = 0;

#define LOSS_ADD(name) all += sums.name;
    ODY_LOSSES(LOSS_ADD)
#undef LOSS_ADD
    ody_object_begin(out, "losses");
    ody_object_number(out, "all", all);
#define LOSS_WRITE(name) ody_object_number(out, #name, sums.name);
    ODY_LOSSES(LOSS_WRITE)
#undef LOSS_WRITE
    ody_bytes_append_byte(out, '}');
}

static void write_shards(ody_bytes *out, const ody_metrics_facts *facts)
{
    ody_bytes_append_literal(out, ",\"shards\":[");
    for (unsigned shard = 0; shard < facts->shard_count; shard++) {
        const ody_counters *counters = &facts->shared->counters[shard];

        ody_bytes_append_view(out, shard == 0 ? ODY_VIEW("{") : ODY_VIEW(",{"));
        ody_object_number(out, "mailbox", facts->queued(facts->context, shard));
#define COUNTER_WRITE(name) ody_object_number(out, #name, ody__counter_read(&counters->name));
        ODY_GAUGES(COUNTER_WRITE)
        ODY_TOTALS(COUNTER_WRITE)
#undef COUNTER_WRITE
        ody_bytes_append_byte(out, '}');
    }
    ody_bytes_append_byte(out, ']');
}

/* Buckets without those below them; the last is for what took longer than all bounds. */
static void write_latency(ody_bytes *out, const ody_metrics_facts *facts)
{
    static const uint32_t bounds[] = {
#define LATENCY_BOUND(bound) bound,
        ODY_LATENCY_BOUNDS(LATENCY_BOUND)
#undef LATENCY_BOUND
    };

    ody_bytes_append_literal(out, ",\"latency\":{\"bounds\":[");
    for (size_t bucket = 0; bucket < ODY_LATENCY_LONGER; bucket++) {
        ody_bytes_append_view(out, bucket == 0 ? ODY_VIEW_NONE : ODY_VIEW(","));
        ody_bytes_append_number(out, bounds[bucket]);
    }
    ody_bytes_append_literal(out, "],\"counts\":[");
    for (size_t bucket = 0; bucket < ODY_LATENCY_BUCKETS; bucket++) {
        uint64_t sum = 0;

        for (unsigned shard = 0; shard < facts->shard_count; shard++) {
            sum += ody__counter_read(&facts->shared->latencies[shard].buckets[bucket]);
        }
        ody_bytes_append_view(out, bucket == 0 ? ODY_VIEW_NONE : ODY_VIEW(","));
        ody_bytes_append_number(out, sum);
    }
    ody_bytes_append_literal(out, "]}");
}

static void write_http(ody_bytes *out, const ody_http_state *http)
{
    ody_object_begin(out, "http");
    ody_object_number(out, "connections", http->connections);
    ody_object_number(out, "requests", http->requests);
    ody_object_number(out, "received", http->received);
    ody_object_number(out, "sent", http->sent);
    ody_object_number(out, "answers",
                      http->answers[2] + http->answers[3] + http->answers[4] + http->answers[5]);
    ody_object_number(out, "refused_requests", http->answers[4]);
    ody_object_number(out, "failed_requests", http->answers[5]);
    ody_object_number(out, "malformed", http->answers[0]);
    ody_object_number(out, "refused", http->refused);
    ody_object_number(out, "evicted", http->evicted);
    ody_object_number(out, "timed_out", http->timed_out);
    ody_bytes_append_byte(out, '}');
}

void ody_overview_write(ody_bytes *out, const ody_overview_facts *facts)
{
    const ody_metrics_facts *metrics = facts->metrics;
    const ody_limits *limits = &metrics->options->limits;

    ody_bytes_append_byte(out, '{');
    ody_object_number(out, "clock_us", facts->clock_us);
    ody_object_number(out, "cpu_us", ody__cpu_time());
    ody_object_number(out, "draining", metrics->shared->draining);
    ody_object_number(out, "api_mailbox", metrics->queued(metrics->context, metrics->shard_count));
    ody_object_number(out, "outbound_soft", limits->outbound_soft);
    ody_object_number(out, "outbound_hard", limits->outbound_hard);
    ody_object_begin(out, "tails");
    ody_object_number(out, "open", facts->tails);
    ody_object_number(out, "most", ODY_TAILS_MAX);
    ody_bytes_append_byte(out, '}');
    write_losses(out, metrics);
    write_shards(out, metrics);
    write_latency(out, metrics);
    write_http(out, metrics->http);
    ody_object_name(out, "status");
    ody_status_write(out, metrics->shared, facts->status);
    ody_bytes_append_byte(out, '}');
}

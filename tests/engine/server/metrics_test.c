/* SPDX-License-Identifier: MIT */
/* The metrics are what a monitoring system reads, complete, bounded, and without a secret. */
#include "metrics.h"

#include <stdlib.h>
#include "../apps.h"
#include "base/map.h"
#include "exposition.h"
#include "metrics_text.h"
#include "test.h"

typedef struct scene {
    ody_options options;
    ody_app *apps;
    ody_shared *shared;
    ody_http_state http;
    ody_calls_state calls;
    ody_redis_state redis;
    ody_webhooks_state webhooks;
    ody_metrics_facts facts;
    ody_bytes out;
    exposition read;
} scene;

static uint64_t queued(void *context, unsigned target)
{
    (void)context;
    return 1000 + target;
}

static scene *start(size_t app_count, unsigned shards)
{
    scene *self = calloc(1, sizeof(*self));

    ody_hash_seed();
    self->options = (ody_options){.worker_num = shards};
    self->apps = test_apps(&self->options, app_count, "public-key", "top-secret");
    self->shared = ody_shared_new(&self->options);
    CHECK(self->shared);
    self->facts = (ody_metrics_facts){
        .shared = self->shared,
        .options = &self->options,
        .shard_count = shards,
        .started_at = 1700000000,
        .loaded_at = 1700000061,
        .uptime_ms = 61250,
        .queued = queued,
        .processes = 3,
        .requests = 4,
        .http = &self->http,
        .calls = &self->calls,
        .redis = &self->redis,
        .webhooks = &self->webhooks,
    };
    return self;
}

static void end(scene *self)
{
    ody_bytes_fini(&self->out);
    ody_shared_free(self->shared);
    free(self);
}

static const exposition *scrape(scene *self)
{
    ody_bytes_clear(&self->out);
    ody_metrics_write(&self->out, &self->facts);
    CHECK(!self->out.failed);
    exposition_read(&self->read, ody_bytes_view(&self->out));
    return &self->read;
}

static double value(scene *self, const char *name, const char *labels)
{
    return exposition_value(&self->read, name, labels);
}

TEST(every_metric_of_the_list_is_there)
{
    scene *self = start(2, 2);
    const exposition *read = scrape(self);

    CHECK_EQUAL(read->family_count, ODY_METRICS_COUNT);
    for (int metric = 0; metric < ODY_METRICS_COUNT; metric++) {
        const char *name = ody__metric_name((ody_metric)metric);

        CHECK_VIEW(ody_view_of(read->families[metric].name), ody_view_of(name));
        CHECK(strncmp(name, "ody_", 4) == 0);
    }
    end(self);
}

/* Each label that a sample has is the one of the list; only the build has more. */
TEST(samples_have_the_labels_of_the_list)
{
    static const char *const labels[] = {
#define LABEL_OF(ID, kind, name, label, help) label,
        ODY_METRICS(LABEL_OF)
#undef LABEL_OF
    };
    scene *self = start(2, 2);
    const exposition *read = scrape(self);

    for (size_t index = 0; index < read->sample_count; index++) {
        const exposition_sample *sample = &read->samples[index];
        const char *label = labels[sample->family];
        bool total = strstr(sample->name, "_sum") || strstr(sample->name, "_count");

        if (label[0] == '\0' || (total && strcmp(label, "le") == 0)) {
            CHECK(sample->labels[0] == '\0');
            continue;
        }
        CHECK(strncmp(sample->labels, label, strlen(label)) == 0);
        CHECK(sample->labels[strlen(label)] == '=');
        CHECK(!strstr(sample->labels, "\",") || sample->family == ODY_METRIC_BUILD);
    }
    end(self);
}

TEST(facts_about_http_are_shown)
{
    scene *self = start(1, 2);

    self->http = (ody_http_state){.connections = 1,
                                  .requests = 2,
                                  .refused = 3,
                                  .evicted = 4,
                                  .timed_out = 5,
                                  .received = 6,
                                  .sent = 7,
                                  .answers = {8, 0, 9, 10, 11, 12}};
    scrape(self);
    CHECK(value(self, "ody_http_connections", "") == 1);
    CHECK(value(self, "ody_http_requests", "") == 2);
    CHECK(value(self, "ody_http_connections_lost_total", "reason=\"refused\"") == 3);
    CHECK(value(self, "ody_http_connections_lost_total", "reason=\"evicted\"") == 4);
    CHECK(value(self, "ody_http_connections_lost_total", "reason=\"timed_out\"") == 5);
    CHECK(value(self, "ody_http_connections_lost_total", "reason=\"malformed\"") == 8);
    CHECK(value(self, "ody_http_received_bytes_total", "") == 6);
    CHECK(value(self, "ody_http_sent_bytes_total", "") == 7);
    CHECK(value(self, "ody_http_answers_total", "status=\"2xx\"") == 9);
    CHECK(value(self, "ody_http_answers_total", "status=\"5xx\"") == 12);
    end(self);
}

TEST(facts_about_webhooks_are_shown)
{
    scene *self = start(1, 2);

    self->webhooks = (ody_webhooks_state){.hooks = 3,
                                          .held = 4,
                                          .smoothed = 5,
                                          .dropped_mailbox = 6,
                                          .all = {.queued = 7,
                                                  .bytes = 8,
                                                  .in_flight = 9,
                                                  .failing = 2,
                                                  .sent = 10,
                                                  .requests = 11,
                                                  .failed = 12,
                                                  .dropped_expired = 13}};
    scrape(self);
    CHECK(value(self, "ody_webhooks", "") == 3);
    CHECK(value(self, "ody_webhooks_failing", "") == 2);
    CHECK(value(self, "ody_webhook_queue_events", "") == 7);
    CHECK(value(self, "ody_webhook_queue_bytes", "") == 8);
    CHECK(value(self, "ody_webhook_held_events", "") == 4);
    CHECK(value(self, "ody_webhook_requests_in_flight", "") == 9);
    CHECK(value(self, "ody_webhook_events_sent_total", "") == 10);
    CHECK(value(self, "ody_webhook_events_smoothed_total", "") == 5);
    CHECK(value(self, "ody_webhook_events_dropped_total", "reason=\"mailbox\"") == 6);
    CHECK(value(self, "ody_webhook_events_dropped_total", "reason=\"expired\"") == 13);
    CHECK(value(self, "ody_webhook_requests_total", "outcome=\"delivered\"") == 11);
    CHECK(value(self, "ody_webhook_requests_total", "outcome=\"failed\"") == 12);
    end(self);
}

TEST(facts_are_shown)
{
    scene *self = start(1, 2);

    self->calls = (ody_calls_state){4, 3, 7, 100, 50, 1, 2, 5, 6, 8};
    self->redis = (ody_redis_state){.connected = true,
                                    .connects = 2,
                                    .failures = 1,
                                    .messages = 9,
                                    .in_flight = 3,
                                    .rejected = {4, 1}};
    scrape(self);
    CHECK(value(self, "ody_start_time_seconds", "") == 1700000000);
    CHECK(value(self, "ody_configuration_time_seconds", "") == 1700000061);
    CHECK(value(self, "ody_uptime_seconds", "") == 61.25);
    CHECK(value(self, "ody_memory_resident_bytes", "") > 100000);
    CHECK(value(self, "ody_cpu_seconds_total", "") < 1000);
    CHECK(value(self, "ody_open_files_limit", "") > 10);
    CHECK(value(self, "ody_connection_limit", "") > 0);
    CHECK(value(self, "ody_mailbox_bytes", "shard=\"1\"") == 1001);
    CHECK(value(self, "ody_api_mailbox_bytes", "") == 1002);
    CHECK(value(self, "ody_processes", "") == 3);
    CHECK(value(self, "ody_requests_pending", "") == 4);
    CHECK(value(self, "ody_php_workers", "") == 4);
    CHECK(value(self, "ody_php_workers_busy", "") == 3);
    CHECK(value(self, "ody_php_queue_calls", "") == 7);
    CHECK(value(self, "ody_php_queue_limit", "") == 100);
    CHECK(value(self, "ody_php_calls_total", "outcome=\"handled\"") == 50);
    CHECK(value(self, "ody_php_calls_total", "outcome=\"failed\"") == 1);
    CHECK(value(self, "ody_php_calls_total", "outcome=\"timed_out\"") == 2);
    CHECK(value(self, "ody_php_calls_total", "outcome=\"refused\"") == 5);
    CHECK(value(self, "ody_php_calls_total", "outcome=\"dropped\"") == 6);
    CHECK(value(self, "ody_php_workers_lost_total", "") == 8);
    CHECK(value(self, "ody_redis_connected", "") == 1);
    CHECK(value(self, "ody_redis_messages_total", "") == 9);
    CHECK(value(self, "ody_redis_messages_rejected_total", "reason=\"json\"") == 4);
    CHECK(value(self, "ody_redis_messages_rejected_total", "reason=\"fields\"") == 1);
    CHECK(value(self, "ody_redis_messages_rejected_total", "reason=\"memory\"") == 0);
    end(self);
}

TEST(counters_are_those_of_their_shard_and_app)
{
    scene *self = start(2, 2);
    ody_app_counters *app = ody_shared_app(self->shared, 1)->counters;

    ody_count(&self->shared->counters[0], connections, 3);
    ody_count(&self->shared->counters[1], connections, 4);
    ody_count(&self->shared->counters[1], busy_time, 1500000);
    ody_count(&self->shared->counters[0], refused_app, 5);
    ody_count(&self->shared->counters[1], refused_app, 6);
    ody_count(&app[0], messages_received, 7);
    ody_count(&app[1], messages_received, 8);
    ody_count(&app[1], bytes_delivered, 9);
    scrape(self);
    CHECK(value(self, "ody_connections", "shard=\"0\"") == 3);
    CHECK(value(self, "ody_connections", "shard=\"1\"") == 4);
    CHECK(value(self, "ody_busy_seconds_total", "shard=\"1\"") == 1.5);
    CHECK(value(self, "ody_losses_total", "reason=\"refused_app\"") == 11);
    CHECK(value(self, "ody_app_messages_received_total", "app=\"1\"") == 0);
    CHECK(value(self, "ody_app_messages_received_total", "app=\"2\"") == 15);
    CHECK(value(self, "ody_app_delivered_bytes_total", "app=\"2\"") == 9);
    end(self);
}

/* Whoever adds a counter gives it a metric: this fails until then. */
TEST(no_counter_is_without_a_metric)
{
    scene *self = start(1, 1);
    _Atomic uint64_t *counters = (_Atomic uint64_t *)&self->shared->counters[0];
    _Atomic uint64_t *app = (_Atomic uint64_t *)&ody_shared_app(self->shared, 0)->counters[0];
    char wanted[32];

    for (size_t index = 0; index < sizeof(ody_counters) / sizeof(*counters); index++) {
        atomic_store(&counters[index], 7700000000000 + index * 1000000);
    }
    for (size_t index = 0; index < sizeof(ody_app_counters) / sizeof(*app); index++) {
        atomic_store(&app[index], 8800000000000 + index);
    }
    scrape(self);
    ody_bytes_append_byte(&self->out, '\0');
    for (size_t index = 0; index < sizeof(ody_counters) / sizeof(*counters); index++) {
        char seconds[32];

        snprintf(wanted, sizeof(wanted), " %zu\n", 7700000000000 + index * 1000000);
        snprintf(seconds, sizeof(seconds), " %zu.000000\n", 7700000 + index);
        if (!strstr(self->out.data, wanted) && !strstr(self->out.data, seconds)) {
            FAIL("counter %zu of a shard is in no metric", index);
        }
    }
    for (size_t index = 0; index < sizeof(ody_app_counters) / sizeof(*app); index++) {
        snprintf(wanted, sizeof(wanted), " %zu\n", 8800000000000 + index);
        if (!strstr(self->out.data, wanted)) {
            FAIL("counter %zu of an app is in no metric", index);
        }
    }
    end(self);
}

TEST(latencies_of_all_shards_are_one_histogram)
{
    scene *self = start(1, 2);
    ody_latency *latencies = self->shared->latencies;

    atomic_store(&latencies[0].buckets[ODY_LATENCY_UP_TO_50], 2);
    atomic_store(&latencies[1].buckets[ODY_LATENCY_UP_TO_50], 1);
    atomic_store(&latencies[1].buckets[ODY_LATENCY_UP_TO_2500], 4);
    atomic_store(&latencies[0].buckets[ODY_LATENCY_LONGER], 5);
    atomic_store(&latencies[0].sum, 30000100);
    atomic_store(&latencies[1].sum, 8000);
    scrape(self);
    CHECK(value(self, "ody_publish_latency_seconds_bucket", "le=\"0.00005\"") == 3);
    CHECK(value(self, "ody_publish_latency_seconds_bucket", "le=\"0.001\"") == 3);
    CHECK(value(self, "ody_publish_latency_seconds_bucket", "le=\"0.0025\"") == 7);
    CHECK(value(self, "ody_publish_latency_seconds_bucket", "le=\"1\"") == 7);
    CHECK(value(self, "ody_publish_latency_seconds_bucket", "le=\"5\"") == 7);
    CHECK(value(self, "ody_publish_latency_seconds_bucket", "le=\"+Inf\"") == 12);
    CHECK(value(self, "ody_publish_latency_seconds_count", "") == 12);
    CHECK(value(self, "ody_publish_latency_seconds_sum", "") == 30.0081);
    end(self);
}

TEST(nothing_that_counts_goes_back)
{
    scene *self = start(2, 2);
    exposition *before = malloc(sizeof(*before));

    ody_count(&self->shared->counters[0], deliveries, 3);
    ody_count(&self->shared->counters[0], connections, 3);
    *before = *scrape(self);
    ody_count(&self->shared->counters[0], deliveries, 3);
    ody_count(&self->shared->counters[0], connections, -2);
    atomic_store(&self->shared->latencies[0].buckets[3], 1);
    exposition_monotone(before, scrape(self));
    free(before);
    end(self);
}

/* The names of apps come from the configuration, but nobody promises what they look like. */
TEST(app_ids_are_escaped)
{
    scene *self = start(4, 1);

    self->apps[0].id = "a\"b\\c\nd";
    self->apps[1].id = "é";
    self->apps[2].id = "bro\xffken";
    self->apps[3].id = "{}=, ";
    scrape(self);
    CHECK(exposition_has(&self->read, "ody_app_channels", "app=\"a\\\"b\\\\c\\nd\""));
    CHECK(exposition_has(&self->read, "ody_app_channels", "app=\"é\""));
    CHECK(exposition_has(&self->read, "ody_app_channels", "app=\"?\""));
    CHECK(exposition_has(&self->read, "ody_app_channels", "app=\"{}=, \""));
    end(self);
}

TEST(what_is_secret_is_in_no_metric)
{
    scene *self = start(3, 1);

    self->options.redis = (ody_redis_options){"redis://:top-secret@h", "c"};
    self->options.http.metrics_token = "top-secret";
    scrape(self);
    CHECK(!memmem(self->out.data, self->out.length, "top-secret", 10));
    CHECK(!memmem(self->out.data, self->out.length, "public-key", 10));
    end(self);
}

TEST(the_number_of_samples_follows_from_the_configuration)
{
    scene *one = start(1, 1);
    scene *more = start(11, 5);
    size_t app_metrics = 0;
    size_t shard_metrics = 0;

#define COUNT_LABELS(ID, kind, name, label, help)                                                  \
    app_metrics += strcmp(label, "app") == 0;                                                      \
    shard_metrics += strcmp(label, "shard") == 0;
    ODY_METRICS(COUNT_LABELS)
#undef COUNT_LABELS
    CHECK_EQUAL(scrape(more)->sample_count,
                scrape(one)->sample_count + 10 * app_metrics + 4 * shard_metrics);
    end(one);
    end(more);
}

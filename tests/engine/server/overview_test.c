/* SPDX-License-Identifier: MIT */
/* The overview is one JSON object with everything that counts, and without a secret. */
#include "overview.h"

#include "../apps.h"
#include "base/map.h"
#include "test.h"

static uint64_t queued(void *context, unsigned target)
{
    (void)context;
    return 1000 + target;
}

/* Writes the overview of two shards into out. */
static void write_two_shards(ody_bytes *out)
{
    ody_options options = {
        .host = "127.0.0.1",
        .path = "",
        .socket_path = "/tmp/s",
        .worker_num = 2,
        .inspector_password = "top-secret password",
        .limits = {.outbound_soft = 5, .outbound_hard = 6},
    };
    const ody_http_state http = {.connections = 7, .answers = {1, 0, 20, 3, 4, 5}};
    const ody_calls_state calls = {0};
    const ody_webhooks_state webhooks = {0};
    ody_shared *shared;
    ody_metrics_facts metrics;
    ody_status_facts status;

    ody_hash_seed();
    test_apps(&options, 2, "key", "top-secret");
    shared = ody_shared_new(&options);
    CHECK(shared != NULL);
    ody_count(&shared->counters[0], deliveries, 3);
    ody_count(&shared->counters[1], deliveries, 4);
    ody_count(&shared->counters[0], evicted_pong, 8);
    ody_count(&shared->counters[1], evicted_pong, 1);
    ody_count(&shared->counters[1], refused_app, 2);
    ody_count(&shared->latencies[0], buckets[ODY_LATENCY_UP_TO_50], 11);
    ody_count(&shared->latencies[1], buckets[ODY_LATENCY_UP_TO_50], 1);
    ody_count(&shared->latencies[1], buckets[ODY_LATENCY_LONGER], 2);
    metrics = (ody_metrics_facts){
        .shared = shared,
        .options = &options,
        .shard_count = 2,
        .queued = queued,
        .http = &http,
        .calls = &calls,
        .webhooks = &webhooks,
    };
    status = (ody_status_facts){.options = &options, .calls = &calls, .shard_count = 2};
    ody_overview_write(out,
                       &(ody_overview_facts){
                           .metrics = &metrics, .status = &status, .clock_us = 123456, .tails = 2});
    ody_shared_free(shared);
}

static bool contains(const ody_bytes *bytes, const char *text)
{
    return memmem(bytes->data, bytes->length, text, strlen(text)) != NULL;
}

TEST(the_overview_has_what_rates_and_quantiles_are_made_of)
{
    static const char *const wanted[] = {
        "{\"clock_us\":123456,\"cpu_us\":",
        ",\"api_mailbox\":1002,\"outbound_soft\":5,\"outbound_hard\":6,",
        "\"tails\":{\"open\":2,\"most\":16}",
        "\"losses\":{\"all\":11,\"refused_app\":2,",
        ",\"evicted_pong\":9,",
        "\"shards\":[{\"mailbox\":1000,\"connections\":0,",
        ",\"deliveries\":3,",
        "},{\"mailbox\":1001,",
        "\"latency\":{\"bounds\":[50,100,250,",
        ",5000000],\"counts\":[12,0,",
        ",0,2]}",
        "\"http\":{\"connections\":7,",
        ",\"answers\":32,\"refused_requests\":4,\"failed_requests\":5,\"malformed\":1,",
        ",\"status\":{\"version\":\"",
        ",\"apps\":[{\"id\":\"1\",",
    };
    ody_bytes out = {0};

    write_two_shards(&out);
    CHECK(!out.failed);
    for (size_t index = 0; index < sizeof(wanted) / sizeof(wanted[0]); index++) {
        if (!contains(&out, wanted[index])) {
            FAIL("%s is not in %.*s", wanted[index], (int)out.length, out.data);
        }
    }
    ody_bytes_fini(&out);
}

TEST(the_overview_is_balanced_and_without_a_secret)
{
    ody_bytes out = {0};
    int depth = 0;
    bool text = false;

    write_two_shards(&out);
    for (size_t index = 0; index < out.length; index++) {
        char byte = out.data[index];

        text = byte == '"' ? !text : text;
        depth += !text && (byte == '{' || byte == '[');
        depth -= !text && (byte == '}' || byte == ']');
        CHECK(depth > 0 || index == out.length - 1);
    }
    CHECK_EQUAL(depth, 0);
    CHECK(!contains(&out, "top-secret"));
    ody_bytes_fini(&out);
}

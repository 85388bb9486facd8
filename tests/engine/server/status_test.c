/* SPDX-License-Identifier: MIT */
/* The status is one JSON object that adds up the shards and never shows a secret. */
#include "status.h"

#include "base/map.h"
#include "test.h"

static const ody_options options = {
    .host = "127.0.0.1",
    .port = 9502,
    .path = "",
    .worker_num = 2,
    .app_id = "1",
    .app_key = "public-key",
    .app_secret = "top-secret",
    .socket_path = "/tmp/\"quoted\".sock",
};

static bool contains(const ody_bytes *bytes, const char *text)
{
    return memmem(bytes->data, bytes->length, text, strlen(text)) != NULL;
}

TEST(status_adds_up_the_shards)
{
    ody_shared *shared;
    ody_bytes out = {0};
    const ody_calls_state calls = {0};
    ody_status_facts facts = {.calls = &calls, .supervisor_pid = 17, .shard_count = 2, .uptime_ms = 61999};

    ody_hash_seed();
    shared = ody_shared_new(&options);
    CHECK(shared != NULL);
    ody_count(&shared->counters[0], connections, 3);
    ody_count(&shared->counters[1], connections, 4);
    ody_count(&shared->counters[1], deliveries, 9);
    ody_status_write(&out, shared, &facts);
    CHECK(!out.failed);
    CHECK(out.data[0] == '{' && out.data[out.length - 1] == '}');
    CHECK(contains(&out, "\"pid\":17,"));
    CHECK(contains(&out, "\"port\":9502,"));
    CHECK(contains(&out, "\"uptime\":61,"));
    CHECK(contains(&out, "\"connections\":7,"));
    CHECK(contains(&out, "{\"shard\":1,\"connections\":4,"));
    CHECK(contains(&out, "\"socket\":\"/tmp/\\\"quoted\\\".sock\""));
    CHECK(contains(&out, "\"tls\":false"));
    ody_bytes_fini(&out);
    ody_shared_free(shared);
}

TEST(status_never_shows_a_key)
{
    const ody_calls_state calls = {0};
    ody_shared *shared;
    ody_bytes out = {0};

    ody_hash_seed();
    shared = ody_shared_new(&options);
    ody_status_write(&out, shared, &(ody_status_facts){.calls = &calls, .shard_count = 1});
    CHECK(!contains(&out, "top-secret"));
    CHECK(!contains(&out, "public-key"));
    ody_bytes_fini(&out);
    ody_shared_free(shared);
}

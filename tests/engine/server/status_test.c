/* SPDX-License-Identifier: MIT */
/* The status is one JSON object that adds up the shards and never shows a secret. */
#include "status.h"

#include "base/map.h"
#include "test.h"

static const ody_app app = {
    .id = "1", .keys = {{"key", "top-secret"}}, .origins = "", .enabled = true};
static const ody_options options = {
    .apps = &app,
    .app_count = 1,
    .host = "127.0.0.1",
    .port = 9502,
    .path = "",
    .worker_num = 2,
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
    ody_status_facts facts = {
        .options = &options,
        .calls = &calls,
        .supervisor_pid = 17,
        .shard_count = 2,
        .uptime_ms = 61999,
        .started_at = 1700000000,
        .loaded_at = 1700000061,
    };

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
    CHECK(contains(&out, "\"started_at\":1700000000,"));
    CHECK(contains(&out, "\"configuration_loaded_at\":1700000061,"));
    CHECK(!contains(&out, "last_change"));
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
    ody_status_write(&out, shared,
                     &(ody_status_facts){.options = &options, .calls = &calls, .shard_count = 1});
    CHECK(!contains(&out, "top-secret"));
    CHECK(!contains(&out, "public-key"));
    ody_bytes_fini(&out);
    ody_shared_free(shared);
}

static void expect_change(const ody_server_change *change, const char *text)
{
    const ody_calls_state calls = {0};
    ody_shared *shared = ody_shared_new(&options);
    ody_bytes out = {0};

    ody_status_write(&out, shared,
                     &(ody_status_facts){
                         .options = &options, .calls = &calls, .shard_count = 1, .change = change});
    if (!contains(&out, text)) {
        FAIL("%s is not in %.*s", text, (int)out.length, out.data);
    }
    ody_bytes_fini(&out);
    ody_shared_free(shared);
}

TEST(status_tells_of_the_last_change)
{
    ody_hash_seed();
    expect_change(&(ody_server_change){.number = 3, .restart = 1},
                  ",\"last_change\":{\"number\":3,\"restart\":true,\"ok\":true,\"message\":null},");
    expect_change(&(ody_server_change){.number = 4, .code = -4, .message = "not \"so\""},
                  ",\"last_change\":{\"number\":4,\"restart\":false,\"ok\":false,"
                  "\"message\":\"not \\\"so\\\"\"},");
}

TEST(status_names_webhooks_without_their_secrets)
{
    static const ody_webhook hook = {"1", "https://me:PASSWORD@a.test/TOKEN?KEY", "", 1};
    const ody_calls_state calls = {0};
    ody_options with_hook = options;
    ody_webhooks *webhooks;
    ody_shared *shared;
    ody_bytes out = {0};
    ody_error error;

    with_hook.webhooks = &hook;
    with_hook.webhook_count = 1;
    ody_hash_seed();
    shared = ody_shared_new(&with_hook);
    CHECK_EQUAL(ody_webhooks_new(&(ody_webhooks_setup){.options = &with_hook}, &webhooks, &error),
                0);
    ody_status_write(
        &out, shared,
        &(ody_status_facts){
            .options = &with_hook, .calls = &calls, .webhooks = webhooks, .shard_count = 1});
    CHECK(contains(&out, "\"webhooks\":{\"num\":1,\"failing\":0,\"queue\":0,"));
    CHECK(contains(&out, "\"dropped_full\":0,"));
    CHECK(contains(&out, "\"dropped_mailbox\":0,\"hooks\":[{\"app\":\"1\","
                         "\"receiver\":\"https://a.test\",\"failing\":false,\"queue\":0,"));
    CHECK(!contains(&out, "PASSWORD") && !contains(&out, "TOKEN") && !contains(&out, "KEY"));
    ody_bytes_fini(&out);
    ody_webhooks_free(webhooks);
    ody_shared_free(shared);
}

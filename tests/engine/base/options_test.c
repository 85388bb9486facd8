/* SPDX-License-Identifier: MIT */
/* Options come back from their bytes as they were, and broken bytes come to nothing. */
#include "base/options.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/memory.h"
#include "guard.h"
#include "test.h"

/* Whoever adds a field to the options gets here. A pointer must be packed (engine/base/options.c)
 * and filled in below; then these numbers may change. */
_Static_assert(sizeof(ody_options) == 296, "a field was added: pack it if it points to something");
_Static_assert(sizeof(ody_app) == 144, "a field was added: pack it if it points to something");
_Static_assert(sizeof(ody_webhook) == 32, "a field was added: pack it if it points to something");

#define TEXTS(X)                                                                                   \
    X(host)                                                                                        \
    X(path)                                                                                        \
    X(tls_certificate)                                                                             \
    X(tls_key)                                                                                     \
    X(socket_path)                                                                                 \
    X(socket_group)                                                                                \
    X(http.host)                                                                                   \
    X(http.broadcast_key)                                                                          \
    X(inspector_password)                                                                          \
    X(http.metrics_token)                                                                          \
    X(redis.url)                                                                                   \
    X(redis.channel)                                                                               \
    X(log_file)
#define APP_TEXTS(X)                                                                               \
    X(id)                                                                                          \
    X(keys[0].key)                                                                                 \
    X(keys[0].secret)                                                                              \
    X(keys[1].key)                                                                                 \
    X(keys[1].secret)                                                                              \
    X(origins)
#define HOOK_TEXTS(X)                                                                              \
    X(app_id)                                                                                      \
    X(url)                                                                                         \
    X(prefixes)

static const ody_network networks[2] = {
    {.address = {1, 2, 3}, .prefix_bits = 104},
    {.address = {9, 8, 7}, .prefix_bits = 128},
};
static ody_app apps[2];
static ody_webhook hooks[3];

/* Every byte that is no pointer holds something. */
static ody_options filled(void)
{
    ody_options options;

    memset(&options, 0x5a, sizeof(options));
    memset(apps, 0x6b, sizeof(apps));
    memset(hooks, 0x7c, sizeof(hooks));
#define FILL(field) options.field = "the " #field;
    TEXTS(FILL)
#undef FILL
#define FILL(field) apps[0].field = apps[1].field = "the app's " #field;
    APP_TEXTS(FILL)
#undef FILL
#define FILL(field) hooks[0].field = hooks[1].field = hooks[2].field = "the hook's " #field;
    HOOK_TEXTS(FILL)
#undef FILL
    apps[1].keys[1] = (ody_app_key){NULL, NULL};
    options.apps = apps;
    options.app_count = 2;
    options.webhooks = hooks;
    options.webhook_count = 3;
    options.trusted_proxies = networks;
    options.trusted_proxy_count = 2;
    options.http.trusted = networks + 1;
    options.http.trusted_count = 1;
    return options;
}

#define COMPARE(field)                                                                             \
    CHECK_VIEW(ody_view_of(got->field), ody_view_of(wanted->field));                               \
    CHECK(!got->field || got->field != wanted->field);                                             \
    bare.field = wanted->field;

static void check_same_app(const ody_app *got, const ody_app *wanted)
{
    ody_app bare = *got;

    APP_TEXTS(COMPARE)
    CHECK(memcmp(&bare, wanted, sizeof(bare)) == 0);
}

static void check_same_hook(const ody_webhook *got, const ody_webhook *wanted)
{
    ody_webhook bare = *got;

    HOOK_TEXTS(COMPARE)
    CHECK(memcmp(&bare, wanted, sizeof(bare)) == 0);
}

static void check_same_networks(const ody_network *got, const ody_network *wanted, size_t count)
{
    CHECK(!got == (count == 0));
    CHECK(count == 0 || (got != wanted && memcmp(got, wanted, count * sizeof(*got)) == 0));
}

static void check_same(const ody_options *got, const ody_options *wanted)
{
    ody_options bare = *got;

    TEXTS(COMPARE)
    CHECK_EQUAL(got->app_count, wanted->app_count);
    for (size_t index = 0; index < wanted->app_count; index++) {
        check_same_app(&got->apps[index], &wanted->apps[index]);
    }
    CHECK_EQUAL(got->webhook_count, wanted->webhook_count);
    for (size_t index = 0; index < wanted->webhook_count; index++) {
        check_same_hook(&got->webhooks[index], &wanted->webhooks[index]);
    }
    CHECK_EQUAL(got->trusted_proxy_count, wanted->trusted_proxy_count);
    check_same_networks(got->trusted_proxies, wanted->trusted_proxies, wanted->trusted_proxy_count);
    CHECK_EQUAL(got->http.trusted_count, wanted->http.trusted_count);
    check_same_networks(got->http.trusted, wanted->http.trusted, wanted->http.trusted_count);
    bare.apps = wanted->apps;
    bare.webhooks = wanted->webhooks;
    bare.trusted_proxies = wanted->trusted_proxies;
    bare.http.trusted = wanted->http.trusted;
    CHECK(memcmp(&bare, wanted, sizeof(bare)) == 0);
}

TEST(options_come_back_as_they_were)
{
    ody_options options = filled();
    const ody_options *read;
    size_t length;
    void *bytes = ody_options_write(&options, &length);

    CHECK(bytes != NULL);
    CHECK_EQUAL(ody_options_read(bytes, length, &read), 0);
    /* Nothing in them leads back to the bytes. */
    memset(bytes, 'x', length);
    free(bytes);
    check_same(read, &options);
    ody_options_unref(read);
}

TEST(options_without_optional_texts_come_back)
{
    ody_options options = filled();
    const ody_options *read;
    size_t length;
    void *bytes;

    options.tls_certificate = options.tls_key = options.socket_group = options.log_file = NULL;
    options.path = "";
    options.http = (ody_http_options){0};
    options.redis = (ody_redis_options){0};
    options.webhooks = NULL;
    options.webhook_count = 0;
    options.trusted_proxies = NULL;
    options.trusted_proxy_count = 0;
    bytes = ody_options_write(&options, &length);
    CHECK_EQUAL(ody_options_read(bytes, length, &read), 0);
    free(bytes);
    check_same(read, &options);
    ody_options_unref(read);
}

TEST(options_without_what_an_engine_needs_are_refused){
#define REFUSE(field)                                                                              \
    {                                                                                              \
        ody_options options = filled();                                                            \
        const ody_options *read;                                                                   \
        size_t length;                                                                             \
        void *bytes;                                                                               \
                                                                                                   \
        options.field = NULL;                                                                      \
        bytes = ody_options_write(&options, &length);                                              \
        CHECK_EQUAL(ody_options_read(bytes, length, &read), ODY_EPROTOCOL);                        \
        free(bytes);                                                                               \
    }
    REFUSE(host) REFUSE(path) REFUSE(socket_path)
#undef REFUSE
}

TEST(options_without_an_app_are_refused)
{
    ody_options options = filled();
    const ody_options *read;
    size_t length;
    void *bytes;

    options.app_count = 0;
    bytes = ody_options_write(&options, &length);
    CHECK_EQUAL(ody_options_read(bytes, length, &read), ODY_EPROTOCOL);
    free(bytes);
    options = filled();
    apps[1].keys[0].secret = NULL;
    bytes = ody_options_write(&options, &length);
    CHECK_EQUAL(ody_options_read(bytes, length, &read), ODY_EPROTOCOL);
    free(bytes);
}

TEST(apps_are_found_by_id_and_by_each_of_their_keys)
{
    ody_options options = filled();

    apps[0].id = "7";
    apps[0].keys[0] = (ody_app_key){"new", "new secret"};
    apps[0].keys[1] = (ody_app_key){"old", "old secret"};
    apps[1].keys[0] = (ody_app_key){"other", "other secret"};
    CHECK(ody_options_app_of_id(&options, ODY_VIEW("7")) == &apps[0]);
    CHECK(ody_options_app_of_id(&options, ODY_VIEW("8")) == NULL);
    CHECK(ody_options_app_of_key(&options, ODY_VIEW("old")) == &apps[0]);
    CHECK(ody_options_app_of_key(&options, ODY_VIEW("other")) == &apps[1]);
    CHECK(ody_options_app_of_key(&options, ODY_VIEW("")) == NULL);
    CHECK_TEXT(ody_view_of(ody_app_secret(&apps[0], ODY_VIEW("new"))), "new secret");
    CHECK(ody_app_secret(&apps[1], ODY_VIEW("new")) == NULL);
}

TEST(options_cut_anywhere_are_refused)
{
    ody_options options = filled();
    const ody_options *read;
    size_t length;
    char *bytes = ody_options_write(&options, &length);
    char *longer = malloc(length + 64);

    for (size_t cut = 0; cut < length; cut++) {
        ody_view some = ody_test_guarded((ody_view){bytes, cut});

        CHECK_EQUAL(ody_options_read(some.data, cut, &read), ODY_EPROTOCOL);
        munmap((void *)((uintptr_t)some.data & ~(uintptr_t)4095), 4096);
    }
    memset(longer, 0, length + 64);
    memcpy(longer, bytes, length);
    for (size_t more = 1; more <= 64; more++) {
        CHECK_EQUAL(ody_options_read(longer, length + more, &read), ODY_EPROTOCOL);
    }
    free(longer);
    free(bytes);
}

/* Whatever the lengths say, nothing is read that is not there. */
TEST(options_with_other_lengths_never_overread)
{
    ody_options options = filled();
    size_t length;
    char *bytes = ody_options_write(&options, &length);

    for (size_t at = 0; at + 4 <= length; at++) {
        static const uint32_t values[] = {0, 1, 288, 0x7fffffff, UINT32_MAX};
        uint32_t before;

        memcpy(&before, bytes + at, 4);
        for (size_t index = 0; index < 5; index++) {
            ody_view guarded;
            const ody_options *read = NULL;

            memcpy(bytes + at, &values[index], 4);
            guarded = ody_test_guarded((ody_view){bytes, length});
            if (ody_options_read(guarded.data, length, &read) == 0) {
                ody_options_unref(read);
            }
            munmap((void *)((uintptr_t)guarded.data & ~(uintptr_t)4095), 8192);
        }
        memcpy(bytes + at, &before, 4);
    }
    free(bytes);
}

TEST(options_without_memory_come_to_nothing)
{
    ody_options options = filled();
    const ody_options *read;
    size_t length;
    void *bytes;

    ody_memory_fail_at(1);
    CHECK(ody_options_write(&options, &length) == NULL);
    for (long fault = 1; fault <= 2; fault++) {
        ody_memory_fail_at(fault);
        CHECK(ody_options_copy(&options) == NULL);
    }
    bytes = ody_options_write(&options, &length);
    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_options_read(bytes, length, &read), ODY_EMEMORY);
    free(bytes);
}

static void *hold_and_drop(void *context)
{
    const ody_options *options = context;

    for (int round = 0; round < 1000; round++) {
        CHECK_TEXT(ody_view_of(ody_options_ref(options)->host), "the host");
        ody_options_unref(options);
    }
    ody_options_unref(options);
    return NULL;
}

TEST(options_live_as_long_as_somebody_holds_them)
{
    ody_options options = filled();
    const ody_options *copy = ody_options_copy(&options);
    pthread_t threads[4];

    for (int index = 0; index < 4; index++) {
        pthread_create(&threads[index], NULL, hold_and_drop, (void *)ody_options_ref(copy));
    }
    ody_options_unref(copy);
    for (int index = 0; index < 4; index++) {
        pthread_join(threads[index], NULL);
    }
    ody_options_unref(NULL);
}

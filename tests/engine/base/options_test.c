/* SPDX-License-Identifier: MIT */
/* Options come back from their bytes as they were, and broken bytes come to nothing. */
#include "base/options.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/memory.h"
#include "guard.h"
#include "test.h"

/* Whoever adds a field to the options gets here. A pointer must be packed (engine/base/options.c)
 * and filled in below; then this number may change. */
_Static_assert(sizeof(ody_options) == 256, "a field was added: pack it if it points to something");

#define TEXTS(X)                                                                                   \
    X(host)                                                                                        \
    X(path)                                                                                        \
    X(app_id)                                                                                      \
    X(app_key)                                                                                     \
    X(app_secret)                                                                                  \
    X(tls_certificate)                                                                             \
    X(tls_key)                                                                                     \
    X(socket_path)                                                                                 \
    X(socket_group)                                                                                \
    X(log_file)

static const ody_network networks[2] = {
    {.address = {1, 2, 3}, .prefix_bits = 104},
    {.address = {9, 8, 7}, .prefix_bits = 128},
};

/* Every byte that is no pointer holds something. */
static ody_options filled(void)
{
    ody_options options;

    memset(&options, 0x5a, sizeof(options));
#define FILL(field) options.field = "the " #field;
    TEXTS(FILL)
#undef FILL
    options.trusted_proxies = networks;
    options.trusted_proxy_count = 2;
    return options;
}

static void check_same(const ody_options *got, const ody_options *wanted)
{
    ody_options bare = *got;

#define COMPARE(field)                                                                             \
    CHECK_VIEW(ody_view_of(got->field), ody_view_of(wanted->field));                               \
    CHECK(!got->field || got->field != wanted->field);                                             \
    bare.field = wanted->field;
    TEXTS(COMPARE)
#undef COMPARE
    CHECK_EQUAL(got->trusted_proxy_count, wanted->trusted_proxy_count);
    if (wanted->trusted_proxy_count > 0) {
        CHECK(got->trusted_proxies != wanted->trusted_proxies);
        CHECK(memcmp(got->trusted_proxies, wanted->trusted_proxies,
                     wanted->trusted_proxy_count * sizeof(ody_network)) == 0);
    } else {
        CHECK(got->trusted_proxies == NULL);
    }
    bare.trusted_proxies = wanted->trusted_proxies;
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
    REFUSE(host) REFUSE(path) REFUSE(app_id) REFUSE(app_key) REFUSE(app_secret) REFUSE(socket_path)
#undef REFUSE
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
        static const uint32_t values[] = {0, 1, 0x7fffffff, UINT32_MAX};
        uint32_t before;

        memcpy(&before, bytes + at, 4);
        for (size_t index = 0; index < 4; index++) {
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
    ody_memory_fail_at(1);
    CHECK(ody_options_copy(&options) == NULL);
    bytes = ody_options_write(&options, &length);
    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_options_read(bytes, length, &read), ODY_EMEMORY);
    free(bytes);
}

static void *hold_and_drop(void *context)
{
    const ody_options *options = context;

    for (int round = 0; round < 1000; round++) {
        CHECK_TEXT(ody_view_of(ody_options_ref(options)->app_key), "the app_key");
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

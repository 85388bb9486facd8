/* SPDX-License-Identifier: MIT */
/* Apps for the options of tests. They live as long as the test program. */
#ifndef ODY_TESTS_APPS_H
#define ODY_TESTS_APPS_H

#include "ody/options.h"
#include "test.h"

/** Limits that no test hits by accident. */
#define TEST_APP_LIMITS                                                                            \
    {                                                                                              \
        .channels_per_connection = 100, .event_data_size = 10240, .client_event_data_size = 10240, \
        .event_name_length = 200, .channel_name_length = 200, .channels_per_publish = 100,         \
        .events_per_batch = 10, .presence_members = 100, .presence_user_id_length = 128,           \
        .presence_user_info_size = 1024, .watchlist_length = 100, .json_depth = 32,                \
    }

/** Room for some more apps, which end up in options. */
static inline ody_app *test_apps_room(ody_options *options, size_t count)
{
    static ody_app pool[512];
    static size_t used;
    ody_app *apps;

    CHECK(count > 0 && count <= 512);
    if (used + count > 512) {
        used = 0;
    }
    apps = pool + used;
    used += count;
    options->apps = apps;
    options->app_count = count;
    return apps;
}

/**
 * Gives options `count` apps with the ids "1", "2" and so on.
 * @param key of the first; the second has this text and a 2 behind it, and so on. Likewise secret.
 * @return the apps, to be changed.
 */
static inline ody_app *test_apps(ody_options *options, size_t count, const char *key,
                                 const char *secret)
{
    static char texts[512][3][64];
    static size_t used;
    ody_app *apps = test_apps_room(options, count);

    for (size_t index = 0; index < count; index++) {
        char(*own)[64] = texts[used++ % 512];
        const char *number = index ? own[0] : "";

        snprintf(own[0], 64, "%zu", index + 1);
        snprintf(own[1], 64, "%s%s", key, number);
        snprintf(own[2], 64, "%s%s", secret, number);
        apps[index] = (ody_app){
            .number = (uint32_t)index,
            .id = own[0],
            .keys = {{own[1], own[2]}},
            .enabled = true,
            .user_authentication = true,
            .cache_time = 1800000,
            .origins = "",
            .limits = TEST_APP_LIMITS,
        };
    }
    return apps;
}

/** Gives options that were copied from others apps of their own. @return the apps, to be changed.
 */
static inline ody_app *test_apps_copy(ody_options *options)
{
    const ody_app *from = options->apps;
    ody_app *apps = test_apps_room(options, options->app_count);

    memcpy(apps, from, options->app_count * sizeof(*apps));
    return apps;
}

#endif

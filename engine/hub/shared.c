/* SPDX-License-Identifier: MIT */
/* The limits that hold over all shards: connections, and connections of one address. */
#include "hub/shared.h"

#include <stdio.h>
#include <sys/resource.h>
#include "base/map.h"
#include "base/memory.h"
#include "ody/view.h"

/* Descriptors that are no clients: loops, listeners, the Unix socket and its clients, the log. */
#define DESCRIPTORS_RESERVED 256

static uint32_t descriptors_for_clients(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur > UINT32_MAX) {
        return UINT32_MAX;
    }
    if (limit.rlim_cur <= 2 * DESCRIPTORS_RESERVED) {
        return (uint32_t)limit.rlim_cur / 2;
    }
    return (uint32_t)limit.rlim_cur - DESCRIPTORS_RESERVED;
}

static int app_make(ody_shared *shared, const ody_app *app)
{
    ody_app_shared *self = ody_calloc(1, sizeof(*self));

    if (!self) {
        return ODY_EMEMORY;
    }
    snprintf(self->id, sizeof(self->id), "%s", app->id);
    atomic_store(&shared->apps[app->number], self);
    return 0;
}

ody_shared *ody_shared_new(const ody_options *options)
{
    ody_shared *shared = ody_calloc(1, sizeof(*shared));

    if (!shared) {
        return NULL;
    }
    shared->options = options;
    ody_shared_limit(shared, options->limits.connections);
    for (size_t index = 0; index < options->app_count; index++) {
        if (app_make(shared, &options->apps[index]) < 0) {
            ody_shared_free(shared);
            return NULL;
        }
    }
    return shared;
}

/* The number of an id, or the first that nobody has. */
static uint32_t number_of(const ody_shared *shared, const char *id)
{
    uint32_t number = 0;

    while (number < ODY_APP_NUMBERS && shared->apps[number] &&
           strcmp(shared->apps[number]->id, id) != 0) {
        number++;
    }
    return number;
}

int ody_shared_take_apps(ody_shared *shared, ody_app *apps, size_t count, ody_error *error)
{
    for (size_t index = 0; index < count; index++) {
        apps[index].number = number_of(shared, apps[index].id);
        if (apps[index].number == ODY_APP_NUMBERS) {
            return ody_error_set(error, ODY_ELIMIT,
                                 "there were more than %d different app ids since the server "
                                 "started: restart it (websocket:restart)",
                                 ODY_APP_NUMBERS);
        }
        if (!shared->apps[apps[index].number] && app_make(shared, &apps[index]) < 0) {
            return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
        }
    }
    return 0;
}

ody_app_shared *ody_shared_app(const ody_shared *shared, uint32_t number)
{
    return atomic_load_explicit(&shared->apps[number], memory_order_acquire);
}

void ody_shared_limit(ody_shared *shared, uint32_t connections)
{
    uint32_t possible = descriptors_for_clients();

    atomic_store(&shared->connection_limit,
                 connections > 0 && connections < possible ? connections : possible);
}

void ody_shared_free(ody_shared *shared)
{
    for (uint32_t number = 0; shared && number < ODY_APP_NUMBERS; number++) {
        ody_free(shared->apps[number]);
    }
    ody_free(shared);
}

uint64_t ody_shared_address_hash(const uint8_t address[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    size_t significant = memcmp(address, mapped, sizeof(mapped)) == 0 ? 16 : 8;

    return ody_hash((ody_view){(const char *)address, significant});
}

/* The two buckets of an address. */
static void find_buckets(ody_shared *shared, const uint8_t address[16],
                         _Atomic uint32_t *buckets[ODY_ADDRESS_ROWS])
{
    uint64_t hash = ody_shared_address_hash(address);

    for (int row = 0; row < ODY_ADDRESS_ROWS; row++) {
        buckets[row] = &shared->addresses[row][(hash >> (16 * row)) % ODY_ADDRESS_BUCKETS];
    }
}

int ody_shared_address_enter(ody_shared *shared, const uint8_t address[16], uint32_t limit)
{
    uint32_t before = UINT32_MAX;
    _Atomic uint32_t *buckets[ODY_ADDRESS_ROWS];

    find_buckets(shared, address, buckets);
    for (int row = 0; row < ODY_ADDRESS_ROWS; row++) {
        uint32_t count = atomic_fetch_add_explicit(buckets[row], 1, memory_order_relaxed);

        before = count < before ? count : before;
    }
    if (limit == 0 || before < limit) {
        return 0;
    }
    ody_shared_address_leave(shared, address);
    return ODY_ELIMIT;
}

void ody_shared_address_leave(ody_shared *shared, const uint8_t address[16])
{
    _Atomic uint32_t *buckets[ODY_ADDRESS_ROWS];

    find_buckets(shared, address, buckets);
    for (int row = 0; row < ODY_ADDRESS_ROWS; row++) {
        atomic_fetch_sub_explicit(buckets[row], 1, memory_order_relaxed);
    }
}

/* SPDX-License-Identifier: MIT */
/* The dense arrays of subscribers. */
#include "hub/local_channel.h"

#include "hub/subscription.h"

ody_local_channel *ody__local_find(const ody_hub_app *app, ody_view name)
{
    return ody_map_get(&app->locals, name);
}

ody_view ody__local_name(const ody_local_channel *local)
{
    return (ody_view){local->name, local->name_length};
}

static ody_local_channel *local_new(ody_hub *hub, ody_hub_app *app, ody_view name)
{
    ody_local_channel *local = ody_calloc(1, sizeof(*local) + name.length);

    if (!local) {
        return NULL;
    }
    local->app = app;
    local->name_length = (uint16_t)name.length;
    local->home = (uint8_t)ody__hub_home(hub, app->number, name);
    memcpy(local->name, name.data, name.length);
    if (ody_map_put(&app->locals, ody__local_name(local), local) < 0) {
        ody_free(local);
        return NULL;
    }
    return local;
}

static int reserve(ody_local_channel *local)
{
    uint32_t capacity = local->capacity ? local->capacity * 2 : 1;
    ody_subscriber *grown;

    if (local->references < local->capacity) {
        return 0;
    }
    grown = ody_realloc(local->subscribers, capacity * sizeof(*grown));
    if (!grown) {
        return ODY_EMEMORY;
    }
    local->subscribers = grown;
    local->capacity = capacity;
    return 0;
}

/* After a drop most of a large array is given back. */
static void shrink(ody_local_channel *local)
{
    uint32_t capacity = local->capacity / 2;
    ody_subscriber *smaller;

    if (capacity < 8 || local->references > capacity / 2) {
        return;
    }
    smaller = ody_realloc(local->subscribers, capacity * sizeof(*smaller));
    if (smaller) {
        local->subscribers = smaller;
        local->capacity = capacity;
    }
}

static void free_unused(ody_local_channel *local)
{
    if (local->references > 0) {
        return;
    }
    ody_list_remove(&local->open_batch);
    ody__local_seal(local);
    ody_map_remove(&local->app->locals, ody__local_name(local));
    ody_free(local->subscribers);
    ody_free(local);
}

ody_local_channel *ody__local_ref(ody_hub *hub, ody_hub_app *app, ody_view name)
{
    ody_local_channel *local = ody__local_find(app, name);

    if (!local) {
        local = local_new(hub, app, name);
    }
    if (!local) {
        return NULL;
    }
    if (reserve(local) < 0) {
        free_unused(local);
        return NULL;
    }
    local->references++;
    return local;
}

void ody__local_unref(ody_local_channel *local)
{
    local->references--;
    shrink(local);
    free_unused(local);
}

uint32_t ody__local_add(ody_local_channel *local, ody_subscriber subscriber)
{
    local->subscribers[local->count] = subscriber;
    return local->count++;
}

void ody__local_remove(ody_local_channel *local, uint32_t position)
{
    ody_subscriber moved = local->subscribers[--local->count];

    local->subscribers[position] = moved;
    moved.subscription->position = position;
}

void ody__local_seal(ody_local_channel *local)
{
    ody_batch_unref(local->batch);
    local->batch = NULL;
}

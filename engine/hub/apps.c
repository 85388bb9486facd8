/* SPDX-License-Identifier: MIT */
/* What a hub holds of each app: made when a client or a message first has to do with it. */
#include "channel/channel.h"
#include "channel/user.h"
#include "hub/counting.h"
#include "hub/state.h"
#include "hub/webhook_mail.h"

/* Stands for an app that is gone: nobody may do anything in it. */
static const ody_app removed = {.id = "", .origins = "", .client_events = ODY_CLIENT_EVENTS_NONE};

/* NULL when there is none. */
static const ody_app *app_of_number(const ody_options *options, uint32_t number)
{
    for (size_t index = 0; index < options->app_count; index++) {
        if (options->apps[index].number == number) {
            return &options->apps[index];
        }
    }
    return NULL;
}

ody_hub_app *ody__app_find(const ody_hub *hub, uint32_t number)
{
    return number < ODY_APP_NUMBERS ? hub->apps[number] : NULL;
}

ody_hub_app *ody__app_obtain(ody_hub *hub, uint32_t number)
{
    ody_hub_app *self = ody__app_find(hub, number);
    const ody_app *app;

    if (self) {
        return self->app != &removed ? self : NULL;
    }
    app = app_of_number(hub->options, number);
    self = app ? ody_calloc(1, sizeof(*self)) : NULL;
    if (!self) {
        return NULL;
    }
    self->number = number;
    self->app = app;
    self->shared = ody_shared_app(hub->shared, number);
    self->counters = &self->shared->counters[hub->index];
    self->webhooks = ody__webhooks_wanted(hub->options, app);
    ody_map_init(&self->locals);
    ody_map_init(&self->channels);
    ody_list_init(&self->cached);
    ody_map_init(&self->users);
    ody_map_init(&self->watched);
    hub->apps[number] = self;
    return self;
}

const ody_app_key *ody__app_key_of_token(const ody_app *app, ody_view auth)
{
    for (size_t index = 1; index < ODY_APP_KEYS; index++) {
        ody_view key = ody_view_of(app->keys[index].key);

        if (key.data && ody_view_starts(auth, key) && auth.length > key.length &&
            auth.data[key.length] == ':') {
            return &app->keys[index];
        }
    }
    return &app->keys[0];
}

/* Nobody may be a client of an app that is gone. Its channels go as their members leave. */
static void close_clients(ody_hub *hub, const ody_hub_app *gone)
{
    ody_list_node *node;

    for (node = hub->connections.next; node != &hub->connections; node = node->next) {
        ody_connection *connection = ody_container_of(node, ody_connection, all);

        if (connection->app == gone) {
            ody_hub_close(hub, connection, ODY_CLOSE_APP, "The app was removed");
        }
    }
}

void ody__apps_reload(ody_hub *hub)
{
    for (uint32_t number = 0; number < ODY_APP_NUMBERS; number++) {
        ody_hub_app *self = hub->apps[number];
        const ody_app *app = self ? app_of_number(hub->options, number) : NULL;

        if (self && !app && self->app != &removed) {
            close_clients(hub, self);
        }
        if (self) {
            self->app = app ? app : &removed;
            self->webhooks = app ? ody__webhooks_wanted(hub->options, app) : 0;
        }
    }
}

static void app_free(ody_hub_app *self)
{
    ody_channel *channel;
    ody_user *user;
    size_t cursor = 0;

    while ((channel = ody_map_next(&self->channels, &cursor, NULL))) {
        ody__counting_end(channel);
        ody_channel_free(channel);
    }
    cursor = 0;
    while ((user = ody_map_next(&self->users, &cursor, NULL))) {
        ody_user_free(user);
    }
    ody_map_fini(&self->channels);
    ody_map_fini(&self->users);
    ody_map_fini(&self->watched);
    ody_map_fini(&self->locals);
    ody_free(self);
}

void ody__apps_free(ody_hub *hub)
{
    for (uint32_t number = 0; number < ODY_APP_NUMBERS; number++) {
        if (hub->apps[number]) {
            app_free(hub->apps[number]);
            hub->apps[number] = NULL;
        }
    }
}

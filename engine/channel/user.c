/* SPDX-License-Identifier: MIT */
/* A user comes online with the first connection and goes offline with the last. */
#include "channel/user.h"

#include "base/memory.h"
#include "ody/error.h"

static char *id_start(const ody_user *user)
{
    return (char *)(user->watching + user->shards);
}

ody_user *ody_user_new(uint32_t app, ody_view id, unsigned shards)
{
    ody_user *user = ody_calloc(1, sizeof(*user) + shards * sizeof(user->watching[0]) + id.length);

    if (user) {
        user->app = app;
        user->shards = (uint16_t)shards;
        user->id_length = (uint32_t)id.length;
        memcpy(id_start(user), id.data, id.length);
    }
    return user;
}

void ody_user_free(ody_user *user)
{
    if (user) {
        ody_members_fini(&user->connections);
        ody_members_fini(&user->watchers);
        ody_free(user);
    }
}

ody_view ody_user_id(const ody_user *user)
{
    return (ody_view){id_start(user), user->id_length};
}

static int add(ody_members *members, ody_socket_id id, bool *added)
{
    *added = !ody_members_find(members, id);
    return *added ? ody_members_add(members, id, NULL) : 0;
}

int ody_user_enter(ody_user *user, ody_socket_id id)
{
    bool added;

    return add(&user->connections, id, &added);
}

bool ody_user_exit(ody_user *user, ody_socket_id id)
{
    return ody_members_remove(&user->connections, id);
}

int ody_user_watch(ody_user *user, ody_socket_id id, unsigned shard)
{
    bool added;
    int code = add(&user->watchers, id, &added);

    if (code == 0) {
        user->watching[shard] += added;
    }
    return code;
}

void ody_user_unwatch(ody_user *user, ody_socket_id id, unsigned shard)
{
    user->watching[shard] -= ody_members_remove(&user->watchers, id);
}

bool ody_user_online(const ody_user *user)
{
    return user->connections.count > 0;
}

bool ody_user_untold(ody_user *user)
{
    if (user->watchers.count == 0) {
        ody_user_told(user);
    }
    return user->shown_online != ody_user_online(user);
}

void ody_user_told(ody_user *user)
{
    user->shown_online = ody_user_online(user);
}

bool ody_user_idle(const ody_user *user)
{
    return user->connections.count == 0 && user->watchers.count == 0;
}

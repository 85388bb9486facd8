/* SPDX-License-Identifier: MIT */
/* A channel and its members; users of presence channels are in presence.c. */
#include "channel/channel.h"

#include "base/memory.h"
#include "channel/presence.h"
#include "ody/error.h"

static char *name_start(const ody_channel *channel)
{
    return (char *)(channel->on_shard + channel->shards);
}

ody_channel *ody_channel_new(uint32_t app, ody_view name, ody_channel_kind kind, unsigned shards)
{
    ody_channel *channel =
        ody_calloc(1, sizeof(*channel) + shards * sizeof(channel->on_shard[0]) + name.length);

    if (!channel) {
        return NULL;
    }
    channel->app = app;
    channel->kind = kind;
    channel->shards = (uint16_t)shards;
    channel->name_length = (uint16_t)name.length;
    memcpy(name_start(channel), name.data, name.length);
    if (kind.type == ODY_CHANNEL_PRESENCE) {
        channel->presence = ody__presence_new(channel);
        if (!channel->presence) {
            ody_free(channel);
            return NULL;
        }
    }
    return channel;
}

void ody_channel_free(ody_channel *channel)
{
    if (!channel) {
        return;
    }
    ody__presence_free(channel->presence);
    ody_members_fini(&channel->members);
    ody_free(channel->cache);
    ody_free(channel);
}

ody_view ody_channel_name(const ody_channel *channel)
{
    return (ody_view){name_start(channel), channel->name_length};
}

int ody_channel_join(ody_channel *channel, ody_socket_id id, unsigned shard,
                     const ody_presence_profile *profile, uint32_t user_limit, bool *first)
{
    ody_presence_user *user = NULL;
    int code;

    *first = false;
    if (channel->presence) {
        code = ody__presence_enter(channel->presence, profile, user_limit, &user);
        if (code < 0) {
            return code;
        }
        *first = user->connections == 1;
    }
    code = ody_members_add(&channel->members, id, user);
    if (code < 0) {
        if (user && ody__presence_leave(channel->presence, user)) {
            ody_free(user);
        }
        return code;
    }
    channel->on_shard[shard]++;
    return 0;
}

bool ody_channel_leave(ody_channel *channel, ody_socket_id id, unsigned shard,
                       ody_presence_user **departed)
{
    const ody_member *member = ody_members_find(&channel->members, id);
    ody_presence_user *user;

    *departed = NULL;
    if (!member) {
        return false;
    }
    user = member->user;
    ody_members_remove(&channel->members, id);
    channel->on_shard[shard]--;
    if (user && ody__presence_leave(channel->presence, user)) {
        *departed = user;
    }
    return true;
}

bool ody_channel_idle(const ody_channel *channel)
{
    return channel->members.count == 0 && !channel->cache;
}

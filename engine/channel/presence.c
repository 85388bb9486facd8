/* SPDX-License-Identifier: MIT */
/* Users come with their first connection and go with their last; what the first said of them stays.
 */
#include "channel/presence.h"

#include "base/memory.h"
#include "ody/error.h"

ody_channel_presence *ody__presence_new(ody_channel *channel)
{
    ody_channel_presence *presence = ody_calloc(1, sizeof(*presence));

    if (presence) {
        presence->channel = channel;
        ody_map_init(&presence->users);
        ody_list_init(&presence->departed);
    }
    return presence;
}

void ody__presence_free(ody_channel_presence *presence)
{
    ody_list_node *node;
    size_t cursor = 0;
    void *user;

    if (!presence) {
        return;
    }
    while ((user = ody_map_next(&presence->users, &cursor, NULL))) {
        ody_free(user);
    }
    ody_map_fini(&presence->users);
    while ((node = ody_list_take_first(&presence->departed))) {
        ody_free(ody_container_of(node, ody_presence_user, node));
    }
    ody_free(presence);
}

static ody_presence_user *user_new(const ody_presence_profile *profile)
{
    ody_presence_user *user =
        ody_calloc(1, sizeof(*user) + profile->user_id.length + profile->user_info.length);

    if (!user) {
        return NULL;
    }
    user->id_length = (uint32_t)profile->user_id.length;
    user->info_length = (uint32_t)profile->user_info.length;
    memcpy(user->text, profile->user_id.data, profile->user_id.length);
    if (profile->user_info.length) {
        memcpy(user->text + user->id_length, profile->user_info.data, profile->user_info.length);
    }
    return user;
}

int ody__presence_enter(ody_channel_presence *presence, const ody_presence_profile *profile,
                        uint32_t user_limit, ody_presence_user **out)
{
    ody_presence_user *user = ody_map_get(&presence->users, profile->user_id);

    if (!user) {
        if (presence->users.count >= user_limit) {
            return ODY_ELIMIT;
        }
        user = user_new(profile);
        if (!user || ody_map_put(&presence->users, ody_presence_user_id(user), user) < 0) {
            ody_free(user);
            return ODY_EMEMORY;
        }
    }
    user->connections++;
    *out = user;
    return 0;
}

bool ody__presence_leave(ody_channel_presence *presence, ody_presence_user *user)
{
    if (--user->connections > 0) {
        return false;
    }
    ody_map_remove(&presence->users, ody_presence_user_id(user));
    return true;
}

size_t ody_channel_user_count(const ody_channel *channel)
{
    return channel->presence ? channel->presence->users.count : 0;
}

const ody_presence_user *ody_channel_user_next(const ody_channel *channel, size_t *cursor)
{
    return channel->presence ? ody_map_next(&channel->presence->users, cursor, NULL) : NULL;
}

ody_view ody_presence_user_id(const ody_presence_user *user)
{
    return (ody_view){user->text, user->id_length};
}

ody_view ody_presence_user_info(const ody_presence_user *user)
{
    return (ody_view){user->text + user->id_length, user->info_length};
}

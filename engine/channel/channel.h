/* SPDX-License-Identifier: MIT */
/*
 * One channel at its home: who is in it, how many on which shard, the users of a presence channel,
 * the serial number of its last message and the last event of a cache channel. A pure state
 * machine: it sends nothing and time is passed in. The home's thread; others read its fields, and
 * only these functions change them (but for the list nodes, which are the hub's).
 */
#ifndef ODY_CHANNEL_CHANNEL_H
#define ODY_CHANNEL_CHANNEL_H

#include "base/list.h"
#include "base/map.h"
#include "channel/members.h"
#include "wire/channel_name.h"

typedef struct ody_channel ody_channel;

/** One user of a presence channel, however many connections it has. */
typedef struct ody_presence_user {
    ody_list_node node; /* in `departed` once its last connection has left */
    uint32_t connections;
    uint32_t id_length;
    uint32_t info_length;
    char text[]; /* the id, then the info as JSON text */
} ody_presence_user;

/** Only presence channels have one. */
typedef struct ody_channel_presence {
    ody_channel *channel;
    ody_list_node node; /* the hub's list of channels with departures to announce */
    ody_map users;      /* ody_presence_user by id */
    ody_list departed;  /* users gone whose departure is still to be announced */
} ody_channel_presence;

/** The last event of a cache channel. */
typedef struct ody_channel_cache {
    ody_channel *channel;
    ody_list_node node; /* the hub's list of cached events, oldest first */
    uint64_t expires;   /* ms */
    size_t length;
    char text[]; /* the event as it is sent to clients */
} ody_channel_cache;

struct ody_channel {
    ody_members members;
    uint64_t serial; /* of the last numbered message */
    ody_channel_presence *presence;
    ody_channel_cache *cache;
    struct ody_counting *counting; /* the hub's, or NULL */
    ody_channel_kind kind;
    uint16_t shards;
    uint16_t name_length;
    uint32_t app;        /* number of the app that it belongs to */
    uint32_t on_shard[]; /* members per shard; the name stands behind them */
};

/**
 * @param app number of the app that it belongs to. @param name at most 65535 bytes, copied.
 * @param shards how many there are, 1 or more.
 * @return an empty channel, or NULL without memory.
 */
ody_channel *ody_channel_new(uint32_t app, ody_view name, ody_channel_kind kind, unsigned shards);
/** Frees it with its members, users and cached event, which must be in no list of the hub. What is
 *  the hub's must be gone. */
void ody_channel_free(ody_channel *channel);
/** The name; lives as long as the channel, so a map may use it as its key. */
ody_view ody_channel_name(const ody_channel *channel);

/** What a connection says that it is when it joins a presence channel. */
typedef struct ody_presence_profile {
    ody_view user_id;
    ody_view user_info; /* JSON text */
} ody_presence_profile;

/**
 * Makes id a member, which it must not be yet.
 * @param shard where it lives.
 * @param profile needed for presence channels, else NULL; copied if it is the user's first
 * connection.
 * @param user_limit distinct users of a presence channel.
 * @param first set to whether this is the first connection of a presence user.
 * @return 0; ODY_ELIMIT when one more user is too many; ODY_EMEMORY. Then nothing has changed.
 */
int ody_channel_join(ody_channel *channel, ody_socket_id id, unsigned shard,
                     const ody_presence_profile *profile, uint32_t user_limit, bool *first);
/**
 * Takes id out. Never fails; doing it twice is fine.
 * @param departed set to the user whose last connection this was, now owned by the caller, or NULL.
 * @return whether id was a member.
 */
bool ody_channel_leave(ody_channel *channel, ody_socket_id id, unsigned shard,
                       ody_presence_user **departed);
/** How many distinct users a presence channel has; 0 for others. */
size_t ody_channel_user_count(const ody_channel *channel);
/** Walks the users as ody_map_next does. */
const ody_presence_user *ody_channel_user_next(const ody_channel *channel, size_t *cursor);
ody_view ody_presence_user_id(const ody_presence_user *user);
ody_view ody_presence_user_info(const ody_presence_user *user);

/**
 * Makes what is to be kept; ody_channel_cache_set puts it in place. Two steps, so that an event is
 * only published once it can also be kept.
 * @return NULL without memory; ody_free() drops it.
 */
ody_channel_cache *ody_channel_cache_new(ody_view text, uint64_t expires);
/** Replaces the cached event, which it takes out of the hub's list and frees. Takes the new one. */
void ody_channel_cache_set(ody_channel *channel, ody_channel_cache *take_cache);
/** Forgets the cached event and takes it out of the hub's list. */
void ody_channel_cache_drop(ody_channel *channel);
/** @return the cached event, or ODY_VIEW_NONE when there is none or its time is over. */
ody_view ody_channel_cache_get(const ody_channel *channel, uint64_t now);

/** Whether nothing is lost when the channel is freed: no members, nothing cached. */
bool ody_channel_idle(const ody_channel *channel);

#endif

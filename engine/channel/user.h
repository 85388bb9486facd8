/* SPDX-License-Identifier: MIT */
/*
 * One user at their home: which connections are signed in as them, which connections watch them,
 * and what the watchers were told last. A pure state machine: it sends nothing and knows no time.
 * It exists while somebody is signed in or watches. The home's thread; others read its fields, and
 * only these functions change them (but for the list node, which is the hub's).
 */
#ifndef ODY_CHANNEL_USER_H
#define ODY_CHANNEL_USER_H

#include "base/list.h"
#include "channel/members.h"
#include "ody/view.h"

typedef struct ody_user {
    ody_members connections; /* signed in as this user */
    ody_members watchers;
    ody_list_node node; /* the hub's list of users with something still to be told */
    bool shown_online;  /* what watchers believe */
    uint16_t shards;
    uint32_t app; /* number of the app that they belong to */
    uint32_t id_length;
    uint32_t watching[]; /* watchers per shard; the id stands behind them */
} ody_user;

/**
 * @param app number of the app that they belong to. @param id copied. @param shards how many there
 * are, 1 or more.
 * @return a user without connections or watchers, or NULL without memory.
 */
ody_user *ody_user_new(uint32_t app, ody_view id, unsigned shards);
/** Frees it; it must be in no list of the hub. NULL is fine. */
void ody_user_free(ody_user *user);
/** The id; lives as long as the user, so a map may use it as its key. */
ody_view ody_user_id(const ody_user *user);

/** A connection signs in as this user; doing it twice is fine.
 *  @return 0, or ODY_EMEMORY with nothing changed. */
int ody_user_enter(ody_user *user, ody_socket_id id) __attribute__((warn_unused_result));
/** A connection is gone. Never fails; doing it twice is fine. @return whether it was signed in. */
bool ody_user_exit(ody_user *user, ody_socket_id id);
/** A connection of that shard watches from now on; doing it twice is fine.
 *  @return 0, or ODY_EMEMORY with nothing changed. */
int ody_user_watch(ody_user *user, ody_socket_id id, unsigned shard)
    __attribute__((warn_unused_result));
/** It does not watch any more. Never fails; doing it twice is fine. */
void ody_user_unwatch(ody_user *user, ody_socket_id id, unsigned shard);

/** Whether a connection is signed in as this user. */
bool ody_user_online(const ody_user *user);
/**
 * Whether watchers believe something else than what is true. Without watchers nobody needs to be
 * told, and this notes that.
 */
bool ody_user_untold(ody_user *user);
/** The watchers have been told what is true. */
void ody_user_told(ody_user *user);
/** Whether nothing is lost when the user is freed. */
bool ody_user_idle(const ody_user *user);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The members of one channel: a hash table of connection names, held in place and without a block
 * of its own for each, because a server has as many of these entries as it has subscriptions. The
 * random half of a name is its hash: clients do not choose it. One owner, one thread.
 */
#ifndef ODY_CHANNEL_MEMBERS_H
#define ODY_CHANNEL_MEMBERS_H

#include "channel/id.h"

struct ody_presence_user;

typedef struct ody_member {
    ody_socket_id id;               /* first is 0 in an empty slot */
    struct ody_presence_user *user; /* NULL outside of presence channels */
} ody_member;

/** A zeroed struct is an empty table. */
typedef struct ody_members {
    ody_member *slots;
    uint32_t capacity; /* 0 or a power of two */
    uint32_t count;
} ody_members;

/** Frees the table. Users belong to the caller. */
void ody_members_fini(ody_members *members);
/** @return the member of that name, valid until the table changes, or NULL. */
ody_member *ody_members_find(const ody_members *members, ody_socket_id id);
/**
 * Adds a member that is not there yet.
 * @return 0, or ODY_EMEMORY with the table unchanged.
 */
int ody_members_add(ody_members *members, ody_socket_id id, struct ody_presence_user *user)
    __attribute__((warn_unused_result));
/** Takes a member out. Never fails; may shrink the table. @return whether it was there. */
bool ody_members_remove(ody_members *members, ody_socket_id id);
/** Walks the table in no order. Start with *cursor = 0. @return the next member or NULL. */
const ody_member *ody_members_next(const ody_members *members, uint32_t *cursor);

#endif

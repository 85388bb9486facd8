/* SPDX-License-Identifier: MIT */
/* Private to this room: the users of one presence channel. The home's thread. */
#ifndef ODY_CHANNEL_PRESENCE_H
#define ODY_CHANNEL_PRESENCE_H

#include "channel/channel.h"

/** @return NULL without memory. */
ody_channel_presence *ody__presence_new(ody_channel *channel);
/** Frees all users, also those whose departure was not announced. NULL is fine. */
void ody__presence_free(ody_channel_presence *presence);
/**
 * Counts one more connection of a user, who is made on the first.
 * @return 0 with *user set, ODY_ELIMIT or ODY_EMEMORY with nothing changed.
 */
int ody__presence_enter(ody_channel_presence *presence, const ody_presence_profile *profile,
                        uint32_t user_limit, ody_presence_user **user);
/** One connection less. @return whether it was the last: then user is out, and the caller's. */
bool ody__presence_leave(ody_channel_presence *presence, ody_presence_user *user);

#endif

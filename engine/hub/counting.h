/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: telling the subscribers of a channel how many they are. A small channel
 * hears of each change, a large one every few seconds. Presence channels have their members
 * instead, and the channels of users are nobody else's. The thread of the channel's home.
 */
#ifndef ODY_HUB_COUNTING_H
#define ODY_HUB_COUNTING_H

#include "channel/channel.h"
#include "hub/state.h"

/** Above so many connections a channel is told … */
#define ODY_COUNTING_MANY 100
/** … once in so many ms, while the number changes. */
#define ODY_COUNTING_INTERVAL 5000

/** What a channel whose subscribers are counted has for that. */
typedef struct ody_counting {
    ody_hub *hub;
    ody_channel *channel;
    ody_timer timer;  /* for a change that is not told yet */
    uint64_t told_at; /* ms */
    uint32_t told;    /* the number that was told last */
} ody_counting;

/** Prepares a channel whose app wants it to be counted. @return 0 or ODY_EMEMORY. */
int ody__counting_begin(ody_hub *hub, const ody_hub_app *app, ody_channel *channel);
/** A connection has joined or left. What finds no memory or no room is told a little later. */
void ody__counting_changed(ody_channel *channel);
/** Before the channel is freed. */
void ody__counting_end(ody_channel *channel);

#endif

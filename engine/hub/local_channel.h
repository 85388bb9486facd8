/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: the subscribers that a channel has on this shard, in a dense array for the
 * fan-out, and its batch of this turn. It exists while a subscription refers to it, in any state.
 */
#ifndef ODY_HUB_LOCAL_CHANNEL_H
#define ODY_HUB_LOCAL_CHANNEL_H

#include "hub/state.h"

typedef struct ody_subscription ody_subscription;

typedef struct ody_subscriber {
    ody_connection *connection;
    ody_subscription *subscription;
} ody_subscriber;

typedef struct ody_local_channel {
    ody_hub_app *app;
    ody_subscriber *subscribers;
    uint32_t count;
    uint32_t capacity;   /* at least `references`: an answer of the home never lacks room */
    uint32_t references; /* subscriptions */
    uint16_t name_length;
    uint8_t home;
    ody_batch *batch;         /* of this turn, or NULL */
    ody_list_node open_batch; /* in hub->open_batches while there is one */
    char name[];
} ody_local_channel;

/** @return the channel when a connection of this shard has to do with it, or NULL. */
ody_local_channel *ody__local_find(const ody_hub_app *app, ody_view name);
/** Finds or makes it, and adds a reference with room for a subscriber. @return NULL: no memory. */
ody_local_channel *ody__local_ref(ody_hub *hub, ody_hub_app *app, ody_view name);
/** Lets go of a reference; the last frees it. */
void ody__local_unref(ody_local_channel *local);
ody_view ody__local_name(const ody_local_channel *local);
/** Adds a subscriber, for whom there is room, and says where it stands. */
uint32_t ody__local_add(ody_local_channel *local, ody_subscriber subscriber);
/** Takes out the one at position; the last one moves there, and its subscription is told. */
void ody__local_remove(ody_local_channel *local, uint32_t position);
/** Gives up the batch of this turn; whoever has pieces of it keeps them. */
void ody__local_seal(ody_local_channel *local);

#endif

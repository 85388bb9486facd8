/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: how a home sends one message to all shards that have subscribers. In two
 * steps, so that everything that may fail is behind us before anything is committed or sent.
 */
#ifndef ODY_HUB_FANOUT_H
#define ODY_HUB_FANOUT_H

#include "channel/channel.h"
#include "hub/state.h"

/** Mail that is made and not sent yet. A zeroed struct is empty. */
typedef struct ody_fanout {
    ody_mailbox_node *first;
    uint64_t stamp; /* of a message whose way is measured; set it before it is sent, or leave 0 */
} ody_fanout;

/** Whether a shard that would get a message of this channel takes no more mail. */
bool ody__fanout_blocked(const ody_hub *hub, const ody_channel *channel);
/**
 * Encodes text once, and makes one mail for each shard that has a subscriber besides `except`.
 * @param text what was encoded into hub->scratch; its failure is found here.
 * @param except first is 0 for nobody.
 * @return 0 or ODY_EMEMORY with nothing made.
 */
int ody__fanout_make(ody_hub *hub, const ody_channel *channel, const ody_bytes *text,
                     ody_socket_id except, ody_fanout *fanout);
/** Gives the message its number and posts it. Cannot fail. */
void ody__fanout_send(ody_hub *hub, ody_channel *channel, ody_fanout *fanout);
/** Adds mail, whose target is set, that is to be sent with the rest. */
void ody__fanout_add(ody_fanout *fanout, ody_mail *take_mail);
/** Posts mail that carries no message of a channel. Cannot fail. */
void ody__fanout_post(ody_hub *hub, ody_fanout *fanout);
/** Frees what is not to be sent after all. */
void ody__fanout_drop(ody_fanout *fanout);

#endif

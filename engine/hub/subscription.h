/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: the membership of one connection in one channel, as its own shard sees it.
 * NONE -> JOINING -> ON -> LEAVING -> NONE. One command is on its way to the home; what the client
 * wants meanwhile waits here, and of two opposite wishes the last wins.
 */
#ifndef ODY_HUB_SUBSCRIPTION_H
#define ODY_HUB_SUBSCRIPTION_H

#include "hub/local_channel.h"

typedef enum ody_subscription_state {
    ODY_SUBSCRIPTION_JOINING,
    ODY_SUBSCRIPTION_ON,
    ODY_SUBSCRIPTION_REJOINING, /* on, and asked for a second confirmation */
    ODY_SUBSCRIPTION_LEAVING,
} ody_subscription_state;

struct ody_subscription {
    ody_list_node node; /* of its connection, or of hub->orphans */
    ody_local_channel *local;
    union {
        struct {
            ody_connection *connection;
            ody_mail *join_wish; /* to be sent when the answer is there, or NULL */
        };
        ody_socket_id orphan; /* the connection is gone, its leave is not sent yet */
    };
    uint32_t position; /* in local->subscribers, when on */
    uint8_t state;
    bool leave_wish; /* to be sent before join_wish */
};

/** @return the connection's subscription in any state, or NULL. */
ody_subscription *ody__subscription_find(const ody_connection *connection, ody_view channel);
/** Whether it gets the channel's events now. */
bool ody__subscription_on(const ody_subscription *subscription);
/** Whether the client's last wish was to be in. */
bool ody__subscription_wanted(const ody_subscription *subscription);
/**
 * The client wants to be in a channel; all checks are done.
 * @param take_join mail JOIN; taken in either case.
 * @return 0, ODY_EMEMORY or ODY_EOVERLOADED: the client is to be told, nothing has changed.
 */
int ody__subscription_wish_on(ody_hub *hub, ody_connection *connection, ody_mail *take_join);
/** The client wants to be out of a channel. Events end at once. */
void ody__subscription_wish_off(ody_hub *hub, ody_connection *connection, ody_view channel);
/** Mail JOINED, REFUSED, LEFT or REJECTED for a client of this shard. Takes it. */
void ody__subscription_mail(ody_hub *hub, ody_mail *take_mail);
/** The connection is gone: leaves everything, one mail per home. */
void ody__subscription_drop_all(ody_hub *hub, ody_connection *connection);
/** Tries again to send the leaves of orphans. @return whether none is left. */
bool ody__subscription_retry(ody_hub *hub);
/** Frees the orphans. */
void ody__subscription_free_orphans(ody_hub *hub);
/** Tells a client that a subscription is refused: pusher:error, then pusher:subscription_error.
 *  @param message empty: the usual one for the code. @param status 0: likewise. */
void ody__subscription_refuse(ody_hub *hub, ody_connection *connection, ody_view channel, int code,
                              ody_view message, int status);

#endif

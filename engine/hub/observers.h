/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: tails (hub/tails.h) as a shard sees them. Whatever may be seen is shown
 * here; while there is no tail that costs a look at a pointer. The shard's thread.
 */
#ifndef ODY_HUB_OBSERVERS_H
#define ODY_HUB_OBSERVERS_H

#include "channel/channel.h"
#include "hub/state.h"
#include "hub/tails.h"

/** Mail OBSERVE or UNOBSERVE. Takes it. */
void ody__observers_mail(ody_hub *hub, ody_mail *take_mail);
/** Frees all. */
void ody__observers_free(ody_hub *hub);

/** For ody__show_event. */
void ody__observers_event(ody_hub *hub, ody_sight sight, const ody_mail *mail, ody_view user_id,
                          uint64_t reached);
/** For ody__show_member. */
void ody__observers_member(ody_hub *hub, const ody_channel *channel, ody_sight sight,
                           const ody_presence_user *user);
/** For ody__show_sent. */
void ody__observers_sent(ody_hub *hub, const ody_connection *connection, const ody_mail *mail);
/** For ody__show_whisper. */
void ody__observers_whisper(ody_hub *hub, const ody_connection *connection, const ody_mail *mail);

/**
 * Shows an event at its channel's home. @param mail PUBLISH or CLIENT_EVENT.
 * @param user_id of the sender where the channel knows it, else ODY_VIEW_NONE.
 */
static inline void ody__show_event(ody_hub *hub, ody_sight sight, const ody_mail *mail,
                                   ody_view user_id, uint64_t reached)
{
    if (hub->observers) {
        ody__observers_event(hub, sight, mail, user_id, reached);
    }
}

/** Shows at its home that a user came into the channel or left it. */
static inline void ody__show_member(ody_hub *hub, const ody_channel *channel, ody_sight sight,
                                    const ody_presence_user *user)
{
    if (hub->observers) {
        ody__observers_member(hub, channel, sight, user);
    }
}

/** Shows on its own shard what a connection sends. @param mail CLIENT_EVENT. */
static inline void ody__show_sent(ody_hub *hub, const ody_connection *connection,
                                  const ody_mail *mail)
{
    if (hub->observers) {
        ody__observers_sent(hub, connection, mail);
    }
}

/** Shows what a connection alone has got. @param mail WHISPER. */
static inline void ody__show_whisper(ody_hub *hub, const ody_connection *connection,
                                     const ody_mail *mail)
{
    if (hub->observers) {
        ody__observers_whisper(hub, connection, mail);
    }
}

#endif

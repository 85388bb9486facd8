/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: what a hub holds, and the calls between its files. Everything here runs in
 * the shard's thread.
 */
#ifndef ODY_HUB_STATE_H
#define ODY_HUB_STATE_H

#include "base/bytes.h"
#include "base/log.h"
#include "base/memory.h"
#include "hub/hub.h"
#include "hub/interest.h"
#include "hub/latency.h"
#include "hub/mail.h"
#include "ody/error.h"

typedef struct ody_observer ody_observer;

/** Where a connection of that number lives; the list of free slots goes through empty ones. */
typedef struct ody_slot {
    ody_connection *connection; /* NULL: free */
    uint32_t next_free;
} ody_slot;

/** What a hub holds of one app. */
struct ody_hub_app {
    uint32_t number;
    const ody_app *app; /* of hub->options; one that allows nothing once a reload took it away */
    ody_app_shared *shared;
    ody_app_counters *counters;
    uint32_t webhooks; /* bits of ody_webhook_event that a webhook wants to hear of */
    ody_map locals;    /* ody_local_channel by name: channels with a subscription on this shard */
    ody_map channels;  /* ody_channel by name: channels whose home this is */
    ody_list cached;   /* ody_channel_cache of them, the first to expire first */
    ody_map users;     /* ody_user by id: users whose home this is */
    ody_map watched;   /* ody_watched by id: users that connections of this shard watch */
};

struct ody_hub {
    ody_shared *shared;
    const ody_options *options;
    ody_counters *counters;
    const ody_transport *transport;
    void *context; /* of the transport */
    unsigned index;
    unsigned count;
    uint64_t now;
    unsigned depth; /* of public calls; mail to ourselves is handled when the outermost ends */
    ody_mailbox_node *inner_first;
    ody_mailbox_node **inner_last;

    ody_list connections;
    size_t connection_count;
    ody_slot *slots;
    uint32_t slot_count;
    uint32_t slot_capacity;
    uint32_t first_free; /* NO_SLOT: none */
    bool draining;

    ody_hub_app *apps[ODY_APP_NUMBERS]; /* by number; made when they are needed */
    ody_list unannounced;       /* ody_channel_presence with departures that found no memory */
    ody_list unannounced_users; /* ody_user with news that found no memory */
    ody_list orphans;  /* ody_subscription of closed connections whose leave found no memory */
    ody_list partings; /* ody_signin, likewise */
    ody_timer expiry;  /* of cached events */
    ody_timer retry;   /* of those four lists */
    ody_wheel wheel;

    ody_frame_home frames;
    ody_bytes scratch; /* for one text at a time */
    ody_batch *pong;
    ody_interest *interest;  /* owned; NULL: no PHP worker has registered yet */
    ody_observer *observers; /* owned; NULL: nobody looks */
    ody_list open_batches;   /* ody_local_channel with a batch of this turn */
    uint64_t unique_bytes;   /* of batches that wait for clients */
    uint64_t kept_bytes;     /* of pong */
    uint64_t turn_bytes;
    uint64_t turn_deliveries;
    ody_stamps stamps; /* of this turn's messages */
};

/** Each public call is between these two. */
void ody__hub_enter(ody_hub *hub, uint64_t now);
void ody__hub_leave(ody_hub *hub);

/**
 * Posts mail to a shard (also to this one) or, as hub->count, to the API thread.
 * @return 0, or ODY_EOVERLOADED: then the mail is still the caller's. Never fails with must.
 */
int ody__hub_post(ody_hub *hub, unsigned target, ody_mail *take_mail, bool must);
/** Whether the mailbox of that thread is over its limit; never so for this shard. */
bool ody__hub_full(const ody_hub *hub, unsigned target);
/** The shard that a channel is at home on. */
unsigned ody__hub_home(const ody_hub *hub, uint32_t app, ody_view channel);
/**
 * What the hub holds of an app.
 * @return NULL when there is no such app (any more), or no memory for the first look at it.
 */
ody_hub_app *ody__app_obtain(ody_hub *hub, uint32_t number);
/** The same without making it: NULL when nobody has had to do with it yet. */
ody_hub_app *ody__app_find(const ody_hub *hub, uint32_t number);
/** The hub has other options: its apps get theirs. Clients of apps that are gone are closed. */
void ody__apps_reload(ody_hub *hub);
/** What the application wants to know of that app: PHP workers speak for the first one only. NULL:
 *  nothing. */
static inline const ody_interest *ody__app_interest(const ody_hub *hub, const ody_hub_app *app)
{
    return app->number == hub->options->apps[0].number ? hub->interest : NULL;
}
/** The key before the colon of a token; the current one where there is no such key, so that the
 *  error speaks of that one. */
const ody_app_key *ody__app_key_of_token(const ody_app *app, ody_view auth);
/** Frees all apps with their channels and users. */
void ody__apps_free(ody_hub *hub);
/** Empties hub->scratch and gives it. */
ody_bytes *ody__hub_scratch(ody_hub *hub);
/** Sets the timer that tries again what found no memory. */
void ody__hub_retry_later(ody_hub *hub);

/** @return the connection of that name, or NULL when it is gone. */
ody_connection *ody__connection_find(const ody_hub *hub, ody_socket_id id);
/** Closes without waiting for the peer to read. */
void ody__connection_cut(ody_hub *hub, ody_connection *connection, uint16_t code,
                         const char *reason);
/** There was no memory for something that the connection had to get: counts, and cuts. */
void ody__connection_starved(ody_hub *hub, ody_connection *connection);
/** It does not read: counts, logs, and cuts. */
void ody__connection_slow(ody_hub *hub, ody_connection *connection);

/** Ends it from our side: pusher:error with that code and sentence, then the close with both. */
void ody__connection_dismiss(ody_hub *hub, ody_connection *connection, uint16_t code,
                             const char *reason);
/** It has signed in, or joined a channel that needs a token: it may stay. */
void ody__connection_authorized(ody_connection *connection);

/** What a client asks for in one text message. */
void ody__client_message(ody_hub *hub, ody_connection *connection, ody_view text);

/** What the server wants with a client and a channel: mail SUBSCRIBE or UNSUBSCRIBE. Takes it. */
void ody__server_subscribe_mail(ody_hub *hub, ody_mail *take_mail);

/** What a home does with mail, which it takes. */
void ody__home_mail(ody_hub *hub, ody_mail *take_mail);
/** Tries again to announce departures. @return whether all are announced. */
bool ody__home_retry(ody_hub *hub);
/** To be called after cache_time has changed: what is cached already does not stay longer. */
void ody__home_reload(ody_hub *hub);
/** Fires when cached events expire. */
void ody__home_expire(ody_hub *hub);
/** What the home of a user does with mail SIGN_IN, WATCH or TERMINATE, which it takes. */
void ody__user_mail(ody_hub *hub, ody_mail *take_mail);
/** A connection that is signed in as the user is gone. Doing it twice is fine. */
void ody__user_left(ody_hub *hub, uint32_t app, ody_view id, ody_socket_id client);
/** A connection that watches the user is gone. Doing it twice is fine. */
void ody__user_unwatched(ody_hub *hub, uint32_t app, ody_view id, ody_socket_id client);
/** Tries again to tell who came and went. @return whether all is told. */
bool ody__users_retry(ody_hub *hub);
/** One step of browsing (hub/browse.h). Takes it. */
void ody__browse_mail(ody_hub *hub, ody_mail *take_mail);
/** Closes a client, because a person wants that. Takes it. */
void ody__connection_dismiss_mail(ody_hub *hub, ody_mail *take_mail);
/** Answers a question of the API thread. Takes it. */
void ody__home_answer(ody_hub *hub, ody_mail *take_mail);

#endif

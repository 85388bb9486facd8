/* SPDX-License-Identifier: MIT */
/*
 * The client of the Unix socket, linked by every PHP process. Blocking, one request at a time, one
 * object per thread. It reconnects by itself on the next call after the server went away; a request
 * whose fate is unknown is never sent twice. A server that drains says that it has not carried out
 * the request: then the one that takes its place is asked, which is no error. A forked child never
 * uses its parent's connection.
 */
#ifndef ODY_CLIENT_H
#define ODY_CLIENT_H

#include <stdint.h>
#include "ody/error.h"
#include "ody/view.h"

typedef struct ody_client ody_client;

/** One publish. All views are borrowed for the length of the call. */
typedef struct ody_client_publish {
    const ody_view *channels; /* 1 to limits.channels_per_publish names */
    size_t channel_count;
    ody_view event;
    ody_view data;     /* the text that clients get as `data`, usually JSON */
    ody_view except;   /* a socket id that does not get it, or ODY_VIEW_NONE */
    bool skip_missing; /* channels without subscribers are skipped, not an error */
} ody_client_publish;

/** One channel as a listing shows it. Views live during the callback only. */
typedef struct ody_client_channel {
    ody_view name;
    ody_view type; /* "public", "private", "presence", … */
    uint64_t subscribers;
    uint64_t users; /* distinct users of a presence channel, else 0 */
} ody_client_channel;

/**
 * Makes a client; connects on the first call, not here.
 * @param socket_path copied.
 * @param timeout_ms for connecting and for each answer, 1 to 600,000.
 * @return NULL when out of memory.
 */
ody_client *ody_client_new(const char *socket_path, uint32_t connect_timeout_ms,
                           uint32_t answer_timeout_ms);

/** Closes and frees. In a forked child only the descriptor is closed: nothing is written to it. */
void ody_client_free(ody_client *client);

/**
 * Publishes to one or several channels.
 * @param reached how many subscribers the message was numbered for, over all channels.
 * @return 0; ODY_ECHANNEL_NOT_FOUND (unless skip_missing), ODY_ECHANNEL_NAME, ODY_EEVENT_NAME,
 *         ODY_EPAYLOAD_SIZE, ODY_EENCODING, ODY_EOVERLOADED, ODY_ENO_SERVER, ODY_ETIMEOUT,
 *         ODY_EOUTCOME_UNKNOWN, ODY_EVERSION, ODY_EPROTOCOL; ODY_EDRAINING when the next server
 *         drains, too.
 */
int ody_client_publish_message(ody_client *client, const ody_client_publish *publish,
                               uint64_t *reached, ody_error *error);

/**
 * Sends an event to one connection.
 * @param channel ODY_VIEW_NONE, or a channel it must be subscribed to.
 * @param delivered false when that client is not connected (or not subscribed).
 * @return 0 or an error as above.
 */
int ody_client_whisper(ody_client *client, ody_view socket_id, ody_view event, ody_view data,
                       ody_view channel, bool *delivered, ody_error *error);

/**
 * Calls each with the socket id of every subscriber of channel, in no order; none when it is empty.
 * @return 0 or an error as above; each is called only after the whole answer has arrived.
 */
int ody_client_subscribers(ody_client *client, ody_view channel,
                           void (*each)(void *context, ody_view socket_id), void *context,
                           ody_error *error);

/**
 * The users of a presence channel as a JSON list of {"user_id":…,"user_info":…}, in no order; an
 * empty one for other channels.
 * @param json owned by the client, valid until its next call.
 * @return 0 or an error as above.
 */
int ody_client_users(ody_client *client, ody_view channel, ody_view *json, ody_error *error);

/** Whether that connection is subscribed to channel. @return 0 or an error as above. */
int ody_client_is_subscribed(ody_client *client, ody_view socket_id, ody_view channel,
                             bool *subscribed, ody_error *error);

/**
 * Subscribes a connection to a channel, as a server may: no token is needed. The client gets
 * subscription_succeeded.
 * @param data of a presence channel the channel_data that says who the member is, else
 *        ODY_VIEW_NONE.
 * @param subscribed false when that client is not connected.
 * @return 0 or an error as above; ODY_ELIMIT at the client's maximum of channels, ODY_EINVALID
 *         for a presence channel without a member.
 */
int ody_client_subscribe(ody_client *client, ody_view socket_id, ody_view channel, ody_view data,
                         bool *subscribed, ody_error *error);

/** Takes a connection out of a channel; it is no error when it was not in. @return 0 or an error
 *  as above. */
int ody_client_unsubscribe(ody_client *client, ody_view socket_id, ody_view channel,
                           ody_error *error);

/** Whether channel has a subscriber (cache and user channels always exist). */
int ody_client_channel_exists(ody_client *client, ody_view channel, bool *exists, ody_error *error);

/** Calls each for every occupied channel whose name begins with prefix ("" for all). */
int ody_client_channels(ody_client *client, ody_view prefix,
                        void (*each)(void *context, const ody_client_channel *channel),
                        void *context, ody_error *error);

/**
 * The server's state as a JSON object: at least pid, port, connections, channels, uptime.
 * @param json owned by the client, valid until its next call.
 */
int ody_client_status(ody_client *client, ody_view *json, ody_error *error);

#endif

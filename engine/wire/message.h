/* SPDX-License-Identifier: MIT */
/*
 * What clients send: one JSON text becomes one checked struct. Everything hostile is dealt with
 * here, once: length is checked by the caller, then UTF-8, depth, duplicate keys (refused), NUL in
 * strings that become names (refused), types. No state; the thread that owns the struct.
 */
#ifndef ODY_WIRE_MESSAGE_H
#define ODY_WIRE_MESSAGE_H

#include <stdint.h>
#include "ody/error.h"
#include "ody/options.h"
#include "ody/view.h"

typedef enum ody_message_kind {
    ODY_MESSAGE_PING,
    ODY_MESSAGE_PONG,
    ODY_MESSAGE_SUBSCRIBE,
    ODY_MESSAGE_UNSUBSCRIBE,
    ODY_MESSAGE_SIGNIN,
    ODY_MESSAGE_CLIENT_EVENT, /* event begins with "client-" */
    ODY_MESSAGE_UNKNOWN,      /* well-formed, but an event that the protocol does not know */
} ody_message_kind;

/** The views point into `owned`; an absent optional field is ODY_VIEW_NONE (data == NULL). */
typedef struct ody_message {
    ody_message_kind kind;
    ody_view event;
    ody_view channel;      /* SUBSCRIBE, UNSUBSCRIBE, CLIENT_EVENT: present; grammar not checked */
    ody_view auth;         /* SUBSCRIBE, SIGNIN; "" counts as absent */
    ody_view channel_data; /* SUBSCRIBE: the string as sent, byte for byte */
    ody_view user_data;    /* SIGNIN: likewise */
    ody_view data; /* CLIENT_EVENT: a string's own text, or the JSON text of another value */
    void *owned;   /* private */
} ody_message;

/**
 * Reads one message. `data` of pusher:* events may be an object or a string that holds one.
 * @param text borrowed; what the struct needs is copied.
 * @return 0 with message filled (free it with ody_message_fini), or ODY_EENCODING, ODY_EJSON,
 *         ODY_EDEPTH, ODY_EINVALID (a field missing or of the wrong type: the sentence in error is
 *         meant for the client), ODY_EEVENT_NAME, ODY_EPAYLOAD_SIZE (client event data),
 *         ODY_EMEMORY. After an error there is nothing to free.
 */
int ody_message_parse(ody_view text, const ody_app_limits *limits, ody_message *message,
                      ody_error *error);

/**
 * The JSON text of a message's data, for those who read it themselves.
 * @param text that the message was parsed from; the view points into it or into the message.
 * @return ODY_VIEW_NONE when there is no data.
 */
ody_view ody_message_data(const ody_message *message, ody_view text);

/** Frees what the struct owns; its views are void. A zeroed struct is fine. */
void ody_message_fini(ody_message *message);

/** A presence member as it was signed in channel_data. */
typedef struct ody_member_data {
    ody_view user_id;   /* normalised to a string: 10 becomes "10" */
    ody_view user_info; /* JSON text; "{}" where it was absent */
    void *owned;        /* private */
} ody_member_data;

/**
 * Reads channel_data: an object with user_id (non-empty string or integer) and optional user_info.
 * @return 0 (free with ody_member_data_fini), ODY_EINVALID, ODY_EENCODING, ODY_EJSON, ODY_EDEPTH,
 *         ODY_ELIMIT (user_id or user_info too long) or ODY_EMEMORY; the sentence is for the
 * client.
 */
int ody_member_data_parse(ody_view channel_data, const ody_app_limits *limits,
                          ody_member_data *member, ody_error *error);
void ody_member_data_fini(ody_member_data *member);

/** Who a client says that it is when it signs in, as it was signed in user_data. */
typedef struct ody_user_data {
    ody_view id;
    ody_view user_info;        /* JSON text; "{}" where it was absent */
    const ody_view *watchlist; /* ids of users that it wants to hear of; may repeat */
    size_t watchlist_length;   /* at most limits->watchlist_length */
    bool watchlist_cut;        /* more were named: the first ones are kept */
    void *owned;               /* private */
} ody_user_data;

/**
 * Reads user_data: an object with id (a non-empty string) and optional user_info and watchlist (a
 * list of such ids).
 * @return 0 (free with ody_user_data_fini), ODY_EINVALID, ODY_EENCODING, ODY_EJSON, ODY_EDEPTH,
 *         ODY_ELIMIT (an id or user_info too long) or ODY_EMEMORY; the sentence is for the client.
 */
int ody_user_data_parse(ody_view user_data, const ody_app_limits *limits, ody_user_data *user,
                        ody_error *error);
/** Frees what the struct owns; its views are void. A zeroed struct is fine. */
void ody_user_data_fini(ody_user_data *user);

#endif

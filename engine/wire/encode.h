/* SPDX-License-Identifier: MIT */
/*
 * What the server sends: each function appends one JSON text to a buffer. `data` is a JSON string
 * that holds JSON (the protocol's double encoding), except in pusher:error. Texts must be valid
 * UTF-8. A failed append stays in out->failed. No state; the thread that owns the buffer.
 * Source: Pusher Channels protocol 7.
 */
#ifndef ODY_WIRE_ENCODE_H
#define ODY_WIRE_ENCODE_H

#include <stdint.h>
#include "base/bytes.h"

#define ODY_FRAME_HEADER_MAX 10

/** The opcodes of RFC 6455, section 5.2. */
enum { ODY_OPCODE_TEXT = 1, ODY_OPCODE_CLOSE = 8, ODY_OPCODE_PING = 9, ODY_OPCODE_PONG = 10 };

/** Appends text as a JSON string with its quotes. */
void ody_encode_string(ody_bytes *out, ody_view text);

/** {"event":…,"data":"…","channel":…[,"user_id":…]}; channel and user_id may be ODY_VIEW_NONE. */
void ody_encode_event(ody_bytes *out, ody_view event, ody_view channel, ody_view data,
                      ody_view user_id);
/**
 * Finds the data in an event as ody_encode_event has written it, without user_id.
 * @param channel that it was written for.
 * @return the JSON string with its quotes, within text.
 */
ody_view ody_encode_event_data(ody_view text, ody_view channel);
/** pusher:connection_established. @param activity_timeout seconds. */
void ody_encode_established(ody_bytes *out, ody_view socket_id, uint32_t activity_timeout);
/** pusher:error, whose data is an object. @param code 0 becomes null. */
void ody_encode_error(ody_bytes *out, int code, ody_view message);
/** pusher:subscription_error with {type, error, status} for channel. @param status such as 401. */
void ody_encode_subscription_error(ody_bytes *out, ody_view channel, ody_view type, ody_view error,
                                   int status);
/** pusher:pong and pusher:ping. */
void ody_encode_pong(ody_bytes *out);
void ody_encode_ping(ody_bytes *out);
/** pusher_internal:subscription_succeeded of a channel without presence: data "{}". */
void ody_encode_succeeded(ody_bytes *out, ody_view channel);
/** pusher_internal:member_added: data {"user_id":…,"user_info":…}. @param user_info JSON text. */
void ody_encode_member_added(ody_bytes *out, ody_view channel, ody_view user_id,
                             ody_view user_info);
/** pusher_internal:member_removed: data {"user_id":…}. */
void ody_encode_member_removed(ody_bytes *out, ody_view channel, ody_view user_id);
/** pusher:cache_miss. */
void ody_encode_cache_miss(ody_bytes *out, ody_view channel);
/** pusher:signin_success; user_data is echoed byte for byte. */
void ody_encode_signin_success(ody_bytes *out, ody_view user_data);
/** pusher_internal:subscription_count: how many connections are subscribed to channel. */
void ody_encode_subscription_count(ody_bytes *out, ody_view channel, uint64_t count);
/** pusher_internal:watchlist_events about one user. */
void ody_encode_watched(ody_bytes *out, ody_view user_id, bool online);

/** {"user_id":…,"user_info":…} by itself, for lists. @param user_info JSON text. */
void ody_encode_user(ody_bytes *out, ody_view user_id, ody_view user_info);

/** One member of a presence snapshot. */
typedef struct ody_encode_member {
    ody_view user_id;
    ody_view user_info; /* JSON text */
} ody_encode_member;

/**
 * pusher_internal:subscription_succeeded of a presence channel, with count, ids and hash.
 * @param next fills the next member and returns true, or false at the end; called in two rounds,
 *        each begun by restart. Both rounds must give the same members in the same order.
 */
void ody_encode_presence_succeeded(ody_bytes *out, ody_view channel, size_t count,
                                   void (*restart)(void *context),
                                   bool (*next)(void *context, ody_encode_member *member),
                                   void *context);

/** One user of a watchlist, and whether a connection is signed in as them. */
typedef struct ody_encode_watch {
    ody_view user_id;
    bool online;
} ody_encode_watch;

/**
 * pusher_internal:watchlist_events with all users of a watchlist, grouped by what they are; a group
 * without users is left out.
 * @param next as above; called in two rounds, each begun by restart.
 */
void ody_encode_watchlist(ody_bytes *out, void (*restart)(void *context),
                          bool (*next)(void *context, ody_encode_watch *watch), void *context);

/**
 * Writes the header of an unfragmented, unmasked WebSocket frame (RFC 6455, section 5.2).
 * @param out ODY_FRAME_HEADER_MAX bytes.
 * @return how many of them it used: 2, 4 or 10.
 */
size_t ody_encode_frame_header(uint8_t *out, int opcode, size_t payload_length);

/**
 * The length of the frame that begins at data (header and payload), read from its header.
 * @return 0 when fewer bytes than its header are there.
 */
size_t ody_frame_length(const uint8_t *data, size_t available);

#endif

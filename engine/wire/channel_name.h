/* SPDX-License-Identifier: MIT */
/* The grammar of channel names and what a name says about its channel. Stateless; any thread. */
#ifndef ODY_WIRE_CHANNEL_NAME_H
#define ODY_WIRE_CHANNEL_NAME_H

#include "ody/view.h"

/** What the prefix of a name makes of a channel. */
typedef enum ody_channel_type {
    ODY_CHANNEL_PUBLIC,
    ODY_CHANNEL_PRIVATE,
    ODY_CHANNEL_ENCRYPTED, /* private-encrypted-: private for the server, which cannot read it */
    ODY_CHANNEL_PRESENCE,
    ODY_CHANNEL_USER, /* #server-to-user-<id> */
} ody_channel_type;

typedef struct ody_channel_kind {
    ody_channel_type type;
    bool cache; /* keeps its last event for new subscribers */
} ody_channel_kind;

/**
 * Checks a name and tells its kind. Whole prefixes with the dash count: "privateer" is public.
 * @param max_length bytes.
 * @return 0 or ODY_ECHANNEL_NAME (empty, too long, a character outside of A-Za-z0-9_-=@,.; or a '#'
 *         that does not begin "#server-to-user-" and an id).
 */
int ody_channel_name_parse(ody_view name, size_t max_length, ody_channel_kind *kind);

/** Whether subscribing needs a signature (private, encrypted, presence; also their cache forms). */
bool ody_channel_needs_auth(ody_channel_kind kind);

/** Whether the channel exists for publishers even without a subscriber (cache and user channels).
 */
bool ody_channel_always_exists(ody_channel_kind kind);

/** The id of the user whose channel it is. @param name of kind ODY_CHANNEL_USER. */
ody_view ody_channel_user_id(ody_view name);

/** The name shown to people: "public", "private", "private-encrypted", "presence", "cache",
 *  "private-cache", "private-encrypted-cache", "presence-cache", "user". Static memory. */
const char *ody_channel_kind_name(ody_channel_kind kind);

#endif

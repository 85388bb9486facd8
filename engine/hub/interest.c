/* SPDX-License-Identifier: MIT */
/* Which channels have a handler: custom-… for the type "custom". */
#include "hub/interest.h"

#include "base/memory.h"

ody_interest *ody_interest_new(const ody_worker_interest *interest)
{
    ody_interest *self = ody_calloc(1, sizeof(*self));

    if (!self) {
        return NULL;
    }
    self->handshakes = interest->handshakes;
    self->messages = interest->messages;
    self->notices = interest->notices;
    for (size_t index = 0; index < interest->handler_count; index++) {
        ody_view type = interest->handlers[index];

        if (ody_view_equal(type, ODY_VIEW("public"))) {
            self->public_channels = true;
        } else if (type.length < ODY_INTEREST_PREFIX_MAX && self->count < ODY_HANDLERS_MAX) {
            memcpy(self->prefixes[self->count].text, type.data, type.length);
            self->prefixes[self->count].text[type.length] = '-';
            self->prefixes[self->count++].length = (uint8_t)(type.length + 1);
        }
    }
    return self;
}

/* Channels that the protocol gives a meaning are not public, whoever handles them. */
static bool is_public(ody_view channel)
{
    return !ody_view_starts(channel, ODY_VIEW("private-")) &&
           !ody_view_starts(channel, ODY_VIEW("presence-")) &&
           !ody_view_starts(channel, ODY_VIEW("#"));
}

bool ody_interest_handles(const ody_interest *interest, ody_view channel)
{
    if (!interest) {
        return false;
    }
    for (unsigned index = 0; index < interest->count; index++) {
        const ody_view prefix = {interest->prefixes[index].text, interest->prefixes[index].length};

        if (ody_view_starts(channel, prefix)) {
            return true;
        }
    }
    return interest->public_channels && is_public(channel);
}

bool ody_interest_wants(const ody_interest *interest, ody_call_kind notice)
{
    return interest && (interest->notices & ODY_NOTICE_BIT(notice)) != 0;
}

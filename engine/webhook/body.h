/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: the JSON that webhooks are sent. A failed append stays in out->failed. No
 * state; the thread that owns the buffer. Source: Pusher Channels, "Webhooks".
 */
#ifndef ODY_WEBHOOK_BODY_H
#define ODY_WEBHOOK_BODY_H

#include "base/bytes.h"
#include "webhook/notice.h"

/** Appends one event as a JSON object. Every one has a channel, because receivers look at it. */
void ody__webhook_event(ody_bytes *out, const ody_webhook_notice *notice);
/** Begins the body of a request. @param time_ms since 1970. */
void ody__webhook_body_begin(ody_bytes *out, uint64_t time_ms);
/** Appends an event that ody__webhook_event made. */
void ody__webhook_body_add(ody_bytes *out, ody_view event);
/** Ends the body. */
void ody__webhook_body_end(ody_bytes *out);

#endif

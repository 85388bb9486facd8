/* SPDX-License-Identifier: MIT */
/*
 * What others publish through Redis: one JSON text becomes one checked struct. Channel and event
 * names are judged where the event is published. No state; the thread that owns the struct.
 */
#ifndef ODY_WIRE_REDIS_MESSAGE_H
#define ODY_WIRE_REDIS_MESSAGE_H

#include "ody/error.h"
#include "ody/options.h"
#include "ody/view.h"

/** The views point into `owned`. */
typedef struct ody_redis_message {
    const ody_view *channels;
    size_t channel_count; /* at least 1 */
    ody_view event;
    ody_view data;      /* a string's own text, or the JSON text of another value */
    ody_view socket_id; /* who does not get it, or ODY_VIEW_NONE */
    void *owned;        /* private */
} ody_redis_message;

/**
 * Reads {"channel":"…" or "channels":["…"],"event":"…","data":…[,"socket_id":"…"]}; other members
 * are ignored.
 * @param text borrowed; what the struct needs is copied.
 * @return 0 with message filled (free it with ody_redis_message_fini), or ODY_EENCODING, ODY_EJSON,
 *         ODY_EDEPTH, ODY_EINVALID (a field missing or of the wrong type), ODY_EPAYLOAD_SIZE or
 *         ODY_EMEMORY. After an error there is nothing to free.
 */
int ody_redis_message_read(ody_view text, const ody_app_limits *limits, ody_redis_message *message,
                           ody_error *error);
/** Frees what the struct owns; its views are void. A zeroed struct is fine. */
void ody_redis_message_fini(ody_redis_message *message);

#endif

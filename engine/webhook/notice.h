/* SPDX-License-Identifier: MIT */
/* What webhooks are told about, as it comes from the shards. Borrowed views; any thread. */
#ifndef ODY_WEBHOOK_NOTICE_H
#define ODY_WEBHOOK_NOTICE_H

#include <stdint.h>
#include "ody/options.h"
#include "ody/view.h"

/** Something that happened in an app. Texts are valid UTF-8; absent ones are ODY_VIEW_NONE. */
typedef struct ody_webhook_notice {
    uint32_t app; /* number */
    ody_webhook_event kind;
    ody_view channel;
    ody_view user_id;   /* of the member; of a client event only on presence channels */
    ody_view event;     /* of a client event, like the next two */
    ody_view data;      /* as subscribers get it; of SUBSCRIPTION_COUNT the number, as digits */
    ody_view socket_id; /* of the sender */
} ody_webhook_notice;

#endif

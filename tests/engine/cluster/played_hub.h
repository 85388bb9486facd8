/* SPDX-License-Identifier: MIT */
/* The real requests of the hub over one played shard, which notes what is published. One thread. */
#ifndef ODY_TESTS_PLAYED_HUB_H
#define ODY_TESTS_PLAYED_HUB_H

#include <ev.h>
#include "hub/mail.h"
#include "hub/requests.h"

typedef struct played_hub {
    ody_options options;
    ody_app *app; /* of the options */
    ody_requests *requests;
    bool full;               /* the shard's mailbox takes no more */
    int code;                /* what the shard answers */
    ody_mailbox_node *first; /* mail that the shard has not answered */
    ody_mailbox_node **last;
    size_t waiting;
    size_t published;
    char log[65536]; /* "channel event data except\n" of each, as far as there is room */
} played_hub;

/** Makes it, with one app and generous limits. */
void played_hub_init(played_hub *hub);
void played_hub_fini(played_hub *hub);
/** The shard answers all that waits. */
void played_hub_answer(played_hub *hub);

#endif

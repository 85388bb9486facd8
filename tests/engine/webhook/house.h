/* SPDX-License-Identifier: MIT */
/* The whole room, with short times, for tests against receivers on this machine. */
#ifndef ODY_TESTS_WEBHOOK_HOUSE_H
#define ODY_TESTS_WEBHOOK_HOUSE_H

#include "ody/options.h"
#include "webhook/webhooks.h"

typedef struct house {
    ody_options options;
    ody_webhook hooks[2];
    ody_webhook_limits limits;
    const char *ca_file;
    ody_webhooks *webhooks;
} house;

/** One app and no webhook yet. */
void house_prepare(house *self);
/** Adds a webhook for all events, before house_start. */
void house_add_hook(house *self, const char *url, const char *prefixes);
void house_start(house *self);
/** Stops at once. */
void house_end(house *self);
/** Something happens in that channel. */
void house_tell(house *self, const char *channel);
/** The numbers of all webhooks together. */
ody_webhook_numbers house_all(const house *self);

#endif

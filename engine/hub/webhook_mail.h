/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: tells the webhooks of an app what has happened in it, by mail to the API
 * thread. Where no webhook wants to know, that costs a look at one number. The shard's thread.
 */
#ifndef ODY_HUB_WEBHOOK_MAIL_H
#define ODY_HUB_WEBHOOK_MAIL_H

#include "hub/state.h"
#include "ody/worker.h"

/** What the webhooks of an app want to hear of: bits of ody_webhook_event. */
uint32_t ody__webhooks_wanted(const ody_options *options, const ody_app *app);
/** Tells them of what the PHP workers are told, if it is an event that one of them wants. */
void ody__webhook_notice(ody_hub *hub, const ody_hub_app *app, ody_call_kind kind,
                         ody_socket_id client, const ody_mail_texts *texts);

#endif

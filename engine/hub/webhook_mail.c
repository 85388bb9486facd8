/* SPDX-License-Identifier: MIT */
/* Mail to the API thread about what webhooks want to hear of. */
#include "hub/webhook_mail.h"

/* What undoes an event counts as much as itself: only with both can they cancel each other. */
static uint32_t with_opposites(uint32_t events)
{
    static const uint32_t pairs[] = {
        1u << ODY_WEBHOOK_CHANNEL_OCCUPIED | 1u << ODY_WEBHOOK_CHANNEL_VACATED,
        1u << ODY_WEBHOOK_MEMBER_ADDED | 1u << ODY_WEBHOOK_MEMBER_REMOVED,
    };

    for (size_t index = 0; index < sizeof(pairs) / sizeof(pairs[0]); index++) {
        events |= events & pairs[index] ? pairs[index] : 0;
    }
    return events;
}

uint32_t ody__webhooks_wanted(const ody_options *options, const ody_app *app)
{
    uint32_t events = 0;

    for (size_t index = 0; index < options->webhook_count; index++) {
        const ody_webhook *webhook = &options->webhooks[index];

        if (strcmp(webhook->app_id, app->id) == 0) {
            events |= webhook->events;
        }
    }
    return with_opposites(events);
}

static void post(ody_hub *hub, const ody_hub_app *app, ody_webhook_event event,
                 ody_socket_id client, const ody_mail_texts *texts)
{
    ody_mail *mail = ody_mail_new(ODY_MAIL_WEBHOOK, hub->index, texts);

    if (mail) {
        mail->app = app->number;
        mail->client = client;
        mail->number = event;
    }
    if (!mail || ody__hub_post(hub, hub->count, mail, false) < 0) {
        ody_mail_free(mail);
        ody_count(hub->counters, dropped_webhooks, 1);
    }
}

void ody__webhook_notice(ody_hub *hub, const ody_hub_app *app, ody_call_kind kind,
                         ody_socket_id client, const ody_mail_texts *texts)
{
    static const struct {
        ody_call_kind kind;
        ody_webhook_event event;
    } same[] = {
        {ODY_CALL_OCCUPIED, ODY_WEBHOOK_CHANNEL_OCCUPIED},
        {ODY_CALL_VACATED, ODY_WEBHOOK_CHANNEL_VACATED},
        {ODY_CALL_MEMBER_ADDED, ODY_WEBHOOK_MEMBER_ADDED},
        {ODY_CALL_MEMBER_REMOVED, ODY_WEBHOOK_MEMBER_REMOVED},
        {ODY_CALL_EVENT_PUBLISHED, ODY_WEBHOOK_CLIENT_EVENT},
        {ODY_CALL_CACHE_MISS, ODY_WEBHOOK_CACHE_MISS},
        {ODY_CALL_SUBSCRIPTION_COUNT, ODY_WEBHOOK_SUBSCRIPTION_COUNT},
    };

    for (size_t index = 0; app->webhooks != 0 && index < sizeof(same) / sizeof(same[0]); index++) {
        if (same[index].kind == kind && (app->webhooks & 1u << same[index].event) != 0) {
            post(hub, app, same[index].event, client, texts);
        }
    }
}

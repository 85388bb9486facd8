/* SPDX-License-Identifier: MIT */
/* Publishing: checks with the sentences that callers of the protocol know, and what they are told
 * of channels. */
#include <stdio.h>
#include "base/clock.h"
#include "http/room.h"
#include "wire/api_answer.h"

ody_publish ody__http_publish_of(const ody_app *app, const ody_api_event *event,
                                 const ody_http_call *call)
{
    return (ody_publish){
        .app = app,
        .channels = event->channels,
        .channel_count = event->channel_count,
        .event = event->name,
        .data = event->data,
        .except = event->socket_id,
        .skip_missing = true,
        .info = call->info != 0,
    };
}

bool ody__http_check_publish(ody_http_exchange *exchange, const ody_publish *publish,
                             const char *where)
{
    uint32_t most = publish->app->limits.event_data_size;
    ody_error error;
    int code;

    if (publish->data.length > most) {
        ody__http_refuse(exchange, 413,
                         "%sThe data content of this event exceeds the allowed maximum (%u bytes)",
                         where, most);
        return false;
    }
    code = ody_requests_check(publish, &error);
    if (code < 0) {
        char sentence[sizeof(error.message) + 32];

        snprintf(sentence, sizeof(sentence), "%s%s", where, error.message);
        ody__http_refuse_error(exchange, code, sentence);
    }
    return code == 0;
}

bool ody__http_check_rate(ody_http_exchange *exchange, const ody_app *app, size_t events)
{
    uint32_t limit = app->limits.events_per_second;

    if (ody_http_rate_take(&exchange->server->rates[app->number], limit, (uint32_t)events,
                           ody_clock_ms())) {
        return true;
    }
    ody__http_refuse(exchange, 429, "The app may publish %u events per second", limit);
    exchange->retry = 1;
    return false;
}

bool ody__http_read_info(ody_http_exchange *exchange, ody_view info, const char *where, int *set)
{
    ody_error error;

    *set = ody_api_info_parse(info, &error);
    if (*set >= 0 && (*set & ODY_INFO_CACHE)) {
        *set = ody_error_set(&error, ODY_EINVALID,
                             "Invalid info attribute: cache can be asked of a channel, not of an "
                             "event");
    }
    if (*set < 0) {
        ody__http_refuse(exchange, 400, "%s%s", where, error.message);
    }
    return *set >= 0;
}

bool ody__http_publish(ody_http_exchange *exchange, ody_http_call *call, const ody_publish *publish)
{
    ody_error error;

    call->exchange = exchange;
    return ody__http_asked(exchange,
                           ody_requests_publish(exchange->server->setup.requests, publish,
                                                ody_clock_ms(), ody__http_on_hub, call,
                                                &call->ticket, &error),
                           &error);
}

void ody__http_write_attributes(ody_bytes *out, const ody_channel_entry *entry, uint64_t sent_to,
                                int wanted)
{
    ody_channel_kind kind;

    if (ody_channel_name_parse(entry->name, entry->name.length, &kind) < 0 ||
        kind.type != ODY_CHANNEL_PRESENCE) {
        wanted &= ~ODY_INFO_USER_COUNT;
    }
    ody_encode_attributes(out, &(ody_api_attributes){
                                   .shown = wanted,
                                   .user_count = entry->users,
                                   .subscription_count = entry->subscribers,
                                   .sent_to = sent_to,
                               });
}

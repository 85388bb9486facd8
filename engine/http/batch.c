/* SPDX-License-Identifier: MIT */
/*
 * POST /apps/{id}/batch_events. All events are checked before the first is published, and all are
 * published in the same turn, so that they keep their order in each channel.
 */
#include <stdio.h>
#include "base/memory.h"
#include "http/room.h"

#define PLACE_SIZE 32 /* of "[Event 123] " */

static void on_published(ody_http_exchange *exchange, const ody_http_call *call,
                         const ody_reply *reply)
{
    ody_bytes *part = &exchange->parts[call->index];

    if (call->info != 0 && reply->channel_count == 1) {
        ody__http_write_attributes(part, &reply->channels[0], reply->reached, call->info);
    } else {
        ody_bytes_append_literal(part, "{}");
    }
}

/* Attributes stand where their events stood; without any the answer is the bare object. */
static void on_all_published(ody_http_exchange *exchange)
{
    ody_bytes *out = &exchange->output;
    int info = 0;

    for (size_t index = 0; index < exchange->call_count; index++) {
        info |= exchange->calls[index].info;
    }
    if (info == 0) {
        ody__http_answer_empty(exchange);
        return;
    }
    ody_bytes_append_literal(out, "{\"batch\":[");
    for (size_t index = 0; index < exchange->call_count; index++) {
        ody_bytes_append(out, ",", index > 0);
        ody_bytes_append_view(out, ody_bytes_view(&exchange->parts[index]));
        out->failed = out->failed || exchange->parts[index].failed;
    }
    ody_bytes_append_literal(out, "]}");
    ody__http_answer_json(exchange);
}

static bool make_calls(ody_http_exchange *exchange, size_t count)
{
    exchange->calls = ody_calloc(count, sizeof(*exchange->calls));
    exchange->parts = ody_calloc(count, sizeof(*exchange->parts));
    if (!exchange->calls || !exchange->parts) {
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
        return false;
    }
    exchange->call_count = count;
    return true;
}

static bool check_all(ody_http_exchange *exchange, const ody_app *app, const ody_api_events *events)
{
    for (size_t index = 0; index < events->count; index++) {
        ody_http_call *call = &exchange->calls[index];
        char place[PLACE_SIZE];
        ody_publish wanted;

        snprintf(place, sizeof(place), "[Event %zu] ", index);
        call->index = index;
        if (!ody__http_read_info(exchange, events->events[index].info, place, &call->info)) {
            return false;
        }
        wanted = ody__http_publish_of(app, &events->events[index], call);
        if (!ody__http_check_publish(exchange, &wanted, place)) {
            return false;
        }
    }
    return ody__http_check_rate(exchange, app, events->count);
}

/* What could not be sent any more is a refusal of the whole, once the others are answered. */
static void publish_all(ody_http_exchange *exchange, const ody_app *app,
                        const ody_api_events *events)
{
    bool sent = true;

    for (size_t index = 0; sent && index < events->count; index++) {
        ody_http_call *call = &exchange->calls[index];
        ody_publish wanted = ody__http_publish_of(app, &events->events[index], call);

        sent = ody__http_publish(exchange, call, &wanted);
    }
}

void ody__http_batch_events(ody_http_exchange *exchange, const ody_app *app)
{
    ody_api_events events;
    ody_error error;
    int code = ody_api_batch_parse(ody_bytes_view(&exchange->body), &app->limits, &events, &error);

    if (code < 0) {
        ody__http_refuse_error(exchange, code, error.message);
        return;
    }
    exchange->on_reply = on_published;
    exchange->on_all = on_all_published;
    if (events.count == 0) {
        ody__http_answer_empty(exchange);
    } else if (make_calls(exchange, events.count) && check_all(exchange, app, &events)) {
        publish_all(exchange, app, &events);
    }
    ody_api_events_fini(&events);
}

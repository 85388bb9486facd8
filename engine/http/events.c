/* SPDX-License-Identifier: MIT */
/* POST /apps/{id}/events, and the deprecated POST /apps/{id}/channels/{name}/events. */
#include "http/room.h"
#include "wire/api_answer.h"
#include "wire/encode.h"

/* A channel that is named twice is told of once: members of a JSON object have different names. */
static bool seen_before(const ody_channel_entry *channels, size_t index)
{
    for (size_t earlier = 0; earlier < index; earlier++) {
        if (ody_view_equal(channels[earlier].name, channels[index].name)) {
            return true;
        }
    }
    return false;
}

static void on_published(ody_http_exchange *exchange, const ody_http_call *call,
                         const ody_reply *reply)
{
    ody_bytes *out = &exchange->output;

    if (call->info == 0) {
        ody__http_answer_empty(exchange);
        return;
    }
    ody_bytes_append_literal(out, "{\"channels\":{");
    for (size_t index = 0; index < reply->channel_count; index++) {
        if (seen_before(reply->channels, index)) {
            continue;
        }
        ody_bytes_append(out, ",", index > 0);
        ody_encode_string(out, reply->channels[index].name);
        ody_bytes_append_byte(out, ':');
        ody__http_write_attributes(out, &reply->channels[index], 0, call->info & ~ODY_INFO_SENT_TO);
    }
    ody_bytes_append_byte(out, '}');
    if (call->info & ODY_INFO_SENT_TO) {
        ody_bytes_append_literal(out, ",\"sent_to\":");
        ody_bytes_append_number(out, reply->reached);
    }
    ody_bytes_append_byte(out, '}');
    ody__http_answer_json(exchange);
}

static void publish(ody_http_exchange *exchange, const ody_app *app, const ody_api_event *event)
{
    ody_http_call *call = &exchange->call;
    ody_publish wanted;

    if (!ody__http_read_info(exchange, event->info, "", &call->info)) {
        return;
    }
    wanted = ody__http_publish_of(app, event, call);
    if (ody__http_check_publish(exchange, &wanted, "") && ody__http_check_rate(exchange, app, 1)) {
        ody__http_publish(exchange, call, &wanted);
    }
}

void ody__http_events(ody_http_exchange *exchange, const ody_app *app)
{
    ody_api_events events;
    ody_error error;
    int code = ody_api_event_parse(ody_bytes_view(&exchange->body), &exchange->query, &app->limits,
                                   &events, &error);

    if (code < 0) {
        ody__http_refuse_error(exchange, code, error.message);
        return;
    }
    exchange->on_reply = on_published;
    publish(exchange, app, events.events);
    ody_api_events_fini(&events);
}

static void on_accepted(ody_http_exchange *exchange, const ody_http_call *call,
                        const ody_reply *reply)
{
    (void)call;
    (void)reply;
    ody__http_answer_text(exchange, 202, "");
}

void ody__http_channel_events(ody_http_exchange *exchange, const ody_app *app)
{
    ody_view body = ody_bytes_view(&exchange->body);
    const ody_api_event event = {
        .name = ody_query_find(&exchange->query, ODY_VIEW("name")),
        .data = body.data ? body : ODY_VIEW(""),
        .channels = &exchange->route.name,
        .channel_count = 1,
        .socket_id = ody_query_find(&exchange->query, ODY_VIEW("socket_id")),
    };

    if (!event.name.data) {
        ody__http_refuse(exchange, 400, "Missing required parameter: name");
        return;
    }
    exchange->on_reply = on_accepted;
    publish(exchange, app, &event);
}

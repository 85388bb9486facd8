/* SPDX-License-Identifier: MIT */
/*
 * Connections: how many an app has (GET /apps/{id}/connections), whether one is subscribed, an
 * event for one alone, and the end of all that a user has.
 */
#include "base/clock.h"
#include "base/utf8.h"
#include "http/room.h"
#include "wire/api_request.h"

void ody__http_connections(ody_http_exchange *exchange, const ody_app *app)
{
    const ody_app_shared *shared = ody_shared_app(exchange->server->setup.shared, app->number);

    ody_bytes_append_literal(&exchange->output, "{\"connections\":");
    ody_bytes_append_number(&exchange->output, atomic_load(&shared->connections));
    ody_bytes_append_byte(&exchange->output, '}');
    ody__http_answer_json(exchange);
}

static void say(ody_http_exchange *exchange, ody_view name, bool yes)
{
    ody_bytes_append_literal(&exchange->output, "{\"");
    ody_bytes_append_view(&exchange->output, name);
    ody_bytes_append_literal(&exchange->output, "\":");
    ody_bytes_append_view(&exchange->output, yes ? ODY_VIEW("true") : ODY_VIEW("false"));
    ody_bytes_append_byte(&exchange->output, '}');
    ody__http_answer_json(exchange);
}

static void on_subscribed(ody_http_exchange *exchange, const ody_http_call *call,
                          const ody_reply *reply)
{
    (void)call;
    say(exchange, ODY_VIEW("subscribed"), reply->answer);
}

void ody__http_connection_channel(ody_http_exchange *exchange, const ody_app *app)
{
    ody_http_call *call = &exchange->call;
    ody_error error;

    call->exchange = exchange;
    exchange->on_reply = on_subscribed;
    ody__http_asked(exchange,
                    ody_requests_is_subscribed(exchange->server->setup.requests, app,
                                               exchange->route.name, exchange->route.channel,
                                               ody_clock_ms(), ody__http_on_hub, call,
                                               &call->ticket, &error),
                    &error);
}

static void on_whispered(ody_http_exchange *exchange, const ody_http_call *call,
                         const ody_reply *reply)
{
    (void)call;
    say(exchange, ODY_VIEW("delivered"), reply->answer);
}

/* @return false: refused, with the sentence that callers know from publishing. */
static bool check_size(ody_http_exchange *exchange, const ody_app *app, const ody_api_event *event)
{
    uint32_t most = app->limits.event_data_size;

    if (event->data.length > most) {
        ody__http_refuse(exchange, 413,
                         "The data content of this event exceeds the allowed maximum (%u bytes)",
                         most);
    }
    return event->data.length <= most;
}

void ody__http_connection_events(ody_http_exchange *exchange, const ody_app *app)
{
    ody_http_call *call = &exchange->call;
    ody_api_events events;
    ody_error error;
    int code =
        ody_api_whisper_parse(ody_bytes_view(&exchange->body), &app->limits, &events, &error);
    const ody_api_event *event = events.events;

    if (code < 0) {
        ody__http_refuse_error(exchange, code, error.message);
        return;
    }
    call->exchange = exchange;
    exchange->on_reply = on_whispered;
    if (check_size(exchange, app, event) && ody__http_check_rate(exchange, app, 1)) {
        code = ody_requests_whisper(exchange->server->setup.requests, app, exchange->route.name,
                                    event->name, event->data,
                                    event->channel_count > 0 ? event->channels[0] : ODY_VIEW_NONE,
                                    ody_clock_ms(), ody__http_on_hub, call, &call->ticket, &error);
        ody__http_asked(exchange, code, &error);
    }
    ody_api_events_fini(&events);
}

static void on_terminated(ody_http_exchange *exchange, const ody_http_call *call,
                          const ody_reply *reply)
{
    (void)call;
    (void)reply;
    ody__http_answer_empty(exchange);
}

void ody__http_terminate(ody_http_exchange *exchange, const ody_app *app)
{
    ody_http_call *call = &exchange->call;
    ody_view user = exchange->route.name;
    ody_error error;

    if (!ody_utf8_valid(user) || memchr(user.data, '\0', user.length)) {
        ody__http_refuse(exchange, 400, "Invalid user id");
        return;
    }
    call->exchange = exchange;
    exchange->on_reply = on_terminated;
    ody__http_asked(exchange,
                    ody_requests_terminate(exchange->server->setup.requests, app, user,
                                           ody_clock_ms(), ody__http_on_hub, call, &call->ticket,
                                           &error),
                    &error);
}

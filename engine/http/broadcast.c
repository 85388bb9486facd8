/* SPDX-License-Identifier: MIT */
/*
 * POST /api/broadcast {channel, event, data, api_key}. Browsers know the api_key, so it suffices
 * alone only where no browser's page and no stranger can ask from.
 */
#include "base/clock.h"
#include "base/options.h"
#include "http/room.h"
#include "ody/auth.h"
#include "auth/request_signature.h"

static const char unauthorised[] =
    "The api_key suffices only for requests of this machine and of the networks in "
    "http_api.trusted. Send http_api.broadcast_key as broadcast_key or as Authorization: Bearer, "
    "or sign the request as Pusher's HTTP API does";

static void on_broadcast(ody_http_exchange *exchange, const ody_http_call *call,
                         const ody_reply *reply)
{
    (void)call;
    ody_bytes_append_literal(&exchange->output, "{\"success\":true,\"sent_to\":");
    ody_bytes_append_number(&exchange->output, reply->reached);
    ody_bytes_append_byte(&exchange->output, '}');
    ody__http_answer_json(exchange);
}

static bool is_form(const ody_http_exchange *exchange)
{
    return ody_view_starts(ody__http_header(exchange, "Content-Type"),
                           ody_view_of("application/x-www-form-urlencoded"));
}

/* @param form gets what a form holds; free it after the broadcast. */
static int read_body(ody_http_exchange *exchange, ody_query *form, ody_api_broadcast *out,
                     ody_error *error)
{
    ody_view body = ody_bytes_view(&exchange->body);
    uint32_t depth = exchange->server->options->apps[0].limits.json_depth;
    int code;

    /* curl -d says that JSON is a form. */
    if (!is_form(exchange) || ody_view_starts(body, ODY_VIEW("{"))) {
        return ody_api_broadcast_parse(body, depth, out, error);
    }
    code = ody_query_parse(body, form, error);
    return code < 0 ? code : ody_api_broadcast_form(form, out, error);
}

static bool has_key(const ody_http_exchange *exchange, const ody_api_broadcast *broadcast)
{
    const char *key = exchange->server->options->http.broadcast_key;
    ody_view sent =
        broadcast->broadcast_key.data ? broadcast->broadcast_key : ody__http_bearer(exchange);

    return key && sent.data && ody_secret_equal(sent, ody_view_of(key));
}

/* A signed request says who it is of; what is signed wrongly is refused whoever sends it. */
static bool may_broadcast(ody_http_exchange *exchange, const ody_app *app,
                          const ody_api_broadcast *broadcast)
{
    ody_bytes reason = {0};

    if (ody_query_find(&exchange->query, ODY_VIEW("auth_signature")).data) {
        if (!ody__http_verify(exchange, app)) {
            return false;
        }
        if (ody_request_verify_body(exchange->server->digests, &exchange->query,
                                    ody_bytes_view(&exchange->body), &reason) < 0) {
            ody__http_refuse_view(exchange, 401, ody_bytes_view(&reason));
        }
        ody_bytes_fini(&reason);
        return exchange->status == 0;
    }
    if (!has_key(exchange, broadcast) && !ody__http_is_trusted(exchange)) {
        ody__http_refuse(exchange, 401, "%s", unauthorised);
        return false;
    }
    return true;
}

static void broadcast_to(ody_http_exchange *exchange, const ody_app *app,
                         const ody_api_broadcast *broadcast)
{
    const ody_publish publish = {
        .app = app,
        .channels = &broadcast->channel,
        .channel_count = 1,
        .event = broadcast->event,
        .data = broadcast->data,
    };

    if (ody__http_check_publish(exchange, &publish, "") && ody__http_check_rate(exchange, app, 1)) {
        exchange->on_reply = on_broadcast;
        ody__http_publish(exchange, &exchange->call, &publish);
    }
}

/* The app is the one that has the api_key. */
static void judge(ody_http_exchange *exchange, const ody_api_broadcast *broadcast)
{
    const ody_app *app = ody_options_app_of_key(exchange->server->options, broadcast->api_key);

    if (!app) {
        ody__http_refuse(exchange, 401, "No app has this api_key");
    } else if (may_broadcast(exchange, app, broadcast)) {
        if (!app->enabled) {
            ody__http_refuse(exchange, 403, "The app is disabled");
        } else {
            broadcast_to(exchange, app, broadcast);
        }
    }
}

void ody__http_broadcast(ody_http_exchange *exchange, const ody_app *app)
{
    ody_api_broadcast broadcast = {0};
    ody_query form = {0};
    ody_error error;
    int code;

    (void)app;
    if (ody_view_equal(exchange->method, ODY_VIEW("OPTIONS"))) {
        exchange->status = 204;
        return;
    }
    if (exchange->server->closed) {
        ody__http_refuse_error(exchange, ODY_EDRAINING, NULL);
        return;
    }
    code = read_body(exchange, &form, &broadcast, &error);
    if (code < 0) {
        ody__http_refuse_error(exchange, code, error.message);
    } else {
        judge(exchange, &broadcast);
    }
    ody_api_broadcast_fini(&broadcast);
    ody_query_fini(&form);
}

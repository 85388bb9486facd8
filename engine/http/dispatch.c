/* SPDX-License-Identifier: MIT */
/* From a request to its endpoint, past everything that may forbid it. */
#include "auth/request_signature.h"
#include "base/clock.h"
#include "base/options.h"
#include "http/room.h"

static ody_http_handler *const handlers[ODY_HTTP_ENDPOINTS] = {
    [ODY_HTTP_ROOT] = ody__http_root,
    [ODY_HTTP_UP] = ody__http_up,
    [ODY_HTTP_READY] = ody__http_ready,
    [ODY_HTTP_ACCEPT_TRAFFIC] = ody__http_accept_traffic,
    [ODY_HTTP_USAGE] = ody__http_usage,
    [ODY_HTTP_METRICS] = ody__http_metrics,
    [ODY_HTTP_BROADCAST] = ody__http_broadcast,
    [ODY_HTTP_WEBSOCKET] = ody__http_websocket,
    [ODY_HTTP_TEST_PAGE] = ody__http_test_page,
    [ODY_HTTP_INSPECTOR] = ody__http_inspector_page,
    [ODY_HTTP_INSPECTOR_API] = ody__http_inspector,
    [ODY_HTTP_EVENTS] = ody__http_events,
    [ODY_HTTP_BATCH_EVENTS] = ody__http_batch_events,
    [ODY_HTTP_CHANNELS] = ody__http_channels,
    [ODY_HTTP_CHANNEL] = ody__http_channel,
    [ODY_HTTP_CHANNEL_USERS] = ody__http_channel_users,
    [ODY_HTTP_CHANNEL_EVENTS] = ody__http_channel_events,
    [ODY_HTTP_CHANNEL_SUBSCRIBERS] = ody__http_channel_subscribers,
    [ODY_HTTP_TERMINATE] = ody__http_terminate,
    [ODY_HTTP_CONNECTIONS] = ody__http_connections,
    [ODY_HTTP_CONNECTION_CHANNEL] = ody__http_connection_channel,
    [ODY_HTTP_CONNECTION_EVENTS] = ody__http_connection_events,
};

static int method_of(ody_view method)
{
    if (ody_view_equal(method, ODY_VIEW("GET")) || ody_view_equal(method, ODY_VIEW("HEAD"))) {
        return ODY_HTTP_GET;
    }
    if (ody_view_equal(method, ODY_VIEW("POST"))) {
        return ODY_HTTP_POST;
    }
    return ody_view_equal(method, ODY_VIEW("OPTIONS")) ? ODY_HTTP_OPTIONS : 0;
}

/* The app that a path names, or else a key in the query. */
static const ody_app *find_app(const ody_http_exchange *exchange)
{
    const ody_options *options = exchange->server->options;

    return exchange->route.app_id.data
               ? ody_options_app_of_id(options, exchange->route.app_id)
               : ody_options_app_of_key(options,
                                        ody_query_find(&exchange->query, ODY_VIEW("auth_key")));
}

static bool read_query(ody_http_exchange *exchange)
{
    size_t path = exchange->path.length;
    ody_view text = exchange->target;
    ody_error error;
    int code;

    text = path < text.length ? (ody_view){text.data + path + 1, text.length - path - 1}
                              : ODY_VIEW("");
    code = ody_query_parse(text, &exchange->query, &error);
    if (code < 0) {
        ody__http_refuse_error(exchange, code, error.message);
    }
    return code == 0;
}

/* @return whether code is 0; else refuses with the reason. */
static bool accepted(ody_http_exchange *exchange, int code, ody_bytes *take_reason)
{
    if (code == ODY_ESIGNATURE && !take_reason->failed) {
        ody__http_refuse_view(exchange, 401, ody_bytes_view(take_reason));
    } else if (code < 0) {
        ody__http_refuse_error(exchange, code, NULL);
    }
    ody_bytes_fini(take_reason);
    return code == 0;
}

bool ody__http_verify(ody_http_exchange *exchange, const ody_app *app)
{
    const ody_signed_request request = {
        .method = exchange->method,
        .path = exchange->path,
        .prefix = ody_view_of(exchange->server->options->path),
        .query = &exchange->query,
    };
    ody_bytes reason = {0};
    int code = ody_request_verify(exchange->server->digests, &request, app,
                                  ody_clock_unix_ms() / 1000, &reason);

    if (!accepted(exchange, code, &reason)) {
        return false;
    }
    if (!app->enabled) {
        ody__http_refuse(exchange, 403, "The app is disabled");
    }
    return app->enabled;
}

/* The same app may be gone, or be disabled, once the body has come. */
static const ody_app *find_app_again(ody_http_exchange *exchange)
{
    const ody_app *app = find_app(exchange);
    ody_bytes reason = {0};
    int code;

    if (!app || !app->enabled) {
        ody__http_refuse(exchange, app ? 403 : 404,
                         app ? "The app is disabled" : "There is no such app");
        return NULL;
    }
    code = ody_request_verify_body(exchange->server->digests, &exchange->query,
                                   ody_bytes_view(&exchange->body), &reason);
    return accepted(exchange, code, &reason) ? app : NULL;
}

static bool takes_query(ody_http_endpoint endpoint)
{
    return ody_http_is_signed(endpoint) || endpoint == ODY_HTTP_METRICS ||
           endpoint == ODY_HTTP_BROADCAST || endpoint == ODY_HTTP_INSPECTOR_API;
}

void ody__http_begin(ody_http_exchange *exchange)
{
    const ody_http_server *server = exchange->server;
    ody_http_route *route = &exchange->route;
    const ody_app *app;

    *route =
        ody_http_route_find(exchange->path, ody_view_of(server->options->path), exchange->segments);
    exchange->json_errors =
        route->endpoint == ODY_HTTP_BROADCAST || route->endpoint == ODY_HTTP_INSPECTOR_API;
    if (route->endpoint == ODY_HTTP_NOWHERE) {
        ody__http_refuse_path(exchange);
        return;
    }
    if (!ody__http_page_stands(exchange) ||
        (route->endpoint == ODY_HTTP_INSPECTOR_API && !ody__http_inspector_begin(exchange))) {
        return;
    }
    if (!(route->methods & method_of(exchange->method))) {
        ody__http_refuse(exchange, 405, "This path does not take the method of the request");
        return;
    }
    if (takes_query(route->endpoint) && !read_query(exchange)) {
        return;
    }
    if (!ody_http_is_signed(route->endpoint)) {
        return;
    }
    app = find_app(exchange);
    if (!app) {
        ody__http_refuse(exchange, 404, "There is no such app");
    } else {
        ody__http_verify(exchange, app);
    }
}

void ody__http_dispatch(ody_http_exchange *exchange)
{
    ody_http_endpoint endpoint = exchange->route.endpoint;
    const ody_app *app = NULL;

    if (ody_http_is_signed(endpoint)) {
        if (exchange->server->closed) {
            ody__http_refuse_error(exchange, ODY_EDRAINING, NULL);
            return;
        }
        app = find_app_again(exchange);
        if (!app) {
            return;
        }
    }
    handlers[endpoint](exchange, app);
}

/* SPDX-License-Identifier: MIT */
/* /inspector/api/…: what the inspector's page asks for. Questions are GETs with a query, actions
 * are POSTs with a form. */
#include "base/clock.h"
#include "base/options.h"
#include "http/inspector.h"
#include "wire/encode.h"

/* Bytes of a form that somebody may send who has not signed in. */
#define STRANGER_MAX 4096

typedef struct action {
    const char *name;
    int method;
    bool before_login;
    ody_inspector_handler *handle;
} action;

static ody_inspector_handler overview, channel, publish, disconnect;

static const action actions[] = {
    {"login", ODY_HTTP_POST, true, ody__http_inspector_login},
    {"logout", ODY_HTTP_POST, true, ody__http_inspector_logout},
    {"overview", ODY_HTTP_GET, false, overview},
    {"connections", ODY_HTTP_GET, false, ody__http_inspector_connections},
    {"connection", ODY_HTTP_GET, false, ody__http_inspector_connection},
    {"subscriptions", ODY_HTTP_GET, false, ody__http_inspector_subscriptions},
    {"channels", ODY_HTTP_GET, false, ody__http_inspector_channels},
    {"channel", ODY_HTTP_GET, false, channel},
    {"subscribers", ODY_HTTP_GET, false, ody__http_inspector_subscribers},
    {"members", ODY_HTTP_GET, false, ody__http_inspector_members},
    {"users", ODY_HTTP_GET, false, ody__http_inspector_users},
    {"user", ODY_HTTP_GET, false, ody__http_inspector_user},
    {"publish", ODY_HTTP_POST, false, publish},
    {"disconnect", ODY_HTTP_POST, false, disconnect},
    {"tail", ODY_HTTP_GET, false, ody__http_inspector_tail_read},
    {"begin-tail", ODY_HTTP_POST, false, ody__http_inspector_tail_open},
    {"end-tail", ODY_HTTP_POST, false, ody__http_inspector_tail_close},
};

static const action *find(const ody_http_exchange *exchange)
{
    for (size_t index = 0; index < sizeof(actions) / sizeof(actions[0]); index++) {
        if (ody_view_equal(ody_view_of(actions[index].name), exchange->route.name)) {
            return &actions[index];
        }
    }
    return NULL;
}

bool ody__http_inspector_begin(ody_http_exchange *exchange)
{
    const action *wanted = find(exchange);

    if (!ody__http_inspector_admits(exchange, wanted && wanted->before_login)) {
        return false;
    }
    if (!wanted) {
        ody__http_refuse(exchange, 404, "There is nothing at this path");
        return false;
    }
    exchange->route.methods = wanted->method;
    exchange->body_most = wanted->before_login ? STRANGER_MAX : 0;
    return true;
}

/* What a form holds takes the place of the query. */
static bool read_form(ody_http_exchange *exchange)
{
    ody_error error;
    int code;

    ody_query_fini(&exchange->query);
    exchange->query = (ody_query){0};
    code = ody_query_parse(ody_bytes_view(&exchange->body), &exchange->query, &error);
    if (code < 0) {
        ody__http_refuse_error(exchange, code, error.message);
    }
    return code == 0;
}

/* A parameter that is a list would count as missing, and mean another app or everybody. */
static bool check_lists(ody_http_exchange *exchange)
{
    for (size_t index = 0; index < exchange->query.count; index++) {
        const ody_parameter *parameter = &exchange->query.parameters[index];

        if (parameter->list) {
            ody__http_refuse(exchange, 400, "\"%.*s\" must not be a list",
                             (int)parameter->name.length, parameter->name.data);
            return false;
        }
    }
    return true;
}

void ody__http_inspector(ody_http_exchange *exchange, const ody_app *app)
{
    const action *wanted = find(exchange);

    (void)app;
    /* Who was admitted by the head may not be any more. */
    if (ody__http_inspector_admits(exchange, wanted->before_login) &&
        (wanted->method != ODY_HTTP_POST || read_form(exchange)) && check_lists(exchange)) {
        wanted->handle(exchange);
    }
}

const ody_app *ody__http_inspector_app(ody_http_exchange *exchange)
{
    const ody_options *options = exchange->server->options;
    ody_view id = ody_query_find(&exchange->query, ODY_VIEW("app"));
    const ody_app *app = id.data ? ody_options_app_of_id(options, id) : &options->apps[0];

    if (!app) {
        ody__http_refuse(exchange, 404, "There is no such app");
    }
    return app;
}

static void overview(ody_http_exchange *exchange)
{
    const ody_http_setup *setup = &exchange->server->setup;

    setup->overview(setup->context, &exchange->output);
    ody__http_answer_json(exchange);
}

/* Begins an answer with the number that a reply gives. */
static void write_reached(ody_http_exchange *exchange, const char *name, uint64_t number)
{
    ody_bytes_append_view(&exchange->output, ody_view_of(name));
    ody_bytes_append_number(&exchange->output, number);
    ody_bytes_append_byte(&exchange->output, '}');
    ody__http_answer_json(exchange);
}

static void on_channel(ody_http_exchange *exchange, const ody_http_call *call,
                       const ody_reply *reply)
{
    const ody_channel_entry *entry = reply->channels;
    ody_bytes *out = &exchange->output;

    (void)call;
    ody_bytes_append_literal(out, "{\"name\":");
    ody_encode_string(out, entry->name);
    ody_bytes_append_literal(out, ",\"type\":");
    ody_encode_string(out, ody_view_of(entry->type));
    if (entry->cached.length > 0) {
        ody_bytes_append_literal(out, ",\"cached\":");
        ody_bytes_append_view(out, entry->cached);
        ody_bytes_append_literal(out, ",\"cached_for\":");
        ody_bytes_append_number(out, entry->cached_for / 1000);
    }
    ody_bytes_append_literal(out, ",\"users\":");
    ody_bytes_append_number(out, entry->users);
    write_reached(exchange, ",\"subscribers\":", entry->subscribers);
}

static void channel(ody_http_exchange *exchange)
{
    const ody_app *app = ody__http_inspector_app(exchange);
    ody_http_call *call = &exchange->call;
    ody_error error;

    if (!app) {
        return;
    }
    call->exchange = exchange;
    exchange->on_reply = on_channel;
    ody__http_asked(exchange,
                    ody_requests_channel(exchange->server->setup.requests, app,
                                         ody_query_find(&exchange->query, ODY_VIEW("name")),
                                         ody_clock_ms(), ody__http_on_hub, call, &call->ticket,
                                         &error),
                    &error);
}

static void on_published(ody_http_exchange *exchange, const ody_http_call *call,
                         const ody_reply *reply)
{
    (void)call;
    write_reached(exchange, "{\"reached\":", reply->reached);
}

static void publish(ody_http_exchange *exchange)
{
    const ody_app *app = ody__http_inspector_app(exchange);
    ody_view name = ody_query_find(&exchange->query, ODY_VIEW("channel"));
    const ody_publish event = {
        .app = app,
        .channels = &name,
        .channel_count = 1,
        .event = ody_query_find(&exchange->query, ODY_VIEW("event")),
        .data = ody_query_find(&exchange->query, ODY_VIEW("data")),
    };

    if (exchange->server->closed) {
        ody__http_refuse_error(exchange, ODY_EDRAINING, NULL);
    } else if (app && ody__http_check_publish(exchange, &event, "") &&
               ody__http_check_rate(exchange, app, 1)) {
        exchange->on_reply = on_published;
        ody__http_publish(exchange, &exchange->call, &event);
    }
}

/* How many connections are closed. */
static void on_disconnected(ody_http_exchange *exchange, const ody_http_call *call,
                            const ody_reply *reply)
{
    (void)call;
    write_reached(exchange, "{\"closed\":", reply->answer ? 1 : reply->reached);
}

/* One connection by its id, or all of a user. */
static void disconnect(ody_http_exchange *exchange)
{
    ody_requests *requests = exchange->server->setup.requests;
    ody_view id = ody_query_find(&exchange->query, ODY_VIEW("id"));
    const ody_app *app = ody__http_inspector_app(exchange);
    ody_http_call *call = &exchange->call;
    ody_error error;
    int code;

    if (!app) {
        return;
    }
    call->exchange = exchange;
    exchange->on_reply = on_disconnected;
    code = id.data ? ody_requests_disconnect(requests, id, ody_clock_ms(), ody__http_on_hub, call,
                                             &call->ticket, &error)
                   : ody_requests_terminate(
                         requests, app, ody_query_find(&exchange->query, ODY_VIEW("user")),
                         ody_clock_ms(), ody__http_on_hub, call, &call->ticket, &error);
    ody__http_asked(exchange, code, &error);
}

/* SPDX-License-Identifier: MIT */
/* GET /apps/{id}/channels, …/channels/{name}, and who is in a channel. */
#include "base/clock.h"
#include "http/room.h"
#include "wire/api_answer.h"
#include "wire/encode.h"

static void on_listed(ody_http_exchange *exchange, const ody_http_call *call,
                      const ody_reply *reply)
{
    ody_bytes *out = &exchange->output;

    ody_bytes_append_literal(out, "{\"channels\":{");
    for (size_t index = 0; index < reply->channel_count; index++) {
        ody_bytes_append(out, ",", index > 0);
        ody_encode_string(out, reply->channels[index].name);
        ody_bytes_append_byte(out, ':');
        ody__http_write_attributes(out, &reply->channels[index], 0, call->info);
    }
    ody_bytes_append_literal(out, "}}");
    ody__http_answer_json(exchange);
}

/* Reads the query's `info`. @return false: refused. */
static bool read_info(ody_http_exchange *exchange)
{
    ody_error error;

    exchange->call.exchange = exchange;
    exchange->call.info = ody_api_info_find(&exchange->query, &error);
    if (exchange->call.info < 0) {
        ody__http_refuse_error(exchange, exchange->call.info, error.message);
    } else if (exchange->call.info & ODY_INFO_SENT_TO) {
        ody__http_refuse(exchange, 400, "The attribute sent_to can only be asked of an event");
    }
    return exchange->status == 0;
}

void ody__http_channels(ody_http_exchange *exchange, const ody_app *app)
{
    ody_view prefix = ody_query_find(&exchange->query, ODY_VIEW("filter_by_prefix"));
    ody_http_call *call = &exchange->call;
    ody_error error;

    if (!read_info(exchange)) {
        return;
    }
    if ((call->info & ODY_INFO_USER_COUNT) && !ody_view_starts(prefix, ODY_VIEW("presence-"))) {
        ody__http_refuse(exchange, 400,
                         "When requesting user_count, filter_by_prefix must begin with presence-");
        return;
    }
    if (call->info & ODY_INFO_CACHE) {
        ody__http_refuse(exchange, 400, "The attribute cache can only be asked of one channel");
        return;
    }
    exchange->on_reply = on_listed;
    ody__http_asked(exchange,
                    ody_requests_channels(exchange->server->setup.requests, app, prefix,
                                          ody_clock_ms(), ody__http_on_hub, call, &call->ticket,
                                          &error),
                    &error);
}

static void on_described(ody_http_exchange *exchange, const ody_http_call *call,
                         const ody_reply *reply)
{
    const ody_channel_entry *entry = &reply->channels[0];

    ody_encode_occupied(&exchange->output, entry->subscribers > 0,
                        &(ody_api_attributes){
                            .shown = call->info,
                            .user_count = entry->users,
                            .subscription_count = entry->subscribers,
                            .cached = entry->cached,
                            .cached_for = entry->cached_for,
                        });
    ody__http_answer_json(exchange);
}

/* Refuses attributes that a channel of that kind does not have. */
static bool check_kind(ody_http_exchange *exchange, const ody_app *app)
{
    ody_channel_kind kind = {0};
    int info = exchange->call.info;

    if (ody_channel_name_parse(exchange->route.name, app->limits.channel_name_length, &kind) < 0) {
        return true; /* for the hub to say */
    }
    if ((info & ODY_INFO_USER_COUNT) && kind.type != ODY_CHANNEL_PRESENCE) {
        ody__http_refuse(exchange, 400,
                         "Cannot retrieve the user count unless the channel is a presence channel");
        return false;
    }
    if ((info & ODY_INFO_CACHE) && !kind.cache) {
        ody__http_refuse(exchange, 400,
                         "Cannot retrieve the cache unless the channel is a cache channel");
        return false;
    }
    return true;
}

void ody__http_channel(ody_http_exchange *exchange, const ody_app *app)
{
    ody_http_call *call = &exchange->call;
    ody_error error;

    if (!read_info(exchange) || !check_kind(exchange, app)) {
        return;
    }
    exchange->on_reply = on_described;
    ody__http_asked(exchange,
                    ody_requests_channel(exchange->server->setup.requests, app,
                                         exchange->route.name, ody_clock_ms(), ody__http_on_hub,
                                         call, &call->ticket, &error),
                    &error);
}

static void on_users(ody_http_exchange *exchange, const ody_http_call *call, const ody_reply *reply)
{
    int code;

    (void)call;
    ody_bytes_append_literal(&exchange->output, "{\"users\":");
    code = ody_encode_user_ids(&exchange->output, reply->users);
    ody_bytes_append_byte(&exchange->output, '}');
    if (code < 0) {
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
        return;
    }
    ody__http_answer_json(exchange);
}

void ody__http_channel_users(ody_http_exchange *exchange, const ody_app *app)
{
    ody_http_call *call = &exchange->call;
    ody_channel_kind kind;
    ody_error error;

    call->exchange = exchange;
    if (ody_channel_name_parse(exchange->route.name, app->limits.channel_name_length, &kind) == 0 &&
        kind.type != ODY_CHANNEL_PRESENCE) {
        ody__http_refuse(exchange, 400, "Users can only be retrieved for presence channels");
        return;
    }
    exchange->on_reply = on_users;
    ody__http_asked(exchange,
                    ody_requests_users(exchange->server->setup.requests, app, exchange->route.name,
                                       ody_clock_ms(), ody__http_on_hub, call, &call->ticket,
                                       &error),
                    &error);
}

static void on_subscribers(ody_http_exchange *exchange, const ody_http_call *call,
                           const ody_reply *reply)
{
    ody_bytes *out = &exchange->output;

    (void)call;
    ody_bytes_append_literal(out, "{\"subscribers\":[");
    for (size_t index = 0; index < reply->socket_id_count; index++) {
        char id[ODY_SOCKET_ID_TEXT];

        ody_bytes_append(out, ",", index > 0);
        ody_encode_string(out, ody_socket_id_format(reply->socket_ids[index], id));
    }
    ody_bytes_append_literal(out, "]}");
    ody__http_answer_json(exchange);
}

void ody__http_channel_subscribers(ody_http_exchange *exchange, const ody_app *app)
{
    ody_http_call *call = &exchange->call;
    ody_error error;

    call->exchange = exchange;
    exchange->on_reply = on_subscribers;
    ody__http_asked(exchange,
                    ody_requests_subscribers(exchange->server->setup.requests, app,
                                             exchange->route.name, ody_clock_ms(), ody__http_on_hub,
                                             call, &call->ticket, &error),
                    &error);
}

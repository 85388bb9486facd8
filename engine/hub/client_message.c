/* SPDX-License-Identifier: MIT */
/* What a client asks for: read, checked against limits, signatures and policy, and begun. */
#include "base/utf8.h"
#include "hub/deliver.h"
#include "hub/gate.h"
#include "hub/observers.h"
#include "hub/signin.h"
#include "hub/subscription.h"
#include "ody/auth.h"
#include "wire/channel_name.h"
#include "wire/encode.h"
#include "wire/message.h"

#define NAME_SHOWN 128 /* bytes of a client's text in a sentence */

/* The %.*s arguments of a view that is cut. */
#define SHOWN(view)                                                                                \
    (int)((view).length < NAME_SHOWN ? (view).length : NAME_SHOWN), (view).length ? (view).data : ""

/* The texts of pusher:subscription_error. */
static const struct {
    int code;
    const char *type;
    int status;
} refusals[] = {
    {ODY_ECHANNEL_NAME, "InvalidChannel", 400}, {ODY_ESIGNATURE, "AuthError", 401},
    {ODY_ELIMIT, "LimitReached", 403},          {ODY_EOVERLOADED, "Overloaded", 503},
    {ODY_EMEMORY, "Overloaded", 503},           {ODY_EPERMISSION, "AuthError", 403},
    {ODY_EWORKER, "ServerError", 500},
};

static void default_message(const ody_app_limits *limits, ody_view channel, int code,
                            ody_error *error)
{
    if (code == ODY_ELIMIT) {
        ody_error_set(error, code, "Channel %.*s has its maximum of %u members", SHOWN(channel),
                      limits->presence_members);
    } else {
        ody_error_set(error, code, "The server is overloaded, try again later");
    }
}

void ody__subscription_refuse(ody_hub *hub, ody_connection *connection, ody_view channel, int code,
                              ody_view message, int status)
{
    const char *type = "InvalidData";
    int usual = 400;
    ody_error error;

    if (message.length == 0) {
        default_message(&connection->app->app->limits, channel, code, &error);
        message = ody_view_of(error.message);
    }
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        if (refusals[i].code == code) {
            type = refusals[i].type;
            usual = refusals[i].status;
        }
    }
    ody__reply_error(hub, connection, 0, message);
    ody_encode_subscription_error(ody__hub_scratch(hub), channel, ody_view_of(type),
                                  ody__text_valid(message), status ? status : usual);
    ody__reply_scratch(hub, connection);
}

/* A client may be in so many channels, and have as many more on their way out. */
static int check_room(ody_hub *hub, const ody_connection *connection, ody_view channel,
                      ody_error *error)
{
    uint64_t limit = connection->app->app->limits.channels_per_connection;
    uint64_t all = connection->subscription_count;

    if ((all - connection->leaving_count < limit && all < 2 * limit) ||
        ody__subscription_find(connection, channel)) {
        return 0;
    }
    ody_count(hub->counters, refused_channels, 1);
    return ody_error_set(error, ODY_ELIMIT, "A connection may subscribe to %u channels at most",
                         connection->app->app->limits.channels_per_connection);
}

static int check_signature(ody_hub *hub, const ody_connection *connection,
                           const ody_message *message, ody_error *error)
{
    const ody_app_key *key = ody__app_key_of_token(connection->app->app, message->auth);
    char id[ODY_SOCKET_ID_TEXT];
    int code;

    if (message->auth.length == 0) {
        code = ody_error_set(error, ODY_ESIGNATURE, "Auth info required to subscribe to %.*s",
                             SHOWN(message->channel));
    } else {
        code = ody_channel_verify(ody_view_of(key->key), ody_view_of(key->secret),
                                  ody_socket_id_format(connection->id, id), message->channel,
                                  message->channel_data, message->auth, error);
    }
    if (code == ODY_ESIGNATURE) {
        ody_count(hub->counters, refused_signatures, 1);
    }
    return code;
}

static int check_channel(ody_hub *hub, ody_connection *connection, const ody_message *message,
                         ody_channel_kind *kind, ody_error *error)
{
    int code = ody_channel_name_parse(message->channel,
                                      connection->app->app->limits.channel_name_length, kind);

    if (code < 0) {
        return ody_error_set(error, code, "Invalid channel name: %.*s", SHOWN(message->channel));
    }
    code = check_room(hub, connection, message->channel, error);
    if (code == 0 && kind->type == ODY_CHANNEL_USER &&
        !ody__signin_is(connection, ody_channel_user_id(message->channel))) {
        ody_count(hub->counters, refused_signatures, 1);
        code = ody_error_set(error, ODY_ESIGNATURE, "Sign in to subscribe to %.*s",
                             SHOWN(message->channel));
    }
    if (code == 0 && ody_channel_needs_auth(*kind) &&
        !ody_interest_handles(ody__app_interest(hub, connection->app), message->channel)) {
        code = check_signature(hub, connection, message, error);
    }
    return code;
}

/* Reads who a member of a presence channel is: what it says itself, or who has signed in. */
static int read_member(const ody_connection *connection, const ody_message *message,
                       ody_member_data *member, ody_error *error)
{
    if (!message->channel_data.data) {
        if (ody__signin_member(connection, member)) {
            return 0;
        }
        return ody_error_set(error, ODY_EINVALID, "channel_data is required to subscribe to %.*s",
                             SHOWN(message->channel));
    }
    return ody_member_data_parse(message->channel_data, &connection->app->app->limits, member,
                                 error);
}

/* Sends the join on its way. Error holds a sentence, or is empty for the usual one. */
static int begin_join(ody_hub *hub, ody_connection *connection, const ody_message *message,
                      const ody_member_data *member, ody_error *error)
{
    const ody_mail_texts texts = {
        .app = connection->app->number,
        .channel = message->channel,
        .user_id = member->user_id,
        .user_info = member->user_info,
    };
    ody_mail *join = ody_mail_new(ODY_MAIL_JOIN, hub->index, &texts);

    error->message[0] = '\0';
    return join ? ody__subscription_wish_on(hub, connection, join) : ODY_EMEMORY;
}

/* Begins the join of a client that may be in the channel. */
static int admit(ody_hub *hub, ody_connection *connection, const ody_message *message,
                 ody_channel_kind kind, ody_error *error)
{
    ody_member_data member = {0};
    int code = 0;

    if (kind.type == ODY_CHANNEL_PRESENCE) {
        code = read_member(connection, message, &member, error);
    }
    if (code == 0) {
        code = begin_join(hub, connection, message, &member, error);
    }
    ody_member_data_fini(&member);
    return code;
}

static int ask_handler(ody_hub *hub, ody_connection *connection, const ody_message *message,
                       ody_view text)
{
    const ody_mail_texts texts = {
        .channel = message->channel,
        .data = ody_message_data(message, text),
    };

    return ody__gate_ask(hub, connection, ODY_CALL_SUBSCRIBE, &texts, text);
}

static void subscribe(ody_hub *hub, ody_connection *connection, const ody_message *message,
                      ody_view text)
{
    ody_channel_kind kind;
    ody_error error = {0};
    int code = check_channel(hub, connection, message, &kind, &error);

    if (code == 0) {
        code = ody_interest_handles(ody__app_interest(hub, connection->app), message->channel)
                   ? ask_handler(hub, connection, message, text)
                   : admit(hub, connection, message, kind, &error);
    }
    if (code < 0) {
        ody__subscription_refuse(hub, connection, message->channel, code,
                                 ody_view_of(error.message), 0);
    }
}

/* A handler that passes takes the client for one that is in. It hears when that is not so; a client
 * that was in before stays in. */
static void tell_not_joined(ody_hub *hub, const ody_connection *connection, ody_view channel)
{
    const ody_subscription *subscription = ody__subscription_find(connection, channel);

    if (!subscription || !ody__subscription_wanted(subscription)) {
        ody__notice_unsubscribed(hub, connection->app, connection->id, channel);
    }
}

void ody__client_subscribe_passed(ody_hub *hub, ody_connection *connection, ody_view text,
                                  ody_view channel_data)
{
    ody_message message = {0};
    ody_channel_kind kind = {0};
    ody_error error = {0};
    int code = ody_message_parse(text, &connection->app->app->limits, &message, &error);

    if (code < 0) {
        /* It was read once: only memory can be missing. */
        ody__connection_starved(hub, connection);
        return;
    }
    if (channel_data.data) {
        message.channel_data = channel_data;
    }
    code = ody_channel_name_parse(message.channel, connection->app->app->limits.channel_name_length,
                                  &kind);
    if (code == 0) {
        code = admit(hub, connection, &message, kind, &error);
    }
    if (code < 0) {
        ody__subscription_refuse(hub, connection, message.channel, code, ody_view_of(error.message),
                                 0);
        tell_not_joined(hub, connection, message.channel);
    }
    ody_message_fini(&message);
}

void ody__client_subscribe_refused(ody_hub *hub, ody_connection *connection, ody_view text,
                                   int code, int status, ody_view reason)
{
    ody_message message = {0};

    if (ody_message_parse(text, &connection->app->app->limits, &message, NULL) < 0) {
        ody__connection_starved(hub, connection);
        return;
    }
    ody__subscription_refuse(hub, connection, message.channel, code,
                             reason.length ? reason : ODY_VIEW("Refused by the application"),
                             status);
    ody_message_fini(&message);
}

/* Whether the configuration allows client events on that channel. A handler decides for itself. */
static int check_allowed(const ody_app *app, ody_channel_kind kind, ody_error *error)
{
    ody_client_events policy = app->client_events;

    if (policy == ODY_CLIENT_EVENTS_NONE) {
        return ody_error_set(error, ODY_EINVALID, "Client events are not enabled");
    }
    if (policy == ODY_CLIENT_EVENTS_PRIVATE && !ody_channel_needs_auth(kind)) {
        return ody_error_set(
            error, ODY_EINVALID,
            "Client event rejected: only supported on private and presence channels");
    }
    return 0;
}

/* Whether the sender may send a client event to that channel at all. */
static int check_policy(ody_hub *hub, const ody_connection *connection, const ody_message *message,
                        ody_error *error)
{
    const ody_subscription *subscription;
    ody_channel_kind kind;
    int code;

    if (ody_channel_name_parse(message->channel, connection->app->app->limits.channel_name_length,
                               &kind) < 0) {
        return ody_error_set(error, ODY_ECHANNEL_NAME, "Invalid channel name: %.*s",
                             SHOWN(message->channel));
    }
    if (kind.type == ODY_CHANNEL_USER) {
        return ody_error_set(
            error, ODY_EINVALID,
            "Client event rejected: only supported on private and presence channels");
    }
    if (!ody_interest_handles(ody__app_interest(hub, connection->app), message->channel)) {
        code = check_allowed(connection->app->app, kind, error);
        if (code < 0) {
            return code;
        }
    }
    subscription = ody__subscription_find(connection, message->channel);
    if (!subscription || !ody__subscription_on(subscription)) {
        return ody_error_set(error, ODY_ENOT_SUBSCRIBED,
                             "Client event rejected: not subscribed to %.*s",
                             SHOWN(message->channel));
    }
    return 0;
}

/* Whether one more client event fits into this second. */
static bool within_rate(const ody_hub *hub, ody_connection *connection)
{
    uint32_t limit = connection->app->app->limits.client_events_per_second;

    if (limit == 0) {
        return true;
    }
    if (connection->rate_window != hub->now / 1000) {
        connection->rate_window = hub->now / 1000;
        connection->rate_count = 0;
    }
    if (connection->rate_count >= limit) {
        return false;
    }
    connection->rate_count++;
    return true;
}

static void send_client_event(ody_hub *hub, ody_connection *connection, const ody_message *message)
{
    const ody_mail_texts texts = {
        .app = connection->app->number,
        .channel = message->channel,
        .event = message->event,
        .data = message->data,
    };
    ody_mail *mail = ody_mail_new(ODY_MAIL_CLIENT_EVENT, hub->index, &texts);

    if (!mail) {
        ody__connection_starved(hub, connection);
        return;
    }
    mail->client = connection->id;
    mail->stamp = ody_transport_clock(hub->transport, hub->context);
    ody__show_sent(hub, connection, mail);
    if (ody__hub_post(hub, ody__hub_home(hub, mail->app, message->channel), mail, false) < 0) {
        ody_mail_free(mail);
        ody_count(hub->counters, dropped_mailbox, 1);
        ody__reply_error(hub, connection, 0,
                         ODY_VIEW("Client event rejected: the server is overloaded"));
    }
}

static void ask_about_event(ody_hub *hub, ody_connection *connection, const ody_message *message,
                            ody_view text)
{
    const ody_mail_texts texts = {
        .channel = message->channel, .event = message->event, .data = message->data};

    if (ody__gate_ask(hub, connection, ODY_CALL_CLIENT_EVENT, &texts, text) < 0) {
        ody__reply_error(hub, connection, 0,
                         ODY_VIEW("Client event rejected: the server is overloaded"));
    }
}

void ody__client_event_passed(ody_hub *hub, ody_connection *connection, ody_view text,
                              ody_view data)
{
    ody_message message = {0};

    if (ody_message_parse(text, &connection->app->app->limits, &message, NULL) < 0) {
        ody__connection_starved(hub, connection);
        return;
    }
    if (data.data) {
        message.data = data;
    }
    if (message.data.length > connection->app->app->limits.event_data_size ||
        !ody_utf8_valid(message.data)) {
        ody__reply_error(hub, connection, 0, ODY_VIEW("Client event rejected: unusable data"));
    } else {
        send_client_event(hub, connection, &message);
    }
    ody_message_fini(&message);
}

static void client_event(ody_hub *hub, ody_connection *connection, const ody_message *message,
                         ody_view text)
{
    ody_error error;

    if (check_policy(hub, connection, message, &error) < 0) {
        ody_count(hub->counters, refused_client_events, 1);
        ody__reply_error(hub, connection, 0, ody_view_of(error.message));
    } else if (!within_rate(hub, connection)) {
        ody_count(hub->counters, rate_limited_client_events, 1);
        ody_error_set(&error, ODY_ERATE,
                      "Client event rejected: more than %u client events in a second",
                      connection->app->app->limits.client_events_per_second);
        ody__reply_error(hub, connection, 4301, ody_view_of(error.message));
    } else if (ody_interest_handles(ody__app_interest(hub, connection->app), message->channel)) {
        ask_about_event(hub, connection, message, text);
    } else {
        send_client_event(hub, connection, message);
    }
}

static void unknown_event(ody_hub *hub, ody_connection *connection, const ody_message *message)
{
    ody_error error;

    ody_error_set(&error, ODY_EINVALID, "Unknown event: %.*s", SHOWN(message->event));
    ody__reply_error(hub, connection, 0, ody_view_of(error.message));
}

static void handle(ody_hub *hub, ody_connection *connection, const ody_message *message,
                   ody_view text)
{
    switch (message->kind) {
    case ODY_MESSAGE_PING:
        ody__reply_batch(hub, connection, hub->pong);
        return;
    case ODY_MESSAGE_PONG:
        return;
    case ODY_MESSAGE_SUBSCRIBE:
        subscribe(hub, connection, message, text);
        return;
    case ODY_MESSAGE_UNSUBSCRIBE:
        ody__subscription_wish_off(hub, connection, message->channel);
        return;
    case ODY_MESSAGE_SIGNIN:
        ody__client_signin(hub, connection, message);
        return;
    case ODY_MESSAGE_CLIENT_EVENT:
        client_event(hub, connection, message, text);
        return;
    case ODY_MESSAGE_UNKNOWN:
        unknown_event(hub, connection, message);
        return;
    }
}

/* Reads a message; tells the client what is wrong with it. @return whether there is one. */
static bool read_message(ody_hub *hub, ody_connection *connection, ody_view text,
                         ody_message *message)
{
    ody_error error = {0};
    int code = ody_message_parse(text, &connection->app->app->limits, message, &error);

    if (code == ODY_EMEMORY) {
        ody__connection_starved(hub, connection);
    } else if (code < 0) {
        ody__reply_error(hub, connection, 0,
                         ody_view_of(error.message[0] ? error.message : ody_error_text(code)));
    }
    return code == 0;
}

/* Signs of life are no messages to anybody but us. */
static bool middleware_wants(const ody_interest *interest, const ody_message *message)
{
    return interest && interest->messages && message->kind != ODY_MESSAGE_PING &&
           message->kind != ODY_MESSAGE_PONG;
}

void ody__client_message(ody_hub *hub, ody_connection *connection, ody_view text)
{
    ody_message message = {0};

    if (!read_message(hub, connection, text, &message)) {
        return;
    }
    if (!middleware_wants(ody__app_interest(hub, connection->app), &message)) {
        handle(hub, connection, &message, text);
    } else if (ody__gate_ask(hub, connection, ODY_CALL_MESSAGE, &(ody_mail_texts){.data = text},
                             text) < 0) {
        ody__reply_error(hub, connection, 0,
                         ODY_VIEW("Message rejected: the server is overloaded"));
    }
    ody_message_fini(&message);
}

void ody__client_message_passed(ody_hub *hub, ody_connection *connection, ody_view text)
{
    ody_message message = {0};

    if (text.length > hub->options->limits.message_size) {
        ody__reply_error(hub, connection, 0,
                         ODY_VIEW("Message rejected: the middleware made it too large"));
    } else if (read_message(hub, connection, text, &message)) {
        handle(hub, connection, &message, text);
        ody_message_fini(&message);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * Signing in: checked here, made true by the user's home, then confirmed. One sign-in is under way
 * at a time; another one as the same user changes nothing and is confirmed as well.
 */
#include "hub/signin.h"

#include "hub/deliver.h"
#include "ody/auth.h"
#include "wire/encode.h"

#define WATCHLIST_CODE 4302

static const char terminated[] = "You got disconnected by the app.";

ody_view ody__signin_id(const ody_signin *signin)
{
    return (ody_view){signin->text, signin->id_length};
}

ody_view ody__signin_id_of(const ody_connection *connection)
{
    const ody_signin *signin = connection->signin;

    return signin && signin->on ? ody__signin_id(signin) : ODY_VIEW_NONE;
}

void ody__signin_free(ody_signin *signin)
{
    if (signin) {
        ody__watchlist_free(signin);
        ody_free(signin);
    }
}

bool ody__signin_is(const ody_connection *connection, ody_view user_id)
{
    const ody_signin *signin = connection->signin;

    return signin && signin->on && ody_view_equal(ody__signin_id(signin), user_id);
}

bool ody__signin_member(const ody_connection *connection, ody_member_data *member)
{
    const ody_signin *signin = connection->signin;

    if (!signin || !signin->on) {
        return false;
    }
    member->user_id = ody__signin_id(signin);
    member->user_info = (ody_view){signin->text + signin->id_length, signin->info_length};
    return true;
}

static ody_signin *signin_new(ody_hub *hub, ody_connection *connection, const ody_user_data *user)
{
    ody_hub_app *app = connection->app;
    size_t watches = app->app->watchlist ? user->watchlist_length : 0;
    ody_signin *signin = ody_calloc(1, sizeof(*signin) + watches * sizeof(signin->watches[0]) +
                                           user->id.length + user->user_info.length);
    char *text;

    if (!signin) {
        return NULL;
    }
    text = (char *)(signin->watches + watches);
    memcpy(text, user->id.data, user->id.length);
    memcpy(text + user->id.length, user->user_info.data, user->user_info.length);
    signin->app = app;
    signin->connection = connection;
    signin->text = text;
    signin->id_length = (uint16_t)user->id.length;
    signin->info_length = (uint32_t)user->user_info.length;
    signin->home = (uint8_t)ody__hub_home(hub, app->number, user->id);
    if (app->app->watchlist && ody__watchlist_make(hub, signin, user) < 0) {
        ody__signin_free(signin);
        return NULL;
    }
    return signin;
}

static int check_signature(ody_hub *hub, const ody_connection *connection,
                           const ody_message *message, ody_error *error)
{
    const ody_app_key *key = ody__app_key_of_token(connection->app->app, message->auth);
    char id[ODY_SOCKET_ID_TEXT];
    int code = ody_user_verify(ody_view_of(key->key), ody_view_of(key->secret),
                               ody_socket_id_format(connection->id, id), message->user_data,
                               message->auth, error);

    if (code == ODY_ESIGNATURE) {
        ody_count(hub->counters, refused_signatures, 1);
    }
    return code;
}

/* Asks the user's home. */
static int begin(ody_hub *hub, ody_connection *connection, const ody_message *message,
                 const ody_user_data *user, ody_error *error)
{
    const ody_mail_texts texts = {
        .app = connection->app->number, .user_id = user->id, .data = message->user_data};
    ody_signin *signin = signin_new(hub, connection, user);
    ody_mail *mail = ody_mail_new(ODY_MAIL_SIGN_IN, hub->index, &texts);
    int code = signin && mail ? 0 : ODY_EMEMORY;

    if (code == 0) {
        mail->client = connection->id;
        code = ody__watchlist_blocked(hub, signin) ? ODY_EOVERLOADED
                                                   : ody__hub_post(hub, signin->home, mail, false);
    }
    if (code < 0) {
        ody_mail_free(mail);
        ody__signin_free(signin);
        ody_count(hub->counters, dropped_mailbox, code == ODY_EOVERLOADED);
        return ody_error_set(error, code, "The server is overloaded, try again later");
    }
    connection->signin = signin;
    return 0;
}

static void confirm(ody_hub *hub, ody_connection *connection, ody_view user_data)
{
    ody_encode_signin_success(ody__hub_scratch(hub), user_data);
    ody__reply_scratch(hub, connection);
}

/* A connection that has signed in does so again. */
static int repeat(ody_hub *hub, ody_connection *connection, const ody_message *message,
                  const ody_user_data *user, ody_error *error)
{
    if (!ody_view_equal(ody__signin_id(connection->signin), user->id)) {
        return ody_error_set(error, ODY_EINVALID,
                             "The connection is already signed in as another user");
    }
    /* While the first sign-in is under way, its confirmation is also that of the second. */
    if (connection->signin->on) {
        confirm(hub, connection, message->user_data);
    }
    return 0;
}

static int sign_in(ody_hub *hub, ody_connection *connection, const ody_message *message,
                   ody_error *error)
{
    const ody_app *app = connection->app->app;
    ody_user_data user = {0};
    int code;

    if (!app->user_authentication) {
        return ody_error_set(error, ODY_EINVALID, "User sign-in is not enabled");
    }
    code = check_signature(hub, connection, message, error);
    if (code == 0) {
        code = ody_user_data_parse(message->user_data, &app->limits, &user, error);
    }
    if (code == 0) {
        code = connection->signin ? repeat(hub, connection, message, &user, error)
                                  : begin(hub, connection, message, &user, error);
    }
    ody_user_data_fini(&user);
    return code;
}

void ody__client_signin(ody_hub *hub, ody_connection *connection, const ody_message *message)
{
    ody_error error;

    if (sign_in(hub, connection, message, &error) < 0) {
        ody__reply_error(hub, connection, 0, ody_view_of(error.message));
    }
}

static void tell_cut(ody_hub *hub, ody_connection *connection)
{
    uint32_t most = connection->app->app->limits.watchlist_length;
    ody_error error;

    ody_error_set(&error, ODY_ELIMIT,
                  "The watchlist is longer than %u users: the first %u are watched", most, most);
    ody__reply_error(hub, connection, WATCHLIST_CODE, ody_view_of(error.message));
}

static void on_signed_in(ody_hub *hub, ody_connection *connection, const ody_mail *mail)
{
    ody_signin *signin = connection->signin;

    signin->on = true;
    ody__connection_authorized(connection);
    ody_count(hub->counters, signed_in, 1);
    confirm(hub, connection, mail->data);
    if (signin->watchlist_cut) {
        tell_cut(hub, connection);
    }
    ody__watchlist_send(hub, signin);
}

/* The home had no memory. */
static void on_refused(ody_hub *hub, ody_connection *connection)
{
    ody__signin_free(connection->signin);
    connection->signin = NULL;
    ody__reply_error(hub, connection, 0, ODY_VIEW("The server is overloaded, try again later"));
}

void ody__signin_mail(ody_hub *hub, ody_mail *take_mail)
{
    ody_connection *connection = ody__connection_find(hub, take_mail->client);

    if (connection && connection->signin && take_mail->code == 0) {
        on_signed_in(hub, connection, take_mail);
    } else if (connection && connection->signin) {
        on_refused(hub, connection);
    }
    ody_mail_free(take_mail);
}

void ody__signin_disconnect_mail(ody_hub *hub, ody_mail *take_mail)
{
    const ody_socket_id *ids = take_mail->result;

    for (uint64_t i = 0; i < take_mail->number; i++) {
        ody_connection *connection = ody__connection_find(hub, ids[i]);

        if (connection && connection->close_code == 0) {
            ody_count(hub->counters, terminated, 1);
            ody__connection_dismiss(hub, connection, ODY_CLOSE_UNAUTHORISED, terminated);
        }
    }
    ody_mail_free(take_mail);
}

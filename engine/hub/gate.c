/* SPDX-License-Identifier: MIT */
/* Asking the application, holding back, going on. */
#include "hub/gate.h"

#include "hub/deliver.h"
#include "hub/webhook_mail.h"

/* A client that goes on talking is read no further beyond this, and read again below that. */
#define HELD_MOST (64u * 1024)
#define HELD_LEAST (8u * 1024)

/* A message that waits for its turn. */
typedef struct held_message {
    ody_list_node node;
    size_t length;
    char text[];
} held_message;

static const ody_view failure = {"The application could not handle this", 37};

bool ody__gate_handshakes(const ody_hub *hub, const ody_hub_app *app)
{
    if (app && app->number != hub->options->apps[0].number) {
        return false;
    }
    return hub->options->php_worker_num > 0 && (!hub->interest || hub->interest->handshakes);
}

bool ody__gate_waiting(const ody_connection *connection)
{
    return connection->gate && connection->gate->kind != 0;
}

static ody_gate *gate_obtain(ody_connection *connection)
{
    if (!connection->gate) {
        connection->gate = ody_calloc(1, sizeof(*connection->gate));
        if (connection->gate) {
            ody_list_init(&connection->gate->held);
        }
    }
    return connection->gate;
}

static void held_drop(ody_gate *gate)
{
    ody_list_node *node;

    while ((node = ody_list_take_first(&gate->held))) {
        ody_free(ody_container_of(node, held_message, node));
    }
    gate->held_bytes = 0;
}

void ody__gate_free(ody_connection *connection)
{
    ody_gate *gate = connection->gate;

    if (!gate) {
        return;
    }
    held_drop(gate);
    ody_free(gate->text);
    ody_free(gate);
    connection->gate = NULL;
}

int ody__gate_ask(ody_hub *hub, ody_connection *connection, ody_call_kind kind,
                  const ody_mail_texts *texts, ody_view text)
{
    bool fresh = !connection->gate;
    ody_gate *gate = gate_obtain(connection);
    ody_mail *mail = ody_mail_new(ODY_MAIL_CALL, hub->index, texts);
    char *copy = text.length ? ody_memdup(text.data, text.length) : NULL;
    int code = gate && mail && (copy || text.length == 0) ? 0 : ODY_EMEMORY;

    if (code == 0) {
        mail->app = connection->app->number;
        mail->client = connection->id;
        mail->number = kind;
        code = ody__hub_post(hub, hub->count, mail, false);
    }
    if (code < 0) {
        ody_mail_free(mail);
        ody_free(copy);
        if (fresh) {
            ody__gate_free(connection);
        }
        ody_count(hub->counters, refused_calls, 1);
        return code;
    }
    gate->kind = (uint8_t)kind;
    gate->text = copy;
    gate->length = text.length;
    return 0;
}

static void pause_reading(ody_hub *hub, ody_connection *connection, bool paused)
{
    if (connection->gate->paused != paused) {
        connection->gate->paused = paused;
        hub->transport->pause(hub->context, connection, paused);
    }
}

void ody__gate_close(ody_hub *hub, ody_connection *connection)
{
    if (connection->gate) {
        held_drop(connection->gate);
        pause_reading(hub, connection, false);
    }
}

/* What a message costs while it waits: empty ones are not for nothing. */
static size_t held_cost(size_t length)
{
    return sizeof(held_message) + length;
}

bool ody__gate_hold(ody_hub *hub, ody_connection *connection, ody_view text)
{
    held_message *held;

    if (!ody__gate_waiting(connection)) {
        return false;
    }
    held = ody_malloc(held_cost(text.length));
    if (!held) {
        ody__connection_starved(hub, connection);
        return true;
    }
    held->node = (ody_list_node){0};
    held->length = text.length;
    if (text.length > 0) {
        memcpy(held->text, text.data, text.length);
    }
    ody_list_append(&connection->gate->held, &held->node);
    connection->gate->held_bytes += held_cost(text.length);
    if (connection->gate->held_bytes > HELD_MOST) {
        pause_reading(hub, connection, true);
    }
    return true;
}

/* Says what was held back, until one of it has to wait again. */
static void go_on(ody_hub *hub, ody_connection *connection)
{
    while (connection->close_code == 0 && !ody__gate_waiting(connection) &&
           !ody_list_empty(&connection->gate->held)) {
        held_message *held =
            ody_container_of(ody_list_take_first(&connection->gate->held), held_message, node);

        connection->gate->held_bytes -= held_cost(held->length);
        ody__client_message(hub, connection, (ody_view){held->text, held->length});
        ody_free(held);
    }
    if (connection->gate->held_bytes < HELD_LEAST) {
        pause_reading(hub, connection, false);
    }
    if (!ody__gate_waiting(connection) && ody_list_empty(&connection->gate->held)) {
        ody__gate_free(connection);
    }
}

static void handshake_decided(ody_hub *hub, ody_connection *connection, const ody_mail *mail)
{
    switch ((ody_verdict)mail->code) {
    case ODY_VERDICT_PASS:
    case ODY_VERDICT_HANDLED:
        ody__connection_greet(hub, connection);
        return;
    case ODY_VERDICT_REFUSED:
        ody_count(hub->counters, refused_by_application, 1);
        ody__connection_turn_away(hub, connection,
                                  mail->number ? (uint16_t)mail->number : ODY_CLOSE_UNAUTHORISED,
                                  mail->event);
        return;
    case ODY_VERDICT_FAILED:
        ody_count(hub->counters, failed_calls, 1);
        ody__connection_turn_away(hub, connection, ODY_CLOSE_OVERLOADED, failure);
        return;
    }
}

static void subscription_decided(ody_hub *hub, ody_connection *connection, const ody_mail *mail,
                                 ody_view text)
{
    switch ((ody_verdict)mail->code) {
    case ODY_VERDICT_PASS:
        ody__client_subscribe_passed(hub, connection, text, mail->data);
        return;
    case ODY_VERDICT_HANDLED:
        return;
    case ODY_VERDICT_REFUSED:
        ody_count(hub->counters, refused_by_application, 1);
        ody__client_subscribe_refused(hub, connection, text, ODY_EPERMISSION, (int)mail->number,
                                      mail->event);
        return;
    case ODY_VERDICT_FAILED:
        ody_count(hub->counters, failed_calls, 1);
        ody__client_subscribe_refused(hub, connection, text, ODY_EWORKER, 0, failure);
        return;
    }
}

static void message_decided(ody_hub *hub, ody_connection *connection, const ody_mail *mail,
                            ody_view text, ody_call_kind kind)
{
    switch ((ody_verdict)mail->code) {
    case ODY_VERDICT_PASS:
        if (kind == ODY_CALL_MESSAGE) {
            ody__client_message_passed(hub, connection, mail->data.data ? mail->data : text);
        } else {
            ody__client_event_passed(hub, connection, text, mail->data);
        }
        return;
    case ODY_VERDICT_HANDLED:
        return;
    case ODY_VERDICT_REFUSED:
        ody_count(hub->counters, refused_by_application, 1);
        ody__reply_error(hub, connection, (int)mail->number,
                         mail->event.length ? mail->event : ODY_VIEW("Refused by the application"));
        return;
    case ODY_VERDICT_FAILED:
        ody_count(hub->counters, failed_calls, 1);
        ody__reply_error(hub, connection, 0, failure);
        return;
    }
}

static void decided(ody_hub *hub, ody_connection *connection, const ody_mail *mail)
{
    ody_gate *gate = connection->gate;
    ody_call_kind kind = (ody_call_kind)gate->kind;
    char *text = gate->text;
    ody_view view = {text, gate->length};

    gate->kind = 0;
    gate->text = NULL;
    if (connection->close_code == 0) {
        if (kind == ODY_CALL_HANDSHAKE) {
            handshake_decided(hub, connection, mail);
        } else if (kind == ODY_CALL_SUBSCRIBE) {
            subscription_decided(hub, connection, mail, view);
        } else {
            message_decided(hub, connection, mail, view, kind);
        }
    }
    ody_free(text);
    go_on(hub, connection);
}

void ody__gate_forget(ody_hub *hub)
{
    ody_free(hub->interest);
    hub->interest = NULL;
}

/* A worker that is about to be stopped, because there are to be none, wants nothing. */
static void take_interest(ody_hub *hub, ody_mail *mail)
{
    if (hub->options->php_worker_num > 0) {
        ody_free(hub->interest);
        hub->interest = mail->result;
        mail->result = NULL;
    }
}

void ody__gate_mail(ody_hub *hub, ody_mail *take_mail)
{
    ody_connection *connection;

    if (take_mail->kind == ODY_MAIL_INTEREST) {
        take_interest(hub, take_mail);
    } else {
        connection = ody__connection_find(hub, take_mail->client);
        if (connection && ody__gate_waiting(connection)) {
            decided(hub, connection, take_mail);
        } else if (take_mail->ticket == ODY_CALL_SUBSCRIBE && take_mail->code == ODY_VERDICT_PASS) {
            /* The handler has let in a client that was gone by then. */
            ody__notice_unsubscribed(hub, ody__app_find(hub, take_mail->app), take_mail->client,
                                     take_mail->channel);
        }
    }
    ody_mail_free(take_mail);
}

static void notice_send(ody_hub *hub, const ody_hub_app *app, ody_call_kind kind,
                        ody_socket_id client, const ody_mail_texts *texts)
{
    ody_mail *mail = ody_mail_new(ODY_MAIL_NOTICE, hub->index, texts);

    if (!mail) {
        ody_count(hub->counters, dropped_notices, 1);
        return;
    }
    mail->app = app->number;
    mail->client = client;
    mail->number = kind;
    if (ody__hub_post(hub, hub->count, mail, false) < 0) {
        ody_mail_free(mail);
        ody_count(hub->counters, dropped_notices, 1);
    }
}

void ody__notice(ody_hub *hub, const ody_hub_app *app, ody_call_kind kind, ody_socket_id client,
                 const ody_mail_texts *texts)
{
    ody__webhook_notice(hub, app, kind, client, texts);
    if (ody_interest_wants(ody__app_interest(hub, app), kind)) {
        notice_send(hub, app, kind, client, texts);
    }
}

void ody__notice_unsubscribed(ody_hub *hub, const ody_hub_app *app, ody_socket_id client,
                              ody_view channel)
{
    if (app && ody_interest_handles(ody__app_interest(hub, app), channel)) {
        notice_send(hub, app, ODY_CALL_UNSUBSCRIBED, client, &(ody_mail_texts){.channel = channel});
    }
}

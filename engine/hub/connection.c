/* SPDX-License-Identifier: MIT */
/* Connections come, show signs of life or none, read too slowly, and go. */
#include <arpa/inet.h>
#include "hub/admission.h"
#include "hub/deliver.h"
#include "hub/gate.h"
#include "hub/subscription.h"
#include "wire/encode.h"

#define ASKED_TIME 1000  /* ms */
#define PROTOCOL_CODES 6 /* older clients learn why they are closed from pusher:error alone */

static const char unauthorised[] = "Connection not authorized within timeout";
static const char disconnected[] = "You got disconnected by the app.";

static ody_view address_text(const uint8_t address[16], char out[INET6_ADDRSTRLEN])
{
    struct in6_addr all;

    memcpy(&all, address, sizeof(all));
    if (IN6_IS_ADDR_V4MAPPED(&all)) {
        inet_ntop(AF_INET, address + 12, out, INET6_ADDRSTRLEN);
    } else {
        inet_ntop(AF_INET6, address, out, INET6_ADDRSTRLEN);
    }
    return ody_view_of(out);
}

static void log_refused(const ody_hub *hub, const ody_handshake *handshake, const ody_refusal *why)
{
    static ody_log_gate gate;
    char address[INET6_ADDRSTRLEN];
    uint64_t suppressed;

    if (ody_log_enabled(ODY_LOG_INFO) && ody_log_gate_pass(&gate, hub->now, &suppressed)) {
        ody_log(ODY_LOG_INFO, "client refused",
                ODY_TEXT("peer", address_text(handshake->address, address)),
                ODY_NUMBER("code", why->code), ODY_STRING("reason", why->reason),
                ODY_TEXT("origin", handshake->origin), ODY_NUMBER("suppressed", suppressed));
    }
}

static void log_closing(const ody_hub *hub, const ody_connection *connection, uint16_t code,
                        const char *reason)
{
    static ody_log_gate gate;
    char id[ODY_SOCKET_ID_TEXT];
    uint64_t suppressed;

    if (ody_log_enabled(ODY_LOG_INFO) && ody_log_gate_pass(&gate, hub->now, &suppressed)) {
        ody_log(ODY_LOG_INFO, "client evicted",
                ODY_TEXT("socket_id", ody_socket_id_format(connection->id, id)),
                ODY_NUMBER("code", code), ODY_STRING("reason", reason),
                ODY_NUMBER("suppressed", suppressed));
    }
}

/* Arms the timer for the first thing that may have to be done. */
static void timer_arm(ody_hub *hub, ody_connection *connection)
{
    uint64_t due =
        connection->last_activity +
        (connection->pinged ? hub->options->pong_timeout : hub->options->activity_timeout);

    if (connection->over_soft_since) {
        uint64_t end = connection->over_soft_since + hub->options->limits.outbound_soft_time;

        due = end < due ? end : due;
    }
    if (connection->authorize_by && connection->authorize_by < due) {
        due = connection->authorize_by;
    }
    ody_wheel_arm(&hub->wheel, &connection->timer, due);
}

static void greet(ody_hub *hub, ody_connection *connection)
{
    char text[ODY_SOCKET_ID_TEXT];
    uint32_t seconds = hub->options->activity_timeout / 1000;

    ody_encode_established(ody__hub_scratch(hub), ody_socket_id_format(connection->id, text),
                           seconds > 0 ? seconds : 1);
    ody__reply_scratch(hub, connection);
}

void ody__connection_greet(ody_hub *hub, ody_connection *connection)
{
    char address[INET6_ADDRSTRLEN];
    const ody_mail_texts texts = {.user_id = address_text(connection->address, address)};
    uint32_t time = connection->app->app->authorized_time;

    connection->greeted = true;
    if (time > 0) {
        connection->authorize_by = hub->now + time;
        timer_arm(hub, connection);
    }
    greet(hub, connection);
    ody__notice(hub, connection->app, ODY_CALL_OPENED, connection->id, &texts);
}

void ody__connection_turn_away(ody_hub *hub, ody_connection *connection, uint16_t code,
                               ody_view message)
{
    const char *reason = code == ODY_CLOSE_OVERLOADED ? "The application could not handle this"
                                                      : "Refused by the application";

    ody__reply_error(hub, connection, code, message.length ? message : ody_view_of(reason));
    ody_hub_close(hub, connection, code, reason);
}

/* Lets the connection in, or asks the application whether it may come in. */
static void welcome(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake)
{
    char address[INET6_ADDRSTRLEN];
    const ody_mail_texts texts = {
        .user_id = address_text(connection->address, address),
        .user_info = handshake->head,
    };

    if (!ody__gate_handshakes(hub, connection->app)) {
        ody__connection_greet(hub, connection);
    } else if (ody__gate_ask(hub, connection, ODY_CALL_HANDSHAKE, &texts, ODY_VIEW_NONE) < 0) {
        ody__connection_turn_away(hub, connection, ODY_CLOSE_OVERLOADED, ODY_VIEW_NONE);
    }
}

/* Returns whether the connection has been over its soft limit for too long. */
static bool slow_for_long(const ody_hub *hub, ody_connection *connection, uint64_t now)
{
    if (connection->outbound.bytes <= hub->options->limits.outbound_soft) {
        connection->over_soft_since = 0;
    }
    return connection->over_soft_since &&
           now - connection->over_soft_since >= hub->options->limits.outbound_soft_time;
}

/* While the application is being asked about it, a connection need not show that it is authorised:
 * that may be what is asked. */
static void grant_time(ody_connection *connection, uint64_t now)
{
    if (connection->authorize_by && connection->authorize_by <= now + ASKED_TIME) {
        connection->authorize_by = now + ASKED_TIME;
    }
}

static void on_timer(ody_timer *timer, uint64_t now)
{
    ody_connection *connection = ody_container_of(timer, ody_connection, timer);
    ody_hub *hub = connection->hub;
    uint64_t silent_at;

    if (ody__gate_waiting(connection)) {
        /* It is not the client that is silent: perhaps we do not even read. */
        connection->last_activity = now;
        connection->pinged = false;
        grant_time(connection, now);
    }
    silent_at = connection->last_activity + hub->options->activity_timeout;
    if (slow_for_long(hub, connection, now)) {
        ody__connection_slow(hub, connection);
    } else if (connection->authorize_by && now >= connection->authorize_by) {
        ody_count(hub->counters, evicted_unauthorised, 1);
        log_closing(hub, connection, ODY_CLOSE_UNAUTHORISED, unauthorised);
        ody__connection_dismiss(hub, connection, ODY_CLOSE_UNAUTHORISED, unauthorised);
    } else if (connection->pinged &&
               now >= connection->last_activity + hub->options->pong_timeout) {
        ody_count(hub->counters, evicted_pong, 1);
        log_closing(hub, connection, ODY_CLOSE_PONG, "Pong reply not received");
        ody_hub_close(hub, connection, ODY_CLOSE_PONG, "Pong reply not received");
    } else if (!connection->pinged && now >= silent_at) {
        /* The wait for the pong begins now, however late the timer came. */
        connection->pinged = true;
        connection->last_activity = now;
        ody__reply_probe(hub, connection);
    }
    if (connection->close_code == 0) {
        timer_arm(hub, connection);
    }
}

void ody_hub_open(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                  uint64_t now)
{
    ody_refusal why;

    ody__hub_enter(hub, now);
    connection->hub = hub;
    connection->timer.fire = on_timer;
    connection->last_activity = now;
    connection->opened_at = (uint32_t)(now / 1000);
    memcpy(connection->address, handshake->address, sizeof(connection->address));
    ody_list_init(&connection->subscriptions);
    ody_map_init(&connection->subscription_index);
    if (ody__admission_enter(hub, connection, handshake, &why)) {
        ody_list_append(&hub->connections, &connection->all);
        hub->connection_count++;
        ody_count(hub->counters, connections, 1);
        ody_count(connection->app->counters, connections, 1);
        timer_arm(hub, connection);
        welcome(hub, connection, handshake);
    } else {
        log_refused(hub, handshake, &why);
        ody__reply_error(hub, connection, why.code, ody_view_of(why.message.message));
        ody_hub_close(hub, connection, why.code, why.reason);
    }
    ody__hub_leave(hub);
}

static void note_activity(ody_connection *connection, uint64_t now)
{
    connection->last_activity = now;
    connection->pinged = false;
}

/* Whether there is still something to say to each other. */
static bool talking(const ody_connection *connection)
{
    return connection->id.first != 0 && connection->close_code == 0;
}

void ody_hub_receive(ody_hub *hub, ody_connection *connection, ody_view text, uint64_t now)
{
    if (!talking(connection)) {
        return;
    }
    ody__hub_enter(hub, now);
    note_activity(connection, now);
    ody_count(hub->counters, messages_received, 1);
    ody_count(connection->app->counters, messages_received, 1);
    ody_count(connection->app->counters, bytes_received, text.length);
    if (!ody__gate_hold(hub, connection, text)) {
        ody__client_message(hub, connection, text);
    }
    ody__hub_leave(hub);
}

void ody_hub_receive_binary(ody_hub *hub, ody_connection *connection, uint64_t now)
{
    if (!talking(connection)) {
        return;
    }
    ody__hub_enter(hub, now);
    note_activity(connection, now);
    ody_count(hub->counters, messages_received, 1);
    ody__reply_error(hub, connection, 0, ODY_VIEW("Binary messages are not supported"));
    ody__hub_leave(hub);
}

void ody_hub_ping(ody_hub *hub, ody_connection *connection, ody_view payload, uint64_t now)
{
    if (!talking(connection)) {
        return;
    }
    ody__hub_enter(hub, now);
    note_activity(connection, now);
    ody__reply_pong(hub, connection, payload);
    ody__hub_leave(hub);
}

void ody_hub_activity(ody_hub *hub, ody_connection *connection, uint64_t now)
{
    (void)hub;
    if (talking(connection)) {
        note_activity(connection, now);
    }
}

void ody_hub_closed(ody_hub *hub, ody_connection *connection, uint64_t now)
{
    ody__hub_enter(hub, now);
    ody_wheel_cancel(&hub->wheel, &connection->timer);
    if (connection->id.first != 0) {
        ody__subscription_drop_all(hub, connection);
        if (connection->greeted) {
            ody__notice(hub, connection->app, ODY_CALL_CLOSED, connection->id,
                        &(ody_mail_texts){0});
        }
        ody__gate_free(connection);
        ody_list_remove(&connection->all);
        hub->connection_count--;
        ody_count(hub->counters, connections, -1);
        ody_count(connection->app->counters, connections, -1);
        ody__admission_leave(hub, connection);
    }
    ody_outbound_fini(&connection->outbound);
    ody__hub_leave(hub);
}

void ody_hub_close(ody_hub *hub, ody_connection *connection, uint16_t code, const char *reason)
{
    if (connection->close_code != 0) {
        return;
    }
    if (connection->id.first != 0 && connection->protocol < PROTOCOL_CODES && code >= 4000 &&
        !connection->close_now) {
        ody__reply_error(hub, connection, code, ody_view_of(reason));
        if (connection->close_code != 0) {
            return;
        }
    }
    connection->close_code = code;
    connection->close_reason = reason;
    ody_wheel_cancel(&hub->wheel, &connection->timer);
    ody__gate_close(hub, connection);
    hub->transport->wake(hub->context, connection);
}

void ody__connection_dismiss(ody_hub *hub, ody_connection *connection, uint16_t code,
                             const char *reason)
{
    if (connection->protocol >= PROTOCOL_CODES) {
        ody__reply_error(hub, connection, code, ody_view_of(reason));
    }
    ody_hub_close(hub, connection, code, reason);
}

void ody__connection_dismiss_mail(ody_hub *hub, ody_mail *take_mail)
{
    ody_connection *connection = ody__connection_find(hub, take_mail->client);

    if (connection && connection->close_code == 0) {
        ody_count(hub->counters, terminated, 1);
        log_closing(hub, connection, ODY_CLOSE_UNAUTHORISED, disconnected);
        ody__connection_dismiss(hub, connection, ODY_CLOSE_UNAUTHORISED, disconnected);
        take_mail->number = 1;
    }
    take_mail->kind = ODY_MAIL_ANSWER;
    if (ody__hub_post(hub, take_mail->origin, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}

void ody__connection_authorized(ody_connection *connection)
{
    connection->authorize_by = 0;
}

void ody__connection_cut(ody_hub *hub, ody_connection *connection, uint16_t code,
                         const char *reason)
{
    if (connection->close_code != 0) {
        return;
    }
    connection->close_now = true;
    if (connection->id.first != 0) {
        log_closing(hub, connection, code, reason);
    }
    ody_hub_close(hub, connection, code, reason);
}

void ody__connection_starved(ody_hub *hub, ody_connection *connection)
{
    if (connection->close_code == 0) {
        ody_count(hub->counters, dropped_memory, 1);
        ody__connection_cut(hub, connection, ODY_CLOSE_OVERLOADED, "Server is out of memory");
    }
}

void ody__connection_slow(ody_hub *hub, ody_connection *connection)
{
    if (connection->close_code == 0) {
        ody_count(hub->counters, evicted_outbound, 1);
        ody__connection_cut(hub, connection, ODY_CLOSE_SLOW, "Reading too slowly");
    }
}

void ody_hub_blocked(ody_hub *hub, ody_connection *connection, uint64_t now)
{
    const ody_limits *limits = &hub->options->limits;

    if (!talking(connection)) {
        return;
    }
    ody__hub_enter(hub, now);
    connection->behind = true;
    if (connection->outbound.bytes > limits->outbound_hard ||
        hub->unique_bytes > limits->outbound_shard || slow_for_long(hub, connection, now)) {
        ody__connection_slow(hub, connection);
    } else if (connection->outbound.bytes > limits->outbound_soft &&
               connection->over_soft_since == 0) {
        connection->over_soft_since = now;
        timer_arm(hub, connection);
    }
    ody__hub_leave(hub);
}

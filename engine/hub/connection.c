/* SPDX-License-Identifier: MIT */
/* Connections come, show signs of life or none, read too slowly, and go. */
#include <arpa/inet.h>
#include "base/options.h"
#include "base/random.h"
#include "base/utf8.h"
#include "hub/deliver.h"
#include "hub/gate.h"
#include "hub/subscription.h"
#include "wire/encode.h"

#define NO_SLOT UINT32_MAX
#define SLOTS_FIRST 16
#define KEY_SHOWN 64
#define PROTOCOL_DEFAULT 7
#define PROTOCOL_CODES 6 /* older clients learn why they are closed from pusher:error alone */

/* Why a client is not let in. */
typedef struct refusal {
    uint16_t code;
    const char *reason; /* static, for the close frame */
    ody_error message;  /* for pusher:error */
} refusal;

ody_connection *ody__connection_find(const ody_hub *hub, ody_socket_id id)
{
    uint64_t slot = (id.first - 1) / ODY_SHARDS_MAX;
    ody_connection *connection;

    if (id.first == 0 || ody_socket_id_shard(id) != hub->index || slot >= hub->slot_count) {
        return NULL;
    }
    connection = hub->slots[slot].connection;
    return connection && ody_socket_id_equal(connection->id, id) ? connection : NULL;
}

static int slots_grow(ody_hub *hub)
{
    uint32_t capacity = hub->slot_capacity ? hub->slot_capacity * 2 : SLOTS_FIRST;
    ody_slot *slots = ody_realloc(hub->slots, capacity * sizeof(*slots));

    if (!slots) {
        return ODY_EMEMORY;
    }
    hub->slots = slots;
    hub->slot_capacity = capacity;
    return 0;
}

/* Gives the connection a slot and with it a name. */
static int slot_take(ody_hub *hub, ody_connection *connection)
{
    uint32_t slot = hub->first_free;

    if (slot != NO_SLOT) {
        hub->first_free = hub->slots[slot].next_free;
    } else {
        if (hub->slot_count == hub->slot_capacity && slots_grow(hub) < 0) {
            return ODY_EMEMORY;
        }
        slot = hub->slot_count++;
    }
    hub->slots[slot].connection = connection;
    connection->id.first = 1 + hub->index + (uint64_t)ODY_SHARDS_MAX * slot;
    do {
        connection->id.second = ody_random_bits(52);
    } while (connection->id.second == 0);
    return 0;
}

static void slot_release(ody_hub *hub, ody_connection *connection)
{
    uint32_t slot = (uint32_t)((connection->id.first - 1) / ODY_SHARDS_MAX);

    hub->slots[slot] = (ody_slot){NULL, hub->first_free};
    hub->first_free = slot;
    connection->id = (ody_socket_id){0};
}

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

static void log_refused(const ody_hub *hub, const ody_handshake *handshake, const refusal *why)
{
    static ody_log_gate gate;
    char address[INET6_ADDRSTRLEN];
    uint64_t suppressed;

    if (ody_log_enabled(ODY_LOG_INFO) && ody_log_gate_pass(&gate, hub->now, &suppressed)) {
        ody_log(ODY_LOG_INFO, "client refused",
                ODY_TEXT("peer", address_text(handshake->address, address)),
                ODY_NUMBER("code", why->code), ODY_STRING("reason", why->reason),
                ODY_NUMBER("suppressed", suppressed));
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

static bool refuse(refusal *why, uint16_t code, const char *reason)
{
    why->code = code;
    why->reason = reason;
    ody_error_set(&why->message, ODY_EINVALID, "%s", reason);
    return false;
}

/* The key came in a URL: it is cut, and shown only as far as it is text. */
static bool refuse_key(refusal *why, ody_view key)
{
    size_t shown = key.length < KEY_SHOWN ? key.length : KEY_SHOWN;

    while (shown > 0 && !ody_utf8_valid((ody_view){key.data, shown})) {
        shown--;
    }
    refuse(why, ODY_CLOSE_APP, "App key not in this cluster");
    ody_error_set(&why->message, ODY_EINVALID,
                  "App key %.*s not in this cluster. Did you forget to specify the cluster?",
                  (int)shown, shown ? key.data : "");
    return false;
}

/* Protocols 4 to 7; none said is the newest. */
static bool protocol_read(ody_view text, uint8_t *protocol)
{
    *protocol = PROTOCOL_DEFAULT;
    if (!text.data) {
        return true;
    }
    if (text.length != 1 || text.data[0] < '4' || text.data[0] > '7') {
        return false;
    }
    *protocol = (uint8_t)(text.data[0] - '0');
    return true;
}

/* What the handshake itself says, in the protocol's order. Draining comes before the quota: 4004
 * would tell the client never to come back, although the next server may have room. */
static bool handshake_check(const ody_hub *hub, ody_connection *connection,
                            const ody_handshake *handshake, const ody_app *app, refusal *why)
{
    if (!handshake->path_known) {
        ody_count(hub->counters, refused_path, 1);
        return refuse(why, ODY_CLOSE_PATH, "Path not found");
    }
    if (!app) {
        ody_count(hub->counters, refused_app, 1);
        return refuse_key(why, handshake->app_key);
    }
    if (!app->enabled) {
        ody_count(hub->counters, refused_app, 1);
        return refuse(why, ODY_CLOSE_DISABLED, "The app is disabled");
    }
    if (handshake->plain_on_tls) {
        ody_count(hub->counters, refused_tls, 1);
        return refuse(why, ODY_CLOSE_TLS, "This server takes TLS connections only");
    }
    if (!protocol_read(handshake->protocol, &connection->protocol)) {
        ody_count(hub->counters, refused_protocol, 1);
        return refuse(why, ODY_CLOSE_PROTOCOL, "Unsupported protocol version: 4 to 7 are known");
    }
    if (hub->draining || atomic_load_explicit(&hub->shared->draining, memory_order_relaxed)) {
        return refuse(why, ODY_CLOSE_DRAIN, "Server is shutting down");
    }
    return true;
}

/* Counts the connection in, in all places or in none. */
static bool quota_enter(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                        ody_hub_app *app, refusal *why)
{
    ody_shared *shared = hub->shared;
    uint32_t quota = app->app->limits.connections;
    bool entered = false;

    if (atomic_fetch_add(&app->shared->connections, 1) >= quota && quota > 0) {
        ody_count(hub->counters, refused_connections, 1);
        refuse(why, ODY_CLOSE_CONNECTIONS, "Over connection quota of the app");
        atomic_fetch_sub(&app->shared->connections, 1);
        return false;
    }
    if (atomic_fetch_add(&shared->connections, 1) >= shared->connection_limit) {
        ody_count(hub->counters, refused_connections, 1);
        refuse(why, ODY_CLOSE_CONNECTIONS, "Over connection quota");
    } else if (handshake->count_address &&
               ody_shared_address_enter(shared, handshake->address,
                                        hub->options->limits.connections_per_address) < 0) {
        ody_count(hub->counters, refused_address, 1);
        refuse(why, ODY_CLOSE_CONNECTIONS, "Over connection quota of this address");
    } else if (slot_take(hub, connection) < 0) {
        ody_count(hub->counters, refused_connections, 1);
        refuse(why, ODY_CLOSE_OVERLOADED, "Server is out of memory");
        if (handshake->count_address) {
            ody_shared_address_leave(shared, handshake->address);
        }
    } else {
        connection->counts_address = handshake->count_address;
        entered = true;
    }
    if (!entered) {
        atomic_fetch_sub(&shared->connections, 1);
        atomic_fetch_sub(&app->shared->connections, 1);
    }
    return entered;
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

    connection->greeted = true;
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
    ody_wheel_arm(&hub->wheel, &connection->timer, due);
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

static void on_timer(ody_timer *timer, uint64_t now)
{
    ody_connection *connection = ody_container_of(timer, ody_connection, timer);
    ody_hub *hub = connection->hub;
    uint64_t silent_at;

    if (ody__gate_waiting(connection)) {
        /* It is not the client that is silent: perhaps we do not even read. */
        connection->last_activity = now;
        connection->pinged = false;
    }
    silent_at = connection->last_activity + hub->options->activity_timeout;
    if (slow_for_long(hub, connection, now)) {
        ody__connection_slow(hub, connection);
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

/* Finds the app that a client asks for. @return whether the client may come in. */
static bool app_enter(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                      refusal *why)
{
    const ody_app *app = ody_options_app_of_key(hub->options, handshake->app_key);
    ody_hub_app *own;

    if (!handshake_check(hub, connection, handshake, app, why)) {
        return false;
    }
    own = ody__app_obtain(hub, app->number);
    if (!own) {
        ody_count(hub->counters, refused_connections, 1);
        return refuse(why, ODY_CLOSE_OVERLOADED, "Server is out of memory");
    }
    if (!quota_enter(hub, connection, handshake, own, why)) {
        return false;
    }
    connection->app = own;
    return true;
}

void ody_hub_open(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                  uint64_t now)
{
    refusal why;

    ody__hub_enter(hub, now);
    connection->hub = hub;
    connection->timer.fire = on_timer;
    connection->last_activity = now;
    memcpy(connection->address, handshake->address, sizeof(connection->address));
    ody_list_init(&connection->subscriptions);
    ody_map_init(&connection->subscription_index);
    if (app_enter(hub, connection, handshake, &why)) {
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
        atomic_fetch_sub(&connection->app->shared->connections, 1);
        if (connection->counts_address) {
            ody_shared_address_leave(hub->shared, connection->address);
        }
        slot_release(hub, connection);
        atomic_fetch_sub(&hub->shared->connections, 1);
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

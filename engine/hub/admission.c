/* SPDX-License-Identifier: MIT */
/* Who may come in: path, app, protocol, quotas, origin; and the slots that name connections. */
#include "hub/admission.h"

#include "base/options.h"
#include "base/random.h"
#include "base/utf8.h"
#include "wire/origin.h"

#define NO_SLOT UINT32_MAX
#define SLOTS_FIRST 16
#define KEY_SHOWN 64
#define PROTOCOL_DEFAULT 7

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

static bool refuse(ody_refusal *why, uint16_t code, const char *reason)
{
    why->code = code;
    why->reason = reason;
    ody_error_set(&why->message, ODY_EINVALID, "%s", reason);
    return false;
}

/* The key came in a URL: it is cut, and shown only as far as it is text. */
static bool refuse_key(ody_refusal *why, ody_view key)
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

static bool is_integer(ody_view text)
{
    size_t first = text.length > 1 && text.data[0] == '-';

    for (size_t i = first; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return true;
}

/* Protocols 4 to 7; a client that says nothing about it speaks the newest. */
static bool protocol_read(ody_view text, uint8_t *protocol, ody_refusal *why)
{
    *protocol = PROTOCOL_DEFAULT;
    if (!text.data) {
        return true;
    }
    if (text.length == 0) {
        return refuse(why, ODY_CLOSE_NO_PROTOCOL, "No protocol version: 4 to 7 are known");
    }
    if (!is_integer(text)) {
        return refuse(why, ODY_CLOSE_VERSION, "The protocol version is not a number");
    }
    if (text.length != 1 || text.data[0] < '4' || text.data[0] > '7') {
        return refuse(why, ODY_CLOSE_PROTOCOL, "Unsupported protocol version: 4 to 7 are known");
    }
    *protocol = (uint8_t)(text.data[0] - '0');
    return true;
}

/* What the handshake itself says, in the protocol's order. Draining comes before the quota: 4004
 * would tell the client never to come back, although the next server may have room. */
static bool handshake_check(const ody_hub *hub, ody_connection *connection,
                            const ody_handshake *handshake, const ody_app *app, ody_refusal *why)
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
    if (!protocol_read(handshake->protocol, &connection->protocol, why)) {
        ody_count(hub->counters, refused_protocol, 1);
        return false;
    }
    if (hub->draining || atomic_load_explicit(&hub->shared->draining, memory_order_relaxed)) {
        return refuse(why, ODY_CLOSE_DRAIN, "Server is shutting down");
    }
    return true;
}

static bool app_quota_enter(ody_hub *hub, const ody_hub_app *app, ody_refusal *why)
{
    uint32_t quota = app->app->limits.connections;

    if (atomic_fetch_add(&app->shared->connections, 1) < quota || quota == 0) {
        return true;
    }
    atomic_fetch_sub(&app->shared->connections, 1);
    ody_count(hub->counters, refused_connections, 1);
    return refuse(why, ODY_CLOSE_CONNECTIONS, "Over connection quota of the app");
}

static bool address_enter(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                          ody_refusal *why)
{
    connection->counts_address = handshake->count_address;
    if (!handshake->count_address ||
        ody_shared_address_enter(hub->shared, handshake->address,
                                 hub->options->limits.connections_per_address) == 0) {
        return true;
    }
    connection->counts_address = false;
    ody_count(hub->counters, refused_address, 1);
    return refuse(why, ODY_CLOSE_CONNECTIONS, "Over connection quota of this address");
}

static bool origin_check(const ody_hub *hub, const ody_connection *connection,
                         const ody_handshake *handshake, ody_refusal *why)
{
    if (ody_origin_allowed(connection->app->app->origins, handshake->origin)) {
        return true;
    }
    ody_count(hub->counters, refused_origin, 1);
    return refuse(why, ODY_CLOSE_UNAUTHORISED, "Origin not allowed");
}

/* A server that is full takes clients again soon, so they are to come back. */
static bool capacity_enter(ody_hub *hub, ody_connection *connection, ody_refusal *why)
{
    ody_shared *shared = hub->shared;
    bool full = atomic_fetch_add(&shared->connections, 1) >= shared->connection_limit;

    if (!full && slot_take(hub, connection) == 0) {
        return true;
    }
    atomic_fetch_sub(&shared->connections, 1);
    ody_count(hub->counters, refused_connections, 1);
    return refuse(why, ODY_CLOSE_OVERLOADED, full ? "Over capacity" : "Server is out of memory");
}

static void address_leave(ody_hub *hub, const ody_connection *connection)
{
    if (connection->counts_address) {
        ody_shared_address_leave(hub->shared, connection->address);
    }
}

/* Counts the connection in, in all places or in none. */
static bool quotas_enter(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                         ody_refusal *why)
{
    if (!app_quota_enter(hub, connection->app, why)) {
        return false;
    }
    if (address_enter(hub, connection, handshake, why)) {
        if (origin_check(hub, connection, handshake, why) && capacity_enter(hub, connection, why)) {
            return true;
        }
        address_leave(hub, connection);
    }
    atomic_fetch_sub(&connection->app->shared->connections, 1);
    return false;
}

bool ody__admission_enter(ody_hub *hub, ody_connection *connection, const ody_handshake *handshake,
                          ody_refusal *refusal)
{
    const ody_app *app = ody_options_app_of_key(hub->options, handshake->app_key);

    if (!handshake_check(hub, connection, handshake, app, refusal)) {
        return false;
    }
    connection->app = ody__app_obtain(hub, app->number);
    if (!connection->app) {
        ody_count(hub->counters, refused_connections, 1);
        return refuse(refusal, ODY_CLOSE_OVERLOADED, "Server is out of memory");
    }
    if (!quotas_enter(hub, connection, handshake, refusal)) {
        connection->app = NULL;
        return false;
    }
    return true;
}

void ody__admission_leave(ody_hub *hub, ody_connection *connection)
{
    atomic_fetch_sub(&connection->app->shared->connections, 1);
    address_leave(hub, connection);
    slot_release(hub, connection);
    atomic_fetch_sub(&hub->shared->connections, 1);
}

/* SPDX-License-Identifier: MIT */
/* What load balancers and orchestrators ask: /up, /health, /ready, /accept-traffic, /usage. Anybody
 * may ask; nothing here tells more than that. */
#include "base/memory.h"
#include "http/room.h"
#include "wire/object.h"

/* Per cent of the connections and of the memory, beyond which others should take new clients. */
#define TRAFFIC_MAX 85

void ody__http_root(ody_http_exchange *exchange, const ody_app *app)
{
    (void)app;
    ody__http_answer_text(exchange, 200, "OK");
}

void ody__http_up(ody_http_exchange *exchange, const ody_app *app)
{
    (void)app;
    ody_bytes_append_literal(&exchange->output, "{\"health\":\"OK\"}");
    ody__http_answer_json(exchange);
}

void ody__http_ready(ody_http_exchange *exchange, const ody_app *app)
{
    const ody_http_setup *setup = &exchange->server->setup;

    (void)app;
    if (atomic_load(&setup->shared->draining) || exchange->server->draining) {
        ody__http_answer_text(exchange, 503, "The server is shutting down");
    } else if (setup->ready && !setup->ready(setup->context)) {
        ody__http_answer_text(exchange, 503, "The server is starting");
    } else {
        ody__http_answer_text(exchange, 200, "OK");
    }
}

static bool beyond(uint64_t used, uint64_t limit)
{
    return limit > 0 && used * 100 > limit * TRAFFIC_MAX;
}

void ody__http_accept_traffic(ody_http_exchange *exchange, const ody_app *app)
{
    const ody_shared *shared = exchange->server->setup.shared;

    (void)app;
    if (beyond(atomic_load(&shared->connections), atomic_load(&shared->connection_limit))) {
        ody__http_answer_text(exchange, 503, "The server has too many connections");
    } else if (beyond(ody_memory_resident(), ody_memory_available())) {
        ody__http_answer_text(exchange, 503, "The server is short of memory");
    } else {
        ody__http_answer_text(exchange, 200, "OK");
    }
}

void ody__http_usage(ody_http_exchange *exchange, const ody_app *app)
{
    uint64_t used = ody_memory_resident();
    uint64_t total = ody_memory_available();
    ody_bytes *out = &exchange->output;

    (void)app;
    ody_bytes_append_byte(out, '{');
    ody_object_begin(out, "memory");
    ody_object_number(out, "free", total > used ? total - used : 0);
    ody_object_number(out, "used", used);
    ody_object_number(out, "total", total);
    ody_object_number(out, "percent", total > 0 ? used * 100 / total : 0);
    ody_bytes_append_literal(out, "}}");
    ody__http_answer_json(exchange);
}

/* Reached without an upgrade, or at an address that has no WebSockets. */
void ody__http_websocket(ody_http_exchange *exchange, const ody_app *app)
{
    (void)app;
    ody__http_refuse(exchange, 426, "This is not a WebSocket request of RFC 6455, version 13.\n");
}

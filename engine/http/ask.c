/* SPDX-License-Identifier: MIT */
/* Questions to the hub that an exchange waits for. */
#include "base/memory.h"
#include "http/room.h"

void ody__http_on_hub(void *context, const ody_reply *reply)
{
    ody_http_call *call = context;
    ody_http_exchange *exchange = call->exchange;

    call->ticket = 0;
    exchange->outstanding--;
    if (reply->code < 0) {
        ody__http_refuse_error(exchange, reply->code, reply->message);
    } else if (exchange->status == 0) {
        exchange->on_reply(exchange, call, reply);
    }
    if (exchange->outstanding > 0) {
        return;
    }
    if (exchange->status == 0 && exchange->on_all) {
        exchange->on_all(exchange);
    }
    ody__http_exchange_resume(exchange);
}

bool ody__http_asked(ody_http_exchange *exchange, int code, const ody_error *error)
{
    if (code < 0) {
        ody__http_refuse_error(exchange, code, error->message);
        return false;
    }
    exchange->outstanding++;
    return true;
}

static void cancel(ody_http_exchange *exchange, ody_http_call *call)
{
    if (call->ticket != 0) {
        ody_requests_cancel(exchange->server->setup.requests, call->ticket);
        call->ticket = 0;
    }
}

void ody__http_cancel(ody_http_exchange *exchange)
{
    cancel(exchange, &exchange->call);
    for (size_t index = 0; index < exchange->call_count; index++) {
        cancel(exchange, &exchange->calls[index]);
        ody_bytes_fini(&exchange->parts[index]);
    }
    ody__http_wait_free(exchange->wait);
    ody__http_list_free(exchange->list);
    exchange->list = NULL;
    ody_free(exchange->calls);
    ody_free(exchange->parts);
    exchange->calls = NULL;
    exchange->parts = NULL;
    exchange->call_count = 0;
    exchange->outstanding = 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Reading tails. A request that finds nothing waits until there is something, so that a message is
 * shown when it comes; every proxy lets such requests through.
 */
#include "base/clock.h"
#include "base/memory.h"
#include "http/inspector.h"
#include "wire/object.h"

/* How long a request waits (ms). */
#define WAIT 20000
/* Tails and messages have numbers that scripts can hold. */
#define NUMBER_MAX ((UINT64_C(1) << 53) - 1)

struct ody_http_wait {
    ody_list_node node; /* of server->waits */
    ody_http_exchange *exchange;
    uint64_t tail;
    uint64_t after;
    ody_timer timer;
    bool replaced; /* another request waits instead */
};

static const char *const sights[] = {
    [ODY_SIGHT_EVENT] = "event",
    [ODY_SIGHT_CLIENT_EVENT] = "client_event",
    [ODY_SIGHT_WHISPER] = "whisper",
    [ODY_SIGHT_MEMBER_ADDED] = "member_added",
    [ODY_SIGHT_MEMBER_REMOVED] = "member_removed",
};

static void write_message(void *context, const ody_tail_message *message)
{
    ody_bytes *out = context;
    char id[ODY_SOCKET_ID_TEXT];
    bool first = out->data && out->data[out->length - 1] == '[';

    ody_bytes_append_view(out, first ? ODY_VIEW("{") : ODY_VIEW(",{"));
    ody_object_number(out, "number", message->number);
    ody_object_number(out, "at", message->at);
    ody_object_text(out, "kind", ody_view_of(sights[message->sight]));
    ody_object_text_or_null(out, "client",
                            message->client.first ? ody_socket_id_format(message->client, id)
                                                  : ODY_VIEW_NONE);
    ody_object_text_or_null(out, "channel", message->channel);
    ody_object_text_or_null(out, "event", message->event);
    ody_object_text_or_null(out, "user", message->user_id);
    ody_object_text(out, "data", message->data);
    ody_object_number(out, "length", message->data_length);
    ody_object_number(out, "reached", message->reached);
    ody_object_number(out, "left_out", message->left_out);
    ody_bytes_append_byte(out, '}');
}

/* What became of a tail that cannot be read. */
static void refuse(ody_http_exchange *exchange, int code)
{
    if (code == ODY_EMEMORY) {
        ody__http_refuse_error(exchange, code, NULL);
    } else {
        ody__http_refuse(exchange, 404, "The tail has ended");
    }
}

/* Answers with what there is, which may be nothing. */
static void answer(ody_http_exchange *exchange, uint64_t tail, uint64_t after)
{
    ody_bytes *out = &exchange->output;
    uint64_t left_out = 0;
    int count;

    ody_bytes_append_literal(out, "{\"messages\":[");
    count = ody_tails_read(exchange->server->setup.tails, tail, after, ody_clock_ms(),
                           write_message, out, &left_out);
    if (count < 0) {
        refuse(exchange, count);
    } else {
        ody_bytes_append_byte(out, ']');
        ody_object_number(out, "left_out", left_out);
        ody_bytes_append_byte(out, '}');
        ody__http_answer_json(exchange);
        if (exchange->status == 200) {
            ody_tails_told(exchange->server->setup.tails, tail, left_out);
        }
    }
}

void ody__http_wait_free(ody_http_wait *wait)
{
    ody_http_server *server;

    if (wait) {
        server = wait->exchange->server;
        if (!wait->replaced) {
            ody_tails_wait(server->setup.tails, wait->tail, NULL, NULL);
        }
        ody_wheel_cancel(&server->wheel, &wait->timer);
        ody_list_remove(&wait->node);
        wait->exchange->wait = NULL;
        ody_free(wait);
    }
}

/* Not from inside of one of libmicrohttpd's callbacks. */
static void finish(ody_http_wait *wait)
{
    ody_http_exchange *exchange = wait->exchange;
    const ody_http_wait was = *wait;

    ody__http_wait_free(wait);
    exchange->outstanding--;
    if (was.replaced) {
        ody__http_refuse(exchange, 409, "Another request reads this tail");
    } else if (ody__http_inspector_admits(exchange, false)) {
        answer(exchange, was.tail, was.after);
    }
    ody__http_exchange_resume(exchange);
}

static void on_timer(ody_timer *timer, uint64_t now)
{
    (void)now;
    finish(ody_container_of(timer, ody_http_wait, timer));
}

/* Ends the waiting with the next tick. */
static void hurry(ody_http_wait *wait)
{
    ody_wheel_arm(&wait->exchange->server->wheel, &wait->timer, ody_clock_ms());
}

/* What another request does to the tail wakes from inside of libmicrohttpd: then a little later. */
static void on_wake(void *context)
{
    ody_http_wait *wait = context;

    if (wait->exchange->server->running) {
        hurry(wait);
    } else {
        finish(wait);
    }
}

/* A tail has one reader: the one before stops waiting. */
static void dismiss_others(ody_http_server *server, uint64_t tail)
{
    for (ody_list_node *node = server->waits.next; node != &server->waits; node = node->next) {
        ody_http_wait *wait = ody_container_of(node, ody_http_wait, node);

        if (wait->tail == tail) {
            wait->replaced = true;
            hurry(wait);
        }
    }
}

static void wait_for(ody_http_exchange *exchange, uint64_t tail, uint64_t after)
{
    ody_http_server *server = exchange->server;
    ody_http_wait *wait = ody_calloc(1, sizeof(*wait));

    if (!wait) {
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
        return;
    }
    dismiss_others(server, tail);
    wait->exchange = exchange;
    wait->tail = tail;
    wait->after = after;
    wait->timer.fire = on_timer;
    exchange->wait = wait;
    exchange->outstanding++;
    ody_list_append(&server->waits, &wait->node);
    ody_wheel_arm(&server->wheel, &wait->timer, ody_clock_ms() + WAIT);
    ody_tails_wait(server->setup.tails, tail, on_wake, wait);
}

void ody__http_waits_end(ody_http_server *server)
{
    while (!ody_list_empty(&server->waits)) {
        finish(ody_container_of(server->waits.next, ody_http_wait, node));
    }
}

void ody__http_waits_hurry(ody_http_server *server)
{
    for (ody_list_node *node = server->waits.next; node != &server->waits; node = node->next) {
        hurry(ody_container_of(node, ody_http_wait, node));
    }
}

void ody__http_inspector_tail_read(ody_http_exchange *exchange)
{
    const ody_http_setup *setup = &exchange->server->setup;
    uint64_t tail = 0;
    uint64_t after = 0;
    int count;

    if (!ody__http_inspector_number(exchange, "tail", 1, NUMBER_MAX, &tail) ||
        !ody__http_inspector_number(exchange, "after", 0, NUMBER_MAX, &after)) {
        return;
    }
    count = ody_tails_read(setup->tails, tail, after, ody_clock_ms(), NULL, NULL, NULL);
    if (count < 0) {
        refuse(exchange, count);
    } else if (count > 0 || exchange->server->draining) {
        answer(exchange, tail, after);
    } else {
        wait_for(exchange, tail, after);
    }
}

void ody__http_inspector_tail_open(ody_http_exchange *exchange)
{
    const ody_app *app = ody__http_inspector_app(exchange);
    ody_view channel = ody_query_find(&exchange->query, ODY_VIEW("channel"));
    ody_view user = ody_query_find(&exchange->query, ODY_VIEW("user"));
    ody_error error;
    uint64_t tail;
    int code;

    if (!app) {
        return;
    }
    code = ody_tails_open(exchange->server->setup.tails, app, channel, user, ody_clock_ms(), &tail,
                          &error);
    if (code < 0) {
        ody__http_refuse_error(exchange, code, error.message);
        return;
    }
    ody_bytes_append_byte(&exchange->output, '{');
    ody_object_number(&exchange->output, "tail", tail);
    ody_bytes_append_byte(&exchange->output, '}');
    ody__http_answer_json(exchange);
}

void ody__http_inspector_tail_close(ody_http_exchange *exchange)
{
    uint64_t tail = 0;

    if (ody__http_inspector_number(exchange, "tail", 1, NUMBER_MAX, &tail)) {
        ody_tails_close(exchange->server->setup.tails, tail);
        ody__http_answer_empty(exchange);
    }
}

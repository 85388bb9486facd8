/* SPDX-License-Identifier: MIT */
/* Answers: their status, their text, and how libmicrohttpd gets them. */
#include <stdarg.h>
#include <stdio.h>
#include "base/memory.h"
#include "http/callbacks.h"
#include "wire/encode.h"

#define SENTENCE_SIZE 512

/* Bytes of answers that may wait for their readers, over all connections. A small one always may.
 */
#define UNSENT_MAX (256u << 20)
#define SMALL_ANSWER 4096

static const char json[] = "application/json";
static const char text[] = "text/plain; charset=utf-8";

/* The status of each error that a caller can meet, and the sentence where the engine has none for
 * him. */
static const struct {
    int code;
    int status;
    bool retry;
} statuses[] = {
    {ODY_EINVALID, 400, false},    {ODY_ECHANNEL_NAME, 400, false},
    {ODY_EEVENT_NAME, 400, false}, {ODY_EENCODING, 400, false},
    {ODY_EJSON, 400, false},       {ODY_EDEPTH, 400, false},
    {ODY_ELIMIT, 400, false},      {ODY_ESIGNATURE, 401, false},
    {ODY_EPERMISSION, 403, false}, {ODY_ECHANNEL_NOT_FOUND, 404, false},
    {ODY_ENO_CLIENT, 404, false},  {ODY_EPAYLOAD_SIZE, 413, false},
    {ODY_ERATE, 429, true},        {ODY_EOVERLOADED, 503, true},
    {ODY_EDRAINING, 503, true},    {ODY_EMEMORY, 503, true},
    {ODY_ETIMEOUT, 504, false},
};

/* @return whether the exchange has no answer yet. From here on it has this one. */
static bool begin(ody_http_exchange *exchange, int status, const char *type)
{
    if (exchange->status != 0) {
        return false;
    }
    exchange->status = status;
    exchange->type = type;
    return true;
}

void ody__http_refuse_view(ody_http_exchange *exchange, int status, ody_view sentence)
{
    if (!begin(exchange, status, exchange->json_errors ? json : text)) {
        return;
    }
    if (sentence.length == 0) {
        sentence = ody_view_of(MHD_get_reason_phrase_for((unsigned)status));
    }
    ody_bytes_clear(&exchange->output);
    if (exchange->json_errors) {
        ody_bytes_append_literal(&exchange->output, "{\"success\":false,\"error\":");
        ody_encode_string(&exchange->output, sentence);
        ody_bytes_append_byte(&exchange->output, '}');
    } else {
        ody_bytes_append_view(&exchange->output, sentence);
    }
}

void ody__http_refuse(ody_http_exchange *exchange, int status, const char *format, ...)
{
    char sentence[SENTENCE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    ody__http_refuse_view(exchange, status, ody_view_of(sentence));
}

/* Nothing tells a page that is turned off from one that never was. */
void ody__http_refuse_path(ody_http_exchange *exchange)
{
    exchange->route.endpoint = ODY_HTTP_NOWHERE;
    exchange->json_errors = false;
    ody__http_refuse(exchange, 404, "There is nothing at this path");
}

void ody__http_refuse_error(ody_http_exchange *exchange, int code, const char *message)
{
    int status = 500;

    for (size_t index = 0; index < sizeof(statuses) / sizeof(statuses[0]); index++) {
        if (statuses[index].code == code) {
            status = statuses[index].status;
            exchange->retry += exchange->status == 0 && statuses[index].retry;
            break;
        }
    }
    ody__http_refuse_view(exchange, status,
                          ody_view_of(message && message[0] ? message : ody_error_text(code)));
}

void ody__http_answer_json(ody_http_exchange *exchange)
{
    if (exchange->output.failed) {
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
        return;
    }
    begin(exchange, 200, json);
}

void ody__http_answer_empty(ody_http_exchange *exchange)
{
    ody_bytes_append_literal(&exchange->output, "{}");
    ody__http_answer_json(exchange);
}

void ody__http_answer_text(ody_http_exchange *exchange, int status, const char *words)
{
    if (begin(exchange, status, text)) {
        ody_bytes_append_view(&exchange->output, ody_view_of(words));
    }
}

bool ody__http_add_header(struct MHD_Response *response, const char *name, const char *value)
{
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

/* Which methods the endpoint takes, for Allow. */
static const char *methods_of(const ody_http_exchange *exchange)
{
    switch (exchange->route.methods) {
    case ODY_HTTP_GET:
        return "GET, HEAD";
    case ODY_HTTP_POST | ODY_HTTP_OPTIONS:
        return "POST, OPTIONS";
    case ODY_HTTP_GET | ODY_HTTP_POST:
        return "GET, HEAD, POST";
    default:
        return "POST";
    }
}

/* Pages of any origin may broadcast if they have the key: nothing else makes them trusted. */
static bool cross_origin_headers(const ody_http_exchange *exchange, struct MHD_Response *response)
{
    if (exchange->route.endpoint != ODY_HTTP_BROADCAST) {
        return true;
    }
    return ody__http_add_header(response, "Access-Control-Allow-Origin", "*") &&
           (exchange->status != 204 ||
            (ody__http_add_header(response, "Access-Control-Allow-Methods", "POST") &&
             ody__http_add_header(response, "Access-Control-Allow-Headers",
                                  "Authorization, Content-Type") &&
             ody__http_add_header(response, "Access-Control-Max-Age", "86400")));
}

static bool is_for_browsers(const ody_http_exchange *exchange)
{
    ody_http_endpoint endpoint = exchange->route.endpoint;

    return endpoint == ODY_HTTP_TEST_PAGE || endpoint == ODY_HTTP_INSPECTOR ||
           endpoint == ODY_HTTP_INSPECTOR_API;
}

/* What a caller sent may stand in a sentence: no browser shall take it for a page. */
static bool protection_headers(const ody_http_exchange *exchange, struct MHD_Response *response)
{
    if (is_for_browsers(exchange)) {
        return ody__http_page_headers(exchange, response);
    }
    return exchange->type != text ||
           ody__http_add_header(response, "X-Content-Type-Options", "nosniff");
}

static bool retry_header(unsigned seconds, struct MHD_Response *response)
{
    char number[12];

    snprintf(number, sizeof(number), "%u", seconds);
    return ody__http_add_header(response, "Retry-After", number);
}

static bool headers(const ody_http_exchange *exchange, struct MHD_Response *response)
{
    bool inspector = exchange->route.endpoint == ODY_HTTP_INSPECTOR_API;
    bool added = protection_headers(exchange, response);

    if (exchange->type) {
        added = added && ody__http_add_header(response, "Content-Type", exchange->type);
    }
    if (exchange->status == 401 && !ody_http_is_signed(exchange->route.endpoint)) {
        added = added && ody__http_add_header(response, "WWW-Authenticate",
                                              inspector ? "X-Inspector" : "Bearer");
    }
    if (exchange->status == 405) {
        added = added && ody__http_add_header(response, "Allow", methods_of(exchange));
    }
    if (exchange->status == 426) {
        added = added && ody__http_add_header(response, "Upgrade", "websocket") &&
                ody__http_add_header(response, "Sec-WebSocket-Version", "13");
    }
    if (exchange->retry) {
        added = added && retry_header(exchange->retry, response);
    }
    if (exchange->last) {
        added = added && ody__http_add_header(response, "Connection", "close");
    }
    return added && cross_origin_headers(exchange, response);
}

/* Gives the text to the response. */
static struct MHD_Response *response_new(ody_http_exchange *exchange)
{
    ody_bytes *output = &exchange->output;
    struct MHD_Response *response;

    if (output->failed) {
        return NULL;
    }
    if (exchange->page) {
        return ody__http_page_response(exchange);
    }
    if (output->length == 0) {
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    response =
        MHD_create_response_from_buffer_with_free_callback(output->length, output->data, ody_free);
    if (response) {
        exchange->server->state.sent += output->length;
        exchange->server->state.answer_bytes += output->length;
        exchange->sending = output->length;
        *output = (ody_bytes){0};
    }
    return response;
}

/* Lists are refused while too much is not read. */
static void check_unsent(ody_http_exchange *exchange)
{
    size_t length = exchange->output.length;

    if (length > SMALL_ANSWER && exchange->server->state.answer_bytes + length > UNSENT_MAX) {
        exchange->status = 0;
        ody__http_refuse_error(exchange, ODY_EOVERLOADED,
                               "The server holds too many answers that are not read");
    }
}

static bool is_current(const ody_http_exchange *exchange)
{
    const ody_http_daemon *daemon = exchange->connection->daemon;

    return daemon == daemon->server->daemon && !daemon->server->draining;
}

bool ody__http_answer_send(ody_http_exchange *exchange)
{
    struct MHD_Response *response;
    bool sent;

    exchange->last = exchange->last || !is_current(exchange);
    check_unsent(exchange);
    response = response_new(exchange);
    if (!response) {
        return false;
    }
    sent = headers(exchange, response) &&
           MHD_queue_response(exchange->connection->mhd, (unsigned)exchange->status, response) ==
               MHD_YES;
    MHD_destroy_response(response);
    if (sent) {
        exchange->server->state.answers[exchange->status / 100]++;
        ody__http_connection_answering(exchange->connection);
    }
    return sent;
}

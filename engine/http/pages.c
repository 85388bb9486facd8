/* SPDX-License-Identifier: MIT */
/*
 * GET /test and GET /inspector: pages in one file each, which load nothing else. What their scripts
 * may do stands in their policies.
 */
#include <strings.h>
#include "http/pages.h"
#include "http/callbacks.h"
#include "http/inspector.h"

/* Whether the client has that version. Proxies may have put W/ before the tag. */
static bool is_known(const ody_http_exchange *exchange, const ody_page *page)
{
    ody_view known = ody__http_header(exchange, "If-None-Match");

    return known.length > 0 && memmem(known.data, known.length, page->tag, strlen(page->tag));
}

/* The first length bytes, without the spaces around them. */
static ody_view trimmed(const char *data, size_t length)
{
    for (; length > 0 && (*data == ' ' || *data == '\t'); length--) {
        data++;
    }
    while (length > 0 && (data[length - 1] == ' ' || data[length - 1] == '\t')) {
        length--;
    }
    return (ody_view){data, length};
}

/* Takes what stands before the separator off the text. */
static ody_view take(ody_view *text, char separator)
{
    const char *end = memchr(text->data, separator, text->length);
    size_t length = end ? (size_t)(end - text->data) : text->length;
    ody_view taken = trimmed(text->data, length);

    text->data += length + (end != NULL);
    text->length -= length + (end != NULL);
    return taken;
}

/* Whether the weight is that of what somebody does not want: 0, 0.0 … */
static bool is_nothing(ody_view weight)
{
    bool named = weight.length > 2 && strncasecmp(weight.data, "q=", 2) == 0;
    size_t index = 2;

    while (named && index < weight.length && strchr("0.", weight.data[index])) {
        index++;
    }
    return named && index == weight.length;
}

/* Whether the client says that it takes gzip: "br, gzip;q=0.8". Proxies that speak HTTP/1.0 may not
 * know that an answer depends on it. */
static bool takes_gzip(const ody_http_exchange *exchange)
{
    ody_view list = ody__http_header(exchange, "Accept-Encoding");

    while (!exchange->old && list.length > 0) {
        ody_view weight = take(&list, ',');
        ody_view name = take(&weight, ';');

        if (name.length == 4 && strncasecmp(name.data, "gzip", 4) == 0) {
            return !is_nothing(trimmed(weight.data, weight.length));
        }
    }
    return false;
}

static void answer_page(ody_http_exchange *exchange, const ody_page *page)
{
    page = takes_gzip(exchange) ? page->packed : page;
    exchange->page = page;
    exchange->status = is_known(exchange, page) ? 304 : 200;
    exchange->type = "text/html; charset=utf-8";
}

/* Nobody gains anything by it that a file on his own disk would not give him. */
static bool test_page_stands(ody_http_exchange *exchange)
{
    if (!exchange->server->options->debug) {
        ody__http_refuse_path(exchange);
    }
    return exchange->status == 0;
}

bool ody__http_page_stands(ody_http_exchange *exchange)
{
    switch (exchange->route.endpoint) {
    case ODY_HTTP_TEST_PAGE:
        return test_page_stands(exchange);
    case ODY_HTTP_INSPECTOR:
        return ody__http_inspector_stands(exchange);
    default:
        return true;
    }
}

void ody__http_test_page(ody_http_exchange *exchange, const ody_app *app)
{
    (void)app;
    if (test_page_stands(exchange)) {
        answer_page(exchange, &ody__page_test);
    }
}

void ody__http_inspector_page(ody_http_exchange *exchange, const ody_app *app)
{
    (void)app;
    if (ody__http_inspector_stands(exchange)) {
        answer_page(exchange, &ody__page_inspector);
    }
}

struct MHD_Response *ody__http_page_response(const ody_http_exchange *exchange)
{
    ody_view text = exchange->status == 200 ? exchange->page->text : ODY_VIEW_NONE;

    return MHD_create_response_from_buffer(text.length, (void *)text.data, MHD_RESPMEM_PERSISTENT);
}

/* What caches go by. */
static bool version_headers(const ody_http_exchange *exchange, struct MHD_Response *response)
{
    const ody_page *page = exchange->page;
    bool packed = exchange->status == 200 && !page->packed;

    return ody__http_add_header(response, "ETag", page->tag) &&
           ody__http_add_header(response, "Vary", "Accept-Encoding") &&
           (!packed || ody__http_add_header(response, "Content-Encoding", "gzip"));
}

bool ody__http_page_headers(const ody_http_exchange *exchange, struct MHD_Response *response)
{
    const ody_page *page = exchange->page;

    return ody__http_add_header(response, "Content-Security-Policy",
                                page ? page->policy
                                     : "default-src 'none'; frame-ancestors 'none'") &&
           (!page || version_headers(exchange, response)) &&
           ody__http_add_header(response, "Cache-Control", page ? "no-cache" : "no-store") &&
           ody__http_add_header(response, "X-Content-Type-Options", "nosniff") &&
           ody__http_add_header(response, "X-Frame-Options", "DENY") &&
           ody__http_add_header(response, "Referrer-Policy", "no-referrer") &&
           ody__http_add_header(response, "Cross-Origin-Opener-Policy", "same-origin") &&
           ody__http_add_header(response, "Cross-Origin-Resource-Policy", "same-origin");
}

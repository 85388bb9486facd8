/* SPDX-License-Identifier: MIT */
/*
 * GET /test and GET /inspector: pages in one file each, which load nothing else. What their scripts
 * may do stands in their policies.
 */
#include "http/pages.h"
#include "http/callbacks.h"
#include "http/inspector.h"

/* Whether the client has that version. Proxies may have put W/ before the tag. */
static bool is_known(const ody_http_exchange *exchange, const ody_page *page)
{
    ody_view known = ody__http_header(exchange, "If-None-Match");

    return known.length > 0 && memmem(known.data, known.length, page->tag, strlen(page->tag));
}

static void answer_page(ody_http_exchange *exchange, const ody_page *page)
{
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

bool ody__http_page_headers(const ody_http_exchange *exchange, struct MHD_Response *response)
{
    const ody_page *page = exchange->page;

    return ody__http_add_header(response, "Content-Security-Policy",
                                page ? page->policy
                                     : "default-src 'none'; frame-ancestors 'none'") &&
           (!page || ody__http_add_header(response, "ETag", page->tag)) &&
           ody__http_add_header(response, "Cache-Control", page ? "no-cache" : "no-store") &&
           ody__http_add_header(response, "X-Content-Type-Options", "nosniff") &&
           ody__http_add_header(response, "X-Frame-Options", "DENY") &&
           ody__http_add_header(response, "Referrer-Policy", "no-referrer") &&
           ody__http_add_header(response, "Cross-Origin-Opener-Policy", "same-origin") &&
           ody__http_add_header(response, "Cross-Origin-Resource-Policy", "same-origin");
}

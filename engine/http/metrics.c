/* SPDX-License-Identifier: MIT */
/* GET /metrics: the text is made by whoever owns the numbers. Not everybody may read it. */
#include "http/room.h"
#include "ody/auth.h"

static bool has_token(const ody_http_exchange *exchange)
{
    const char *token = exchange->server->options->http.metrics_token;
    ody_view sent = ody_query_find(&exchange->query, ODY_VIEW("token"));

    if (!sent.data) {
        sent = ody__http_bearer(exchange);
    }
    return token && sent.data && ody_secret_equal(sent, ody_view_of(token));
}

void ody__http_metrics(ody_http_exchange *exchange, const ody_app *app)
{
    const ody_http_setup *setup = &exchange->server->setup;

    (void)app;
    if (!setup->metrics) {
        ody__http_refuse_path(exchange);
        return;
    }
    if (!has_token(exchange) && !ody__http_is_trusted(exchange)) {
        ody__http_refuse(exchange, 401,
                         "Metrics are for this machine and for the networks in http_api.trusted. "
                         "Send http_api.metrics_token as Authorization: Bearer");
        return;
    }
    setup->metrics(setup->context, &exchange->output);
    if (exchange->output.failed) {
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
        return;
    }
    exchange->status = 200;
    exchange->type = "text/plain; version=0.0.4; charset=utf-8";
}

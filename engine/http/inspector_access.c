/* SPDX-License-Identifier: MIT */
/*
 * Who may inspect. With a password: whoever has said it, and nobody else. Without one: while
 * `debug` is on, this machine and trusted networks. Otherwise there is no inspector.
 *
 * Its page sends the header X-Inspector with each request: the token of its session, or anything
 * where there is no password. Pages of other origins cannot send it, because nobody grants them
 * that; nor does a browser add it by itself, as it would a cookie.
 */
#include "base/clock.h"
#include "http/inspector.h"
#include "net/client_address.h"
#include "ody/auth.h"
#include "ody/log.h"
#include "wire/encode.h"

#define TOKEN_HEADER "X-Inspector"

static const char elsewhere[] =
    "Without a password the inspector is for this machine and for the networks in "
    "http_api.trusted, opened by an address or as localhost. Set inspector.password";

static const char *password(const ody_http_exchange *exchange)
{
    return exchange->server->options->inspector_password;
}

bool ody__http_inspector_stands(ody_http_exchange *exchange)
{
    if (password(exchange)) {
        return true;
    }
    if (!exchange->server->options->debug) {
        ody__http_refuse_path(exchange);
    } else if (!ody__http_is_near(exchange)) {
        ody__http_refuse(exchange, 403, "%s", elsewhere);
    }
    return exchange->status == 0;
}

static bool has_session(const ody_http_exchange *exchange, ody_view token)
{
    return !password(exchange) ||
           ody_sessions_use(&exchange->server->sessions, token, ody_clock_ms());
}

bool ody__http_inspector_admits(ody_http_exchange *exchange, bool before_login)
{
    ody_view token = ody__http_header(exchange, TOKEN_HEADER);

    if (!ody__http_inspector_stands(exchange)) {
        return false;
    }
    if (!token.data || ody__http_is_cross_site(exchange)) {
        ody__http_refuse(exchange, 403,
                         "Only the inspector's own page may ask: the header "
                         "\"" TOKEN_HEADER "\" is missing");
    } else if (!before_login && !has_session(exchange, token)) {
        ody__http_refuse(exchange, 401, "Sign in with the inspector's password");
    }
    return exchange->status == 0;
}

static void log_failure(const uint8_t address[16])
{
    static ody_log_gate gate;
    char text[46];
    uint64_t suppressed;

    if (ody_log_gate_pass(&gate, ody_clock_ms(), &suppressed)) {
        ody_address_format(address, text, sizeof(text));
        ody_log(ODY_LOG_WARNING, "a password for the inspector was wrong", ODY_STRING("peer", text),
                ODY_NUMBER("suppressed", suppressed));
    }
}

static void welcome(ody_http_exchange *exchange)
{
    ody_bytes_append_literal(&exchange->output, "{\"token\":");
    ody_encode_string(&exchange->output,
                      ody_view_of(ody_sessions_begin(&exchange->server->sessions, ody_clock_ms())));
    ody_bytes_append_byte(&exchange->output, '}');
    ody__http_answer_json(exchange);
}

void ody__http_inspector_login(ody_http_exchange *exchange)
{
    ody_sessions *sessions = &exchange->server->sessions;
    ody_view sent = ody_query_find(&exchange->query, ODY_VIEW("password"));
    uint8_t address[16];

    ody__http_client(exchange, address);
    if (!password(exchange)) {
        ody__http_refuse(exchange, 404, "The inspector has no password");
    } else if (!ody_sessions_may_try(sessions, address, ody_clock_ms())) {
        exchange->retry = ODY_SESSION_PAUSE / 1000;
        ody__http_refuse(exchange, 429, "Too many wrong passwords: wait a moment");
    } else if (!sent.data || !ody_secret_equal(sent, ody_view_of(password(exchange)))) {
        ody_sessions_failed(sessions, address, ody_clock_ms());
        log_failure(address);
        ody__http_refuse(exchange, 401, "The password is wrong");
    } else {
        welcome(exchange);
    }
}

void ody__http_inspector_logout(ody_http_exchange *exchange)
{
    ody_sessions_end(&exchange->server->sessions, ody__http_header(exchange, TOKEN_HEADER));
    ody__http_waits_hurry(exchange->server);
    ody__http_answer_empty(exchange);
}

void ody__http_inspector_reload(ody_http_server *server, const ody_options *options)
{
    ody_view before = ody_view_of(server->options->inspector_password);

    if (!ody_secret_equal(before, ody_view_of(options->inspector_password))) {
        ody_sessions_clear(&server->sessions);
    }
    ody__http_waits_hurry(server);
}

/* SPDX-License-Identifier: MIT */
/* Who may ask what the inspector asks: sessions, passwords, other pages, other machines. */
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "live_http.h"

#define LOCAL "Host: localhost:9502\r\n"
#define NAMED "Host: ws.example.com\r\n"
#define PAGE "X-Inspector: page\r\n"
#define PASSWORD "correct horse battery"
#define REFUSED(text) "{\"success\":false,\"error\":\"" text "\"}"
#define NOT_THE_PAGE                                                                               \
    REFUSED("Only the inspector's own page may ask: the header \\\"X-Inspector\\\" is missing")
#define SIGN_IN REFUSED("Sign in with the inspector's password")

static live_http live;

static live_answer ask(const char *address, const char *request)
{
    int descriptor = live_connect_from(&live, address);
    live_answer answer;

    live_send_text(&live, descriptor, request);
    answer = live_read(&live, descriptor);
    close(descriptor);
    return answer;
}

static live_answer post(const char *address, const char *name, const char *headers,
                        const char *form)
{
    char request[8192];

    snprintf(request, sizeof(request),
             "POST /inspector/api/%s HTTP/1.1\r\n%sContent-Length: %zu\r\n\r\n%s", name, headers,
             strlen(form), form);
    return ask(address, request);
}

static live_answer get(const char *address, const char *name, const char *headers)
{
    char request[2048];

    snprintf(request, sizeof(request), "GET /inspector/api/%s HTTP/1.1\r\n%s\r\n", name, headers);
    return ask(address, request);
}

/* Signs in. @param header gets what later requests need. */
static void sign_in(const char *address, char header[128])
{
    live_answer answer = post(address, "login", NAMED PAGE, "password=correct+horse%20battery");
    const char *token = answer.body ? strstr(answer.body, "\":\"") : NULL;

    CHECK(token);
    snprintf(header, 128, NAMED "X-Inspector: %.*s\r\n", ODY_SESSION_TOKEN, token ? token + 3 : "");
    live_check_header(&answer, "Cache-Control", "no-store");
    live_check(answer, 200, NULL);
}

TEST(without_a_password_this_machine_may_ask)
{
    live_open_pages(&live, true, NULL);
    live_check(get("127.0.0.1", "overview", LOCAL PAGE), 200, "{\"numbers\":1}");
    live_check(get("10.1.2.3", "overview", LOCAL PAGE), 200, "{\"numbers\":1}");
    live_check(get("192.0.2.1", "overview", LOCAL PAGE), 403, NULL);
    live_check(get("127.0.0.1", "overview", NAMED PAGE), 403, NULL);
    live_check(get("127.0.0.1", "overview", LOCAL PAGE "Forwarded: for=::1\r\n"), 403, NULL);
    live_check(post("127.0.0.1", "login", LOCAL PAGE, "password=x"), 404,
               REFUSED("The inspector has no password"));
    live_close(&live);
}

TEST(pages_of_other_origins_may_not)
{
    live_open_pages(&live, true, NULL);
    live_check(get("127.0.0.1", "overview", LOCAL), 403, NOT_THE_PAGE);
    live_check(get("127.0.0.1", "overview", LOCAL PAGE "Sec-Fetch-Site: same-site\r\n"), 403,
               NOT_THE_PAGE);
    live_check(get("127.0.0.1", "overview", LOCAL PAGE "Sec-Fetch-Site: cross-site\r\n"), 403,
               NOT_THE_PAGE);
    live_check(get("127.0.0.1", "overview", LOCAL PAGE "Sec-Fetch-Site: same-origin\r\n"), 200,
               NULL);
    live_check(post("127.0.0.1", "logout", LOCAL, ""), 403, NOT_THE_PAGE);
    /* Nothing allows them to send the header. */
    live_check(ask("127.0.0.1", "OPTIONS /inspector/api/logout HTTP/1.1\r\n" LOCAL
                                "Origin: http://evil.example\r\n\r\n"),
               403, NULL);
    live_close(&live);
}

TEST(with_a_password_only_a_session_may_ask)
{
    char header[128];
    live_answer answer;

    live_open_pages(&live, true, PASSWORD);
    answer = get("127.0.0.1", "overview", LOCAL PAGE);
    live_check_header(&answer, "WWW-Authenticate", "X-Inspector");
    live_check_header(&answer, "Cache-Control", "no-store");
    live_check_header(&answer, "Content-Security-Policy",
                      "default-src 'none'; frame-ancestors 'none'");
    live_check(answer, 401, SIGN_IN);
    sign_in("192.0.2.1", header);
    live_check(get("192.0.2.1", "overview", header), 200, "{\"numbers\":1}");
    live_check(get("192.0.2.9", "overview", header), 200, "{\"numbers\":1}");
    header[strlen(header) - 3] ^= 1;
    live_check(get("192.0.2.1", "overview", header), 401, SIGN_IN);
    header[strlen(header) - 3] ^= 1;
    live_check(post("192.0.2.1", "logout", header, ""), 200, "{}");
    live_check(get("192.0.2.1", "overview", header), 401, SIGN_IN);
    live_close(&live);
}

TEST(what_is_asked_for_is_a_secret_until_then)
{
    live_open_pages(&live, false, PASSWORD);
    live_check(get("127.0.0.1", "nothing", LOCAL PAGE), 401, SIGN_IN);
    live_close(&live);
    live_open_pages(&live, true, NULL);
    live_check(get("127.0.0.1", "nothing", LOCAL PAGE), 404,
               REFUSED("There is nothing at this path"));
    live_check(get("127.0.0.1", "login", LOCAL PAGE), 405, NULL);
    live_check(post("127.0.0.1", "overview", LOCAL PAGE, ""), 405, NULL);
    live_close(&live);
}

TEST(wrong_passwords_are_refused_and_soon_not_even_heard)
{
    static const char *const forms[] = {"password=", "x=1", "password=correct+horse+batter",
                                        "password=Correct+horse+battery", "password=0"};
    live_answer answer;
    char header[128];

    live_open_pages(&live, false, PASSWORD);
    for (size_t index = 0; index < ODY_SESSION_TRIES; index++) {
        live_check(post("192.0.2.1", "login", NAMED PAGE, forms[index]), 401,
                   REFUSED("The password is wrong"));
    }
    answer = post("192.0.2.1", "login", NAMED PAGE, "password=correct+horse+battery");
    live_check_header(&answer, "Retry-After", "10");
    live_check(answer, 429, REFUSED("Too many wrong passwords: wait a moment"));
    sign_in("198.51.100.7", header);
    live_close(&live);
}

TEST(behind_a_trusted_proxy_each_client_fails_for_itself)
{
    char header[128];

    live_open_pages(&live, false, PASSWORD);
    for (int failure = 0; failure < ODY_SESSION_TRIES; failure++) {
        live_check(
            post("10.9.0.1", "login", NAMED PAGE "X-Forwarded-For: 192.0.2.1\r\n", "password=x"),
            401, NULL);
    }
    live_check(post("10.9.0.1", "login", NAMED PAGE "X-Forwarded-For: 192.0.2.1\r\n",
                    "password=correct+horse+battery"),
               429, NULL);
    sign_in("10.9.0.1", header);
    live_close(&live);
}

TEST(another_password_ends_all_sessions)
{
    ody_options changed;
    char header[128];

    live_open_pages(&live, false, PASSWORD);
    sign_in("192.0.2.1", header);
    changed = live.options;
    ody_http_server_reload(live.server, &changed);
    live_check(get("192.0.2.1", "overview", header), 200, NULL);
    changed.inspector_password = "another password";
    live.options = changed;
    live.options.inspector_password = PASSWORD;
    ody_http_server_reload(live.server, &live.options);
    ody_http_server_reload(live.server, &changed);
    live_check(get("192.0.2.1", "overview", header), 401, SIGN_IN);
    changed.inspector_password = NULL;
    live_check(get("192.0.2.1", "overview", header), 404, NULL);
    live_close(&live);
}

/* Takes another password over. */
static void change_password(ody_options *changed)
{
    *changed = live.options;
    changed->inspector_password = "another password";
    ody_http_server_reload(live.server, changed);
}

TEST(a_session_may_end_before_the_form_has_come)
{
    static const char form[] = "channel=c&event=e&data=d";
    ody_options changed;
    char header[128];
    char request[512];
    int descriptor;
    live_answer answer;

    live_open_pages(&live, false, PASSWORD);
    sign_in("192.0.2.1", header);
    descriptor = live_connect_from(&live, "192.0.2.1");
    snprintf(request, sizeof(request),
             "POST /inspector/api/publish HTTP/1.1\r\n%sContent-Length: %zu\r\n\r\n", header,
             strlen(form));
    live_send_text(&live, descriptor, request);
    CHECK(live_silent(&live, descriptor));
    change_password(&changed);
    live_send_text(&live, descriptor, form);
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "WWW-Authenticate", "X-Inspector");
    live_check(answer, 401, SIGN_IN);
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW(""));
    close(descriptor);
    live_close(&live);
}

/* Begins a tail and waits for its first message. @return the descriptor of the waiting request. */
static int wait_for_tail(const char *header)
{
    live_answer answer = post("192.0.2.1", "begin-tail", header, "channel=c");
    int descriptor = live_connect_from(&live, "192.0.2.1");
    unsigned long long tail = 0;
    char request[512];

    CHECK_EQUAL(sscanf(answer.body, "{\"tail\":%llu}", &tail), 1);
    live_check(answer, 200, NULL);
    snprintf(request, sizeof(request), "GET /inspector/api/tail?tail=%llu HTTP/1.1\r\n%s\r\n", tail,
             header);
    live_send_text(&live, descriptor, request);
    CHECK(live_silent(&live, descriptor));
    return descriptor;
}

TEST(whoever_waits_for_messages_gets_none_after_the_session)
{
    ody_options changed;
    char header[128];
    int descriptor;

    live_open_pages(&live, false, PASSWORD);
    sign_in("192.0.2.1", header);
    descriptor = wait_for_tail(header);
    live_check(post("192.0.2.1", "logout", header, ""), 200, "{}");
    ody__http_server_advance(live.server, ody_clock_ms() + 200);
    live_check(live_read(&live, descriptor), 401, SIGN_IN);
    close(descriptor);
    sign_in("192.0.2.1", header);
    descriptor = wait_for_tail(header);
    change_password(&changed);
    ody__http_server_advance(live.server, ody_clock_ms() + 400);
    live_check(live_read(&live, descriptor), 401, SIGN_IN);
    close(descriptor);
    live_close(&live);
}

TEST(a_stranger_cannot_have_much_kept)
{
    static char form[5000] = "password=";
    char header[128];

    memset(form + 9, 'x', 4096 - 9);
    live_open_pages(&live, false, PASSWORD);
    live_check(post("192.0.2.1", "login", NAMED PAGE, form), 401, NULL);
    form[4096] = 'x';
    live_check(post("192.0.2.1", "login", NAMED PAGE, form), 413,
               REFUSED("The request body exceeds the allowed maximum (4096 bytes)"));
    sign_in("192.0.2.1", header);
    live_check(post("192.0.2.1", "publish", header, form), 400, NULL);
    live_close(&live);
}

TEST(a_form_that_is_none_is_refused)
{
    live_open_pages(&live, false, PASSWORD);
    live_check(post("192.0.2.1", "login", NAMED PAGE, "password=%ff"), 400, NULL);
    live_check(post("192.0.2.1", "login", NAMED PAGE, "password=a&password=b"), 400, NULL);
    live_close(&live);
}

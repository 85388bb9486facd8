/* SPDX-License-Identifier: MIT */
/* Who may broadcast with nothing but the api_key, and who may read the metrics. */
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "live_http.h"

static live_http live;

static void open_live(void)
{
    live_init(&live);
    live.options.http.broadcast_key = "broadcast";
    live.options.http.metrics_token = "token";
    live_open(&live, false);
}

#define BODY(rest) "{\"channel\":\"c\",\"event\":\"e\",\"data\":\"d\",\"api_key\":\"key\"" rest "}"
#define SENT "{\"success\":true,\"sent_to\":3}"
#define UNAUTHORISED                                                                               \
    "{\"success\":false,\"error\":\"The api_key suffices only for requests of this machine and "   \
    "of the networks in http_api.trusted. Send http_api.broadcast_key as broadcast_key or as "     \
    "Authorization: Bearer, or sign the request as Pusher's HTTP API does\"}"

/* Broadcasts as from that address with those headers. */
static void broadcast(const char *address, const char *headers, const char *body, int status,
                      const char *answer)
{
    char request[4096];

    snprintf(request, sizeof(request),
             "POST /api/broadcast HTTP/1.1\r\n%sContent-Length: %zu\r\n\r\n%s", headers,
             strlen(body), body);
    live_ask(&live, address, request, status, answer);
}

static void metrics(const char *address, const char *target, const char *headers, int status)
{
    char request[4096];

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n%s\r\n", target, headers);
    live_ask(&live, address, request, status, status == 200 ? "ody_up 1\n" : NULL);
}

#define LOCAL "Host: localhost:9502\r\n"

TEST(a_local_request_needs_the_api_key_only)
{
    open_live();
    broadcast("127.0.0.1", LOCAL, BODY(""), 200, SENT);
    broadcast("127.8.8.8", "Host: 127.0.0.1\r\n", BODY(""), 200, SENT);
    broadcast("::1", "Host: [::1]:9502\r\n", BODY(""), 200, SENT);
    CHECK_VIEW(ody_view_of(live.asked),
               ODY_VIEW("publish 0 c e d 0\npublish 0 c e d 0\npublish 0 c e d 0\n"));
    live_close(&live);
}

TEST(nothing_else_makes_a_request_local)
{
    static const char *const headers[] = {
        "Host: ws.example.com\r\n",
        LOCAL "Origin: http://localhost:9502\r\n",
        LOCAL "Origin: http://evil.example\r\n",
        LOCAL "Origin: null\r\n",
        LOCAL "Sec-Fetch-Site: cross-site\r\n",
        LOCAL "Sec-Fetch-Site: same-origin\r\n",
        LOCAL "Forwarded: for=127.0.0.1\r\n",
        LOCAL "X-Forwarded-For: 127.0.0.1\r\n",
        LOCAL "x-forwarded-proto: https\r\n",
        LOCAL "X-Real-IP: 127.0.0.1\r\n",
        LOCAL "Via: 1.1 proxy\r\n",
    };

    open_live();
    for (size_t index = 0; index < sizeof(headers) / sizeof(headers[0]); index++) {
        broadcast("127.0.0.1", headers[index], BODY(""), 401, UNAUTHORISED);
        metrics("127.0.0.1", "/metrics", headers[index], 401);
    }
    broadcast("192.0.2.1", LOCAL, BODY(""), 401, UNAUTHORISED);
    broadcast("2001:db8::1", LOCAL, BODY(""), 401, UNAUTHORISED);
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW(""));
    live_close(&live);
}

TEST(each_request_of_a_connection_is_judged_anew)
{
    static const char local[] =
        "POST /api/broadcast HTTP/1.1\r\n" LOCAL "Content-Length: 54\r\n\r\n" BODY("");
    static const char proxied[] =
        "POST /api/broadcast HTTP/1.1\r\n" LOCAL
        "X-Forwarded-For: 192.0.2.9\r\nContent-Length: 54\r\n\r\n" BODY("");
    int descriptor;

    CHECK_EQUAL(strlen(BODY("")), 54);
    open_live();
    descriptor = live_connect_from(&live, "127.0.0.1");
    live_send_text(&live, descriptor, local);
    live_send_text(&live, descriptor, proxied);
    live_send_text(&live, descriptor, local);
    live_check(live_read(&live, descriptor), 200, SENT);
    live_check(live_read(&live, descriptor), 401, UNAUTHORISED);
    live_check(live_read(&live, descriptor), 200, SENT);
    close(descriptor);
    live_close(&live);
}

TEST(trusted_networks_are_as_good_as_local)
{
    open_live();
    broadcast("10.1.2.3", "Host: ws.example.com\r\n", BODY(""), 200, SENT);
    metrics("10.1.2.3", "/metrics", "Host: ws.example.com\r\n", 200);
    /* Not for a browser there, nor for whoever stands behind an unknown proxy there. */
    broadcast("10.1.2.3", LOCAL "Origin: http://intranet\r\n", BODY(""), 401, UNAUTHORISED);
    broadcast("10.1.2.3", LOCAL "X-Forwarded-For: 10.1.2.4\r\n", BODY(""), 401, UNAUTHORISED);
    broadcast("10.1.2.3", LOCAL "Forwarded: for=10.1.2.4\r\n", BODY(""), 401, UNAUTHORISED);
    live_close(&live);
}

TEST(behind_a_trusted_proxy_the_client_counts)
{
    open_live();
    broadcast("10.9.0.1", LOCAL "X-Forwarded-For: 10.1.2.4\r\n", BODY(""), 200, SENT);
    broadcast("10.9.0.1", LOCAL "X-Forwarded-For: 192.0.2.9\r\n", BODY(""), 401, UNAUTHORISED);
    broadcast("10.9.0.1", LOCAL "X-Forwarded-For: 10.1.2.4, 192.0.2.9\r\n", BODY(""), 401,
              UNAUTHORISED);
    broadcast("10.9.0.1", LOCAL "X-Forwarded-For: 127.0.0.1\r\n", BODY(""), 401, UNAUTHORISED);
    broadcast("10.9.0.1", LOCAL, BODY(""), 401, UNAUTHORISED);
    live_close(&live);
}

TEST(many_headers_hide_no_proxy)
{
    char headers[2048] = LOCAL;

    open_live();
    for (int count = 0; count < 64; count++) {
        strcat(headers, "X: y\r\n");
    }
    strcat(headers, "X-Forwarded-For: 192.0.2.9\r\n");
    broadcast("127.0.0.1", headers, BODY(""), 401, UNAUTHORISED);
    live_close(&live);
}

TEST(the_broadcast_key_opens_from_anywhere)
{
    open_live();
    broadcast("192.0.2.1", "Host: x\r\n", BODY(",\"broadcast_key\":\"broadcast\""), 200, SENT);
    broadcast("192.0.2.1", "Host: x\r\nAuthorization: Bearer broadcast\r\n", BODY(""), 200, SENT);
    broadcast("192.0.2.1", "Host: x\r\nauthorization: bearer  broadcast \r\n", BODY(""), 200, SENT);
    broadcast("192.0.2.1", "Host: x\r\nOrigin: http://page\r\nAuthorization: Bearer broadcast\r\n",
              BODY(""), 200, SENT);
    broadcast("192.0.2.1", "Host: x\r\n", BODY(",\"broadcast_key\":\"Broadcast\""), 401,
              UNAUTHORISED);
    broadcast("192.0.2.1", "Host: x\r\n", BODY(",\"broadcast_key\":\"\""), 401, UNAUTHORISED);
    broadcast("192.0.2.1", "Host: x\r\nAuthorization: Bearer \r\n", BODY(""), 401, UNAUTHORISED);
    broadcast("192.0.2.1", "Host: x\r\nAuthorization: Basic broadcast\r\n", BODY(""), 401,
              UNAUTHORISED);
    broadcast("192.0.2.1",
              "Host: x\r\nAuthorization: Bearer broadcast\r\nAuthorization: Bearer no\r\n",
              BODY(""), 401, UNAUTHORISED);
    live_close(&live);
}

TEST(without_a_broadcast_key_there_is_none)
{
    open_live();
    live.options.http.broadcast_key = NULL;
    live.options.http.metrics_token = NULL;
    broadcast("192.0.2.1", "Host: x\r\n", BODY(",\"broadcast_key\":\"\""), 401, UNAUTHORISED);
    metrics("192.0.2.1", "/metrics?token=", "Host: x\r\n", 401);
    live_close(&live);
}

TEST(a_broadcast_may_be_signed)
{
    char request[16384];

    open_live();
    live_sign(request, "POST", "/api/broadcast", BODY(""));
    live_ask(&live, "192.0.2.1", request, 200, SENT);
    live_sign_as(request, KEY, "wrong", ody_clock_unix_ms() / 1000, "POST", "/api/broadcast",
                 BODY(""));
    live_ask(&live, "192.0.2.1", request, 401, NULL);
    live_ask(&live, "127.0.0.1", request, 401, NULL);
    live_sign(request, "POST", "/api/broadcast", BODY(""));
    strstr(request, "\"d\"")[1] = 'x';
    live_ask(&live, "192.0.2.1", request, 401,
             "{\"success\":false,\"error\":\"Invalid body MD5: body_md5 is not the digest of the "
             "body\"}");
    live_sign_as(request, "key2", "secret2", ody_clock_unix_ms() / 1000, "POST", "/api/broadcast",
                 BODY(""));
    live_ask(&live, "192.0.2.1", request, 401, NULL);
    live_close(&live);
}

TEST(a_broadcast_goes_to_the_app_of_its_key)
{
    open_live();
    broadcast("127.0.0.1", LOCAL,
              "{\"channel\":\"c\",\"event\":\"e\",\"data\":{\"a\": 1},\"api_key\":\"key2\"}", 200,
              SENT);
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW("publish 1 c e {\"a\":1} 0\n"));
    broadcast("127.0.0.1", LOCAL,
              "{\"channel\":\"c\",\"event\":\"e\",\"data\":1,\"api_key\":\"key3\"}", 401,
              "{\"success\":false,\"error\":\"No app has this api_key\"}");
    live_close(&live);
}

TEST(a_broadcast_may_be_a_form)
{
    open_live();
    broadcast("127.0.0.1", LOCAL "Content-Type: application/x-www-form-urlencoded\r\n",
              "channel=c&event=e&data=%7B%7D&api_key=key", 200, SENT);
    /* What curl says of everything. */
    broadcast("127.0.0.1", LOCAL "Content-Type: application/x-www-form-urlencoded\r\n", BODY(""),
              200, SENT);
    broadcast("127.0.0.1", LOCAL "Content-Type: application/x-www-form-urlencoded\r\n", "channel=c",
              400, "{\"success\":false,\"error\":\"Missing required field: event\"}");
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW("publish 0 c e {} 0\npublish 0 c e d 0\n"));
    live_close(&live);
}

TEST(bad_broadcasts_are_refused_in_json)
{
    open_live();
    broadcast("127.0.0.1", LOCAL, "x", 400,
              "{\"success\":false,\"error\":\"Invalid request body (not valid JSON)\"}");
    broadcast("127.0.0.1", LOCAL, "{\"channel\":\"c\"}", 400,
              "{\"success\":false,\"error\":\"Missing required field: event\"}");
    broadcast("127.0.0.1", LOCAL,
              "{\"channel\":\"missing\",\"event\":\"e\",\"data\":1,\"api_key\":\"key\"}", 404,
              "{\"success\":false,\"error\":\"channel \\\"missing\\\" does not exist: it has no "
              "subscribers\"}");
    live_ask(&live, "127.0.0.1", "GET /api/broadcast HTTP/1.1\r\n" LOCAL "\r\n", 405,
             "{\"success\":false,\"error\":\"This path does not take the method of the "
             "request\"}");
    live.apps[0].enabled = false;
    broadcast("127.0.0.1", LOCAL, BODY(""), 403,
              "{\"success\":false,\"error\":\"The app is disabled\"}");
    live_close(&live);
}

TEST(pages_may_ask_before_they_broadcast)
{
    live_answer answer;
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor,
                   "OPTIONS /api/broadcast HTTP/1.1\r\nHost: x\r\nOrigin: http://page\r\n"
                   "Access-Control-Request-Method: POST\r\n"
                   "Access-Control-Request-Headers: content-type\r\n\r\n");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Access-Control-Allow-Origin", "*");
    live_check_header(&answer, "Access-Control-Allow-Methods", "POST");
    live_check_header(&answer, "Access-Control-Allow-Headers", "Authorization, Content-Type");
    live_check_header(&answer, "Access-Control-Allow-Credentials", NULL);
    live_check(answer, 204, "");
    live_send_text(&live, descriptor,
                   "POST /api/broadcast HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Access-Control-Allow-Origin", "*");
    live_check(answer, 400, NULL);
    live_send_text(&live, descriptor, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Access-Control-Allow-Origin", NULL);
    live_check(answer, 401, NULL);
    close(descriptor);
    live_close(&live);
}

TEST(metrics_are_for_those_with_the_token)
{
    live_answer answer;
    int descriptor;

    open_live();
    metrics("127.0.0.1", "/metrics", LOCAL, 200);
    metrics("192.0.2.1", "/metrics", "Host: x\r\n", 401);
    metrics("192.0.2.1", "/metrics?token=token", "Host: x\r\n", 200);
    metrics("192.0.2.1", "/metrics?token=Token", "Host: x\r\n", 401);
    metrics("192.0.2.1", "/metrics?token=", "Host: x\r\n", 401);
    metrics("192.0.2.1", "/metrics", "Host: x\r\nAuthorization: Bearer token\r\n", 200);
    metrics("192.0.2.1", "/metrics", "Host: x\r\nAuthorization: Bearer tokens\r\n", 401);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, "GET /metrics HTTP/1.1\r\n" LOCAL "\r\n");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    live_check(answer, 200, NULL);
    close(descriptor);
    live_close(&live);
}

TEST(without_metrics_there_is_no_page)
{
    open_live();
    live.server->setup.metrics = NULL;
    metrics("127.0.0.1", "/metrics", LOCAL, 404);
    live_close(&live);
}

/* SPDX-License-Identifier: MIT */
/* Everything that is refused: with which status, which words, and that nothing was published. */
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "live_http.h"

static live_http live;

static void open_live(void)
{
    live_init(&live);
    live_open(&live, false);
}

static void close_live(void)
{
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW(""));
    live_close(&live);
}

#define EVENT(rest) "{\"name\":\"e\",\"data\":\"d\"" rest "}"

/* A large text is the only thing that is not written out. */
static char *event_of_size(size_t size)
{
    char *body = malloc(size + 100);
    char *data = malloc(size + 1);

    memset(data, 'x', size);
    data[size] = '\0';
    sprintf(body, "{\"name\":\"e\",\"channel\":\"c\",\"data\":\"%s\"}", data);
    free(data);
    return body;
}

TEST(refuses_bad_events_with_400)
{
    static const struct {
        const char *body;
        const char *sentence;
    } rows[] = {
        {"{", "Invalid request body (not valid JSON)"},
        {"[]", "Invalid request body (must be a JSON object)"},
        {"{\"name\":\"\xff\"}", "Invalid request body (not valid UTF-8)"},
        {"{\"a\":1,\"a\":1}", "Invalid request body (an object has the same key twice)"},
        {"{}", "Missing required parameter: name"},
        {EVENT(""), "Missing required parameter: channel"},
        {EVENT(",\"channel\":1"), "Expected channel name to be a string"},
        {EVENT(",\"channel\":\"\""),
         "invalid channel name: 1 to 200 of the characters A-Z a-z 0-9 _ - = @ , . ; are allowed"},
        {EVENT(",\"channel\":\"#server-to-other\""), NULL},
        {EVENT(",\"channel\":\"c\",\"socket_id\":\"1\""),
         "invalid socket id: two numbers with a dot between are expected"},
        {EVENT(",\"channel\":\"c\",\"info\":\"users\""),
         "Invalid info attribute: user_count, subscription_count and cache are known"},
        {"{\"name\":\"\",\"data\":\"d\",\"channel\":\"c\"}",
         "invalid event name: it has 0 bytes, 1 to 200 are allowed"},
    };

    open_live();
    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        live_api(&live, "POST", "/apps/1/events", rows[index].body, 400, rows[index].sentence);
    }
    close_live();
}

TEST(takes_an_event_of_the_largest_size_and_no_larger_one)
{
    char request[16384];
    char *body;

    open_live();
    body = event_of_size(10241);
    live_sign(request, "POST", "/apps/1/events", body);
    live_ask(&live, "192.0.2.1", request, 413,
             "The data content of this event exceeds the allowed maximum (10240 bytes)");
    free(body);
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW(""));
    body = event_of_size(10240);
    live_sign(request, "POST", "/apps/1/events", body);
    live_ask(&live, "192.0.2.1", request, 200, "{}");
    free(body);
    live_close(&live);
}

TEST(one_large_event_refuses_the_whole_batch)
{
    char request[16384], batch[16384];
    char *body;

    open_live();
    body = event_of_size(10241);
    sprintf(batch, "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\"},%s]}", body);
    live_sign(request, "POST", "/apps/1/batch_events", batch);
    live_ask(&live, "192.0.2.1", request, 413,
             "[Event 1] The data content of this event exceeds the allowed maximum (10240 bytes)");
    free(body);
    close_live();
}

TEST(a_large_whisper_is_refused)
{
    char request[16384];
    char *body;

    open_live();
    body = event_of_size(10241);
    live_sign(request, "POST", "/apps/1/connections/1.2/events", body);
    live_ask(&live, "192.0.2.1", request, 413,
             "The data content of this event exceeds the allowed maximum (10240 bytes)");
    free(body);
    close_live();
}

TEST(refuses_what_is_not_signed_with_401)
{
    char request[16384];

    open_live();
    live_ask(&live, "192.0.2.1", "GET /apps/1/channels HTTP/1.1\r\nHost: x\r\n\r\n", 401,
             "Missing required parameter: auth_key");
    live_sign_as(request, KEY, "wrong", ody_clock_unix_ms() / 1000, "GET", "/apps/1/channels",
                 NULL);
    live_ask(&live, "192.0.2.1", request, 401, NULL);
    live_sign_as(request, KEY, SECRET, ody_clock_unix_ms() / 1000 - 601, "GET", "/apps/1/channels",
                 NULL);
    live_ask(&live, "192.0.2.1", request, 401, NULL);
    /* Local or not: the API of an app is signed. */
    live_ask(&live, "127.0.0.1", "GET /apps/1/channels HTTP/1.1\r\nHost: localhost\r\n\r\n", 401,
             NULL);
    close_live();
}

TEST(every_endpoint_of_an_app_is_signed)
{
    static const char *const requests[] = {
        "POST /apps/1/events",
        "POST /apps/1/batch_events",
        "GET /apps/1/channels",
        "GET /apps/1/channels/c",
        "GET /apps/1/channels/presence-c/users",
        "POST /apps/1/channels/c/events?name=e",
        "GET /apps/1/channels/c/subscribers",
        "POST /apps/1/users/u/terminate_connections",
        "GET /apps/1/connections",
        "GET /apps/1/connections/1.2/channels/c",
        "POST /apps/1/connections/1.2/events",
        "HEAD /apps/1/channels",
    };

    open_live();
    for (size_t index = 0; index < sizeof(requests) / sizeof(requests[0]); index++) {
        bool head = strncmp(requests[index], "HEAD", 4) == 0;
        int descriptor = live_connect(&live);
        live_answer answer;
        char request[512];

        snprintf(request, sizeof(request), "%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 requests[index]);
        live_send_text(&live, descriptor, request);
        answer = head ? live_read_head(&live, descriptor) : live_read(&live, descriptor);
        live_check(answer, 401, NULL);
        close(descriptor);
    }
    close_live();
}

TEST(a_body_that_was_changed_is_refused)
{
    char request[16384];

    open_live();
    live_sign(request, "POST", "/apps/1/events", EVENT(",\"channel\":\"c\""));
    *strstr(request, "\"d\"") = ' ';
    live_ask(&live, "192.0.2.1", request, 401,
             "Invalid body MD5: body_md5 is not the digest of the body");
    close_live();
}

TEST(unknown_apps_and_paths_are_404)
{
    char request[16384];

    open_live();
    live_api(&live, "GET", "/apps/3/channels", NULL, 404, "There is no such app");
    live_api(&live, "POST", "/apps/3/events", "{}", 404, "There is no such app");
    live_ask(&live, "192.0.2.1", "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404,
             "There is nothing at this path");
    live_sign(request, "GET", "/apps/1/nothing", NULL);
    live_ask(&live, "192.0.2.1", request, 404, "There is nothing at this path");
    close_live();
}

TEST(other_methods_are_405_and_say_which_are_right)
{
    static const struct {
        const char *request;
        const char *allowed;
    } rows[] = {
        {"GET /apps/1/events", "POST"},     {"DELETE /apps/1/channels", "GET, HEAD"},
        {"POST /up", "GET, HEAD"},          {"PUT /api/broadcast", "POST, OPTIONS"},
        {"OPTIONS /apps/1/events", "POST"}, {"get /up", "GET, HEAD"},
    };

    open_live();
    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        int descriptor = live_connect(&live);
        live_answer answer;
        char request[512];

        snprintf(request, sizeof(request), "%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 rows[index].request);
        live_send_text(&live, descriptor, request);
        answer = live_read(&live, descriptor);
        live_check_header(&answer, "Allow", rows[index].allowed);
        live_check(answer, 405, NULL);
        close(descriptor);
    }
    close_live();
}

TEST(a_disabled_app_is_403)
{
    open_live();
    live.apps[0].enabled = false;
    live_api(&live, "POST", "/apps/1/events", EVENT(",\"channel\":\"c\""), 403,
             "The app is disabled");
    live_api(&live, "GET", "/apps/1/channels", NULL, 403, "The app is disabled");
    close_live();
}

TEST(a_malformed_query_is_400)
{
    open_live();
    live_ask(&live, "192.0.2.1", "GET /apps/1/channels?a=1&a=2 HTTP/1.1\r\nHost: x\r\n\r\n", 400,
             "The query string has a parameter twice");
    live_ask(&live, "192.0.2.1", "GET /apps/1/channels?a=%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400,
             NULL);
    live_ask(&live, "192.0.2.1", "GET /up?a=%ff&a=1 HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    close_live();
}

TEST(too_many_events_are_429)
{
    live_answer answer;
    char request[16384];
    int descriptor;

    open_live();
    live.apps[0].limits.events_per_second = 2;
    live_api(&live, "POST", "/apps/1/events", EVENT(",\"channel\":\"c\""), 200, "{}");
    live_api(&live, "POST", "/apps/1/batch_events",
             "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\"},"
             "{\"name\":\"a\",\"data\":\"2\",\"channel\":\"c\"},"
             "{\"name\":\"a\",\"data\":\"3\",\"channel\":\"c\"},"
             "{\"name\":\"a\",\"data\":\"4\",\"channel\":\"c\"}]}",
             200, "{}");
    descriptor = live_connect(&live);
    live_sign(request, "POST", "/apps/1/events", EVENT(",\"channel\":\"c\""));
    live_send_text(&live, descriptor, request);
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Retry-After", "1");
    live_check(answer, 429, "The app may publish 2 events per second");
    close(descriptor);
    live_api(&live, "GET", "/apps/1/channels", NULL, 200, NULL);
    live_close(&live);
}

TEST(an_overloaded_hub_is_503)
{
    live_answer answer;
    char request[16384];
    int descriptor;

    open_live();
    live.jammed = true;
    descriptor = live_connect(&live);
    live_sign(request, "POST", "/apps/1/events", EVENT(",\"channel\":\"c\""));
    live_send_text(&live, descriptor, request);
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Retry-After", "1");
    live_check(answer, 503, "the server is overloaded");
    close(descriptor);
    close_live();
}

TEST(what_fails_at_a_shard_is_told)
{
    open_live();
    live_api(&live, "POST", "/apps/1/events", EVENT(",\"channel\":\"broken\""), 503,
             "channel \"broken\": out of memory");
    live_api(&live, "POST", "/apps/1/batch_events",
             "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\"},"
             "{\"name\":\"a\",\"data\":\"2\",\"channel\":\"broken\"}]}",
             503, "channel \"broken\": out of memory");
    live_api(&live, "GET", "/apps/1/channels/broken", NULL, 503,
             "channel \"broken\": out of memory");
    live_close(&live);
}

TEST(a_hub_that_does_not_answer_is_504)
{
    char request[16384];
    int descriptor;

    open_live();
    live.hold = true;
    descriptor = live_connect(&live);
    live_sign(request, "GET", "/apps/1/channels", NULL);
    live_send_text(&live, descriptor, request);
    CHECK(live_silent(&live, descriptor));
    ody_requests_advance(live.requests, ody_clock_ms() + ODY_REQUEST_TIME + 1);
    live_check(live_read(&live, descriptor), 504, "timed out");
    close(descriptor);
    close_live();
}

TEST(no_browser_takes_a_refusal_for_a_page)
{
    live_answer answer;
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor,
                   "GET /apps/1/channels?auth_key=<script>&auth_timestamp=1&auth_version=1.0&"
                   "auth_signature=x HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Content-Type", "text/plain; charset=utf-8");
    live_check_header(&answer, "X-Content-Type-Options", "nosniff");
    live_check(answer, 401, "Unknown auth_key \"<script>\" for this app");
    close(descriptor);
    close_live();
}

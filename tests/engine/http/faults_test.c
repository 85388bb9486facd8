/* SPDX-License-Identifier: MIT */
/* Every allocation of a request fails once: its caller gets a refusal or is hung up on, everybody
 * else is served. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/memory.h"
#include "live_http.h"

/* More allocations than any request makes. */
#define FAULTS 60

static live_http live;

/* What comes on one connection until it is quiet. @return the status, or 0 when it was closed. */
static int outcome(int descriptor)
{
    char answer[8192] = {0};
    ssize_t count = -1;

    for (int round = 0; round < 30; round++) {
        live_turn(&live);
        count = recv(descriptor, answer, sizeof(answer) - 1, MSG_PEEK);
        if (count == 0 || (count < 0 && errno != EAGAIN)) {
            return 0;
        }
    }
    if (count < 0) {
        FAIL("no answer, but the connection is open");
    }
    CHECK(strncmp(answer, "HTTP/1.1 ", 9) == 0);
    return atoi(answer + 9);
}

static void check_faults(const char *request, int good)
{
    int refused = 0;

    for (long n = 1; n <= FAULTS; n++) {
        int descriptor, status;

        ody_memory_fail_at(n);
        descriptor = live_connect(&live);
        live_send_text(&live, descriptor, request);
        status = outcome(descriptor);
        ody_memory_fail_at(0);
        if (status != good && status != 0 && status != 503) {
            FAIL("fault %ld: %d", n, status);
        }
        refused += status == 503;
        close(descriptor);
        live_turn(&live);
        live_turn(&live);
        CHECK_EQUAL(ody_http_server_look(live.server).requests, 0);
        CHECK_EQUAL(ody_http_server_look(live.server).body_bytes, 0);
        CHECK_EQUAL(ody_http_server_look(live.server).answer_bytes, 0);
        CHECK_EQUAL(ody_http_server_look(live.server).connections, 0);
        CHECK_EQUAL(ody_requests_pending(live.requests), 0);
    }
    CHECK(refused > 0);
    live_ask(&live, "127.0.0.1", request, good, NULL);
}

TEST(every_allocation_of_a_signed_request_may_fail)
{
    static const struct {
        const char *method;
        const char *path;
        const char *body;
        int status;
    } rows[] = {
        {"POST", "/apps/1/events",
         "{\"name\":\"e\",\"data\":\"d\",\"channels\":[\"c\",\"presence-d\"],\"info\":"
         "\"user_count\"}",
         200},
        {"POST", "/apps/1/batch_events",
         "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\"},"
         "{\"name\":\"b\",\"data\":\"2\",\"channel\":\"presence-d\",\"info\":\"user_count\"}]}",
         200},
        {"GET", "/apps/1/channels?info=subscription_count", NULL, 200},
        {"GET", "/apps/1/channels/cache-c?info=cache", NULL, 200},
        {"GET", "/apps/1/channels/presence-c/users", NULL, 200},
        {"GET", "/apps/1/channels/c/subscribers", NULL, 200},
        {"POST", "/apps/1/channels/c/events?name=e", "data", 202},
        {"POST", "/apps/1/users/%75/terminate_connections", "{}", 200},
        {"GET", "/apps/1/connections", NULL, 200},
        {"GET", "/apps/1/connections/1.2/channels/yes", NULL, 200},
        {"POST", "/apps/1/connections/1.2/events", "{\"name\":\"e\",\"data\":\"d\"}", 200},
        {"POST", "/apps/1/events", "{", 400},
    };

    live_init(&live);
    live_open(&live, false);
    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        char request[16384];

        live_sign(request, rows[index].method, rows[index].path, rows[index].body);
        check_faults(request, rows[index].status);
    }
    live_close(&live);
}

TEST(every_allocation_of_a_refusal_may_fail)
{
    char request[16384];

    live_init(&live);
    live_open(&live, false);
    live_sign_as(request, KEY, "wrong", ody_clock_unix_ms() / 1000, "POST", "/apps/1/events",
                 "{\"a\":1}");
    check_faults(request, 401);
    live_close(&live);
}

TEST(every_allocation_of_a_broadcast_may_fail)
{
    char request[1024];
    const char *body = "{\"channel\":\"c\",\"event\":\"e\",\"data\":{\"a\":1},\"api_key\":\"key\"}";

    live_init(&live);
    live_open(&live, false);
    snprintf(request, sizeof(request),
             "POST /api/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    check_faults(request, 200);
    body = "channel=c&event=e&data=1&api_key=key";
    snprintf(request, sizeof(request),
             "POST /api/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
             "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    check_faults(request, 200);
    live_close(&live);
}

TEST(every_allocation_of_the_server_may_fail)
{
    int code;
    long n = 1;

    live_init(&live);
    live_open(&live, false);
    do {
        ody_http_server *server = NULL;
        ody_error error;

        ody_memory_fail_at(n++);
        code = ody_http_server_new(&live.server->setup, &server, &error);
        ody_memory_fail_at(0);
        CHECK(code == 0 || code == ODY_EMEMORY);
        ody_http_server_free(server);
    } while (code < 0);
    CHECK(n > 3);
    live_close(&live);
}

TEST(every_allocation_of_the_inspector_may_fail)
{
    static const struct {
        const char *first_line;
        const char *body;
    } rows[] = {
        {"GET /inspector/api/overview", ""},
        {"GET /inspector/api/connections?limit=3", ""},
        {"GET /inspector/api/channels?limit=3&after=1:b", ""},
        {"GET /inspector/api/channel?name=cache-x", ""},
        {"POST /inspector/api/publish", "channel=c&event=e&data=d"},
        {"POST /inspector/api/disconnect", "id=1.2"},
    };

    live_init(&live);
    live.options.debug = true;
    live_open(&live, false);
    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        char request[1024];

        snprintf(request, sizeof(request),
                 "%s HTTP/1.1\r\nHost: localhost\r\nX-Inspector: page\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 rows[index].first_line, strlen(rows[index].body), rows[index].body);
        check_faults(request, 200);
    }
    live_close(&live);
}

/* Reads a tail while an allocation fails. @return the status, or 0 when it was hung up on. */
static int read_tail(uint64_t tail, uint64_t after, long fail_at)
{
    char request[256];
    int descriptor, status;

    snprintf(request, sizeof(request),
             "GET /inspector/api/tail?tail=%llu&after=%llu HTTP/1.1\r\nHost: localhost\r\n"
             "X-Inspector: page\r\n\r\n",
             (unsigned long long)tail, (unsigned long long)after);
    ody_memory_fail_at(fail_at);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    status = outcome(descriptor);
    ody_memory_fail_at(0);
    close(descriptor);
    live_turn(&live);
    return status;
}

static ody_mail *seen(uint64_t tail, ody_sight sight, uint64_t left_out)
{
    ody_mail *mail = ody_mail_new(ODY_MAIL_OBSERVED, 0, &(ody_mail_texts){.data = ODY_VIEW("d")});

    mail->ticket = tail;
    mail->position = (uint16_t)sight;
    mail->number = left_out;
    return mail;
}

/* Refusals and answers that never were tell nobody how much was left out. */
TEST(what_was_left_out_is_told_in_the_first_answer_that_is_one)
{
    int refused = 0;

    live_init(&live);
    live.options.debug = true;
    live_open(&live, false);
    for (long n = 1, status = 503; status != 200; n++) {
        const ody_app *app = &live.options.apps[0];
        uint64_t tail;
        ody_error error;

        CHECK_EQUAL(ody_tails_open(live.tails, app, ODY_VIEW("c"), ODY_VIEW_NONE, ody_clock_ms(),
                                   &tail, &error),
                    0);
        ody_tails_mail(live.tails, seen(tail, ODY_SIGHT_EVENT, 0), 1);
        ody_tails_mail(live.tails, seen(tail, ODY_SIGHTS, 5), 1);
        status = read_tail(tail, 0, n);
        if (status == 503) {
            CHECK(ody_tails_read(live.tails, tail, 1, ody_clock_ms(), NULL, NULL, NULL) > 0);
        }
        refused += status == 503;
        ody_tails_close(live.tails, tail);
        CHECK(n < FAULTS);
    }
    CHECK(refused > 0);
    live_close(&live);
}

TEST(every_allocation_of_a_tail_may_fail)
{
    bool perfect = false;

    live_init(&live);
    live.options.debug = true;
    live_open(&live, false);
    for (long n = 1; !perfect; n++) {
        static const char form[] = "channel=c";
        char request[256];
        int descriptor;

        snprintf(request, sizeof(request),
                 "POST /inspector/api/begin-tail HTTP/1.1\r\nHost: localhost\r\n"
                 "X-Inspector: page\r\nContent-Length: %zu\r\n\r\n%s",
                 strlen(form), form);
        ody_memory_fail_at(n);
        descriptor = live_connect(&live);
        live_send_text(&live, descriptor, request);
        perfect = outcome(descriptor) == 200;
        ody_memory_fail_at(0);
        close(descriptor);
        live_turn(&live);
        /* One whose name its reader did not get ends, because nobody reads it. */
        CHECK(!perfect || ody_tails_count(live.tails) == 1);
        ody_tails_advance(live.tails, ody_clock_ms() + ODY_TAIL_TIME);
        CHECK_EQUAL(ody_tails_count(live.tails), 0);
        CHECK(n < FAULTS);
    }
    live_close(&live);
}

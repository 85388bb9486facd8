/* SPDX-License-Identifier: MIT */
/* Connections that take too long, leave too early or are too many; reload, drain and end. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "live_http.h"

static live_http live;
static char request[16384];

static void open_live(void)
{
    live_init(&live);
    live_open(&live, false);
    live_sign(request, "POST", "/apps/1/events",
              "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\"}");
}

static void pass(uint64_t milliseconds)
{
    ody__http_server_advance(live.server, ody_clock_ms() + milliseconds);
    live_turn(&live);
}

static size_t connections(void)
{
    return ody_http_server_look(live.server).connections;
}

#define UP "GET /up HTTP/1.1\r\nHost: x\r\n\r\n"

TEST(a_head_must_come_in_time)
{
    int silent, slow;

    open_live();
    silent = live_connect(&live);
    slow = live_connect(&live);
    live_send_text(&live, slow, "GET /up HTTP/1.1\r\nHost: x\r\nX: ");
    pass(4900);
    live_send_text(&live, slow, "y");
    CHECK_EQUAL(connections(), 2);
    pass(5100);
    CHECK(live_ended(&live, silent));
    CHECK(live_ended(&live, slow));
    CHECK_EQUAL(connections(), 0);
    CHECK_EQUAL(ody_http_server_look(live.server).timed_out, 2);
    close(silent);
    close(slow);
    live_close(&live);
}

TEST(a_body_must_come_in_time)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send(&live, descriptor, request, strlen(request) - 1);
    live_turn(&live);
    pass(29900);
    CHECK_EQUAL(connections(), 1);
    pass(30100);
    CHECK(live_ended(&live, descriptor));
    CHECK_EQUAL(connections(), 0);
    CHECK_EQUAL(ody_http_server_look(live.server).body_bytes, 0);
    close(descriptor);
    live_close(&live);
}

TEST(an_idle_connection_stays_for_a_while)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, UP);
    live_check(live_read(&live, descriptor), 200, NULL);
    pass(74900);
    live_send_text(&live, descriptor, UP);
    live_check(live_read(&live, descriptor), 200, NULL);
    pass(75200);
    CHECK(live_ended(&live, descriptor));
    close(descriptor);
    live_close(&live);
}

TEST(a_slow_second_head_does_not_get_more_time)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, UP "GET /up HTTP/1.1\r\n");
    live_check(live_read(&live, descriptor), 200, NULL);
    pass(74000);
    live_send_text(&live, descriptor, "Host: x\r\n");
    CHECK_EQUAL(connections(), 1);
    pass(75200);
    CHECK(live_ended(&live, descriptor));
    close(descriptor);
    live_close(&live);
}

TEST(a_suspended_request_is_not_cut)
{
    int descriptor;

    open_live();
    live.hold = true;
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    live_turn(&live);
    CHECK_EQUAL(ody_requests_pending(live.requests), 1);
    pass(1000000);
    CHECK_EQUAL(connections(), 1);
    live_release(&live);
    live_check(live_read(&live, descriptor), 200, "{}");
    close(descriptor);
    live_close(&live);
}

TEST(who_does_not_take_its_answer_is_cut)
{
    int small = 4096;
    int descriptor;

    open_live();
    live_sign(request, "GET", "/apps/1/channels/many-1000000/subscribers", NULL);
    descriptor = live_connect(&live);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    live_send_text(&live, descriptor, request);
    live_turn(&live);
    live_turn(&live);
    pass(29900);
    CHECK_EQUAL(connections(), 1);
    pass(30100);
    CHECK_EQUAL(connections(), 0);
    CHECK_EQUAL(ody_http_server_look(live.server).answer_bytes, 0);
    close(descriptor);
    live_close(&live);
}

TEST(a_peer_may_leave_while_its_request_is_suspended)
{
    int descriptor;

    open_live();
    live.hold = true;
    for (int count = 0; count < 20; count++) {
        static const struct linger at_once = {1, 0};

        descriptor = live_connect(&live);
        live_send_text(&live, descriptor, request);
        live_turn(&live);
        if (count % 2 == 0) {
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        }
        close(descriptor);
        live_turn(&live);
    }
    CHECK_EQUAL(ody_requests_pending(live.requests), 20);
    live_release(&live);
    for (int turn = 0; turn < 4; turn++) {
        live_turn(&live);
    }
    CHECK_EQUAL(connections(), 0);
    CHECK_EQUAL(ody_http_server_look(live.server).requests, 0);
    live_close(&live);
}

TEST(a_peer_may_leave_at_any_moment)
{
    open_live();
    for (size_t length = 0; length < strlen(request); length += 3) {
        int descriptor = live_connect(&live);

        live_send(&live, descriptor, request, length);
        live_turn(&live);
        close(descriptor);
        live_turn(&live);
    }
    live_turn(&live);
    CHECK_EQUAL(connections(), 0);
    CHECK_EQUAL(ody_http_server_look(live.server).body_bytes, 0);
    live_close(&live);
}

TEST(the_connection_that_waited_longest_gives_way)
{
    static int descriptors[ODY_HTTP_CONNECTIONS_MAX + 1];

    open_live();
    for (int index = 0; index < ODY_HTTP_CONNECTIONS_MAX; index++) {
        descriptors[index] = live_connect(&live);
        if (index == 0) {
            live_send_text(&live, descriptors[0], UP);
            live_check(live_read(&live, descriptors[0]), 200, NULL);
        }
    }
    CHECK_EQUAL(connections(), ODY_HTTP_CONNECTIONS_MAX);
    /* The first one has just been idle again: now it waits shorter than the second. */
    live_send_text(&live, descriptors[0], UP);
    live_check(live_read(&live, descriptors[0]), 200, NULL);
    descriptors[ODY_HTTP_CONNECTIONS_MAX] = live_connect(&live);
    CHECK_EQUAL(connections(), ODY_HTTP_CONNECTIONS_MAX);
    CHECK(live_ended(&live, descriptors[1]));
    live_send_text(&live, descriptors[ODY_HTTP_CONNECTIONS_MAX], UP);
    live_check(live_read(&live, descriptors[ODY_HTTP_CONNECTIONS_MAX]), 200, NULL);
    live_send_text(&live, descriptors[0], UP);
    live_check(live_read(&live, descriptors[0]), 200, NULL);
    CHECK_EQUAL(ody_http_server_look(live.server).evicted, 1);
    for (int index = 0; index <= ODY_HTTP_CONNECTIONS_MAX; index++) {
        close(descriptors[index]);
    }
    live_close(&live);
}

TEST(no_request_gives_way)
{
    static int descriptors[ODY_HTTP_CONNECTIONS_MAX];
    live_answer answer;
    int late;

    open_live();
    live.hold = true;
    for (int index = 0; index < ODY_HTTP_CONNECTIONS_MAX; index++) {
        descriptors[index] = live_connect(&live);
        live_send_text(&live, descriptors[index], request);
    }
    live_turn(&live);
    CHECK_EQUAL(ody_requests_pending(live.requests), ODY_HTTP_CONNECTIONS_MAX);
    late = live_connect(&live);
    answer = live_read(&live, late);
    live_check_header(&answer, "Retry-After", "1");
    live_check(answer, 503, "The server has too many HTTP connections.\n");
    CHECK(live_ended(&live, late));
    close(late);
    live_release(&live);
    for (int index = 0; index < ODY_HTTP_CONNECTIONS_MAX; index++) {
        live_check(live_read(&live, descriptors[index]), 200, "{}");
        close(descriptors[index]);
    }
    CHECK_EQUAL(ody_http_server_look(live.server).refused, 1);
    live_close(&live);
}

TEST(it_accepts_on_an_address_of_its_own)
{
    int descriptor;

    live_init(&live);
    live_open(&live, true);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, UP);
    live_check(live_read(&live, descriptor), 200, NULL);
    ody_http_server_drain(live.server);
    CHECK(live_ended(&live, descriptor));
    close(descriptor);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, UP);
    CHECK(live_silent(&live, descriptor));
    close(descriptor);
    live_close(&live);
}

TEST(a_drain_lets_everybody_finish)
{
    int idle, fresh, busy, half;
    live_answer answer;

    open_live();
    live.hold = true;
    idle = live_connect(&live);
    live_send_text(&live, idle, UP);
    live_check(live_read(&live, idle), 200, NULL);
    fresh = live_connect(&live);
    busy = live_connect(&live);
    live_send_text(&live, busy, request);
    half = live_connect(&live);
    live_send(&live, half, request, strlen(request) - 5);
    live_turn(&live);
    ody_http_server_drain(live.server);
    CHECK(live_ended(&live, idle));
    CHECK_EQUAL(ody_http_server_look(live.server).requests, 2);
    live_send_text(&live, half, request + strlen(request) - 5);
    live_release(&live);
    answer = live_read(&live, busy);
    live_check_header(&answer, "Connection", "close");
    live_check(answer, 200, "{}");
    CHECK(live_ended(&live, busy));
    live_check(live_read(&live, half), 200, "{}");
    live_send_text(&live, fresh, "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
    live_check(live_read(&live, fresh), 503, "The server is shutting down");
    CHECK(live_ended(&live, fresh));
    CHECK_EQUAL(ody_http_server_look(live.server).requests, 0);
    close(idle);
    close(fresh);
    close(busy);
    close(half);
    live_close(&live);
}

TEST(a_closed_server_publishes_nothing)
{
    int descriptor;

    open_live();
    ody_http_server_drain(live.server);
    ody_http_server_close(live.server);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    live_check(live_read(&live, descriptor), 503, "the server is shutting down");
    close(descriptor);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor,
                   "POST /api/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
    live_check(live_read(&live, descriptor), 503,
               "{\"success\":false,\"error\":\"the server is shutting down\"}");
    close(descriptor);
    live_ask(&live, "127.0.0.1", UP, 200, NULL);
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW(""));
    live_close(&live);
}

TEST(the_end_answers_what_is_suspended)
{
    char answer[1024] = {0};
    int descriptor, unfinished;

    open_live();
    live.hold = true;
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    unfinished = live_connect(&live);
    live_send(&live, unfinished, request, strlen(request) - 5);
    live_turn(&live);
    CHECK_EQUAL(ody_requests_pending(live.requests), 1);
    live_close(&live);
    CHECK(recv(descriptor, answer, sizeof(answer) - 1, 0) > 0);
    CHECK(strstr(answer, "HTTP/1.1 503 ") && strstr(answer, "the server is shutting down"));
    close(descriptor);
    close(unfinished);
}

TEST(a_batch_that_is_half_answered_can_be_dropped)
{
    int descriptor;

    open_live();
    live.hold = true;
    live_sign(request, "POST", "/apps/1/batch_events",
              "{\"batch\":[{\"name\":\"a\",\"data\":\"1\",\"channel\":\"c\"},"
              "{\"name\":\"b\",\"data\":\"2\",\"channel\":\"d\",\"info\":\"user_count\"}]}");
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    live_turn(&live);
    CHECK_EQUAL(ody_requests_pending(live.requests), 2);
    live_close(&live);
    close(descriptor);
}

TEST(an_app_may_vanish_while_its_body_comes)
{
    ody_options without;
    int gone, disabled;

    open_live();
    gone = live_connect(&live);
    live_send(&live, gone, request, strlen(request) - 5);
    disabled = live_connect(&live);
    live_send(&live, disabled, request, strlen(request) - 5);
    live_turn(&live);
    live.apps[0].enabled = false;
    live_send_text(&live, disabled, request + strlen(request) - 5);
    live_check(live_read(&live, disabled), 403, "The app is disabled");
    without = live.options;
    without.apps = live.apps + 1;
    without.app_count = 1;
    ody_requests_reload(live.requests, &without);
    ody_http_server_reload(live.server, &without);
    live_send_text(&live, gone, request + strlen(request) - 5);
    live_check(live_read(&live, gone), 404, "There is no such app");
    close(gone);
    close(disabled);
    live_close(&live);
}

TEST(counts_what_it_does)
{
    ody_http_state state;

    open_live();
    live_ask(&live, "127.0.0.1", request, 200, "{}");
    live_ask(&live, "127.0.0.1", "GET /x HTTP/1.1\r\nHost: x\r\n\r\n", 404, NULL);
    state = ody_http_server_look(live.server);
    CHECK_EQUAL(state.accepted, 2);
    CHECK_EQUAL(state.answers[2], 1);
    CHECK_EQUAL(state.answers[4], 1);
    CHECK_EQUAL(state.received, 37);
    CHECK_EQUAL(state.sent, 2 + strlen("There is nothing at this path"));
    live_close(&live);
}

/* SPDX-License-Identifier: MIT */
/* Bytes on their way: split anywhere, several requests at once, chunked, announced, too many. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "live_http.h"

static live_http live;
static char request[16384];

#define BODY "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\"}"

static void open_live(void)
{
    live_init(&live);
    live_open(&live, false);
    live_sign(request, "POST", "/apps/1/events", BODY);
}

static void close_live(int descriptor)
{
    close(descriptor);
    live_close(&live);
}

/* The signed request with another head: what stands between its first line and its body. */
static void with_head(const char *head)
{
    char line[8192];

    snprintf(line, sizeof(line), "%.*s", (int)(strstr(request, "\r\n") - request), request);
    snprintf(request, sizeof(request), "%s\r\nHost: localhost\r\n%s\r\n", line, head);
}

TEST(a_request_may_come_byte_by_byte)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    for (size_t index = 0; index < strlen(request); index++) {
        live_send(&live, descriptor, request + index, 1);
        live_turn(&live);
    }
    live_check(live_read(&live, descriptor), 200, "{}");
    close_live(descriptor);
}

TEST(a_request_may_be_split_anywhere)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    for (size_t split = 1; split < strlen(request); split += 7) {
        live_send(&live, descriptor, request, split);
        live_turn(&live);
        live_send_text(&live, descriptor, request + split);
        live_check(live_read(&live, descriptor), 200, "{}");
    }
    close_live(descriptor);
}

TEST(requests_may_be_pipelined)
{
    char several[65536] = "";
    int descriptor;

    open_live();
    for (int count = 0; count < 20; count++) {
        strcat(several, request);
        strcat(several, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, several);
    for (int count = 0; count < 20; count++) {
        live_check(live_read(&live, descriptor), 200, "{}");
        live_check(live_read(&live, descriptor), 200, "{\"health\":\"OK\"}");
    }
    CHECK(live_silent(&live, descriptor));
    close_live(descriptor);
}

TEST(pipelined_requests_wait_for_a_suspended_one)
{
    int descriptor;

    open_live();
    live.hold = true;
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    live_send_text(&live, descriptor, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(live_silent(&live, descriptor));
    live_release(&live);
    live_check(live_read(&live, descriptor), 200, "{}");
    live_check(live_read(&live, descriptor), 200, "{\"health\":\"OK\"}");
    close_live(descriptor);
}

TEST(a_body_may_be_chunked)
{
    int descriptor;

    open_live();
    with_head("Transfer-Encoding: chunked\r\n");
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    for (const char *body = BODY; *body; body++) {
        char chunk[16];

        snprintf(chunk, sizeof(chunk), "1;x=y\r\n%c\r\n", *body);
        live_send_text(&live, descriptor, chunk);
    }
    CHECK(live_silent(&live, descriptor));
    live_send_text(&live, descriptor, "0\r\nTrailer: t\r\n\r\nGET /up HTTP/1.1\r\nHost: x\r\n\r\n");
    live_check(live_read(&live, descriptor), 200, "{}");
    live_check(live_read(&live, descriptor), 200, "{\"health\":\"OK\"}");
    CHECK_VIEW(ody_view_of(live.asked), ODY_VIEW("publish 0 c e d 0\n"));
    close_live(descriptor);
}

TEST(who_waits_for_leave_gets_it)
{
    live_answer answer;
    int descriptor;

    open_live();
    with_head("Content-Length: 37\r\nExpect: 100-continue\r\n");
    CHECK_EQUAL(strlen(BODY), 37);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    answer = live_read(&live, descriptor);
    live_check(answer, 100, NULL);
    live_send_text(&live, descriptor, BODY);
    live_check(live_read(&live, descriptor), 200, "{}");
    close_live(descriptor);
}

TEST(who_waits_for_leave_in_vain_need_not_send_the_body)
{
    live_answer answer;
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor,
                   "POST /apps/1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n"
                   "Expect: 100-continue\r\n\r\n");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Connection", "close");
    live_check(answer, 401, "Missing required parameter: auth_key");
    CHECK(live_ended(&live, descriptor));
    close_live(descriptor);
}

TEST(a_refused_request_leaves_the_connection_as_it_was)
{
    live_answer answer;
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor,
                   "POST /apps/1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Connection", NULL);
    live_check(answer, 401, NULL);
    live_send_text(&live, descriptor, request);
    live_check(live_read(&live, descriptor), 200, "{}");
    CHECK_EQUAL(ody_http_server_look(live.server).connections, 1);
    close_live(descriptor);
}

static void send_many(int descriptor, size_t count)
{
    static char bytes[65536];

    memset(bytes, ' ', sizeof(bytes));
    while (count > 0) {
        size_t piece = count < sizeof(bytes) ? count : sizeof(bytes);

        live_send(&live, descriptor, bytes, piece);
        count -= piece;
    }
}

TEST(a_body_that_is_somewhat_too_large_is_taken_in_and_refused)
{
    int descriptor;

    open_live();
    with_head("Content-Length: 100001\r\n");
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    send_many(descriptor, 100001);
    live_check(live_read(&live, descriptor), 413,
               "The request body exceeds the allowed maximum (100000 bytes)");
    CHECK_EQUAL(ody_http_server_look(live.server).body_bytes, 0);
    live_send_text(&live, descriptor, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n");
    live_check(live_read(&live, descriptor), 200, NULL);
    close_live(descriptor);
}

TEST(a_body_that_is_far_too_large_is_refused_before_it_comes)
{
    int descriptor;

    open_live();
    with_head("Content-Length: 1000000000\r\n");
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    live_check(live_read(&live, descriptor), 413,
               "The request body exceeds the allowed maximum (100000 bytes)");
    CHECK(live_ended(&live, descriptor));
    close_live(descriptor);
}

TEST(a_long_body_that_is_refused_does_not_hide_why)
{
    char line[64];
    int descriptor;

    open_live();
    snprintf(line, sizeof(line), "Content-Length: %u\r\n", 100000u + (1u << 20));
    with_head(line);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    send_many(descriptor, 100000 + (1u << 20));
    live_check(live_read(&live, descriptor), 413,
               "The request body exceeds the allowed maximum (100000 bytes)");
    close_live(descriptor);

    open_live();
    live.options.http.request_size = 4u << 20;
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor,
                   "POST /apps/1/events HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Length: 2000000\r\n\r\n");
    send_many(descriptor, 2000000);
    live_check(live_read(&live, descriptor), 401, "Missing required parameter: auth_key");
    CHECK(live_ended(&live, descriptor));
    close_live(descriptor);
}

TEST(the_answer_reaches_a_peer_that_still_talks)
{
    int descriptor;

    open_live();
    with_head("Content-Length: 4000000\r\n");
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    send_many(descriptor, 4000000);
    live_check(live_read(&live, descriptor), 413, NULL);
    CHECK(live_ended(&live, descriptor));
    close_live(descriptor);
}

TEST(a_chunked_body_that_goes_on_for_ever_is_cut_with_an_answer)
{
    int descriptor;

    open_live();
    with_head("Transfer-Encoding: chunked\r\n");
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    for (int count = 0; count < 30; count++) {
        live_send_text(&live, descriptor, "10000\r\n");
        send_many(descriptor, 65536);
        live_send_text(&live, descriptor, "\r\n");
    }
    live_check(live_read(&live, descriptor), 413,
               "The request body exceeds the allowed maximum (100000 bytes)");
    CHECK(live_ended(&live, descriptor));
    CHECK_EQUAL(ody_http_server_look(live.server).body_bytes, 0);
    close_live(descriptor);
}

TEST(bodies_of_all_requests_together_are_bounded)
{
    live_answer answer;
    int descriptors[3];

    live_init(&live);
    live.options.http.request_size = 40u << 20;
    live_open(&live, false);
    for (int index = 0; index < 3; index++) {
        live_sign(request, "POST", "/apps/1/events", "x");
        with_head("Content-Length: 41943040\r\n");
        descriptors[index] = live_connect(&live);
        live_send_text(&live, descriptors[index], request);
        send_many(descriptors[index], (40u << 20) - (index < 2));
        while (index < 2 && ody_http_server_look(live.server).body_bytes !=
                                (size_t)(index + 1) * ((40u << 20) - 1)) {
            live_turn(&live);
        }
    }
    answer = live_read(&live, descriptors[2]);
    CHECK(answer.status == 503 || answer.status == 413);
    free(answer.body);
    CHECK_EQUAL(ody_http_server_look(live.server).body_bytes, (80u << 20) - 2);
    for (int index = 0; index < 3; index++) {
        close(descriptors[index]);
    }
    live_close(&live);
}

TEST(head_is_get_without_a_body)
{
    live_answer answer;
    int descriptor;

    open_live();
    live_sign(request, "HEAD", "/apps/1/channels/c", NULL);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, "HEAD /up HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = live_read_head(&live, descriptor);
    live_check_header(&answer, "Content-Length", "15");
    live_check(answer, 200, NULL);
    live_send_text(&live, descriptor, request);
    answer = live_read_head(&live, descriptor);
    live_check_header(&answer, "Content-Length", "17");
    live_check_header(&answer, "Content-Type", "application/json");
    live_check(answer, 200, NULL);
    CHECK(live_silent(&live, descriptor));
    close_live(descriptor);
}

TEST(a_peer_may_close_after_its_answer)
{
    live_answer answer;
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, "GET /up HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    answer = live_read(&live, descriptor);
    live_check_header(&answer, "Connection", "close");
    live_check(answer, 200, NULL);
    CHECK(live_ended(&live, descriptor));
    close_live(descriptor);
}

TEST(old_clients_are_served)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, "GET /up HTTP/1.0\r\n\r\n");
    live_check(live_read(&live, descriptor), 200, "{\"health\":\"OK\"}");
    CHECK(live_ended(&live, descriptor));
    close_live(descriptor);
}

TEST(a_peer_that_has_shut_its_side_gets_its_answer)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    CHECK_EQUAL(shutdown(descriptor, SHUT_WR), 0);
    live_check(live_read(&live, descriptor), 200, "{}");
    CHECK(live_ended(&live, descriptor));
    close_live(descriptor);
}

TEST(the_target_may_name_scheme_and_host)
{
    open_live();
    live_ask(&live, "192.0.2.1", "GET http://x:80/up?a=1 HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    live_ask(&live, "192.0.2.1", "GET https://x/up HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL);
    live_ask(&live, "192.0.2.1", "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", 400, NULL);
    live_ask(&live, "192.0.2.1", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400, NULL);
    live_close(&live);
}

TEST(a_large_answer_reaches_a_slow_reader)
{
    char path[] = "/apps/1/channels/many-1000000/subscribers";
    live_answer answer;
    int descriptor;

    open_live();
    live_sign(request, "GET", path, NULL);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, request);
    live_turn(&live);
    CHECK(ody_http_server_look(live.server).answer_bytes > 10000000);
    answer = live_read(&live, descriptor);
    CHECK(answer.length > 10000000);
    CHECK(strstr(answer.body, "\"63999937.1000006\"]}"));
    live_check(answer, 200, NULL);
    live_turn(&live);
    CHECK_EQUAL(ody_http_server_look(live.server).answer_bytes, 0);
    close_live(descriptor);
}

/* SPDX-License-Identifier: MIT */
/* A connection that was used for requests may become a WebSocket: its socket goes to a shard. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/memory.h"
#include "live_http.h"

static live_http live;

#define UP "GET /up HTTP/1.1\r\nHost: x\r\n\r\n"
#define HEAD                                                                                       \
    "GET /app/key?protocol=7 HTTP/1.1\r\nHost: x\r\nUpgrade: h2c, WebSocket\r\n"                   \
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                       \
    "Sec-WebSocket-Version: 13\r\nCookie: a=b; c=d\r\nEmpty: \r\n\r\n"

/* The socket lives on, whatever becomes of libmicrohttpd's end of it. */
static void check_given(int descriptor)
{
    char said[6];

    for (int round = 0; live.given < 0 && round < 10; round++) {
        live_turn(&live);
    }
    CHECK(live.given >= 0);
    CHECK_VIEW(ody_view_of(live.head), ODY_VIEW(HEAD));
    live_turn(&live);
    CHECK_EQUAL(ody_http_server_look(live.server).connections, 0);
    CHECK(live_silent(&live, descriptor));
    CHECK_EQUAL(send(live.given, "hello", 5, MSG_NOSIGNAL), 5);
    CHECK_EQUAL(recv(descriptor, said, sizeof(said), 0), 5);
    CHECK_EQUAL(send(descriptor, "again", 5, MSG_NOSIGNAL), 5);
    CHECK_EQUAL(recv(live.given, said, sizeof(said), 0), 5);
    close(live.given);
    live.given = -1;
    CHECK(live_ended(&live, descriptor));
}

TEST(a_first_request_may_ask_for_a_websocket)
{
    int descriptor;

    live_init(&live);
    live_open(&live, false);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, HEAD);
    check_given(descriptor);
    close(descriptor);
    CHECK_EQUAL(ody_http_server_look(live.server).answers[0], 0);
    live_close(&live);
}

TEST(so_may_a_later_one)
{
    int descriptor;

    live_init(&live);
    live_open(&live, false);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, UP);
    live_check(live_read(&live, descriptor), 200, NULL);
    live_send_text(&live, descriptor, UP HEAD);
    live_check(live_read(&live, descriptor), 200, NULL);
    check_given(descriptor);
    close(descriptor);
    live_close(&live);
}

TEST(many_connections_go_one_after_the_other)
{
    live_init(&live);
    live_open(&live, false);
    for (int count = 0; count < 100; count++) {
        int descriptor = live_connect(&live);

        live_send_text(&live, descriptor, HEAD);
        check_given(descriptor);
        close(descriptor);
    }
    live_close(&live);
}

TEST(an_address_of_its_own_has_no_websockets)
{
    int descriptor;

    live_init(&live);
    live.options.http.port = 1;
    live_open(&live, true);
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, HEAD);
    live_check(live_read(&live, descriptor), 426, NULL);
    close(descriptor);
    CHECK_EQUAL(live.given, -1);
    live_close(&live);
}

TEST(what_is_no_upgrade_stays)
{
    live_init(&live);
    live_open(&live, false);
    live_ask(&live, "192.0.2.1", "GET /up HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n", 200, NULL);
    live_ask(&live, "192.0.2.1", "POST /up HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n", 405,
             NULL);
    live_ask(&live, "192.0.2.1",
             "GET /up HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx", 200,
             NULL);
    CHECK_EQUAL(live.given, -1);
    live_close(&live);
}

TEST(a_shard_without_room_is_503)
{
    live_init(&live);
    live_open(&live, false);
    live.jammed = true;
    live_ask(&live, "192.0.2.1", HEAD, 503, "the server is overloaded");
    CHECK_EQUAL(live.given, -1);
    live_close(&live);
}

TEST(a_lack_of_memory_harms_nobody)
{
    live_init(&live);
    live_open(&live, false);
    for (long n = 1; n < 20; n++) {
        int descriptor;

        ody_memory_fail_at(n);
        descriptor = live_connect(&live);
        live_send_text(&live, descriptor, HEAD);
        live_turn(&live);
        live_turn(&live);
        ody_memory_fail_at(0);
        close(descriptor);
        if (live.given >= 0) {
            close(live.given);
            live.given = -1;
        }
        live_turn(&live);
        CHECK_EQUAL(ody_http_server_look(live.server).connections, 0);
    }
    live_close(&live);
}

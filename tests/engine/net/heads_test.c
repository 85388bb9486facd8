/* SPDX-License-Identifier: MIT */
/* Requests that are good, but larger, odder or quicker than usual. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "await.h"
#include "house.h"
#include "test.h"

#define UPGRADE_TAIL                                                                               \
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                       \
    "Sec-WebSocket-Version: 13\r\n\r\n"

static void expect_open(const net_house *house, const char *request)
{
    int client = raw_connect(house, 0);
    char *answer;

    raw_send_text(client, request);
    answer = raw_read_until(client, "activity_timeout");
    CHECK(strstr(answer, "HTTP/1.1 101 ") == answer);
    CHECK(strstr(answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != NULL);
    free(answer);
    close(client);
}

TEST(heads_up_to_the_limit_are_read)
{
    static char request[9000];
    static char cookie[7800];
    net_house house;

    house_init(&house);
    house_open(&house);
    memset(cookie, 'c', sizeof(cookie) - 1);
    snprintf(request, sizeof(request),
             "GET /app/key?protocol=7 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nCookie: "
             "%s\r\n" UPGRADE_TAIL,
             cookie);
    expect_open(&house, request);
    house_close(&house);
}

TEST(heads_may_offer_what_we_do_not_speak)
{
    net_house house;

    house_init(&house);
    house_open(&house);
    expect_open(&house, "GET /app/key HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Protocol: soap, wamp\r\n"
                        "Sec-WebSocket-Extensions: permessage-deflate\r\n" UPGRADE_TAIL);
    expect_open(&house, "GET /app/key HTTP/1.1\r\nHost: a\r\nUpgrade: h2c, WebSocket\r\n"
                        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n" UPGRADE_TAIL);
    expect_open(&house,
                "GET /app/key HTTP/1.1\r\nHost: plain\r\nUpgrade: websocket\r\n" UPGRADE_TAIL);
    house_close(&house);
}

/* A client need not wait for the answer with its first frame. Where that comes a moment behind the
 * head, it must not be lost; where it comes with the head, the request is refused. */
TEST(heads_with_a_frame_close_behind)
{
    static const char subscribe[] =
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"behind\"}}";
    net_house house;
    unsigned opened = 0;

    house_init(&house);
    house_open(&house);
    for (int round = 0; round < 300; round++) {
        int client = raw_connect(&house, 0);
        char *answer;

        raw_send_text(client,
                      "GET /app/key HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" UPGRADE_TAIL);
        raw_frame(client, 0x81, subscribe, sizeof(subscribe) - 1);
        answer = raw_read_until(client, "\r\n\r\n");
        if (strncmp(answer, "HTTP/1.1 101 ", 13) == 0) {
            opened++;
            AWAIT(house_count(&house, subscriptions) == 1);
        } else {
            CHECK(strncmp(answer, "HTTP/1.1 400 ", 13) == 0);
        }
        free(answer);
        close(client);
        AWAIT(house_count(&house, subscriptions) == 0);
    }
    CHECK_EQUAL(house_count(&house, refused_http), 300 - opened);
    house_close(&house);
}

/* SPDX-License-Identifier: MIT */
/*
 * What servers of this protocol are known to get wrong (the numbers are those of
 * tests/tools/check-pitfalls.php), as far as it shows on sockets only.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "apps.h"
#include "house.h"
#include "test.h"

#define HEAD "GET /app/key?protocol=7 HTTP/1.1\r\nHost: a\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
#define REST "Upgrade: websocket\r\nConnection: Upgrade\r\n" KEY "\r\n"

/* Sends a request that must be answered with a WebSocket on which `until` comes. */
static void expect(const net_house *house, const char *request, const char *until)
{
    int client = raw_connect(house, 0);
    char *answer;

    raw_send_text(client, request);
    answer = raw_read_until(client, until);
    if (!strstr(answer, until)) {
        FAIL("%s gives %s", request, answer);
    }
    CHECK(strncmp(answer, "HTTP/1.1 101 ", 13) == 0);
    free(answer);
    close(client);
}

TEST(pitfall_29_more_than_1024_descriptors)
{
    enum { CLIENTS = 1500 };
    static int clients[CLIENTS];
    net_house house;

    house_init(&house);
    house_open(&house);
    for (int index = 0; index < CLIENTS; index++) {
        clients[index] = raw_subscribed(&house, "crowd", 0);
    }
    CHECK(clients[CLIENTS - 1] > 1024);
    house_publish(&house, "crowd", ODY_VIEW("\"hello all\""));
    for (int index = 0; index < CLIENTS; index++) {
        char *text = raw_read_until(clients[index], "hello all");

        CHECK(strstr(text, "hello all"));
        free(text);
        close(clients[index]);
    }
    house_close(&house);
}

TEST(pitfall_30_the_upgrade_header_has_any_case)
{
    static const char *const requests[] = {
        HEAD "Upgrade: WebSocket\r\nConnection: Upgrade\r\n" KEY "\r\n",
        HEAD "upgrade: websocket\r\nconnection: upgrade\r\n" KEY "\r\n",
        HEAD "UPGRADE: WEBSOCKET\r\nCONNECTION: keep-alive, UPGRADE\r\n" KEY "\r\n",
        HEAD "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n"
             "Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    };
    net_house house;

    house_init(&house);
    house_open(&house);
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        expect(&house, requests[i], "activity_timeout");
    }
    house_close(&house);
}

TEST(pitfall_32_the_origin_header_decides_about_pages)
{
    static char longer[600];
    net_house house;

    house_init(&house);
    test_apps_copy(&house.options)->origins = "https://app.example";
    house_open(&house);
    expect(&house, HEAD "Origin: https://app.example\r\n" REST, "activity_timeout");
    expect(&house, HEAD "origin:   https://APP.example\t\r\n" REST, "activity_timeout");
    expect(&house, HEAD REST, "activity_timeout");
    expect(&house, HEAD "Origin: https://evil.example\r\n" REST, "4009");
    expect(&house, HEAD "Origin: null\r\n" REST, "4009");
    expect(&house, HEAD "Origin:\r\n" REST, "4009");
    expect(&house, HEAD "Origin: https://app.example\r\nOrigin: https://app.example\r\n" REST,
           "4009");
    snprintf(longer, sizeof(longer), HEAD "Origin: https://%0400d\r\n" REST, 0);
    expect(&house, longer, "4009");
    CHECK_EQUAL(house_count(&house, refused_origin), 5);
    house_close(&house);
}

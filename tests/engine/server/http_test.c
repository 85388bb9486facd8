/* SPDX-License-Identifier: MIT */
/* The HTTP API of a whole engine: on the port of the WebSocket or on its own, to its end. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "apps.h"
#include "live_engine.h"
#include "test.h"

#define BODY(channel)                                                                              \
    "{\"channel\":\"" channel "\",\"event\":\"e\",\"data\":\"d\",\"api_key\":\"key\"}"

static engine_sockets sockets;
static engine_state engine;

static void open_engine(void)
{
    engine_sockets_open(&sockets);
    sockets.options.http.enabled = true;
    sockets.options.http.request_size = 100000;
    engine_start(&engine, &sockets);
}

static void close_engine(void)
{
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}

/* Reads until text has come. @return what came until then. */
static const char *read_until(int descriptor, const char *text)
{
    static char data[65536];
    size_t length = 0;

    memset(data, 0, sizeof(data));
    while (!strstr(data, text)) {
        struct pollfd watched = {.fd = descriptor, .events = POLLIN};
        ssize_t count;

        CHECK_EQUAL(poll(&watched, 1, ENGINE_DEADLINE_MS), 1);
        count = recv(descriptor, data + length, sizeof(data) - length - 1, 0);
        if (count <= 0) {
            FAIL("the engine left without saying %s, but: %s", text, data);
        }
        length += (size_t)count;
    }
    return data;
}

static void say(int descriptor, const char *text)
{
    CHECK_EQUAL(send(descriptor, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Asks on a connection of its own. */
static void ask(uint16_t port, const char *request, const char *answer)
{
    int descriptor = engine_connect(port);

    say(descriptor, request);
    read_until(descriptor, answer);
    close(descriptor);
}

static void broadcast(int descriptor, const char *body)
{
    char request[1024];

    snprintf(request, sizeof(request),
             "POST /api/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    say(descriptor, request);
}

TEST(the_http_api_shares_the_port_of_the_websocket)
{
    int client, other, api;

    open_engine();
    client = engine_client(&sockets, "key", "socket_id");
    engine_subscribe(client, "news");
    other = engine_client(&sockets, "key", "socket_id");
    engine_subscribe(other, "news");
    api = engine_connect(sockets.options.port);
    broadcast(api, BODY("news"));
    read_until(api, "{\"success\":true,\"sent_to\":2}");
    read_until(client, "\"channel\":\"news\"");
    read_until(other, "\"channel\":\"news\"");
    broadcast(api, BODY("nobody"));
    read_until(api, "HTTP/1.1 404 ");
    ask(sockets.options.port, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n", "{\"health\":\"OK\"}");
    ask(sockets.options.port, "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\nOK");
    ask(sockets.options.port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "# TYPE ody_http_connections gauge");
    close(api);
    close(client);
    close(other);
    close_engine();
}

#define UPGRADE_TAIL                                                                               \
    " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
#define UPGRADE(path) "GET " path UPGRADE_TAIL "\r\n"

/* As proxies do that keep connections: requests, then a WebSocket, on the same one. */
TEST(a_connection_of_requests_may_become_a_websocket)
{
    static char cookie[12000], long_head[13000];
    int client, api, other;

    open_engine();
    client = engine_connect(sockets.options.port);
    for (int count = 0; count < 3; count++) {
        say(client, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n");
        read_until(client, "{\"health\":\"OK\"}");
    }
    say(client, UPGRADE("/app/key?protocol=7"));
    read_until(client, "socket_id");
    engine_subscribe(client, "news");
    api = engine_connect(sockets.options.port);
    broadcast(api, BODY("news"));
    read_until(api, "{\"success\":true,\"sent_to\":1}");
    read_until(client, "\"channel\":\"news\"");
    say(api, UPGRADE("/elsewhere"));
    read_until(api, "\"code\":4005");
    close(api);
    other = engine_connect(sockets.options.port);
    say(other, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n");
    read_until(other, "OK");
    say(other, "GET /app/key HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n");
    read_until(other, "HTTP/1.1 426 ");
    close(other);
    /* A head that is too long for the shard to peek at is read by the API thread. */
    memset(cookie, 'c', sizeof(cookie) - 1);
    snprintf(long_head, sizeof(long_head),
             "GET /app/key?protocol=7" UPGRADE_TAIL "Cookie: %s\r\n\r\n", cookie);
    other = engine_connect(sockets.options.port);
    say(other, long_head);
    read_until(other, "socket_id");
    close(other);
    close(client);
    close_engine();
}

TEST(the_http_api_may_have_a_port_of_its_own)
{
    engine_sockets_open(&sockets);
    engine_sockets_http(&sockets);
    engine_start(&engine, &sockets);
    ask(sockets.options.http.port, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n", "{\"health\":\"OK\"}");
    ask(sockets.options.port, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 ");
    ask(sockets.options.http.port, "GET /app/key HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 426 ");
    close_engine();
}

TEST(there_may_be_no_http_api)
{
    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    ask(sockets.options.port, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 ");
    close_engine();
}

TEST(it_is_ready_when_php_workers_are)
{
    engine_sockets_open(&sockets);
    sockets.options.http.enabled = true;
    sockets.options.php_worker_num = 1;
    engine_start(&engine, &sockets);
    ask(sockets.options.port, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 ");
    ask(sockets.options.port, "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n",
        "HTTP/1.1 503 Service Unavailable");
    close_engine();
}

TEST(a_reload_reaches_the_http_api)
{
    ody_options options;
    ody_error error;
    int api;

    open_engine();
    api = engine_connect(sockets.options.port);
    broadcast(api, BODY("cache-c"));
    read_until(api, "\"sent_to\":0");
    options = sockets.options;
    test_apps_copy(&options)->keys[0] = (ody_app_key){"other", "secret"};
    CHECK_EQUAL(engine_reload(&engine, &options, &error), 0);
    broadcast(api, BODY("cache-c"));
    read_until(api, "No app has this api_key");
    close(api);
    close_engine();
}

/* What was asked before the end is answered; whoever is idle is let go. */
TEST(the_end_of_an_engine_answers_its_http_requests)
{
    int idle, half;

    open_engine();
    idle = engine_connect(sockets.options.port);
    say(idle, "GET /up HTTP/1.1\r\nHost: x\r\n\r\n");
    read_until(idle, "OK");
    half = engine_connect(sockets.options.port);
    say(half, "POST /api/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Length: 58\r\n\r\n"
              "{\"channel\":\"cache-c\",");
    usleep(50000);
    CHECK_EQUAL(kill(engine.pid, SIGTERM), 0);
    CHECK_EQUAL(recv(idle, &(char){0}, 1, 0), 0);
    say(half, "\"event\":\"e\",\"data\":1,\"api_key\":\"key\"}");
    read_until(half, "{\"success\":true,\"sent_to\":0}");
    CHECK_EQUAL(recv(half, &(char){0}, 1, 0), 0);
    engine_end(&engine);
    close(idle);
    close(half);
    engine_sockets_close(&sockets);
}

/* Two engines, one after the other, serve the same port without a refused request. */
TEST(a_restart_refuses_no_http_request)
{
    engine_state second;
    int fresh = 0;

    open_engine();
    for (int round = 0; round < 200; round++) {
        int api = engine_connect(sockets.options.port);

        if (round % 2 == 0) {
            say(api, "GET /up HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        } else {
            broadcast(api, BODY("cache-c"));
        }
        read_until(api, "HTTP/1.1 200 ");
        close(api);
        if (round == 100) {
            engine_start(&second, &sockets);
            CHECK_EQUAL(kill(engine.pid, SIGTERM), 0);
            fresh = 1;
        }
    }
    CHECK(fresh);
    engine_end(&engine);
    engine_stop(&second);
    engine_sockets_close(&sockets);
}

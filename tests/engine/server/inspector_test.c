/* SPDX-License-Identifier: MIT */
/* The inspector of a whole engine: it sees all shards, also while everything moves. */
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "apps.h"
#include "live_engine.h"
#include "test.h"

#define CLIENTS 12
#define ROUNDS 30
#define HEAD "Host: localhost\r\nX-Inspector: page\r\n"

static engine_sockets sockets;
static engine_state engine;
static int line; /* a connection that is kept */
static char answer[1 << 18];

static void open_engine(void)
{
    engine_sockets_open(&sockets);
    sockets.options.http.enabled = true;
    sockets.options.http.request_size = 100000;
    sockets.options.debug = true;
    sockets.options.log_level = ODY_LOG_ERROR;
    engine_start(&engine, &sockets);
    line = engine_connect(sockets.options.port);
}

static void close_engine(void)
{
    close(line);
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}

/* Reads what comes until it holds text, behind `length` bytes that are there. @return the length.
 */
static size_t read_until(int descriptor, size_t length, const char *text)
{
    while (answer[length] = '\0', !strstr(answer, text)) {
        struct pollfd watched = {.fd = descriptor, .events = POLLIN};
        ssize_t count;

        CHECK_EQUAL(poll(&watched, 1, ENGINE_DEADLINE_MS), 1);
        CHECK(length < sizeof(answer) - 1);
        count = recv(descriptor, answer + length, sizeof(answer) - length - 1, 0);
        if (count <= 0) {
            FAIL("the engine left without saying %s, but: %s", text, answer);
        }
        for (ssize_t at = 0; at < count; at++) {
            /* Frames have bytes of zero, which would end the text. */
            answer[length + (size_t)at] =
                answer[length + (size_t)at] ? answer[length + (size_t)at] : ' ';
        }
        length += (size_t)count;
    }
    return length;
}

/* @return the body of the answer. */
static const char *finish(void)
{
    size_t length = read_until(line, 0, "\r\n\r\n");
    const char *number = strstr(answer, "Content-Length: ");
    size_t head = (size_t)(strstr(answer, "\r\n\r\n") - answer) + 4;
    size_t wanted = head + (number ? strtoul(number + 16, NULL, 10) : 0);

    while (length < wanted) {
        ssize_t count = recv(line, answer + length, wanted - length, 0);

        CHECK(count > 0);
        length += (size_t)count;
    }
    answer[length] = '\0';
    if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0) {
        FAIL("refused: %s", answer);
    }
    return answer + head;
}

static void send_get(const char *target)
{
    char request[512];
    int length = snprintf(request, sizeof(request),
                          "GET /inspector/api/%s HTTP/1.1\r\n" HEAD "\r\n", target);

    CHECK_EQUAL(send(line, request, (size_t)length, MSG_NOSIGNAL), length);
}

static const char *get(const char *target)
{
    send_get(target);
    return finish();
}

static const char *post(const char *name, const char *form)
{
    char request[512];
    int length =
        snprintf(request, sizeof(request),
                 "POST /inspector/api/%s HTTP/1.1\r\n" HEAD "Content-Length: %zu\r\n\r\n%s", name,
                 strlen(form), form);

    CHECK_EQUAL(send(line, request, (size_t)length, MSG_NOSIGNAL), length);
    return finish();
}

static unsigned long long begin_tail(const char *form)
{
    unsigned long long tail = 0;

    CHECK_EQUAL(sscanf(post("begin-tail", form), "{\"tail\":%llu}", &tail), 1);
    return tail;
}

static void read_tail(unsigned long long tail, const char *text)
{
    char target[64];

    snprintf(target, sizeof(target), "tail?tail=%llu", tail);
    if (!strstr(get(target), text)) {
        FAIL("%s is not in %s", text, answer);
    }
}

static void open_clients(int clients[CLIENTS], const char *channel)
{
    for (int index = 0; index < CLIENTS; index++) {
        clients[index] = engine_client(&sockets, "key", "socket_id");
        engine_subscribe(clients[index], channel);
    }
}

static void close_clients(const int clients[CLIENTS])
{
    for (int index = 0; index < CLIENTS; index++) {
        close(clients[index]);
    }
}

static int entries_of(const char *body)
{
    int count = 0;

    for (const char *at = body; (at = strstr(at, "{\"id\":")); at++) {
        count++;
    }
    return count;
}

/* Writes "id=…" of each connection. */
static void list_ids(char ids[CLIENTS][48])
{
    const char *at = get("connections?limit=200");

    for (int index = 0; index < CLIENTS; index++) {
        at = strstr(at, "{\"id\":\"");
        CHECK(at);
        at += 7;
        snprintf(ids[index], 48, "id=%.*s", (int)strcspn(at, "\""), at);
    }
}

TEST(the_inspector_sees_and_disconnects_clients_of_all_shards)
{
    int clients[CLIENTS];
    char ids[CLIENTS][48];

    open_engine();
    open_clients(clients, "news");
    CHECK_EQUAL(entries_of(get("connections?limit=200")), CLIENTS);
    CHECK_EQUAL(entries_of(get("subscribers?name=news&limit=200")), CLIENTS);
    CHECK(strstr(get("channels"), "\"name\":\"news\",\"type\":\"public\",\"subscribers\":12,"));
    list_ids(ids);
    for (int index = 0; index < CLIENTS; index++) {
        CHECK_VIEW(ody_view_of(post("disconnect", ids[index])), ODY_VIEW("{\"closed\":1}"));
    }
    for (int index = 0; index < CLIENTS; index++) {
        read_until(clients[index], 0, "\"code\":4009");
    }
    close_clients(clients);
    close_engine();
}

TEST(a_message_is_shown_that_comes_while_somebody_waits)
{
    int clients[CLIENTS];
    unsigned long long tail;
    char target[64];

    open_engine();
    open_clients(clients, "news");
    tail = begin_tail("channel=news");
    snprintf(target, sizeof(target), "tail?tail=%llu", tail);
    send_get(target);
    {
        ody_client *process = ody_client_new(sockets.socket_path, 5000, 5000);
        uint64_t reached = 0;
        ody_error error;

        CHECK_EQUAL(engine_publish(process, "news", "\"extra\"", &reached, &error), 0);
        CHECK_EQUAL(reached, CLIENTS);
        ody_client_free(process);
    }
    CHECK(
        strstr(finish(), "\"data\":\"\\\"extra\\\"\",\"length\":7,\"reached\":12,\"left_out\":0"));
    close_clients(clients);
    close_engine();
}

/* Clients come and go, other options are taken over, tails begin and are forgotten. */
TEST(the_inspector_looks_while_everything_moves)
{
    static const char *const looks[] = {"overview",
                                        "connections?limit=5",
                                        "channels?limit=5",
                                        "users",
                                        "subscribers?name=news",
                                        "members?name=presence-news",
                                        "connections?find=127."};
    ody_error error;

    open_engine();
    for (int round = 0; round < ROUNDS; round++) {
        unsigned long long tail = begin_tail(round % 2 ? "user=ann" : "channel=news");
        int clients[CLIENTS];

        open_clients(clients, "news");
        post("publish", "channel=news&event=e&data=d");
        for (size_t look = 0; look < sizeof(looks) / sizeof(looks[0]); look++) {
            get(looks[look]);
            close(clients[look]);
        }
        if (round % 8 == 0) {
            CHECK_EQUAL(engine_reload(&engine, &sockets.options, &error), 0);
        }
        for (size_t rest = sizeof(looks) / sizeof(looks[0]); rest < CLIENTS; rest++) {
            close(clients[rest]);
        }
        if (round % 2 == 0) {
            read_tail(tail, "\"data\":\"d\"");
        }
        if (round % 4 < 3) {
            char form[64];

            snprintf(form, sizeof(form), "tail=%llu", tail);
            post("end-tail", form);
        }
    }
    close_engine();
}

/* SPDX-License-Identifier: MIT */
/* Sockets with requests for the HTTP API: handed over whole, or refused. */
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "await.h"
#include "house.h"
#include "test.h"

/* What the API thread got; -1: nothing yet. */
static _Atomic int given = -1;

static void take_socket(void *context, ody_mail *take_mail)
{
    (void)context;
    if (take_mail->kind != ODY_MAIL_SOCKET) {
        ody_mail_free(take_mail);
        return;
    }
    CHECK(take_mail->node.cost >= 4096);
    CHECK_EQUAL(atomic_exchange(&given, ody_mail_take_socket(take_mail)), -1);
}

static void open_house(net_house *house)
{
    house_init(house);
    house->options.http.enabled = true;
    house->asked = take_socket;
    house_open(house);
}

static int await_socket(void)
{
    AWAIT(atomic_load(&given) >= 0);
    return atomic_exchange(&given, -1);
}

static int lowest_count(int descriptor)
{
    int count = 0;
    socklen_t length = sizeof(count);

    CHECK_EQUAL(getsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &count, &length), 0);
    return count;
}

/* Whatever the shard has seen of it can still be read, by a loop that is woken by one byte. */
static void check_handed_over(net_house *house, const char *request, size_t length)
{
    int client = raw_connect(house, 0);
    char *read = malloc(length + 1);
    size_t got = 0;
    int socket;

    for (size_t at = 0; at < length; at += 1000) {
        raw_send(client, request + at, length - at < 1000 ? length - at : 1000);
    }
    socket = await_socket();
    CHECK_EQUAL(lowest_count(socket), 1);
    while (got < length) {
        struct pollfd watched = {.fd = socket, .events = POLLIN};
        ssize_t count;

        CHECK_EQUAL(poll(&watched, 1, 20000), 1);
        count = recv(socket, read + got, length - got, 0);
        CHECK(count > 0);
        got += (size_t)count;
    }
    CHECK_VIEW(((ody_view){read, length}), ((ody_view){request, length}));
    free(read);
    raw_send_text(socket, "answered");
    close(socket);
    free(raw_read_until(client, "answered"));
    close(client);
}

#define CHECK_HANDED_OVER(house, request) check_handed_over((house), (request), sizeof(request) - 1)

TEST(what_is_no_websocket_is_handed_over)
{
    static char large[20000];
    net_house house;

    open_house(&house);
    CHECK_HANDED_OVER(&house, "GET /up HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_HANDED_OVER(&house,
                      "POST /apps/1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
    CHECK_HANDED_OVER(&house, "GET /app/key HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_HANDED_OVER(&house, "GET /up HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n");
    CHECK_HANDED_OVER(&house, "GET /up HTTP/1.1\r\nHost a\r\n\r\n");
    CHECK_HANDED_OVER(&house, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    memset(large, 'a', sizeof(large));
    memcpy(large, "GET /", 5);
    check_handed_over(&house, large, sizeof(large));
    AWAIT(house_count(&house, handshakes) == 0);
    CHECK_EQUAL(house_count(&house, handed_over), 7);
    CHECK_EQUAL(house_count(&house, refused_http), 0);
    house_close(&house);
}

TEST(a_head_that_drips_is_handed_over_whole)
{
    static const char request[] = "GET /up HTTP/1.1\r\nHost: a\r\n\r\n";
    net_house house;
    int client, socket;

    open_house(&house);
    client = raw_connect(&house, 0);
    for (size_t index = 0; index < sizeof(request) - 1; index++) {
        raw_send(client, request + index, 1);
        usleep(200);
    }
    socket = await_socket();
    CHECK_EQUAL(lowest_count(socket), 1);
    close(socket);
    close(client);
    house_close(&house);
}

static void expect_start(net_house *house, const char *request, const char *start)
{
    int client = raw_connect(house, 0);
    char *answer;

    raw_send_text(client, request);
    answer = raw_read_all(client, NULL);
    if (strncmp(answer, start, strlen(start)) != 0) {
        FAIL("%s", answer);
    }
    free(answer);
    close(client);
}

TEST(websocket_requests_stay)
{
    net_house house;
    size_t length;
    char *answer;
    int client;

    open_house(&house);
    close(raw_open(&house, "/app/key?protocol=7", "activity_timeout", 0));
    client = raw_open(&house, "/elsewhere", NULL, 0);
    answer = raw_read_all(client, &length);
    CHECK(memmem(answer, length, "\x0f\xa5", 2) != NULL);
    free(answer);
    close(client);
    expect_start(&house, "GET /app/key HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
                 "HTTP/1.1 426 ");
    expect_start(&house, "\x01\x02", "HTTP/1.1 400 ");
    CHECK_EQUAL(house_count(&house, handed_over), 0);
    house_close(&house);
}

TEST(a_full_api_thread_is_told_to_the_client)
{
    net_house house;
    char *answer;
    int client;

    open_house(&house);
    atomic_store(&house.api_full, true);
    client = raw_connect(&house, 0);
    raw_send_text(client, "GET /up HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = raw_read_all(client, NULL);
    CHECK(strncmp(answer, "HTTP/1.1 503 ", 13) == 0);
    CHECK(strstr(answer, "\r\nRetry-After: 1\r\n") != NULL);
    free(answer);
    close(client);
    CHECK_EQUAL(house_count(&house, refused_http), 1);
    AWAIT(house_count(&house, handshakes) == 0);
    house_close(&house);
}

TEST(an_api_with_its_own_address_gets_nothing_from_here)
{
    net_house house;

    house_init(&house);
    house.options.http.enabled = true;
    house.options.http.port = 1;
    house_open(&house);
    expect_start(&house, "GET /up HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 ");
    CHECK_EQUAL(house_count(&house, handed_over), 0);
    house_close(&house);
}

TEST(mail_that_nobody_takes_closes_its_socket)
{
    int ends[2];
    char byte;
    ody_mail *mail;

    CHECK_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    mail = ody_mail_new_sized(ODY_MAIL_SOCKET, 0, 0);
    mail->number = (uint64_t)ends[0];
    ody_mail_free(mail);
    CHECK_EQUAL(recv(ends[1], &byte, 1, 0), 0);
    close(ends[1]);
}

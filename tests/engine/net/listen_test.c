/* SPDX-License-Identifier: MIT */
/* Listening sockets, and what happens when there are none left. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "await.h"
#include "house.h"
#include "ody/server.h"
#include "processor.h"
#include "test.h"

static uint16_t port_of(int descriptor)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);

    CHECK_EQUAL(getsockname(descriptor, (struct sockaddr *)&address, &length), 0);
    return ntohs(address.sin_port);
}

static int on_some_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(bind(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
    return descriptor;
}

TEST(listen_makes_one_socket_for_each_shard)
{
    int holder = on_some_port();
    ody_options options = {.host = "127.0.0.1", .port = port_of(holder), .worker_num = 3};
    int sockets[3];

    close(holder);
    CHECK_EQUAL(ody_listen_tcp(&options, sockets, NULL), 0);
    for (int index = 0; index < 3; index++) {
        int on = 0;
        socklen_t length = sizeof(on);

        CHECK_EQUAL(getsockopt(sockets[index], SOL_SOCKET, SO_ACCEPTCONN, &on, &length), 0);
        CHECK_EQUAL(on, 1);
        CHECK(fcntl(sockets[index], F_GETFD) & FD_CLOEXEC);
        CHECK(fcntl(sockets[index], F_GETFL) & O_NONBLOCK);
        CHECK_EQUAL(port_of(sockets[index]), options.port);
        close(sockets[index]);
    }
}

TEST(listen_notices_a_second_server)
{
    int holder = on_some_port();
    ody_options options = {.host = "127.0.0.1", .port = port_of(holder), .worker_num = 2};
    int sockets[2];
    int others[2];
    char port[8];
    ody_error error;

    close(holder);
    CHECK_EQUAL(ody_listen_tcp(&options, sockets, NULL), 0);
    CHECK_EQUAL(ody_listen_tcp(&options, others, &error), ODY_EADDRESS_IN_USE);
    snprintf(port, sizeof(port), "%u", options.port);
    CHECK(strstr(error.message, port) && strstr(error.message, "127.0.0.1"));
    close(sockets[0]);
    close(sockets[1]);
}

TEST(listen_says_which_host_it_cannot)
{
    ody_options options = {.host = "no.such.host.invalid", .port = 1, .worker_num = 1};
    int descriptor;
    ody_error error;

    CHECK_EQUAL(ody_listen_tcp(&options, &descriptor, &error), ODY_ESYSTEM);
    CHECK(strstr(error.message, "no.such.host.invalid") != NULL);
    options.host = "192.0.2.1";
    CHECK_EQUAL(ody_listen_tcp(&options, &descriptor, &error), ODY_ESYSTEM);
    CHECK(strstr(error.message, "192.0.2.1") != NULL);
}

TEST(listen_opens_one_for_http_where_it_has_an_address_of_its_own)
{
    int holder = on_some_port();
    ody_options options = {.host = "127.0.0.1", .port = 1, .worker_num = 1, .http.enabled = true};
    int descriptor = 0;
    int second;
    ody_error error;

    CHECK_EQUAL(ody_listen_http(&options, &descriptor, &error), 0);
    CHECK_EQUAL(descriptor, -1);
    options.http.port = port_of(holder);
    close(holder);
    CHECK_EQUAL(ody_listen_http(&options, &descriptor, &error), 0);
    CHECK_EQUAL(port_of(descriptor), options.http.port);
    CHECK(fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
    CHECK(fcntl(descriptor, F_GETFL) & O_NONBLOCK);
    CHECK_EQUAL(ody_listen_http(&options, &second, &error), ODY_EADDRESS_IN_USE);
    CHECK(strstr(error.message, "http_api.port: ") == error.message);
    close(descriptor);
    options.http.host = "no.such.host.invalid";
    CHECK_EQUAL(ody_listen_http(&options, &second, &error), ODY_ESYSTEM);
    CHECK(strstr(error.message, "http_api.listen: \"no.such.host.invalid\"") == error.message);
    options.http.host = "192.0.2.1";
    CHECK_EQUAL(ody_listen_http(&options, &second, &error), ODY_ESYSTEM);
    options.http.enabled = false;
    CHECK_EQUAL(ody_listen_http(&options, &second, &error), 0);
    CHECK_EQUAL(second, -1);
}

/* Without descriptors the listener pauses instead of spinning, and goes on when there are some. */
TEST(listen_waits_for_descriptors)
{
    enum { CLIENTS = 30 };
    net_house house;
    struct rlimit before;
    struct rlimit scarce;
    int clients[CLIENTS];

    house_init(&house);
    house_open(&house);
    for (int index = 0; index < CLIENTS; index++) {
        clients[index] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    }
    CHECK_EQUAL(getrlimit(RLIMIT_NOFILE, &before), 0);
    scarce = before;
    scarce.rlim_cur = (rlim_t)clients[CLIENTS - 1] + 4;
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &scarce), 0);
    for (int index = 0; index < CLIENTS; index++) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons(house.options.port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

        CHECK_EQUAL(connect(clients[index], (struct sockaddr *)&address, sizeof(address)), 0);
    }
    AWAIT(house_count(&house, accept_failures) > 0);
    CHECK(processor_ms(500) < 200);
    CHECK(house_count(&house, accept_failures) < 40);
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &before), 0);
    AWAIT(house_count(&house, accepted) == CLIENTS);
    for (int index = 0; index < CLIENTS; index++) {
        close(clients[index]);
    }
    close(raw_open(&house, "/app/key", "activity_timeout", 0));
    house_close(&house);
}

/* SPDX-License-Identifier: MIT */
/* Who a client is behind proxies, and who comes from this machine itself. */
#include "net/client_address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include "ody/error.h"
#include "ody/network.h"
#include "test.h"

static ody_network trusted[3];
static const ody_options options = {.trusted_proxies = trusted, .trusted_proxy_count = 3};

static void trust(void)
{
    static const char *const networks[] = {"10.0.0.0/8", "127.0.0.1", "2001:db8:1::/48"};

    for (int index = 0; index < 3; index++) {
        CHECK_EQUAL(ody_network_parse(ody_view_of(networks[index]), &trusted[index]), 0);
    }
}

static void address(const char *text, uint8_t out[16])
{
    ody_network network;

    CHECK_EQUAL(ody_network_parse(ody_view_of(text), &network), 0);
    memcpy(out, network.address, 16);
}

static void parse(const char *headers, char *text, size_t size, ody_http_head *head)
{
    snprintf(text, size, "GET / HTTP/1.1\r\n%s\r\n", headers);
    CHECK_EQUAL(ody_http_head_parse(ody_view_of(text), head), 0);
}

static void expect(const char *peer, const char *headers, const char *wanted)
{
    char text[4096];
    char found[64];
    ody_http_head head;
    uint8_t from[16];
    uint8_t out[16];

    trust();
    parse(headers, text, sizeof(text), &head);
    address(peer, from);
    ody_client_address(&head, from, &options, out);
    ody_address_format(out, found, sizeof(found));
    if (strcmp(found, wanted) != 0) {
        FAIL("%s with %sis %s, not %s", peer, headers, found, wanted);
    }
}

static bool local(const char *peer, const char *headers)
{
    char text[4096];
    ody_http_head head;
    uint8_t from[16];

    parse(headers, text, sizeof(text), &head);
    address(peer, from);
    return ody_request_is_local(&head, from);
}

TEST(address_of_a_stranger_is_its_own)
{
    expect("192.0.2.1", "", "192.0.2.1");
    expect("192.0.2.1", "X-Forwarded-For: 198.51.100.1\r\n", "192.0.2.1");
    expect("192.0.2.1", "Forwarded: for=198.51.100.1\r\n", "192.0.2.1");
    expect("2001:db8:2::1", "X-Forwarded-For: 198.51.100.1\r\n", "2001:db8:2::1");
}

TEST(address_is_what_a_trusted_proxy_says)
{
    expect("10.1.2.3", "X-Forwarded-For: 198.51.100.1\r\n", "198.51.100.1");
    expect("2001:db8:1::5", "x-forwarded-for: 2001:db8:9::1\r\n", "2001:db8:9::1");
    expect("10.1.2.3", "X-Forwarded-For: 198.51.100.1:4711\r\n", "198.51.100.1");
    expect("10.1.2.3", "X-Forwarded-For: [2001:db8:9::1]:4711\r\n", "2001:db8:9::1");
    expect("10.1.2.3", "Forwarded: for=198.51.100.1\r\n", "198.51.100.1");
    expect("10.1.2.3", "Forwarded: proto=https;FOR=\"198.51.100.1:80\";by=_x\r\n", "198.51.100.1");
    expect("10.1.2.3", "Forwarded: for=\"[2001:db8:9::1]:4711\"\r\n", "2001:db8:9::1");
}

TEST(address_walks_from_the_right_over_trusted_proxies_only)
{
    expect("10.1.2.3", "X-Forwarded-For: 1.1.1.1, 198.51.100.1\r\n", "198.51.100.1");
    expect("10.1.2.3", "X-Forwarded-For: 1.1.1.1, 198.51.100.1 , 10.9.9.9,127.0.0.1\r\n",
           "198.51.100.1");
    expect("10.1.2.3",
           "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 198.51.100.1\r\n"
           "X-Forwarded-For: 10.9.9.9\r\n",
           "198.51.100.1");
    expect("10.1.2.3", "X-Forwarded-For: 10.9.9.9, 10.8.8.8\r\n", "10.9.9.9");
    expect("10.1.2.3", "Forwarded: for=1.1.1.1, for=198.51.100.1;proto=https, for=10.9.9.9\r\n",
           "198.51.100.1");
}

TEST(address_stops_at_what_is_none)
{
    expect("10.1.2.3", "X-Forwarded-For: \r\n", "10.1.2.3");
    expect("10.1.2.3", "X-Forwarded-For: unknown\r\n", "10.1.2.3");
    expect("10.1.2.3", "X-Forwarded-For: 198.51.100.1, \r\n", "10.1.2.3");
    expect("10.1.2.3", "X-Forwarded-For: 198.51.100.1, nonsense, 10.9.9.9\r\n", "10.9.9.9");
    expect("10.1.2.3", "X-Forwarded-For: 198.51.100.0/24\r\n", "10.1.2.3");
    expect("10.1.2.3", "X-Forwarded-For: [2001:db8:9::1\r\n", "10.1.2.3");
    expect("10.1.2.3", "Forwarded: for=_hidden\r\n", "10.1.2.3");
    expect("10.1.2.3", "Forwarded: proto=https\r\n", "10.1.2.3");
    expect("10.1.2.3", "Forwarded: for=\r\n", "10.1.2.3");
    expect("10.1.2.3", "Forwarded: for=\"\r\n", "10.1.2.3");
}

/* Most proxies write X-Forwarded-For and pass a client's own Forwarded on. */
TEST(address_is_not_taken_from_what_the_client_adds)
{
    expect("10.1.2.3", "Forwarded: for=1.1.1.1\r\nX-Forwarded-For: 198.51.100.1\r\n",
           "198.51.100.1");
    expect("10.1.2.3", "X-Forwarded-For: 198.51.100.1\r\nForwarded: for=1.1.1.1\r\n",
           "198.51.100.1");
}

/* A proxy that quotes what its client wrote, such as the host, must not be misread. */
TEST(address_respects_quotes)
{
    expect("10.1.2.3", "Forwarded: for=198.51.100.1;host=\"x, for=1.1.1.1\"\r\n", "198.51.100.1");
    expect("10.1.2.3", "Forwarded: host=\"x;for=1.1.1.1\";for=198.51.100.1\r\n", "198.51.100.1");
    expect("10.1.2.3", "Forwarded: host=\"\\\"x;for=1.1.1.1;\";for=198.51.100.1\r\n",
           "198.51.100.1");
    expect("10.1.2.3", "Forwarded: for=198.51.100.1;host=\"x, for=1.1.1.1\r\n", "10.1.2.3");
}

TEST(address_walks_a_bounded_way)
{
    char header[4096] = "X-Forwarded-For: 198.51.100.1";

    for (int hop = 0; hop < 63; hop++) {
        strcat(header, ",10.0.0.1");
    }
    strcat(header, "\r\n");
    expect("10.1.2.3", header, "198.51.100.1");
    strcpy(header + strlen(header) - 2, ",10.0.0.1\r\n");
    expect("10.1.2.3", header, "10.0.0.1");
}

TEST(address_comes_out_of_a_socket)
{
    struct sockaddr_storage socket_address = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&socket_address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&socket_address;
    uint8_t out[16];
    char text[64];

    v4->sin_family = AF_INET;
    CHECK_EQUAL(inet_pton(AF_INET, "192.0.2.7", &v4->sin_addr), 1);
    ody_address_from_socket(&socket_address, out);
    ody_address_format(out, text, sizeof(text));
    CHECK_TEXT(ody_view_of(text), "192.0.2.7");
    memset(&socket_address, 0, sizeof(socket_address));
    v6->sin6_family = AF_INET6;
    CHECK_EQUAL(inet_pton(AF_INET6, "2001:db8::7", &v6->sin6_addr), 1);
    ody_address_from_socket(&socket_address, out);
    ody_address_format(out, text, sizeof(text));
    CHECK_TEXT(ody_view_of(text), "2001:db8::7");
    CHECK_EQUAL(inet_pton(AF_INET6, "::ffff:192.0.2.7", &v6->sin6_addr), 1);
    ody_address_from_socket(&socket_address, out);
    ody_address_format(out, text, sizeof(text));
    CHECK_TEXT(ody_view_of(text), "192.0.2.7");
}

TEST(address_knows_networks_bit_by_bit)
{
    ody_network networks[2];
    uint8_t out[16];

    CHECK_EQUAL(ody_network_parse(ODY_VIEW("192.0.2.128/25"), &networks[0]), 0);
    CHECK_EQUAL(ody_network_parse(ODY_VIEW("2001:db8::/33"), &networks[1]), 0);
    address("192.0.2.129", out);
    CHECK(ody_address_in(out, networks, 2));
    address("192.0.2.127", out);
    CHECK(!ody_address_in(out, networks, 2));
    address("2001:db8:7fff::1", out);
    CHECK(ody_address_in(out, networks, 2));
    address("2001:db8:8000::1", out);
    CHECK(!ody_address_in(out, networks, 2));
    CHECK(!ody_address_in(out, networks, 0));
    CHECK_EQUAL(ody_network_parse(ODY_VIEW("0.0.0.0/0"), &networks[0]), 0);
    address("2001:db8::1", out);
    CHECK(!ody_address_in(out, networks, 1));
}

TEST(address_is_loopback)
{
    static const struct {
        const char *text;
        bool loopback;
    } cases[] = {{"127.0.0.1", true},        {"127.9.8.7", true}, {"::1", true},
                 {"::ffff:127.0.0.1", true}, {"::2", false},      {"128.0.0.1", false},
                 {"0.0.0.0", false}};
    uint8_t out[16];

    for (size_t index = 0; index < sizeof(cases) / sizeof(*cases); index++) {
        address(cases[index].text, out);
        CHECK_EQUAL(ody_address_is_loopback(out), cases[index].loopback);
    }
}

TEST(request_is_local)
{
    CHECK(local("127.0.0.1", "Host: localhost\r\n"));
    CHECK(local("127.0.0.1", "Host: LOCALHOST:6001\r\n"));
    CHECK(local("::1", "Host: [::1]:6001\r\n"));
    CHECK(local("::1", "Host: [::1]\r\n"));
    CHECK(local("127.0.0.1", "Host: 127.0.0.1:6001\r\nUser-Agent: x\r\n"));
}

TEST(request_is_not_local)
{
    static const char *const headers[] = {
        "",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: example.test\r\n",
        "Host: [::1]evil.example\r\n",
        "Host: [::1\r\n",
        "Host: localhost.example.test\r\n",
        "Host: 127.0.0.1.example.test\r\n",
        "Host: 192.0.2.1\r\n",
        "Host: \r\n",
        "Host: localhost\r\nOrigin: http://localhost\r\n",
        "Host: localhost\r\norigin: null\r\n",
        "Host: localhost\r\nForwarded: for=127.0.0.1\r\n",
        "Host: localhost\r\nX-Forwarded-For: 127.0.0.1\r\n",
        "Host: localhost\r\nx-forwarded-proto: https\r\n",
        "Host: localhost\r\nX-Real-IP: 127.0.0.1\r\n",
        "Host: localhost\r\nVia: 1.1 x\r\n",
    };

    for (size_t index = 0; index < sizeof(headers) / sizeof(*headers); index++) {
        if (local("127.0.0.1", headers[index])) {
            FAIL("local: %s", headers[index]);
        }
    }
    CHECK(!local("192.0.2.1", "Host: localhost\r\n"));
}

TEST(request_is_of_a_page_or_was_typed)
{
    static const struct {
        const char *headers;
        bool of_a_page;
    } rows[] = {
        {"", false},
        {"Host: localhost\r\nUser-Agent: curl\r\n", false},
        {"Origin: http://localhost\r\n", true},
        {"Origin: null\r\n", true},
        {"Origin:\r\n", true},
        {"Sec-Fetch-Site: none\r\n", false},
        {"Sec-Fetch-Site: same-origin\r\n", true},
        {"sec-fetch-site: cross-site\r\n", true},
        {"Sec-Fetch-Site:\r\n", true},
        {"Sec-Fetch-Site: none\r\nSec-Fetch-Site: none\r\n", true},
    };

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        char text[4096];
        ody_http_head head;

        parse(rows[index].headers, text, sizeof(text), &head);
        if (ody_request_is_of_a_page(&head) != rows[index].of_a_page) {
            FAIL("\"%s\" is%s of a page", rows[index].headers, rows[index].of_a_page ? " not" : "");
        }
    }
}

TEST(request_is_proxied_where_a_proxy_left_its_trace)
{
    static const char *const traces[] = {
        "Forwarded: for=1.1.1.1\r\n",   "forwarded:\r\n",
        "X-Forwarded-For: 1.1.1.1\r\n", "x-forwarded-proto: https\r\n",
        "X-Forwarded-Anything: 1\r\n",  "X-Real-IP: 1.1.1.1\r\n",
        "Via: 1.1 proxy\r\n",
    };
    char text[4096];
    ody_http_head head;

    for (size_t index = 0; index < sizeof(traces) / sizeof(traces[0]); index++) {
        parse(traces[index], text, sizeof(text), &head);
        CHECK(ody_request_is_proxied(&head));
    }
    parse("Host: x\r\nOrigin: y\r\nX-Forwarded: 1\r\n", text, sizeof(text), &head);
    CHECK(!ody_request_is_proxied(&head));
}

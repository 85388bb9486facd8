/* SPDX-License-Identifier: MIT */
/* Request heads: good ones, and all the ways in which they are not. */
#include "net/http_head.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "ody/error.h"
#include "test.h"

#define LINE "GET /app/key?protocol=7 HTTP/1.1\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define REST                                                                                       \
    "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
#define HOST "Host: example.test\r\n"

/* Parses a literal, which may hold NUL bytes. */
#define PARSE(text, head) ody_http_head_parse((ody_view){(text), sizeof(text) - 1}, (head))

static bool upgrades(const char *text)
{
    ody_http_head head;

    CHECK_EQUAL(ody_http_head_parse(ody_view_of(text), &head), 0);
    return ody_http_is_upgrade(&head);
}

TEST(head_end_is_the_first_empty_line)
{
    CHECK_EQUAL(ody_http_head_end(ODY_VIEW_NONE), 0);
    CHECK_EQUAL(ody_http_head_end(ODY_VIEW("\r\n\r")), 0);
    CHECK_EQUAL(ody_http_head_end(ODY_VIEW("\r\n\r\n")), 4);
    CHECK_EQUAL(ody_http_head_end(ODY_VIEW("GET /\n\n")), 0);
    CHECK_EQUAL(ody_http_head_end(ODY_VIEW("a\r\n\r\nb\r\n\r\n")), 5);
}

TEST(head_gives_line_and_headers)
{
    ody_http_head head;

    CHECK_EQUAL(PARSE(LINE "Host: a\r\nX-Empty:\r\nX-Wide: \t b c \t\r\n\r\nbehind", &head), 0);
    CHECK_TEXT(head.method, "GET");
    CHECK_TEXT(head.target, "/app/key?protocol=7");
    CHECK_TEXT(head.version, "HTTP/1.1");
    CHECK_EQUAL(head.header_count, 3);
    CHECK_EQUAL(head.length, sizeof(LINE "Host: a\r\nX-Empty:\r\nX-Wide: \t b c \t\r\n\r\n") - 1);
    CHECK_TEXT(ody_http_header_find(&head, ODY_VIEW("host")), "a");
    CHECK_TEXT(ody_http_header_find(&head, ODY_VIEW("X-EMPTY")), "");
    CHECK_TEXT(ody_http_header_find(&head, ODY_VIEW("x-wide")), "b c");
    CHECK(ody_http_header_find(&head, ODY_VIEW("x")).data == NULL);
    CHECK_EQUAL(ody_http_header_count(&head, ODY_VIEW("hosts")), 0);
}

TEST(head_finds_tokens_in_all_lines_of_a_name)
{
    ody_http_head head;

    CHECK_EQUAL(PARSE(LINE "A: one, Two\r\na:,three ,\r\nB: four\r\n\r\n", &head), 0);
    CHECK_EQUAL(ody_http_header_count(&head, ODY_VIEW("A")), 2);
    CHECK(ody_http_header_has_token(&head, ODY_VIEW("a"), ODY_VIEW("ONE")));
    CHECK(ody_http_header_has_token(&head, ODY_VIEW("a"), ODY_VIEW("two")));
    CHECK(ody_http_header_has_token(&head, ODY_VIEW("a"), ODY_VIEW("three")));
    CHECK(!ody_http_header_has_token(&head, ODY_VIEW("a"), ODY_VIEW("four")));
    CHECK(!ody_http_header_has_token(&head, ODY_VIEW("a"), ODY_VIEW("on")));
}

TEST(head_refuses_malformed_ones)
{
    ody_http_head head;

    CHECK_EQUAL(PARSE("", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("GET / HTTP/1.1\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("GET /\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("GET  / HTTP/1.1\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("GET / HTTP/1.1 \r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("GET / HTTP/2.0\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("GET / http/1.1\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("G(T / HTTP/1.1\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("GET /\t HTTP/1.1\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("GET /\0 HTTP/1.1\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE "Host a\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE ": a\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE "Host : a\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE " Host: a\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE "Host: a\r\n folded\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE "Host: a\0b\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE "Ho\0st: a\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE "Host: a\rb\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE "Host: a\nB: c\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE(LINE "Host: a\x7f\r\n\r\n", &head), ODY_EPROTOCOL);
    CHECK_EQUAL(PARSE("\r\n" LINE "Host: a\r\n\r\n", &head), ODY_EPROTOCOL);
}

TEST(head_bounds_the_number_of_headers)
{
    char text[4096] = LINE;
    ody_http_head head;

    for (int index = 0; index < ODY_HTTP_HEADERS_MAX; index++) {
        strcat(text, "A: b\r\n");
    }
    strcat(text, "\r\n");
    CHECK_EQUAL(ody_http_head_parse(ody_view_of(text), &head), 0);
    CHECK_EQUAL(head.header_count, ODY_HTTP_HEADERS_MAX);
    strcpy(text + strlen(text) - 2, "A: b\r\n\r\n");
    CHECK_EQUAL(ody_http_head_parse(ody_view_of(text), &head), ODY_ELIMIT);
}

/* Every beginning of a head stands right before a page that nobody may read. */
TEST(head_reads_nothing_behind_its_end)
{
    static const char text[] = LINE HOST KEY REST "\r\n";
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ody_http_head head;

    CHECK(pages != MAP_FAILED);
    CHECK_EQUAL(mprotect(pages + page, page, PROT_NONE), 0);
    for (size_t length = 0; length < sizeof(text); length++) {
        char *data = pages + page - length;

        memcpy(data, text, length);
        CHECK_EQUAL(ody_http_head_parse((ody_view){data, length}, &head),
                    length == sizeof(text) - 1 ? 0 : ODY_EPROTOCOL);
    }
    munmap(pages, 2 * page);
}

TEST(head_is_an_upgrade)
{
    CHECK(upgrades(LINE HOST KEY REST "\r\n"));
    CHECK(upgrades(LINE "hOST: a\r\n" KEY "CONNECTION: UPGRADE\r\nUPGRADE: h2c, WebSocket\r\n"
                        "sec-websocket-version: 13\r\n\r\n"));
    CHECK(upgrades(LINE HOST KEY "Connection: keep-alive\r\n" REST "\r\n"));
}

TEST(head_is_no_upgrade)
{
    CHECK(!upgrades("POST / HTTP/1.1\r\n" HOST KEY REST "\r\n"));
    CHECK(!upgrades("get / HTTP/1.1\r\n" HOST KEY REST "\r\n"));
    CHECK(!upgrades("GET / HTTP/1.0\r\n" HOST KEY REST "\r\n"));
    CHECK(!upgrades(LINE KEY REST "\r\n"));
    CHECK(!upgrades(LINE HOST HOST KEY REST "\r\n"));
    CHECK(!upgrades(LINE HOST REST "\r\n"));
    CHECK(!upgrades(LINE HOST KEY KEY REST "\r\n"));
    CHECK(!upgrades(LINE HOST KEY REST "Sec-WebSocket-Version: 8\r\n\r\n"));
    CHECK(!upgrades(LINE HOST KEY "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
    CHECK(
        !upgrades(LINE HOST KEY
                  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n\r\n"));
    CHECK(
        !upgrades(LINE HOST KEY
                  "Connection: close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"));
    CHECK(!upgrades(
        LINE HOST KEY
        "Connection: Upgrade\r\nUpgrade: websockets\r\nSec-WebSocket-Version: 13\r\n\r\n"));
    CHECK(!upgrades(LINE HOST KEY REST "Content-Length: 0\r\n\r\n"));
    CHECK(!upgrades(LINE HOST KEY REST "Transfer-Encoding: chunked\r\n\r\n"));
}

TEST(head_wants_a_nonce_of_16_bytes)
{
    static const char *const wrong[] = {
        "",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZQAA",
        "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25j\"Q==",
        "dGhlIHNhbXBsZSBub25j Q==",
        "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==",
    };

    for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
        char text[512];

        snprintf(text, sizeof(text), LINE HOST "Sec-WebSocket-Key: %s\r\n" REST "\r\n",
                 wrong[index]);
        if (upgrades(text)) {
            FAIL("\"%s\" is taken", wrong[index]);
        }
    }
}

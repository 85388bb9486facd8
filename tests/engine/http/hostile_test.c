/* SPDX-License-Identifier: MIT */
/* Heads that two readers could understand in two ways, and other malice. */
#include <stdlib.h>
#include <unistd.h>
#include "live_http.h"

static live_http live;

static void open_live(void)
{
    live_init(&live);
    live_open(&live, false);
}

/* What follows the head must never be taken for a request. */
#define SMUGGLED "GET /up HTTP/1.1\r\nHost: x\r\n\r\n"

/* Reads to the end. libmicrohttpd's own refusals may come with their head twice, and are pages. */
static char *read_all(int descriptor)
{
    size_t length = 0, size = 65536;
    char *text = calloc(1, size);

    while (length < size - 1 && !live_ended_but(&live, descriptor, text + length)) {
        length++;
    }
    return text;
}

static void check_refused(const char *head, const char *sentence)
{
    int descriptor = live_connect(&live);
    char request[2048];
    char *answer;

    snprintf(request, sizeof(request), "%s\r\n" SMUGGLED, head);
    live_send_text(&live, descriptor, request);
    answer = read_all(descriptor);
    if (strncmp(answer, "HTTP/1.1 400 ", 13) != 0 || strstr(answer, "HTTP/1.1 200") ||
        !strstr(answer, "\r\nConnection: close\r\n")) {
        FAIL("%s: %s", head, answer);
    }
    if (sentence && !strstr(answer, sentence)) {
        FAIL("%s: not \"%s\", but %s", head, sentence, answer);
    }
    free(answer);
    close(descriptor);
}

#define POST "POST /apps/1/events HTTP/1.1\r\nHost: x\r\n"
#define MALFORMED "The head has a malformed line"

TEST(a_body_has_one_length)
{
    static const char twice[] = "Content-Length stands in the head twice";
    static const char both[] = "Content-Length and Transfer-Encoding exclude each other";
    static const char number[] = "Content-Length is not a number";
    static const char coding[] = "Transfer-Encoding can be \"chunked\", once, and nothing else";

    open_live();
    check_refused(POST "Content-Length: 5\r\nContent-Length: 6\r\n", twice);
    check_refused(POST "Content-Length: 5\r\ncontent-length: 5\r\n", twice);
    check_refused(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", both);
    check_refused(POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", both);
    check_refused(POST "Content-Length: 5, 5\r\n", NULL);
    check_refused(POST "Content-Length: +5\r\n", NULL);
    check_refused(POST "Content-Length: -5\r\n", NULL);
    check_refused(POST "Content-Length: 0x5\r\n", NULL);
    check_refused(POST "Content-Length: 5x\r\n", NULL);
    check_refused(POST "Content-Length:\r\n", NULL);
    check_refused(POST "Content-Length: 1000000000000000000\r\n", number);
    check_refused(POST "Transfer-Encoding: gzip\r\n", coding);
    check_refused(POST "Transfer-Encoding: gzip, chunked\r\n", coding);
    check_refused(POST "Transfer-Encoding: chunked, chunked\r\n", coding);
    check_refused(POST "Transfer-Encoding: identity\r\n", coding);
    check_refused(POST "Transfer-Encoding:\r\n", coding);
    check_refused(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", coding);
    check_refused("POST /up HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", coding);
    live_close(&live);
}

TEST(lines_of_a_head_are_well_formed)
{
    open_live();
    check_refused(POST "Content-Length : 5\r\n", MALFORMED);
    check_refused(POST "Transfer-Encoding\t: chunked\r\n", MALFORMED);
    check_refused(POST "Transfer-Encoding: \x0b"
                       "chunked\r\n",
                  MALFORMED);
    check_refused(POST "X: a\rContent-Length: 5\r\n", MALFORMED);
    check_refused(POST "X: a\x01\r\n", MALFORMED);
    check_refused(POST "X\x80: a\r\n", MALFORMED);
    check_refused(POST ": a\r\n", MALFORMED);
    check_refused(POST ":\r\n", MALFORMED);
    check_refused(POST "X:\r\n:\r\n", MALFORMED);
    check_refused(POST "X: \r\n:\r\n", MALFORMED);
    check_refused("GET /up HTTP/1.1\r\n: a\r\nHost: x\r\n", MALFORMED);
    check_refused(POST "X: a\nY: b\r\n", MALFORMED);
    check_refused(POST "X: a\r\n b\r\n", MALFORMED);
    check_refused("GET /up HTTP/1.1\nHost: x\r\n", MALFORMED);
    check_refused("GET /up HTTP/1.0\n", MALFORMED);
    check_refused(POST "X: a\n", MALFORMED);
    check_refused("GET /up HTTP/1.1\r\n Host: x\r\nHost: x\r\n", MALFORMED);
    check_refused(POST "no colon\r\n", NULL);
    live_close(&live);
}

/* Whatever their sizes, and wherever they are split, good heads are good. */
TEST(good_heads_are_taken_for_good)
{
    static char request[65536];
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    for (size_t size = 0; size < 13000; size += 1 + size / 3) {
        for (int lines = 1; lines < 60; lines += 13) {
            size_t length = (size_t)sprintf(request, "GET /up HTTP/1.1\r\nHost: x\r\nEmpty:\r\n");

            for (int line = 0; line < lines; line++) {
                length +=
                    (size_t)sprintf(request + length, "X%d: %*s\r\n", line, (int)size / lines, "y");
            }
            length +=
                (size_t)sprintf(request + length, "Cookie: a=b; c=d\r\nBlank: \r\nLast:\r\n\r\n");
            for (size_t at = 0; at < length; at += size + 7) {
                live_send(&live, descriptor, request + at,
                          length - at < size + 7 ? length - at : size + 7);
            }
            live_check(live_read(&live, descriptor), 200, NULL);
            memcpy(request + length, request, length);
            live_send(&live, descriptor, request, 2 * length);
            live_check(live_read(&live, descriptor), 200, NULL);
            live_check(live_read(&live, descriptor), 200, NULL);
        }
    }
    close(descriptor);
    live_close(&live);
}

TEST(folded_lines_do_not_hide_a_length)
{
    open_live();
    check_refused(POST "Content-Length:\r\n 5\r\n", MALFORMED);
    check_refused(POST "Content-Length: 5\r\n 5\r\n", MALFORMED);
    check_refused(POST "Transfer-Encoding:\r\n chunked\r\n", MALFORMED);
    check_refused(POST "Transfer-Encoding:\r\n\tchunked\r\n", MALFORMED);
    live_close(&live);
}

TEST(a_request_has_one_host)
{
    static const char host[] = "Host must stand in the head once";

    open_live();
    check_refused("GET /up HTTP/1.1\r\n", host);
    check_refused("GET /up HTTP/1.1\r\nHost: a\r\nHost: b\r\n", host);
    live_ask(&live, "192.0.2.1", "GET /up HTTP/1.0\r\n\r\n", 200, NULL);
    live_close(&live);
}

TEST(targets_have_no_spaces)
{
    static const char target[] = "The target of the request is malformed";

    open_live();
    check_refused("GET /up /x HTTP/1.1\r\nHost: x\r\n", target);
    check_refused("GET up HTTP/1.1\r\nHost: x\r\n", target);
    check_refused("GET /up\x7f HTTP/1.1\r\nHost: x\r\n", target);
    check_refused("GET ? HTTP/1.1\r\nHost: x\r\n", target);
    live_close(&live);
}

/* libmicrohttpd's own refusals. */
TEST(what_is_no_http_is_refused_and_closed)
{
    static const char *const texts[] = {
        "GET /up HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET /up HTTP/0.9\r\n\r\n",
        "GET /up\r\n\r\n",
        "GET /up HTTP/1.1x\r\n\r\n",
        "nonsense\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    };

    open_live();
    for (size_t index = 0; index < sizeof(texts) / sizeof(texts[0]); index++) {
        int descriptor = live_connect(&live);
        char *answer;

        live_send_text(&live, descriptor, texts[index]);
        shutdown(descriptor, SHUT_WR);
        answer = read_all(descriptor);
        if (*answer && strncmp(answer, "HTTP/1.1 4", 10) != 0 &&
            strncmp(answer, "HTTP/1.1 505", 12) != 0) {
            FAIL("%s: %s", texts[index], answer);
        }
        free(answer);
        close(descriptor);
    }
    live_turn(&live);
    CHECK_EQUAL(ody_http_server_look(live.server).connections, 0);
    live_close(&live);
}

static void check_too_long(const char *begin, int status)
{
    int descriptor = live_connect(&live);
    char text[1024];

    live_send_text(&live, descriptor, begin);
    memset(text, 'a', sizeof(text));
    for (int count = 0; count < 200; count++) {
        live_send(&live, descriptor, text, sizeof(text));
    }
    live_check(live_read(&live, descriptor), status, NULL);
    CHECK(live_ended(&live, descriptor));
    close(descriptor);
}

TEST(heads_are_bounded)
{
    open_live();
    check_too_long("GET /", 414);
    check_too_long("GET /up HTTP/1.1\r\nHost: x\r\nX: ", 431);
    live_close(&live);
}

TEST(many_headers_are_answered)
{
    char request[16384] = "GET /up HTTP/1.1\r\nHost: x\r\n";

    open_live();
    for (int count = 0; count < 150; count++) {
        strcat(request, "X: y\r\n");
    }
    strcat(request, "\r\n");
    live_ask(&live, "127.0.0.1", request, 200, NULL);
    live_close(&live);
}

TEST(malformed_chunks_are_refused)
{
    static const char *const chunks[] = {
        "x\r\n", "-1\r\n", "5\r\nabcdefgh\r\n", "ffffffffffffffffff\r\n", ";\r\n", "5 \r\n",
    };

    open_live();
    for (size_t index = 0; index < sizeof(chunks) / sizeof(chunks[0]); index++) {
        int descriptor = live_connect(&live);
        char *answer;

        live_send_text(&live, descriptor, POST "Transfer-Encoding: chunked\r\n\r\n");
        live_send_text(&live, descriptor, chunks[index]);
        live_send_text(&live, descriptor, SMUGGLED);
        answer = read_all(descriptor);
        if (strncmp(answer, "HTTP/1.1 4", 10) != 0 || strstr(answer, "HTTP/1.1 200")) {
            FAIL("%s: %s", chunks[index], answer);
        }
        free(answer);
        close(descriptor);
    }
    live_close(&live);
}

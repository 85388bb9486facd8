/* SPDX-License-Identifier: MIT */
/* Any bytes as the head of a request, and what it says about who sends it. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "fuzz.h"
#include "net/client_address.h"
#include "net/http_head.h"
#include "ody/error.h"

/* 10.0.0.0/8 and ::1 are trusted. */
static const ody_network trusted[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10}, 104},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128},
};
static const ody_options options = {.trusted_proxies = trusted, .trusted_proxy_count = 2};
static const uint8_t stranger[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
static const uint8_t proxy[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1};
static const uint8_t loopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};

static void must_be_inside(ody_view part, ody_view whole)
{
    MUST(part.data >= whole.data && part.data + part.length <= whole.data + whole.length);
    for (size_t index = 0; index < part.length; index++) {
        MUST(part.data[index] == '\t' || !iscntrl((unsigned char)part.data[index]));
    }
}

/* Whether a line of the head begins with that name, as a slow and simple eye sees it. */
static bool has_line(ody_view head, const char *name)
{
    size_t length = strlen(name);

    for (size_t index = 0; index + length + 2 < head.length; index++) {
        if (memcmp(head.data + index, "\r\n", 2) == 0 &&
            strncasecmp(head.data + index + 2, name, length) == 0) {
            return true;
        }
    }
    return false;
}

static void check_parts(const ody_http_head *head, ody_view data)
{
    ody_view whole = {data.data, head->length};

    MUST(head->length <= data.length && head->length == ody_http_head_end(data));
    MUST(memcmp(data.data + head->length - 4, "\r\n\r\n", 4) == 0);
    MUST(head->header_count <= ODY_HTTP_HEADERS_MAX);
    must_be_inside(head->method, whole);
    must_be_inside(head->target, whole);
    must_be_inside(head->version, whole);
    for (size_t index = 0; index < head->header_count; index++) {
        const ody_http_header *header = &head->headers[index];

        must_be_inside(header->name, whole);
        must_be_inside(header->value, whole);
        MUST(header->name.length > 0 && !memchr(header->name.data, ' ', header->name.length));
        MUST(ody_http_header_count(head, header->name) > 0);
        MUST(ody_http_header_find(head, header->name).data != NULL);
    }
}

static void check_upgrade(const ody_http_head *head, ody_view data)
{
    ody_view whole = {data.data, head->length};

    if (ody_http_is_upgrade(head)) {
        MUST(memcmp(data.data, "GET ", 4) == 0);
        MUST(has_line(whole, "Host:") && has_line(whole, "Sec-WebSocket-Key:"));
        MUST(!has_line(whole, "Content-Length:") && !has_line(whole, "Transfer-Encoding:"));
        MUST(ody_http_header_find(head, ODY_VIEW("sec-websocket-key")).length == 24);
    }
}

static void check_sender(const ody_http_head *head, ody_view data)
{
    ody_view whole = {data.data, head->length};
    uint8_t found[16];
    char text[46];

    ody_client_address(head, stranger, &options, found);
    MUST(memcmp(found, stranger, 16) == 0);
    ody_client_address(head, proxy, &options, found);
    MUST(memcmp(found, proxy, 16) == 0 || has_line(whole, "Forwarded:") ||
         has_line(whole, "X-Forwarded-For:"));
    ody_address_format(found, text, sizeof(text));
    MUST(strlen(text) > 0);
    MUST(!ody_request_is_local(head, stranger));
    if (ody_request_is_local(head, loopback)) {
        MUST(has_line(whole, "Host:") && !has_line(whole, "Origin:") &&
             !has_line(whole, "Forwarded:") && !has_line(whole, "X-Forwarded-") &&
             !has_line(whole, "X-Real-IP:") && !has_line(whole, "Via:"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    ody_view data = {(const char *)bytes, size};
    ody_http_head head;
    int code;

    if (size > ODY_HTTP_HEAD_MAX) {
        return 0;
    }
    code = ody_http_head_parse(data, &head);
    MUST(code == 0 || code == ODY_EPROTOCOL || code == ODY_ELIMIT);
    if (code == 0) {
        check_parts(&head, data);
        check_upgrade(&head, data);
        check_sender(&head, data);
    }
    return 0;
}

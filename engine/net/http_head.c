/* SPDX-License-Identifier: MIT */
/* The parser of request heads. */
#include "net/http_head.h"

#include <strings.h>
#include "ody/error.h"

size_t ody_http_head_end(ody_view data)
{
    const char *end = data.length >= 4 ? memmem(data.data, data.length, "\r\n\r\n", 4) : NULL;

    return end ? (size_t)(end - data.data) + 4 : 0;
}

static bool equal_ignoring_case(ody_view a, ody_view b)
{
    return a.length == b.length && strncasecmp(a.data, b.data, a.length) == 0;
}

bool ody_http_is_token(ody_view text)
{
    for (size_t index = 0; index < text.length; index++) {
        unsigned char byte = (unsigned char)text.data[index];
        bool letter_or_digit = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                               (byte >= 'a' && byte <= 'z');

        if (!letter_or_digit && (byte == 0 || !strchr("!#$%&'*+-.^_`|~", byte))) {
            return false;
        }
    }
    return text.length > 0;
}

static bool is_visible(ody_view text)
{
    for (size_t index = 0; index < text.length; index++) {
        unsigned char byte = (unsigned char)text.data[index];

        if (byte <= ' ' || byte == 0x7f) {
            return false;
        }
    }
    return text.length > 0;
}

bool ody_http_is_value(ody_view text)
{
    for (size_t index = 0; index < text.length; index++) {
        unsigned char byte = (unsigned char)text.data[index];

        if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
            return false;
        }
    }
    return true;
}

ody_view ody_http_trim(ody_view text)
{
    while (text.length > 0 && (*text.data == ' ' || *text.data == '\t')) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 &&
           (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t')) {
        text.length--;
    }
    return text;
}

/* Splits text at the first separator; what is behind it stays in *text. */
static bool split(ody_view *text, char separator, ody_view *before)
{
    const char *found = text->length ? memchr(text->data, separator, text->length) : NULL;

    if (!found) {
        return false;
    }
    *before = (ody_view){text->data, (size_t)(found - text->data)};
    text->length -= before->length + 1;
    text->data = found + 1;
    return true;
}

static int parse_request_line(ody_view line, ody_http_head *head)
{
    if (!split(&line, ' ', &head->method) || !split(&line, ' ', &head->target)) {
        return ODY_EPROTOCOL;
    }
    head->version = line;
    if (!ody_http_is_token(head->method) || !is_visible(head->target) ||
        !(ody_view_equal(line, ODY_VIEW("HTTP/1.1")) ||
          ody_view_equal(line, ODY_VIEW("HTTP/1.0")))) {
        return ODY_EPROTOCOL;
    }
    return 0;
}

static int parse_header(ody_view line, ody_http_head *head)
{
    ody_http_header *header = &head->headers[head->header_count];

    if (head->header_count == ODY_HTTP_HEADERS_MAX) {
        return ODY_ELIMIT;
    }
    if (!split(&line, ':', &header->name) || !ody_http_is_token(header->name) ||
        !ody_http_is_value(line)) {
        return ODY_EPROTOCOL;
    }
    header->value = ody_http_trim(line);
    head->header_count++;
    return 0;
}

/* Takes one line off; it must end with CR LF and hold no other CR. */
static bool take_line(ody_view *rest, ody_view *line)
{
    if (!split(rest, '\n', line) || line->length == 0 || line->data[line->length - 1] != '\r') {
        return false;
    }
    line->length--;
    return line->length == 0 || memchr(line->data, '\r', line->length) == NULL;
}

int ody_http_head_parse(ody_view data, ody_http_head *head)
{
    ody_view rest = {data.data, ody_http_head_end(data)};
    ody_view line;
    int code;

    head->header_count = 0;
    head->length = rest.length;
    if (!take_line(&rest, &line)) {
        return ODY_EPROTOCOL;
    }
    code = parse_request_line(line, head);
    while (code == 0) {
        if (!take_line(&rest, &line)) {
            return ODY_EPROTOCOL;
        }
        if (line.length == 0) {
            return 0;
        }
        code = parse_header(line, head);
    }
    return code;
}

ody_view ody_http_header_find(const ody_http_head *head, ody_view name)
{
    for (size_t index = 0; index < head->header_count; index++) {
        if (equal_ignoring_case(head->headers[index].name, name)) {
            return head->headers[index].value;
        }
    }
    return ODY_VIEW_NONE;
}

size_t ody_http_header_count(const ody_http_head *head, ody_view name)
{
    size_t count = 0;

    for (size_t index = 0; index < head->header_count; index++) {
        count += equal_ignoring_case(head->headers[index].name, name);
    }
    return count;
}

static bool list_has(ody_view list, ody_view token)
{
    ody_view item;

    while (split(&list, ',', &item)) {
        if (equal_ignoring_case(ody_http_trim(item), token)) {
            return true;
        }
    }
    return equal_ignoring_case(ody_http_trim(list), token);
}

bool ody_http_header_has_token(const ody_http_head *head, ody_view name, ody_view token)
{
    for (size_t index = 0; index < head->header_count; index++) {
        if (equal_ignoring_case(head->headers[index].name, name) &&
            list_has(head->headers[index].value, token)) {
            return true;
        }
    }
    return false;
}

/* Base64 of 16 bytes. The last letter before the padding carries only two bits. */
static bool is_nonce(ody_view key)
{
    static const char last[] = "AQgw";

    for (size_t index = 0; index < 22 && key.length == 24; index++) {
        char byte = key.data[index];
        bool letter_or_digit = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                               (byte >= 'a' && byte <= 'z');

        if (!letter_or_digit && byte != '+' && byte != '/') {
            return false;
        }
    }
    return key.length == 24 && memchr(last, key.data[21], 4) && memcmp(key.data + 22, "==", 2) == 0;
}

bool ody_http_is_upgrade(const ody_http_head *head)
{
    return ody_view_equal(head->method, ODY_VIEW("GET")) &&
           ody_view_equal(head->version, ODY_VIEW("HTTP/1.1")) &&
           ody_http_header_count(head, ODY_VIEW("Host")) == 1 &&
           ody_http_header_has_token(head, ODY_VIEW("Upgrade"), ODY_VIEW("websocket")) &&
           ody_http_header_has_token(head, ODY_VIEW("Connection"), ODY_VIEW("upgrade")) &&
           ody_http_header_count(head, ODY_VIEW("Sec-WebSocket-Key")) == 1 &&
           is_nonce(ody_http_header_find(head, ODY_VIEW("Sec-WebSocket-Key"))) &&
           ody_http_header_count(head, ODY_VIEW("Sec-WebSocket-Version")) == 1 &&
           ody_view_equal(ody_http_header_find(head, ODY_VIEW("Sec-WebSocket-Version")),
                          ODY_VIEW("13")) &&
           ody_http_header_count(head, ODY_VIEW("Content-Length")) == 0 &&
           ody_http_header_count(head, ODY_VIEW("Transfer-Encoding")) == 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Reads the head of an HTTP/1.1 request that has arrived whole. Pure and strict: what it does not
 * understand is malformed. All views point into the head. Any thread. Source: RFC 9112, RFC 6455.
 */
#ifndef ODY_NET_HTTP_HEAD_H
#define ODY_NET_HTTP_HEAD_H

#include "ody/view.h"

#define ODY_HTTP_HEAD_MAX 8192
#define ODY_HTTP_HEADERS_MAX 64

typedef struct ody_http_header {
    ody_view name;
    ody_view value; /* without white space around it */
} ody_http_header;

typedef struct ody_http_head {
    ody_view method;
    ody_view target;
    ody_view version; /* "HTTP/1.1" */
    ody_http_header headers[ODY_HTTP_HEADERS_MAX];
    size_t header_count;
    size_t length; /* bytes of the head, the empty line included */
} ody_http_head;

/** @return the length of the head with its empty line, or 0 when that has not come yet. */
size_t ody_http_head_end(ody_view data);

/**
 * Reads a head. @param data begins with it and holds all of it.
 * @return 0; ODY_EPROTOCOL (malformed), ODY_ELIMIT (too many headers).
 */
int ody_http_head_parse(ody_view data, ody_http_head *head);

/** Whether text is a token (RFC 9110, section 5.6.2), as names of headers are. */
bool ody_http_is_token(ody_view text);
/** Whether text can be a header's value: no control characters but tabs. */
bool ody_http_is_value(ody_view text);

/** Takes spaces and tabs off both ends. */
ody_view ody_http_trim(ody_view text);

/** The value of the first header of that name, whatever its case; ODY_VIEW_NONE without one. */
ody_view ody_http_header_find(const ody_http_head *head, ody_view name);

/** How many headers of that name there are. */
size_t ody_http_header_count(const ody_http_head *head, ody_view name);

/** Whether a comma-separated header has that token in any of its lines, whatever its case. */
bool ody_http_header_has_token(const ody_http_head *head, ody_view name, ody_view token);

/** Whether it is a well-formed WebSocket upgrade without a body (RFC 6455, section 4.2.1). */
bool ody_http_is_upgrade(const ody_http_head *head);

#endif

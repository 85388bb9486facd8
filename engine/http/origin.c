/* SPDX-License-Identifier: MIT */
/*
 * What libmicrohttpd takes without a question: heads whose end and whose body two readers could see
 * at different places. And who asks, judged anew for each request of a connection.
 */
#include <stdlib.h>
#include <strings.h>
#include "base/number.h"
#include "http/callbacks.h"
#include "net/client_address.h"

#define BEARER "Bearer "
#define LINE_END 2
/* Of a Content-Length. */
#define LENGTH_DIGITS 18

/* What is counted while the head is looked through. */
typedef struct framing_count {
    ody_http_framing *framing;
    const char *next; /* where the next line must begin */
    unsigned lengths;
    unsigned codings;
    unsigned hosts;
} framing_count;

static bool is_name(ody_view name, const char *wanted)
{
    return name.length == strlen(wanted) && strncasecmp(name.data, wanted, name.length) == 0;
}

static bool begins(ody_view name, const char *wanted)
{
    return name.length > strlen(wanted) && strncasecmp(name.data, wanted, strlen(wanted)) == 0;
}

static void note_fault(framing_count *count, const char *fault)
{
    if (!count->framing->fault) {
        count->framing->fault = fault;
    }
}

static void note_length(framing_count *count, ody_view value)
{
    uint64_t length;

    if (value.length > LENGTH_DIGITS || !ody_number_parse(value, UINT64_MAX / 16, &length)) {
        note_fault(count, "Content-Length is not a number");
    } else if (++count->lengths > 1) {
        note_fault(count, "Content-Length stands in the head twice");
    } else if (length > 0) {
        count->framing->body = true;
        count->framing->length = length;
    }
}

static void note_coding(framing_count *count, ody_view value)
{
    if (count->framing->old || ++count->codings > 1 || !is_name(value, "chunked")) {
        note_fault(count, "Transfer-Encoding can be \"chunked\", once, and nothing else");
    } else {
        count->framing->body = true;
        count->framing->length = UINT64_MAX;
    }
}

/*
 * libmicrohttpd takes lines that end with a line feed alone, lines that go on in the next one, and
 * a line without a name for the end of the head. Of a head without such tricks it makes texts that
 * stand one behind the other, two bytes for the end of each line. Later versions are strict if they
 * are told to be, and keep their texts otherwise.
 */
static bool keeps_lines_together(void)
{
    static const char old[] = "0.9.";
    const char *version = MHD_get_version();

    return strncmp(version, old, sizeof(old) - 1) == 0 && atoi(version + sizeof(old) - 1) <= 76;
}

/* It adds the rest of a folded line to the header's name. */
static bool is_folded(ody_view name)
{
    return begins(name, "Content-Length") || begins(name, "Transfer-Encoding");
}

static enum MHD_Result note_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_length, const char *value, size_t value_length)
{
    framing_count *count = context;
    ody_view name_view = {name, name_length};
    ody_view value_view = {value, value ? value_length : 0};

    (void)kind;
    if (count->next && count->next != name) {
        note_fault(count, "The head has a malformed line");
    }
    count->next = count->next ? value + value_view.length + LINE_END : NULL;
    if (!ody_http_is_token(name_view) || !ody_http_is_value(value_view) || is_folded(name_view)) {
        note_fault(count, "The head has a malformed line");
    } else if (is_name(name_view, "Content-Length")) {
        note_length(count, value_view);
    } else if (is_name(name_view, "Transfer-Encoding")) {
        note_coding(count, value_view);
    } else if (is_name(name_view, "Host")) {
        count->hosts++;
    } else if (is_name(name_view, "Expect")) {
        count->framing->expects = is_name(value_view, "100-continue");
    }
    return MHD_YES;
}

ody_http_framing ody__http_framing(struct MHD_Connection *mhd, const char *method,
                                   const char *version)
{
    ody_http_framing framing = {.old = strcmp(version, "HTTP/1.0") == 0};
    framing_count count = {.framing = &framing};
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    if (size && keeps_lines_together()) {
        count.next = version + strlen(version) + LINE_END;
    }
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, note_header, &count);
    if (count.next && count.next + LINE_END != method + size->header_size) {
        note_fault(&count, "The head has a malformed line");
    }
    if (count.lengths > 0 && count.codings > 0) {
        note_fault(&count, "Content-Length and Transfer-Encoding exclude each other");
    }
    if (count.hosts > 1 || (count.hosts == 0 && !framing.old)) {
        note_fault(&count, "Host must stand in the head once");
    }
    return framing;
}

static enum MHD_Result collect(void *context, enum MHD_ValueKind kind, const char *name,
                               size_t name_length, const char *value, size_t value_length)
{
    ody_http_head *head = context;

    (void)kind;
    if (head->header_count == ODY_HTTP_HEADERS_MAX) {
        head->header_count++;
        return MHD_NO;
    }
    head->headers[head->header_count++] = (ody_http_header){
        {name, name_length}, ody_http_trim((ody_view){value, value ? value_length : 0})};
    return MHD_YES;
}

/* @return false for more headers than are looked at. */
static bool read_head(const ody_http_exchange *exchange, ody_http_head *head)
{
    head->header_count = 0;
    MHD_get_connection_values_n(exchange->connection->mhd, MHD_HEADER_KIND, collect, head);
    return head->header_count <= ODY_HTTP_HEADERS_MAX;
}

bool ody__http_is_trusted(const ody_http_exchange *exchange)
{
    const ody_options *options = exchange->server->options;
    const uint8_t *peer = exchange->connection->peer;
    ody_http_head head;
    uint8_t client[16];

    if (!read_head(exchange, &head)) {
        return false;
    }
    if (ody_request_is_local(&head, peer)) {
        return true;
    }
    if (ody_request_is_of_a_page(&head)) {
        return false;
    }
    if (ody_address_in(peer, options->trusted_proxies, options->trusted_proxy_count)) {
        ody_client_address(&head, peer, options, client);
        /* A trusted proxy that names nobody is no client of a trusted network. */
        return memcmp(client, peer, 16) != 0 &&
               ody_address_in(client, options->http.trusted, options->http.trusted_count);
    }
    return !ody_request_is_proxied(&head) &&
           ody_address_in(peer, options->http.trusted, options->http.trusted_count);
}

bool ody__http_is_near(const ody_http_exchange *exchange)
{
    const ody_http_options *options = &exchange->server->options->http;
    const uint8_t *peer = exchange->connection->peer;
    ody_http_head head;

    if (exchange->old || !read_head(exchange, &head)) {
        return false;
    }
    return ody_request_is_of_this_machine(&head, peer) ||
           (!ody_request_is_proxied(&head) && !ody_request_is_named(&head) &&
            ody_address_in(peer, options->trusted, options->trusted_count));
}

bool ody__http_is_cross_site(const ody_http_exchange *exchange)
{
    ody_view site = ODY_VIEW("Sec-Fetch-Site");
    ody_http_head head;

    return !read_head(exchange, &head) ||
           (ody_http_header_count(&head, site) > 0 &&
            !ody_view_equal(ody_http_header_find(&head, site), ODY_VIEW("same-origin")));
}

void ody__http_client(const ody_http_exchange *exchange, uint8_t address[16])
{
    const uint8_t *peer = exchange->connection->peer;
    ody_http_head head;

    if (read_head(exchange, &head)) {
        ody_client_address(&head, peer, exchange->server->options, address);
    } else {
        memcpy(address, peer, 16);
    }
}

ody_view ody__http_header(const ody_http_exchange *exchange, const char *name)
{
    ody_view wanted = ody_view_of(name);
    ody_http_head head;

    if (!read_head(exchange, &head) || ody_http_header_count(&head, wanted) != 1) {
        return ODY_VIEW_NONE;
    }
    return ody_http_header_find(&head, wanted);
}

ody_view ody__http_bearer(const ody_http_exchange *exchange)
{
    ody_view value = ody__http_header(exchange, "Authorization");
    size_t length = strlen(BEARER);

    if (value.length <= length || strncasecmp(value.data, BEARER, length) != 0) {
        return ODY_VIEW_NONE;
    }
    return ody_http_trim((ody_view){value.data + length, value.length - length});
}

bool ody__http_wants_websocket(const ody_http_exchange *exchange)
{
    ody_http_head head;

    return ody_view_equal(exchange->method, ODY_VIEW("GET")) && read_head(exchange, &head) &&
           ody_http_header_has_token(&head, ODY_VIEW("Upgrade"), ODY_VIEW("websocket"));
}

void ody__http_write_head(const ody_http_exchange *exchange, ody_bytes *out)
{
    ody_http_head head;

    read_head(exchange, &head);
    ody_bytes_append_view(out, exchange->method);
    ody_bytes_append_byte(out, ' ');
    ody_bytes_append_view(out, exchange->target);
    ody_bytes_append_literal(out, " HTTP/1.1\r\n");
    for (size_t index = 0; index < head.header_count; index++) {
        ody_bytes_append_view(out, head.headers[index].name);
        ody_bytes_append_literal(out, ": ");
        ody_bytes_append_view(out, head.headers[index].value);
        ody_bytes_append_literal(out, "\r\n");
    }
    ody_bytes_append_literal(out, "\r\n");
}

/* SPDX-License-Identifier: MIT */
/* Addresses of clients behind proxies. */
#include "net/client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include "ody/network.h"

#define HOPS_MAX 64

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

void ody_address_from_socket(const struct sockaddr_storage *socket_address, uint8_t out[16])
{
    memset(out, 0, 16);
    if (socket_address->ss_family == AF_INET) {
        memcpy(out, mapped_prefix, sizeof(mapped_prefix));
        memcpy(out + 12, &((const struct sockaddr_in *)socket_address)->sin_addr, 4);
    } else if (socket_address->ss_family == AF_INET6) {
        memcpy(out, &((const struct sockaddr_in6 *)socket_address)->sin6_addr, 16);
    }
}

void ody_address_format(const uint8_t address[16], char *out, size_t size)
{
    bool mapped = memcmp(address, mapped_prefix, sizeof(mapped_prefix)) == 0;

    if (!inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? address + 12 : address, out,
                   (socklen_t)size)) {
        out[0] = '\0';
    }
}

bool ody_address_is_loopback(const uint8_t address[16])
{
    if (memcmp(address, mapped_prefix, sizeof(mapped_prefix)) == 0) {
        return address[12] == 127;
    }
    return memcmp(address, &in6addr_loopback, 16) == 0;
}

static bool network_has(const ody_network *network, const uint8_t address[16])
{
    size_t whole = network->prefix_bits / 8;
    unsigned rest = network->prefix_bits % 8;
    uint8_t mask = (uint8_t)(0xff << (8 - rest));

    if (memcmp(network->address, address, whole) != 0) {
        return false;
    }
    return rest == 0 || (network->address[whole] & mask) == (address[whole] & mask);
}

bool ody_address_in(const uint8_t address[16], const ody_network *networks, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        if (network_has(&networks[index], address)) {
            return true;
        }
    }
    return false;
}

/* Where the separator stands last or, with `first`, first, but for inside of quotes: a proxy may
 * quote there what its client wrote. NULL when it is nowhere, or when the quotes do not end. */
static const char *find_unquoted(ody_view text, char separator, bool first)
{
    const char *found = NULL;
    bool quoted = false;

    for (size_t index = 0; index < text.length; index++) {
        char byte = text.data[index];

        if (byte == '"') {
            quoted = !quoted;
        } else if (quoted && byte == '\\') {
            index++;
        } else if (!quoted && byte == separator && !(first && found)) {
            found = text.data + index;
        }
    }
    return quoted ? NULL : found;
}

/* Takes the last element off a comma-separated list. */
static bool take_last(ody_view *list, ody_view *element)
{
    const char *comma;

    if (!list->data) {
        return false;
    }
    comma = find_unquoted(*list, ',', false);
    if (!comma) {
        *element = ody_http_trim(*list);
        *list = ODY_VIEW_NONE;
    } else {
        size_t before = (size_t)(comma - list->data);

        *element = ody_http_trim((ody_view){comma + 1, list->length - before - 1});
        list->length = before;
    }
    return true;
}

/* The value of for= in one element of Forwarded, without its quotes. */
static ody_view forwarded_for(ody_view element)
{
    while (element.length > 0) {
        const char *semicolon = find_unquoted(element, ';', true);
        size_t length = semicolon ? (size_t)(semicolon - element.data) : element.length;
        ody_view pair = ody_http_trim((ody_view){element.data, length});

        if (pair.length > 4 && strncasecmp(pair.data, "for=", 4) == 0) {
            pair = (ody_view){pair.data + 4, pair.length - 4};
            if (pair.length >= 2 && pair.data[0] == '"' && pair.data[pair.length - 1] == '"') {
                pair = (ody_view){pair.data + 1, pair.length - 2};
            }
            return pair;
        }
        length += semicolon != NULL;
        element = (ody_view){element.data + length, element.length - length};
    }
    return ODY_VIEW_NONE;
}

/* "[v6]:port" and "v4:port" lose port and brackets. */
static ody_view without_port(ody_view node)
{
    const char *colon;

    if (node.length > 0 && node.data[0] == '[') {
        const char *end = memchr(node.data, ']', node.length);
        size_t length = end ? (size_t)(end - node.data) + 1 : 0;

        if (!end || (length < node.length && end[1] != ':')) {
            return ODY_VIEW_NONE;
        }
        return (ody_view){node.data + 1, length - 2};
    }
    colon = node.length ? memchr(node.data, ':', node.length) : NULL;
    if (colon && colon == memrchr(node.data, ':', node.length)) {
        node.length = (size_t)(colon - node.data);
    }
    return node;
}

static bool parse_node(ody_view node, uint8_t out[16])
{
    ody_network network;

    node = without_port(node);
    if (node.length == 0 || memchr(node.data, '/', node.length) ||
        ody_network_parse(node, &network) < 0) {
        return false;
    }
    memcpy(out, network.address, 16);
    return true;
}

void ody_client_address(const ody_http_head *head, const uint8_t peer[16],
                        const ody_options *options, uint8_t out[16])
{
    bool standard = ody_http_header_count(head, ODY_VIEW("X-Forwarded-For")) == 0;
    ody_view name = standard ? ODY_VIEW("Forwarded") : ODY_VIEW("X-Forwarded-For");
    int hops = 0;

    memcpy(out, peer, 16);
    for (size_t index = head->header_count; index-- > 0;) {
        ody_view list = head->headers[index].value;
        ody_view element;

        if (head->headers[index].name.length != name.length ||
            strncasecmp(head->headers[index].name.data, name.data, name.length) != 0) {
            continue;
        }
        while (take_last(&list, &element)) {
            uint8_t hop[16];

            if (++hops > HOPS_MAX ||
                !ody_address_in(out, options->trusted_proxies, options->trusted_proxy_count) ||
                !parse_node(standard ? forwarded_for(element) : element, hop)) {
                return;
            }
            memcpy(out, hop, 16);
        }
    }
}

static bool host_is_loopback(ody_view host)
{
    uint8_t address[16];
    ody_view name = without_port(host);

    if (name.length == 9 && strncasecmp(name.data, "localhost", 9) == 0) {
        return true;
    }
    return parse_node(host, address) && ody_address_is_loopback(address);
}

static bool starts(ody_view name, const char *prefix)
{
    return name.length >= strlen(prefix) && strncasecmp(name.data, prefix, strlen(prefix)) == 0;
}

bool ody_request_is_proxied(const ody_http_head *head)
{
    static const char *const traces[] = {"Forwarded", "X-Real-IP", "Via"};

    for (size_t index = 0; index < sizeof(traces) / sizeof(*traces); index++) {
        if (ody_http_header_count(head, ody_view_of(traces[index])) > 0) {
            return true;
        }
    }
    for (size_t index = 0; index < head->header_count; index++) {
        if (starts(head->headers[index].name, "X-Forwarded-")) {
            return true;
        }
    }
    return false;
}

bool ody_request_is_of_a_page(const ody_http_head *head)
{
    ody_view site = ODY_VIEW("Sec-Fetch-Site");
    size_t count = ody_http_header_count(head, site);

    return ody_http_header_count(head, ODY_VIEW("Origin")) > 0 || count > 1 ||
           (count == 1 && !ody_view_equal(ody_http_header_find(head, site), ODY_VIEW("none")));
}

static ody_view host_of(const ody_http_head *head)
{
    ody_view name = ODY_VIEW("Host");

    return ody_http_header_count(head, name) == 1 ? ody_http_header_find(head, name)
                                                  : ODY_VIEW_NONE;
}

bool ody_request_is_named(const ody_http_head *head)
{
    uint8_t address[16];
    ody_view host = host_of(head);

    return !host_is_loopback(host) && !parse_node(host, address);
}

bool ody_request_is_of_this_machine(const ody_http_head *head, const uint8_t peer[16])
{
    return ody_address_is_loopback(peer) && host_is_loopback(host_of(head)) &&
           !ody_request_is_proxied(head);
}

bool ody_request_is_local(const ody_http_head *head, const uint8_t peer[16])
{
    return ody_request_is_of_this_machine(head, peer) && !ody_request_is_of_a_page(head);
}

/* SPDX-License-Identifier: MIT */
/* Reads the target "<prefix>/app/<key>?protocol=7&…" and who asks. */
#include "net/upgrade.h"

#include "base/log.h"
#include "net/client_address.h"

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    digit = (char)(digit | 0x20);
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Decodes %XX into out. What does not fit becomes too long to be any key. */
static ody_view percent_decode(ody_view text, char *out, size_t size)
{
    size_t length = 0;

    for (size_t index = 0; index < text.length && length < size; index++) {
        char byte = text.data[index];

        if (byte == '%' && index + 2 < text.length && hex_digit(text.data[index + 1]) >= 0 &&
            hex_digit(text.data[index + 2]) >= 0) {
            byte = (char)(hex_digit(text.data[index + 1]) << 4 | hex_digit(text.data[index + 2]));
            index += 2;
        }
        out[length++] = byte;
    }
    return (ody_view){out, length};
}

static ody_view query_value(ody_view query, ody_view name)
{
    while (query.length > 0) {
        const char *end = memchr(query.data, '&', query.length);
        size_t length = end ? (size_t)(end - query.data) : query.length;

        if (length > name.length && query.data[name.length] == '=' &&
            memcmp(query.data, name.data, name.length) == 0) {
            return (ody_view){query.data + name.length + 1, length - name.length - 1};
        }
        length += end != NULL;
        query = (ody_view){query.data + length, query.length - length};
    }
    return ODY_VIEW_NONE;
}

static void read_target(ody_arrival *arrival, ody_view target, const char *prefix)
{
    static const ody_view app = {"/app/", 5};
    const char *mark = target.length ? memchr(target.data, '?', target.length) : NULL;
    size_t path_length = mark ? (size_t)(mark - target.data) : target.length;
    ody_view path = {target.data, path_length};
    ody_view query = mark ? (ody_view){mark + 1, target.length - path_length - 1} : ODY_VIEW_NONE;
    ody_view before = ody_view_of(prefix);
    ody_view protocol = query_value(query, ODY_VIEW("protocol"));

    if (protocol.data) {
        arrival->handshake.protocol =
            percent_decode(protocol, arrival->protocol, sizeof(arrival->protocol));
    }
    if (!ody_view_starts(path, before)) {
        return;
    }
    path = (ody_view){path.data + before.length, path.length - before.length};
    if (!ody_view_starts(path, app)) {
        return;
    }
    path = (ody_view){path.data + app.length, path.length - app.length};
    if (path.length == 0 || memchr(path.data, '/', path.length)) {
        return;
    }
    arrival->handshake.path_known = true;
    arrival->handshake.app_key = percent_decode(path, arrival->app_key, sizeof(arrival->app_key));
}

/* Several origins, or one that no browser would send, are none that could be allowed. */
static void read_origin(ody_arrival *arrival, const ody_http_head *head)
{
    static const ody_view name = {"Origin", 6};
    ody_view origin = ody_http_header_find(head, name);

    if (ody_http_header_count(head, name) > 1 || origin.length > sizeof(arrival->origin)) {
        origin = ODY_VIEW("");
    }
    if (origin.data) {
        memcpy(arrival->origin, origin.data, origin.length);
        arrival->handshake.origin = (ody_view){arrival->origin, origin.length};
    }
}

void ody__upgrade_read(ody_client_socket *client, const ody_http_head *head)
{
    ody_arrival *arrival = client->arrival;
    ody_handshake *handshake = &arrival->handshake;
    uint8_t peer[16];

    memcpy(peer, handshake->address, 16);
    read_target(arrival, head->target, client->shard->options->path);
    read_origin(arrival, head);
    ody_client_address(head, peer, client->shard->options, handshake->address);
    handshake->count_address = !ody_address_is_loopback(handshake->address);
    ody_address_format(handshake->address, arrival->address, sizeof(arrival->address));
    ody_log(ODY_LOG_DEBUG, "client arrives", ODY_STRING("peer", arrival->peer),
            ODY_STRING("client", arrival->address),
            ODY_STRING("local", ody_request_is_local(head, peer) ? "yes" : "no"));
}

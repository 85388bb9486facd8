/* SPDX-License-Identifier: MIT */
/* One walk over the URL: what has been read is cut off its front. */
#include "cluster/redis_url.h"

#include <stdbool.h>
#include <stdio.h>
#include <strings.h>
#include "base/memory.h"
#include "base/number.h"
#include "ody/redis.h"

#define URL_MAX 4096
#define HOST_MAX 253
#define PATH_MAX_BYTES 107 /* of a Unix socket's address, without its NUL */
#define PORT_DEFAULT 6379

/* A URL that is being read. */
typedef struct url_reader {
    ody_view rest;
    ody_redis_address *address;
    char *room; /* where the next text goes, behind the address */
    ody_error *error;
} url_reader;

static int refuse(ody_error *error, const char *sentence)
{
    return ody_error_set(error, ODY_ECONFIGURATION, "\"redis.url\" %s", sentence);
}

static ody_view cut(ody_view *from, size_t length)
{
    ody_view part = {from->data, length};

    *from = (ody_view){from->data + length, from->length - length};
    return part;
}

/* The index of the first or the last byte that is one of `any`, or the length. */
static size_t find_first(ody_view text, const char *any)
{
    size_t index = 0;

    while (index < text.length && !strchr(any, text.data[index])) {
        index++;
    }
    return index;
}

static size_t find_last(ody_view text, char wanted)
{
    for (size_t index = text.length; index > 0; index--) {
        if (text.data[index - 1] == wanted) {
            return index - 1;
        }
    }
    return text.length;
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Copies text with its escapes resolved. Returns false for a broken escape or an escaped NUL. */
static bool keep(url_reader *reader, ody_view text, ody_view *kept)
{
    char *start = reader->room;

    for (size_t index = 0; index < text.length; index++) {
        char byte = text.data[index];

        if (byte == '%') {
            int high = index + 2 < text.length ? hex_digit(text.data[index + 1]) : -1;
            int low = high >= 0 ? hex_digit(text.data[index + 2]) : -1;

            if (low < 0 || high * 16 + low == 0) {
                return false;
            }
            byte = (char)(high * 16 + low);
            index += 2;
        }
        *reader->room++ = byte;
    }
    *reader->room = '\0';
    *kept = (ody_view){start, (size_t)(reader->room++ - start)};
    return true;
}

/* A number of at most six digits. */
static bool read_number(ody_view text, uint32_t *number)
{
    uint64_t value;
    bool good = text.length <= 6 && ody_number_parse(text, 999999, &value);

    *number = good ? (uint32_t)value : 0;
    return good;
}

static bool scheme_is(ody_view scheme, const char *name)
{
    return scheme.length == strlen(name) && strncasecmp(scheme.data, name, scheme.length) == 0;
}

/* @param local whether it is a Unix socket. */
static int read_scheme(url_reader *reader, bool *local)
{
    ody_view scheme = cut(&reader->rest, find_first(reader->rest, ":"));

    *local = scheme_is(scheme, "unix");
    if (scheme_is(scheme, "rediss") || scheme_is(scheme, "tls")) {
        return refuse(reader->error,
                      "cannot be reached with TLS yet: use redis:// through a TLS tunnel on this "
                      "machine, or a Unix socket");
    }
    if ((!*local && !scheme_is(scheme, "redis") && !scheme_is(scheme, "tcp")) ||
        !ody_view_starts(reader->rest, ODY_VIEW("://"))) {
        return refuse(reader->error, "must begin with redis://, tcp:// or unix://");
    }
    cut(&reader->rest, 3);
    return 0;
}

/* Behind the last @ of what stands before the path, so that a password may have one. */
static int read_user(url_reader *reader, ody_view *authority)
{
    ody_redis_address *address = reader->address;
    size_t end = find_last(*authority, '@');
    ody_view both, user;

    if (end == authority->length) {
        return 0;
    }
    both = cut(authority, end);
    cut(authority, 1);
    user = cut(&both, find_first(both, ":"));
    if (both.length < 2) {
        return refuse(reader->error, "names a user but no password: write user:password@ or "
                                     ":password@");
    }
    cut(&both, 1);
    if ((user.length > 0 && !keep(reader, user, &address->user)) ||
        !keep(reader, both, &address->password)) {
        return refuse(reader->error, "has a user or a password with a % that begins no escape: "
                                     "write a percent sign as %25");
    }
    return 0;
}

static bool is_host(ody_view host, bool bracketed)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    static const char numeric[] = "0123456789abcdefABCDEF:.";

    for (size_t index = 0; index < host.length; index++) {
        if (!strchr(bracketed ? numeric : name, host.data[index])) {
            return false;
        }
    }
    return host.length > 0 && host.length <= HOST_MAX;
}

static int read_port(url_reader *reader, ody_view port)
{
    uint32_t number;

    if (port.length == 0) {
        return 0;
    }
    cut(&port, 1);
    if (port.length > 0 && (!read_number(port, &number) || number == 0 || number > UINT16_MAX)) {
        return refuse(reader->error, "must have a port from 1 to 65535");
    }
    if (port.length > 0) {
        reader->address->port = (uint16_t)number;
    }
    return 0;
}

static int read_host(url_reader *reader, ody_view authority)
{
    bool bracketed = authority.length > 0 && authority.data[0] == '[';
    ody_view host, kept;
    size_t end;

    if (bracketed) {
        cut(&authority, 1);
    }
    end = find_first(authority, bracketed ? "]" : ":");
    if (bracketed && end == authority.length) {
        return refuse(reader->error, "has an IPv6 address with a [ and no ]");
    }
    host = cut(&authority, end);
    if (bracketed) {
        cut(&authority, 1);
    }
    if (!is_host(host, bracketed) || (authority.length > 0 && authority.data[0] != ':')) {
        return refuse(reader->error, "must have a host that is a name or an address");
    }
    keep(reader, host, &kept);
    reader->address->host = kept.data;
    return read_port(reader, authority);
}

static int read_database(url_reader *reader, ody_view text)
{
    if (!read_number(text, &reader->address->database)) {
        return refuse(reader->error, "must have a number as its database");
    }
    return 0;
}

/* ?database=2 or ?db=2. */
static int read_query(url_reader *reader)
{
    ody_view query = reader->rest;

    if (query.length == 0) {
        return 0;
    }
    cut(&query, 1);
    if (ody_view_starts(query, ODY_VIEW("database="))) {
        cut(&query, strlen("database="));
        return read_database(reader, query);
    }
    if (ody_view_starts(query, ODY_VIEW("db="))) {
        cut(&query, strlen("db="));
        return read_database(reader, query);
    }
    return refuse(reader->error, "may have nothing behind its ? but database=number");
}

static int read_path(url_reader *reader, ody_view path)
{
    ody_view kept;

    if (path.length < 2 || path.data[0] != '/') {
        return refuse(reader->error, "must have the path of a socket, such as "
                                     "unix:///run/redis/redis.sock");
    }
    if (!keep(reader, path, &kept)) {
        return refuse(reader->error, "has a path with a % that begins no escape: write a percent "
                                     "sign as %25");
    }
    if (kept.length > PATH_MAX_BYTES) {
        return refuse(reader->error, "has a path that is longer than the system allows");
    }
    reader->address->path = kept.data;
    return 0;
}

static int read_place(url_reader *reader, bool local)
{
    ody_view authority = cut(&reader->rest, find_first(reader->rest, "/?"));
    ody_view path = cut(&reader->rest, find_first(reader->rest, "?"));
    int code = read_user(reader, &authority);

    if (code < 0) {
        return code;
    }
    if (local && authority.length > 0) {
        return refuse(reader->error, "must have a path that begins with a /");
    }
    code = local ? read_path(reader, path) : read_host(reader, authority);
    if (code == 0 && !local && path.length > 1) {
        cut(&path, 1);
        code = read_database(reader, path);
    }
    return code == 0 ? read_query(reader) : code;
}

static int check_bytes(ody_view url, ody_error *error)
{
    if (url.length > URL_MAX) {
        return refuse(error, "must have 4096 bytes at most");
    }
    for (size_t index = 0; index < url.length; index++) {
        unsigned char byte = (unsigned char)url.data[index];

        if (byte <= 0x20 || byte == 0x7f || byte == '#') {
            return refuse(error, "has a space, a # or a control character: write it as %20, %23 …");
        }
    }
    return 0;
}

int ody_redis_url_read(const char *url, ody_redis_address **out, ody_error *error)
{
    ody_view text = ody_view_of(url);
    /* Each text is shorter than its place in the URL, but for its NUL. */
    size_t room = text.length + 4;
    ody_redis_address *address;
    url_reader reader;
    bool local;
    int code = check_bytes(text, error);

    if (code < 0) {
        return code;
    }
    address = ody_calloc(1, sizeof(*address) + room);
    if (!address) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    address->port = PORT_DEFAULT;
    reader = (url_reader){text, address, (char *)(address + 1), error};
    code = read_scheme(&reader, &local);
    if (code == 0) {
        code = read_place(&reader, local);
    }
    if (code < 0) {
        ody_redis_address_free(address);
        return code;
    }
    *out = address;
    return 0;
}

void ody_redis_address_free(ody_redis_address *address)
{
    ody_free(address);
}

void ody_redis_address_show(const ody_redis_address *address, char out[ODY_REDIS_ADDRESS_TEXT])
{
    bool colons = address->host && strchr(address->host, ':');
    int length = address->path
                     ? snprintf(out, ODY_REDIS_ADDRESS_TEXT, "%s", address->path)
                     : snprintf(out, ODY_REDIS_ADDRESS_TEXT, "%s%s%s:%u", colons ? "[" : "",
                                address->host, colons ? "]" : "", address->port);

    if (address->database > 0) {
        snprintf(out + length, ODY_REDIS_ADDRESS_TEXT - (size_t)length, " database %u",
                 address->database);
    }
}

int ody_redis_url_check(const char *url, ody_error *error)
{
    ody_redis_address *address;
    int code = ody_redis_url_read(url, &address, error);

    if (code == 0) {
        ody_redis_address_free(address);
    }
    return code;
}

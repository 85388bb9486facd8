/* SPDX-License-Identifier: MIT */
/*
 * The listening TCP sockets: one per shard, so that the kernel spreads connections. They share the
 * port (SO_REUSEPORT), which would also let a second server of the same user take it: hence the
 * probe without that option. And one for the HTTP API, where it has an address of its own.
 */
#include "ody/server.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

static int open_socket(const struct addrinfo *address, bool shared)
{
    int descriptor =
        socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    int on = 1;
    int reason;

    if (descriptor < 0) {
        return -1;
    }
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if ((!shared || setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0) &&
        bind(descriptor, address->ai_addr, address->ai_addrlen) == 0 &&
        listen(descriptor, BACKLOG) == 0) {
        return descriptor;
    }
    reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
}

/* An address of the configuration, and the keys that set it. */
typedef struct place {
    const char *host;
    uint16_t port;
    const char *host_key;
    const char *port_key;
} place;

static int failed(const place *at, ody_error *error)
{
    if (errno == EADDRINUSE) {
        return ody_error_set(error, ODY_EADDRESS_IN_USE, "%s: %u on host %s is already in use",
                             at->port_key, at->port, at->host);
    }
    return ody_error_set(error, ODY_ESYSTEM, "%s: cannot listen on %s, port %u: %s", at->host_key,
                         at->host, at->port, strerror(errno));
}

static int open_shared(const place *at, const struct addrinfo *address, int *out, unsigned count,
                       ody_error *error)
{
    int probe = open_socket(address, false);

    if (probe < 0) {
        return failed(at, error);
    }
    close(probe);
    for (unsigned index = 0; index < count; index++) {
        out[index] = open_socket(address, true);
        if (out[index] < 0) {
            int code = failed(at, error);

            while (index-- > 0) {
                close(out[index]);
            }
            return code;
        }
    }
    return 0;
}

/* @return an address that the caller frees, or NULL with an error. */
static struct addrinfo *resolve(const place *at, ody_error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *address = NULL;
    char port[8];
    int code;

    snprintf(port, sizeof(port), "%u", at->port);
    code = getaddrinfo(at->host, port, &hints, &address);
    if (code != 0) {
        ody_error_set(error, ODY_ESYSTEM, "%s: \"%s\" cannot be resolved: %s", at->host_key,
                      at->host, gai_strerror(code));
        return NULL;
    }
    return address;
}

int ody_listen_tcp(const ody_options *options, int *out, ody_error *error)
{
    const place wanted = {options->host, options->port, "host", "port"};
    struct addrinfo *address = resolve(&wanted, error);
    int code;

    if (!address) {
        return ODY_ESYSTEM;
    }
    code = open_shared(&wanted, address, out, options->worker_num, error);
    freeaddrinfo(address);
    return code;
}

int ody_listen_http(const ody_options *options, int *out, ody_error *error)
{
    const ody_http_options *http = &options->http;
    const place wanted = {
        .host = http->host ? http->host : options->host,
        .port = http->port,
        .host_key = http->host ? "http_api.listen" : "host",
        .port_key = http->host ? "http_api.listen" : "http_api.port",
    };
    struct addrinfo *address;
    int code = 0;

    *out = -1;
    if (!http->enabled || http->port == 0) {
        return 0;
    }
    address = resolve(&wanted, error);
    if (!address) {
        return ODY_ESYSTEM;
    }
    *out = open_socket(address, false);
    if (*out < 0) {
        code = failed(&wanted, error);
    }
    freeaddrinfo(address);
    return code;
}

/* SPDX-License-Identifier: MIT */
/*
 * The listening TCP sockets: one per shard, so that the kernel spreads connections. They share the
 * port (SO_REUSEPORT), which would also let a second server of the same user take it: hence the
 * probe without that option.
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

static int failed(const ody_options *options, ody_error *error)
{
    if (errno == EADDRINUSE) {
        return ody_error_set(error, ODY_EADDRESS_IN_USE, "port: %u on host %s is already in use",
                             options->port, options->host);
    }
    return ody_error_set(error, ODY_ESYSTEM, "host: cannot listen on %s, port %u: %s",
                         options->host, options->port, strerror(errno));
}

static int open_all(const ody_options *options, const struct addrinfo *address, int *out,
                    ody_error *error)
{
    int probe = open_socket(address, false);

    if (probe < 0) {
        return failed(options, error);
    }
    close(probe);
    for (unsigned index = 0; index < options->worker_num; index++) {
        out[index] = open_socket(address, true);
        if (out[index] < 0) {
            int code = failed(options, error);

            while (index-- > 0) {
                close(out[index]);
            }
            return code;
        }
    }
    return 0;
}

int ody_listen_tcp(const ody_options *options, int *out, ody_error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *address;
    char port[8];
    int code;

    snprintf(port, sizeof(port), "%u", options->port);
    code = getaddrinfo(options->host, port, &hints, &address);
    if (code != 0) {
        return ody_error_set(error, ODY_ESYSTEM, "host: \"%s\" cannot be resolved: %s",
                             options->host, gai_strerror(code));
    }
    code = open_all(options, address, out, error);
    freeaddrinfo(address);
    return code;
}

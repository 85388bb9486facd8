/* SPDX-License-Identifier: MIT */
/* Opens the client's socket; explains why when it cannot. */
#include "ipc/connect.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "base/clock.h"

int ody__ipc_address(const char *path, struct sockaddr_un *address, ody_error *error)
{
    size_t length = strlen(path);

    if (length == 0) {
        return ody_error_set(error, ODY_ECONFIGURATION, "socket.path: the path is empty");
    }
    if (length >= sizeof(address->sun_path)) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "socket.path: the path has %zu bytes, the system allows %zu: %.100s…",
                             length, sizeof(address->sun_path) - 1, path);
    }
    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length);
    return 0;
}

static int explain(const char *path, uint32_t timeout_ms, int reason, ody_error *error)
{
    switch (reason) {
    case ENOENT:
    case ENOTDIR:
        return ody_error_set(error, ODY_ENO_SERVER,
                             "no server: the socket %s does not exist; is the server started?",
                             path);
    case ECONNREFUSED:
        return ody_error_set(error, ODY_ENO_SERVER,
                             "no server listens on the socket %s: it has stopped", path);
    case EACCES:
    case EPERM:
        return ody_error_set(error, ODY_ENO_SERVER,
                             "this user may not use the socket %s: set socket.group to a group "
                             "that it belongs to",
                             path);
    case EAGAIN:
        return ody_error_set(error, ODY_ENO_SERVER,
                             "the server on the socket %s did not accept within %u ms", path,
                             (unsigned)timeout_ms);
    case EPROTOTYPE:
        return ody_error_set(error, ODY_ENO_SERVER, "the socket %s belongs to another program",
                             path);
    default:
        return ody_error_set(error, ODY_ENO_SERVER, "cannot connect to the socket %s: %s", path,
                             strerror(reason));
    }
}

static void timeout_set(int descriptor, int option, uint64_t timeout_ms)
{
    struct timeval value = {
        .tv_sec = (time_t)(timeout_ms / 1000),
        .tv_usec = (suseconds_t)(timeout_ms % 1000 * 1000),
    };

    setsockopt(descriptor, SOL_SOCKET, option, &value, sizeof(value));
}

/* A Unix socket connects at once or, with a full backlog, waits for room: poll cannot see that,
 * only a blocking connect bounded by SO_SNDTIMEO can. Returns 0 or an errno. */
static int connect_within(int descriptor, const struct sockaddr_un *address, uint32_t timeout_ms)
{
    uint64_t deadline = ody_clock_ms() + timeout_ms;
    uint64_t now;

    while ((now = ody_clock_ms()) < deadline) {
        timeout_set(descriptor, SO_SNDTIMEO, deadline - now);
        if (connect(descriptor, (const struct sockaddr *)address, sizeof(*address)) == 0) {
            return 0;
        }
        if (errno != EINTR) {
            return errno;
        }
    }
    return EAGAIN;
}

int ody__ipc_connect(const char *path, uint32_t connect_timeout_ms, uint32_t answer_timeout_ms,
                     ody_error *error)
{
    struct sockaddr_un address;
    int descriptor;
    int code = ody__ipc_address(path, &address, error);

    if (code < 0) {
        if (error) {
            error->code = ODY_ENO_SERVER;
        }
        return ODY_ENO_SERVER;
    }
    descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return ody_error_set(error, ODY_ESYSTEM, "cannot open a socket: %s", strerror(errno));
    }
    code = connect_within(descriptor, &address, connect_timeout_ms);
    if (code != 0) {
        close(descriptor);
        return explain(path, connect_timeout_ms, code, error);
    }
    timeout_set(descriptor, SO_RCVTIMEO, answer_timeout_ms);
    return descriptor;
}

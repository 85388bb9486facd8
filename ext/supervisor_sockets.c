/* SPDX-License-Identifier: MIT */
/*
 * The listening sockets: our own, or those that a service manager hands over (LISTEN_PID,
 * LISTEN_FDS and LISTEN_FDNAMES as sd_listen_fds(3) says), and the word to the service manager.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "supervisor_state.h"

#define FIRST_HANDED_OVER 3

/* What was handed over. */
typedef struct handed_over {
    int tcp[ODY_LISTENERS_MAX];
    unsigned tcp_count;
    int unix_listen;
    int http_listen;
} handed_over;

static int option_of(int descriptor, int option)
{
    int value = -1;
    socklen_t length = sizeof(value);

    return getsockopt(descriptor, SOL_SOCKET, option, &value, &length) < 0 ? -1 : value;
}

/* How many descriptors are meant for this very process. */
static int handed_over_count(void)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    long number;

    if (!pid || !count || strtol(pid, NULL, 10) != (long)getpid()) {
        return 0;
    }
    number = strtol(count, NULL, 10);
    return number < 0 ? 0 : number > 1024 ? 1024 : (int)number;
}

/* The name in LISTEN_FDNAMES, or "unknown" as systemd says. */
static void name_of(int descriptor, char *name, size_t size)
{
    const char *names = getenv("LISTEN_FDNAMES");

    for (int index = FIRST_HANDED_OVER; names && index < descriptor; index++) {
        names = strchr(names, ':');
        names = names ? names + 1 : NULL;
    }
    snprintf(name, size, "%.*s", names ? (int)strcspn(names, ":") : 7, names ? names : "unknown");
}

/* Whether a socket that was handed over is where PHP processes look for it. */
static bool at_path(int descriptor, const char *path)
{
    struct sockaddr_un address = {0};
    socklen_t length = sizeof(address) - 1;
    struct stat bound;
    struct stat named;

    if (getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) {
        return false;
    }
    return strcmp(address.sun_path, path) == 0 ||
           (stat(address.sun_path, &bound) == 0 && stat(path, &named) == 0 &&
            bound.st_dev == named.st_dev && bound.st_ino == named.st_ino);
}

static int unix_take(handed_over *taken, int descriptor, const ody_options *options,
                     const char *name, ody_error *error)
{
    if (taken->unix_listen >= 0) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "The service manager handed over two Unix sockets; one is enough");
    }
    if (!at_path(descriptor, options->socket_path)) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "\"socket.path\" is %s, but the Unix socket \"%s\" that the service "
                             "manager handed over is another one",
                             options->socket_path, name);
    }
    taken->unix_listen = descriptor;
    return 0;
}

/* The one that is called "http" is the HTTP API's. */
static int http_take(handed_over *taken, int descriptor, const ody_options *options,
                     ody_error *error)
{
    if (!options->http.enabled || options->http.port == 0) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "The service manager handed over a socket called \"http\", but "
                             "neither \"http_api.listen\" nor \"http_api.port\" is set");
    }
    if (taken->http_listen >= 0) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "The service manager handed over two sockets called \"http\"; one is "
                             "enough");
    }
    taken->http_listen = descriptor;
    return 0;
}

static int one_take(handed_over *taken, int descriptor, const ody_options *options,
                    ody_error *error)
{
    int family = option_of(descriptor, SO_DOMAIN);
    char name[64];

    name_of(descriptor, name, sizeof(name));
    if (option_of(descriptor, SO_ACCEPTCONN) != 1 ||
        option_of(descriptor, SO_TYPE) != SOCK_STREAM ||
        (family != AF_INET && family != AF_INET6 && family != AF_UNIX)) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "The service manager handed over \"%s\" (descriptor %d), which is no "
                             "listening TCP or Unix stream socket",
                             name, descriptor);
    }
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    if (family == AF_UNIX) {
        return unix_take(taken, descriptor, options, name, error);
    }
    if (strcmp(name, "http") == 0) {
        return http_take(taken, descriptor, options, error);
    }
    if (taken->tcp_count == options->worker_num) {
        return ody_error_set(error, ODY_ECONFIGURATION,
                             "The service manager handed over more TCP sockets than there are "
                             "threads: \"additional.worker_num\" is %u",
                             options->worker_num);
    }
    taken->tcp[taken->tcp_count++] = descriptor;
    return 0;
}

static void port_compare(int descriptor, uint16_t wanted)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    uint16_t port;

    if (getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) {
        return;
    }
    /* Both families have the port at the same place. */
    port = ntohs(((struct sockaddr_in *)&address)->sin_port);
    if (port != wanted) {
        ody_log(ODY_LOG_WARNING, "the socket that was handed over has another port",
                ODY_NUMBER("port", wanted), ODY_NUMBER("handed_over", port));
    }
}

/* Every shard accepts from a socket of its own number; where there are fewer they share. */
static int tcp_share(ody_supervisor *self, const handed_over *taken, ody_error *error)
{
    const ody_options *options = self->now.options;

    for (unsigned index = 0; index < taken->tcp_count; index++) {
        port_compare(taken->tcp[index], options->port);
    }
    while (self->listening < options->worker_num) {
        int shared = fcntl(taken->tcp[self->listening % taken->tcp_count], F_DUPFD_CLOEXEC,
                           FIRST_HANDED_OVER);

        if (shared < 0) {
            return ody_error_set(error, ODY_ESYSTEM, "dup: %s", strerror(errno));
        }
        self->listen[self->listening++] = shared;
    }
    for (unsigned index = 0; index < taken->tcp_count; index++) {
        close(taken->tcp[index]);
    }
    return 0;
}

static int take_over(ody_supervisor *self, ody_error *error)
{
    handed_over taken = {.unix_listen = -1, .http_listen = -1};
    int count = handed_over_count();

    for (int index = 0; index < count; index++) {
        int code = one_take(&taken, FIRST_HANDED_OVER + index, self->now.options, error);

        if (code < 0) {
            return code;
        }
    }
    self->unix_listen = taken.unix_listen;
    self->unix_handed_over = taken.unix_listen >= 0;
    self->http_listen = taken.http_listen;
    if (taken.http_listen >= 0) {
        port_compare(taken.http_listen, self->now.options->http.port);
    }
    if (count > 0) {
        ody_log(ODY_LOG_INFO, "sockets were handed over", ODY_NUMBER("tcp", taken.tcp_count),
                ODY_NUMBER("unix", self->unix_handed_over),
                ODY_NUMBER("http", self->http_listen >= 0));
    }
    return taken.tcp_count > 0 ? tcp_share(self, &taken, error) : 0;
}

int ody__sockets_open(ody_supervisor *self, ody_error *error)
{
    const ody_options *options = self->now.options;
    int code = take_over(self, error);

    if (code == 0 && self->listening == 0) {
        code = ody_listen_tcp(options, self->listen, error);
        self->listening = code == 0 ? options->worker_num : 0;
    }
    if (code == 0 && self->http_listen < 0) {
        code = ody_listen_http(options, &self->http_listen, error);
    }
    if (code < 0 || self->unix_handed_over) {
        return code;
    }
    self->unix_listen = ody_listen_unix(options, error);
    return self->unix_listen < 0 ? self->unix_listen : 0;
}

void ody__sockets_close(ody_supervisor *self)
{
    while (self->listening > 0) {
        close(self->listen[--self->listening]);
    }
    ody__descriptor_close(&self->http_listen);
    if (self->unix_listen >= 0) {
        if (!self->unix_handed_over) {
            unlink(self->socket_path);
        }
        ody__descriptor_close(&self->unix_listen);
    }
}

void ody__notify(const ody_supervisor *self, const char *state)
{
    const char *path = self->notify_socket;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = path ? strlen(path) : 0;
    char message[256];
    int size;
    int descriptor;

    if (length == 0 || length >= sizeof(address.sun_path)) {
        return;
    }
    memcpy(address.sun_path, path, length);
    if (address.sun_path[0] == '@') {
        address.sun_path[0] = '\0';
    }
    size = snprintf(message, sizeof(message), "%s\nMAINPID=%d\nMONOTONIC_USEC=%llu\n", state,
                    (int)getpid(), (unsigned long long)ody__now_ms() * 1000);
    descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 ||
        sendto(descriptor, message, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT,
               (struct sockaddr *)&address,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0) {
        ody_log(ODY_LOG_WARNING, "the service manager could not be told",
                ODY_STRING("state", state), ODY_STRING("reason", strerror(errno)));
    }
    ody__descriptor_close(&descriptor);
}

/* SPDX-License-Identifier: MIT */
/*
 * libmicrohttpd without a thread and without a listener: its epoll descriptor is watched by our
 * loop. It keeps no times; connection.c does. A certificate belongs to a daemon, so a new one means
 * a new daemon.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>
#include "base/memory.h"
#include "http/callbacks.h"
#include "ody/log.h"

/* Room for a request's head with what libmicrohttpd makes of it, and for the answer's head. Half of
 * it is read at once. */
#define CONNECTION_MEMORY 32768
/* Connections that may be in libmicrohttpd beyond our own limit: those that end just now. */
#define CONNECTIONS_SLACK 64
/* Bytes of a PEM file. */
#define PEM_MAX (1 << 20)

#if MHD_VERSION >= 0x00097701
#define DISCIPLINE MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1,
#else
#define DISCIPLINE /* see keeps_lines_together in origin.c */
#endif

/* It speaks of its own inner life; worth reading only when something is wrong. */
static void on_library_log(void *context, const char *format, va_list arguments)
{
    char line[256];

    (void)context;
    if (ody_log_enabled(ODY_LOG_DEBUG)) {
        vsnprintf(line, sizeof(line), format, arguments);
        ody_log(ODY_LOG_DEBUG, "libmicrohttpd",
                ODY_TEXT("line", ((ody_view){line, strcspn(line, "\n")})));
    }
}

/* Paths stay as they came: signatures are made over them. */
static size_t leave_encoded(void *context, struct MHD_Connection *mhd, char *text)
{
    (void)context;
    (void)mhd;
    return strlen(text);
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    ody__http_daemon_run(watcher->data);
}

static int pem_fault(ody_error *error, const char *key, const char *file, const char *reason)
{
    return ody_error_set(error, ODY_ECERTIFICATE, "%s: \"%s\" cannot be used: %s", key, file,
                         reason);
}

/* Reads a PEM file with a NUL behind it. */
static int pem_read(const char *key, const char *file, ody_bytes *out, ody_error *error)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t count = 1;

    if (descriptor < 0) {
        return pem_fault(error, key, file, strerror(errno));
    }
    while (count > 0 && out->length < PEM_MAX && ody_bytes_reserve(out, 4096)) {
        count = read(descriptor, out->data + out->length, 4096);
        out->length += count > 0 ? (size_t)count : 0;
    }
    ody_bytes_append_byte(out, '\0');
    close(descriptor);
    if (out->failed) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    return count == 0
               ? 0
               : pem_fault(error, key, file, count < 0 ? strerror(errno) : "it is no PEM file");
}

static int pem_read_both(const ody_options *options, ody_bytes *certificate, ody_bytes *key,
                         ody_error *error)
{
    int code = pem_read("ssl.ssl_cert_file", options->tls_certificate, certificate, error);

    return code < 0 ? code : pem_read("ssl.ssl_key_file", options->tls_key, key, error);
}

bool ody__http_daemon_is_current(const ody_http_daemon *daemon, const ody_options *options)
{
    ody_bytes certificate = {0}, key = {0};
    bool same = true;

    if (options->tls_certificate && pem_read_both(options, &certificate, &key, NULL) == 0) {
        same = ody_view_equal(ody_bytes_view(&certificate), ody_bytes_view(&daemon->certificate)) &&
               ody_view_equal(ody_bytes_view(&key), ody_bytes_view(&daemon->key));
    }
    ody_bytes_fini(&certificate);
    ody_bytes_fini(&key);
    return same;
}

/* Without TLS its turbo mode is used: then it closes sockets without shutting them down, and a copy
 * of one lives on. */
static int mhd_start(ody_http_daemon *daemon, ody_error *error)
{
    bool secure = daemon->certificate.length > 0;
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (secure ? MHD_USE_TLS : MHD_USE_TURBO);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, daemon->certificate.data},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, daemon->key.data},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

    daemon->mhd = MHD_start_daemon(
        flags, 0, NULL, NULL, ody__http_on_request, daemon, MHD_OPTION_EXTERNAL_LOGGER,
        on_library_log, NULL, MHD_OPTION_CONNECTION_LIMIT,
        ODY_HTTP_CONNECTIONS_MAX + CONNECTIONS_SLACK, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, 0u,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, ody__http_on_target, daemon, MHD_OPTION_NOTIFY_COMPLETED,
        ody__http_on_completed, daemon, MHD_OPTION_NOTIFY_CONNECTION, ody__http_on_connection,
        daemon, DISCIPLINE MHD_OPTION_ARRAY, secure ? tls : none, MHD_OPTION_END);
    if (daemon->mhd) {
        return 0;
    }
    return secure
               ? ody_error_set(error, ODY_ECERTIFICATE,
                               "ssl.ssl_cert_file: GnuTLS cannot use the certificate and its key "
                               "for the HTTP API")
               : ody_error_set(error, ODY_ESYSTEM, "libmicrohttpd could not be started");
}

static void daemon_free(ody_http_daemon *daemon)
{
    ody_bytes_fini(&daemon->certificate);
    ody_bytes_fini(&daemon->key);
    ody_free(daemon);
}

int ody__http_daemon_new(ody_http_server *server, ody_http_daemon **out, ody_error *error)
{
    const ody_options *options = server->options;
    ody_http_daemon *daemon = ody_calloc(1, sizeof(*daemon));
    int code = 0;

    if (!daemon) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    daemon->server = server;
    if (options->tls_certificate) {
        code = pem_read_both(options, &daemon->certificate, &daemon->key, error);
    }
    if (code == 0) {
        code = mhd_start(daemon, error);
    }
    if (code < 0) {
        daemon_free(daemon);
        return code;
    }
    ev_io_init(&daemon->readable, on_readable,
               MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, EV_READ);
    daemon->readable.data = daemon;
    ev_io_start(server->setup.loop, &daemon->readable);
    ody_list_append(&server->daemons, &daemon->node);
    *out = daemon;
    return 0;
}

void ody__http_daemon_run(ody_http_daemon *daemon)
{
    MHD_UNSIGNED_LONG_LONG timeout;

    daemon->server->running = true;
    MHD_run(daemon->mhd);
    daemon->server->running = false;
    daemon->due = MHD_get_timeout(daemon->mhd, &timeout) == MHD_YES && timeout == 0;
    if (daemon->due) {
        ev_idle_start(daemon->server->setup.loop, &daemon->server->more);
    }
}

bool ody__http_daemon_add(ody_http_daemon *daemon, int take_descriptor,
                          const struct sockaddr_storage *peer)
{
    socklen_t length = peer->ss_family == AF_INET    ? sizeof(struct sockaddr_in)
                       : peer->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                     : sizeof(sa_family_t);

    daemon->due = true;
    return MHD_add_connection(daemon->mhd, take_descriptor, (const struct sockaddr *)peer,
                              length) == MHD_YES;
}

void ody__http_daemon_free(ody_http_daemon *daemon)
{
    ev_io_stop(daemon->server->setup.loop, &daemon->readable);
    ody_list_remove(&daemon->node);
    MHD_stop_daemon(daemon->mhd);
    daemon_free(daemon);
}

/* SPDX-License-Identifier: MIT */
/*
 * The engine process, as the supervisor sees it: the supervisor opens the sockets, forks, and the
 * child calls ody_server_run, which returns when the server has stopped. Single-threaded until
 * then.
 */
#ifndef ODY_SERVER_H
#define ODY_SERVER_H

#include <stdint.h>
#include "ody/error.h"
#include "ody/log.h"
#include "ody/options.h"

/** Descriptors that the supervisor made; the engine uses them and closes none that it did not get.
 */
typedef struct ody_server_sockets {
    const int *listen;  /* one listening TCP socket per shard, SO_REUSEPORT, non-blocking */
    int unix_listen;    /* the listening Unix socket, non-blocking */
    int http_listen;    /* the HTTP API's own listening TCP socket, non-blocking, or -1 */
    int ready;          /* one byte is written here when every shard listens; then it is closed */
    int parent;         /* readable (end of file) when the supervisor is gone */
    int control;        /* our end of the pair that enum ody_control is spoken on, or -1 */
    int supervisor_pid; /* shown in the status */
} ody_server_sockets;

/**
 * What supervisor and engine tell each other once the engine runs, over a pair of SOCK_SEQPACKET
 * sockets, one packet each: a byte that says what it is, and what belongs to it.
 */
enum ody_control {
    /* Supervisor: ody_options as ody_options_write makes them. They take the place of those that
     * the engine has, except for those that need a new engine. Engine: an ody_error, code 0 when it
     * is done. */
    ODY_CONTROL_RELOAD = 'R',
    /* Supervisor: an ody_server_change for the status. No answer. */
    ODY_CONTROL_CHANGE = 'C',
};

/** How the last reload or restart went; the status shows it, so that the command that asked for it
 *  learns. */
typedef struct ody_server_change {
    uint64_t number;   /* counts reloads and restarts of this supervisor, failed ones too */
    uint32_t restart;  /* 1: restart, 0: reload */
    int32_t code;      /* 0: done */
    char message[256]; /* why not; of what is done what there is to add, or nothing */
} ody_server_change;

/**
 * Opens the listening TCP sockets, one per shard. Called by the supervisor, before any fork.
 * @param out options->worker_num descriptors, CLOEXEC, owned by the caller.
 * @return 0; ODY_EADDRESS_IN_USE or ODY_ESYSTEM with a sentence that names host and port.
 */
int ody_listen_tcp(const ody_options *options, int *out, ody_error *error);

/**
 * Opens the listening TCP socket of the HTTP API, where the options give it an address of its own.
 * @param out a descriptor, CLOEXEC, owned by the caller; -1 where it has none of its own.
 * @return 0; ODY_EADDRESS_IN_USE or ODY_ESYSTEM with a sentence that names host and port.
 */
int ody_listen_http(const ody_options *options, int *out, ody_error *error);

/**
 * Opens the Unix socket: mode 0660, the configured group, in a directory that only its owner can
 * write (made where missing). A stale socket file is replaced, a live one is ODY_EADDRESS_IN_USE.
 * @return a descriptor (CLOEXEC), or a negative error.
 */
int ody_listen_unix(const ody_options *options, ody_error *error);

/**
 * Loads the certificate and the key and checks that they belong together; binds nothing.
 * @return 0 (also without TLS) or ODY_ECERTIFICATE with a sentence that names the key of the
 *         configuration and the file.
 */
int ody_tls_check(const ody_options *options, ody_error *error);

/**
 * Runs the engine in this process: starts the shards and the API thread, serves until SIGTERM (or
 * until the supervisor is gone), drains (clients get 4200), and returns. Of all signals only
 * SIGTERM is heeded, and a second one cuts the drain short: Ctrl-C and a closing terminal reach the
 * whole process group, and it is the supervisor that decides. The log is set up by the caller.
 * @return 0 after a clean stop, or a negative error when it could not start.
 */
int ody_server_run(const ody_options *options, const ody_server_sockets *sockets, ody_error *error);

/** The run-time versions of the libraries in use, for phpinfo(). Static memory. */
const char *ody_version_libwebsockets(void);
const char *ody_version_openssl(void);
const char *ody_version_jansson(void);
const char *ody_version_libmicrohttpd(void);
const char *ody_version_libev(void);
const char *ody_version_libcurl(void);
const char *ody_version_hiredis(void);

#endif

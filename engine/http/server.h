/* SPDX-License-Identifier: MIT */
/*
 * The HTTP API: libmicrohttpd carries it, on the API thread's libev loop. Sockets come from the
 * shards, which have only peeked at them, or from a listener of its own. A request that asks the
 * hub is suspended until the hub has answered. Everything is bounded: connections, heads, bodies,
 * and the time that each step of a request may take.
 */
#ifndef ODY_HTTP_SERVER_H
#define ODY_HTTP_SERVER_H

#include <ev.h>
#include "base/bytes.h"
#include "hub/requests.h"
#include "hub/tails.h"

typedef struct ody_http_server ody_http_server;

/** Connections at once. One more takes the place of one that waits for a request longest. */
#define ODY_HTTP_CONNECTIONS_MAX 1024

typedef struct ody_http_setup {
    struct ev_loop *loop;
    int listen_fd;            /* borrowed: a listener of its own, non-blocking; -1: none */
    ody_requests *requests;   /* borrowed */
    ody_tails *tails;         /* borrowed */
    const ody_shared *shared; /* borrowed */
    /** How mail reaches the shards, which get requests for WebSockets. Borrowed. */
    const ody_transport *transport;
    void *transport_context;
    unsigned shard_count;
    const ody_options *options; /* borrowed */
    /** Writes what GET /metrics answers; NULL: there is no such page. */
    void (*metrics)(void *context, ody_bytes *out);
    /** Writes the numbers that the inspector shows, as a JSON object. */
    void (*overview)(void *context, ody_bytes *out);
    /** Whether the server does its work: PHP workers that it needs are there. NULL: yes. */
    bool (*ready)(void *context);
    void *context; /* of all */
} ody_http_setup;

/** Numbers for metrics and status. */
typedef struct ody_http_state {
    size_t connections;  /* open now */
    size_t fresh;        /* of them, those that no request has come on yet */
    size_t requests;     /* under way now */
    size_t body_bytes;   /* of bodies that are in memory now */
    size_t answer_bytes; /* of answers that are not sent yet */
    uint64_t accepted;   /* connections since the start */
    uint64_t refused;    /* connections that found no place */
    uint64_t evicted;    /* connections that gave their place to another */
    uint64_t timed_out;  /* connections that took too long for something */
    uint64_t received;   /* bytes of bodies of requests */
    uint64_t sent;       /* bytes of bodies of answers */
    uint64_t answers[6]; /* by the first digit of their status; 0: malformed, cut off */
} ody_http_state;

/** @return 0, ODY_EMEMORY, ODY_ESYSTEM, or ODY_ECERTIFICATE when GnuTLS does not take the files. */
int ody_http_server_new(const ody_http_setup *setup, ody_http_server **server, ody_error *error);
/** Serves a socket that a shard has accepted and not read from. */
void ody_http_server_socket(ody_http_server *server, int take_descriptor);
/**
 * Other options take the place of those that it has. A new certificate is for new connections; if
 * it cannot be used the old one stays, and the log says so. @param options borrowed.
 */
void ody_http_server_reload(ody_http_server *server, const ody_options *options);
/** Accepts no more and closes what is idle; each other connection ends with its next answer. */
void ody_http_server_drain(ody_http_server *server);
/** Nothing new is published any more: the hub's clients are about to be sent away. */
void ody_http_server_close(ody_http_server *server);
/** Answers what it can at once, closes all and frees. NULL is fine. */
void ody_http_server_free(ody_http_server *server);
/** The numbers now. */
ody_http_state ody_http_server_look(const ody_http_server *server);

#endif

/* SPDX-License-Identifier: MIT */
/* Publishers of the load generator: a thread each, through the Unix socket as a PHP process would,
 * or over HTTP as a server library would. */
#ifndef ODY_BENCH_PUBLISH_H
#define ODY_BENCH_PUBLISH_H

#include "clients.h"
#include "http.h"

typedef struct bench_round {
    const char *socket_path;
    unsigned publishers;
    unsigned messages; /* of each publisher */
    bool wait;         /* each waits until all clients have its message before it sends the next */
    unsigned payload;  /* bytes of data, at least 40 */
    const bench_http_app *app; /* NULL: through the Unix socket; else over HTTP, signed by it */
} bench_round;

/**
 * Runs one round: starts the publishers, reads with the clients until all is there or 60 s have
 * passed. Numbers go on from round to round.
 * @return how many deliveries are missing.
 */
uint64_t bench_publish(bench_clients *clients, const bench_round *round);

#endif

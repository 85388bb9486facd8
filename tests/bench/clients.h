/* SPDX-License-Identifier: MIT */
/*
 * Many clients in one thread: they connect, speak as much of the Pusher protocol as they need, and
 * check every message that they get. In raw mode they are plain sockets that count frames.
 */
#ifndef ODY_BENCH_CLIENTS_H
#define ODY_BENCH_CLIENTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define BENCH_PUBLISHERS_MAX 64

typedef struct bench_client {
    int descriptor;
    uint8_t state;
    uint32_t carried; /* bytes of `carry` */
    char *carry;      /* the beginning of a frame that has not come whole */
    uint32_t carry_capacity;
    uint32_t *next; /* the next number expected of each publisher */
} bench_client;

typedef struct bench_clients {
    const char *host;
    int port;
    const char *key; /* NULL: raw mode */
    const char *channel;
    unsigned publishers;
    bench_client *list;
    unsigned count;       /* made so far */
    unsigned established; /* connected, and told their socket id */
    unsigned subscribed;
    unsigned closed;     /* by the server */
    uint16_t close_code; /* of the last one that was closed */
    int epoll;
    _Atomic uint64_t received;                      /* deliveries */
    _Atomic uint64_t reached[BENCH_PUBLISHERS_MAX]; /* deliveries of each publisher */
    uint64_t wrong;                                 /* missing, doubled or out of order */
} bench_clients;

/** Makes room for `capacity` clients. Exits when there is none. */
void bench_clients_init(bench_clients *clients, unsigned capacity);
/** Connects `more` clients, some at a time, until all are established. Exits on failure. */
void bench_clients_connect(bench_clients *clients, unsigned more);
/** Subscribes all that are established to the channel, and waits for the answers. */
void bench_clients_subscribe(bench_clients *clients);
/** Reads what has come, waiting at most timeout_ms for the first. @return whether anything came. */
bool bench_clients_poll(bench_clients *clients, int timeout_ms);
/** Closes all, properly in Pusher mode. */
void bench_clients_close(bench_clients *clients);

#endif

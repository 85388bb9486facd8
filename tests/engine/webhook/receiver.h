/* SPDX-License-Identifier: MIT */
/* A receiver of webhooks on a port of this machine, with threads of its own: a real HTTP server as
 * far as these tests need one. */
#ifndef ODY_TEST_WEBHOOK_RECEIVER_H
#define ODY_TEST_WEBHOOK_RECEIVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define RECEIVER_CONNECTIONS 64
#define RECEIVER_REQUESTS 64

/** What it does with a request that it has read. */
typedef enum receiver_manner {
    RECEIVER_ANSWERS,   /* `status`, a short body, and the connection stays */
    RECEIVER_REDIRECTS, /* to `elsewhere` */
    RECEIVER_IS_SILENT,
    RECEIVER_HANGS_UP,
    RECEIVER_TALKS_WITHOUT_END, /* `status`, then a body that never ends */
    RECEIVER_HEADS_WITHOUT_END, /* a head that never ends */
    RECEIVER_DAWDLES,           /* `status`, then one byte now and then */
} receiver_manner;

typedef struct receiver {
    uint16_t port;
    char url[64];
    int listener;
    struct ssl_ctx_st *tls; /* NULL: plain */
    pthread_mutex_t lock;   /* of everything below */
    receiver_manner manner;
    int status;
    const char *elsewhere;
    bool stopping;
    unsigned connections; /* so far */
    unsigned requests;    /* so far */
    char *heads[RECEIVER_REQUESTS];
    char *bodies[RECEIVER_REQUESTS];
    pthread_t acceptor;
    pthread_t threads[RECEIVER_CONNECTIONS];
} receiver;

/**
 * Starts to accept.
 * @param port 0: any. @param folder of certificate.pem and key.pem, or NULL: plain.
 */
void receiver_start(receiver *self, uint16_t port, const char *folder);
/** Hangs up everywhere and frees what it has received. */
void receiver_stop(receiver *self);
/** How it behaves from now on. */
void receiver_behave(receiver *self, receiver_manner manner, int status);
/** How many requests it has read. */
unsigned receiver_requests(receiver *self);
/** How many connections it has accepted. */
unsigned receiver_connections(receiver *self);
/** The head and the body of a request that it has read; both live until it stops. */
const char *receiver_head(receiver *self, unsigned index);
const char *receiver_body(receiver *self, unsigned index);
/** A port on which nobody listens. */
uint16_t receiver_free_port(void);

#endif

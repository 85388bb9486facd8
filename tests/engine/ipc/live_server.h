/* SPDX-License-Identifier: MIT */
/*
 * The real server with the real requests of the hub on a loop of its own thread. Only the shards
 * are played: a transport in memory answers each question by the name of the channel:
 *
 *   missing…   publish fails: the channel does not exist
 *   many-N     has N subscribers; every other channel has three
 *   yes…       exists, and everybody is subscribed to it
 */
#ifndef ODY_TESTS_LIVE_SERVER_H
#define ODY_TESTS_LIVE_SERVER_H

#include <ev.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include "hub/calls.h"
#include "hub/mail.h"
#include "ipc/server.h"
#include "ody/client.h"

typedef struct live_server {
    char directory[64];
    char path[96];
    ody_options options;
    uint32_t version; /* 0: the real one */
    double hello_seconds;
    double stall_seconds;
    size_t status_padding; /* spaces behind the status */
    int listen_fd;
    struct ev_loop *loop;
    ev_async wake;
    ev_async call;
    ody_requests *requests;
    ody_calls *calls;
    atomic_int verdicts; /* that came back to the shard … */
    char verdict[256];   /* … the last one: "verdict code data message" */
    ody_ipc_server *ipc;
    pthread_t thread;
    ody_mailbox_node *first; /* questions to the shard; the loop's thread */
    ody_mailbox_node **last;
    bool hold;            /* questions wait until live_release */
    pthread_mutex_t lock; /* of function and context: race detectors do not see through libev */
    void (*function)(struct live_server *live, void *context);
    void *context;
    sem_t done;
    atomic_ulong published;
} live_server;

/** Fills live with defaults; the test may change options and times before live_start. */
void live_init(live_server *live);
/** Listens on the path and serves. May be called again after live_stop. */
void live_start(live_server *live);
/** Stops serving and closes; the directory stays. */
void live_stop(live_server *live);
/** Removes the directory. */
void live_remove(live_server *live);

/** Runs function on the server's thread and waits for it. */
void live_call(live_server *live, void (*function)(live_server *live, void *context),
               void *context);
/** Makes questions wait, or answers those that do. */
void live_hold(live_server *live);
void live_release(live_server *live);
/** Unanswered requests, and connected processes. */
size_t live_pending(live_server *live);
size_t live_connections(live_server *live);
/** Returns when the count is as wanted. */
void live_await(live_server *live, size_t (*count)(live_server *live), size_t wanted);

/** A client says that text, and the application is asked about it. */
void live_ask(live_server *live, const char *text);
/** How many PHP workers are registered. */
size_t live_workers(live_server *live);

/** A client with long timeouts. */
ody_client *live_client(const live_server *live);
/** Publishes {} to one channel. @return as ody_client_publish_message. */
int live_publish(ody_client *client, const char *channel, uint64_t *reached, ody_error *error);
/** Connects a plain socket. */
int live_raw(const live_server *live);
/** Connects a plain socket and says hello. */
int live_raw_greeted(const live_server *live);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The API thread: a libev loop that serves other processes (the Unix socket), gathers the answers
 * of the shards, and reports the server's state. Made, started and joined by the main thread.
 */
#ifndef ODY_API_THREAD_H
#define ODY_API_THREAD_H

#include "hub/requests.h"
#include "ody/server.h"

typedef struct ody_api_thread ody_api_thread;

typedef struct ody_api_setup {
    const ody_shared *shared; /* borrowed */
    unsigned shard_count;
    const ody_server_sockets *sockets; /* borrowed */
    const ody_transport *transport;    /* borrowed: how mail reaches the shards */
    /** Bytes that wait for that shard. */
    uint64_t (*queued)(void *context, unsigned shard);
    /** It has taken over other options, or has no unanswered request left. In its thread. */
    void (*progress)(void *context);
    void *context; /* of all of them */
} ody_api_setup;

/** @return 0, ODY_EMEMORY or ODY_ESYSTEM. No thread yet. */
int ody_api_thread_new(const ody_api_setup *setup, ody_api_thread **thread, ody_error *error);
/** Starts the thread; it answers from now on. */
int ody_api_thread_start(ody_api_thread *thread, ody_error *error);
/** Posts a shard's answer to it. Any thread. @see ody_transport.post */
int ody_api_thread_post(ody_api_thread *thread, ody_mail *take_mail, bool must);
/** Whether its mailbox is over its limit. Any thread. */
bool ody_api_thread_full(const ody_api_thread *thread);
/** Has it take over other options in its own thread. The main thread; returns at once.
 *  @param options of base/options.h: it takes a reference. */
void ody_api_thread_reload(ody_api_thread *thread, const ody_options *options);
/** The options that it works with. Any thread. */
const ody_options *ody_api_thread_options(const ody_api_thread *thread);
/** What the status says of the last reload or restart. The main thread. */
void ody_api_thread_change(ody_api_thread *thread, const ody_server_change *change);
/** Takes no more processes and no more requests; answers those on the way. The main thread; returns
 *  at once. */
void ody_api_thread_drain(ody_api_thread *thread);
/** Whether it drains and has answered all. Any thread. */
bool ody_api_thread_drained(const ody_api_thread *thread);
/** Ends the thread and waits for it, and for the last words to webhooks; one that was not started
 *  is fine. The main thread. */
void ody_api_thread_stop(ody_api_thread *thread);
/** Frees everything, mail that waits included. Stopped or not started. NULL is fine. */
void ody_api_thread_free(ody_api_thread *thread);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A shard: one thread with a libev loop, a libwebsockets context, its connections, its hub and a
 * mailbox. Made, started and joined by the main thread; everything between runs in its own.
 */
#ifndef ODY_NET_SHARD_H
#define ODY_NET_SHARD_H

#include "ody/error.h"
#include "hub/hub.h"
#include "net/certificate.h"

typedef struct ody_shard ody_shard;

typedef struct ody_shard_setup {
    ody_shared *shared; /* borrowed; options are in it */
    unsigned index;
    unsigned count;
    int listen_fd; /* borrowed: listening, non-blocking, CLOEXEC */
    /** Posts mail for this shard's hub to thread `target`. @see ody_transport.post */
    int (*post)(void *context, unsigned target, ody_mail *take_mail, bool must);
    bool (*full)(void *context, unsigned target);
    /** The shard has taken over what ody_shard_reload gave it; may be NULL. In its thread. */
    void (*reloaded)(void *context);
    void *context;
    unsigned library_time; /* tests: libwebsockets' own time limit (s); 0: longer than ours */
} ody_shard_setup;

/** Makes loop, context, vhosts (with TLS where configured), hub and mailbox. No thread yet.
 *  @return 0, ODY_EMEMORY, ODY_ECERTIFICATE or ODY_ESYSTEM. */
int ody_shard_new(const ody_shard_setup *setup, ody_shard **shard, ody_error *error);
/** Starts the thread; it accepts from now on. All signals are blocked in the caller. */
int ody_shard_start(ody_shard *shard, ody_error *error);
/** Posts mail to the shard. Any thread. @see ody_transport.post */
int ody_shard_post(ody_shard *shard, ody_mail *take_mail, bool must);
/** Bytes that wait in the shard's mailbox. Any thread. */
uint64_t ody_shard_queued(const ody_shard *shard);
/** Whether the shard's mailbox is over its limit. Any thread. */
bool ody_shard_full(const ody_shard *shard);
/**
 * Has the shard take over other options in its own thread; connections stay. Any thread; returns at
 * once. Options that still wait are replaced.
 * @param options of base/options.h: the shard takes a reference for as long as it needs them.
 * @param take_certificate shown to new connections from then on; NULL without TLS.
 */
void ody_shard_reload(ody_shard *shard, const ody_options *options,
                      ody_certificate *take_certificate);
/** The options that the shard works with. Any thread. */
const ody_options *ody_shard_options(const ody_shard *shard);
/** Accepts no more; what has been accepted goes on. Any thread; returns at once. */
void ody_shard_close(ody_shard *shard);
/** Stops accepting, closes every client with 4200, and ends the thread when all are gone or
 *  after options->drain_time. Any thread; returns at once. */
void ody_shard_drain(ody_shard *shard);
/** Ends the thread now: connections are cut. Any thread; returns at once. */
void ody_shard_stop(ody_shard *shard);
/** Waits until the thread has ended. The main thread. */
void ody_shard_join(ody_shard *shard);
/** Frees the mail that waits, after all threads that could post are joined, and before any shard is
 *  freed: mail may hold frames whose home is another shard. The main thread. */
void ody_shard_drop_mail(ody_shard *shard);
/** Frees everything. Not started, or joined. */
void ody_shard_free(ody_shard *shard);

#endif

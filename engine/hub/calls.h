/* SPDX-License-Identifier: MIT */
/*
 * Calls of the engine to PHP workers, on the API thread: what shards ask waits in a bounded queue,
 * goes to whichever worker is free, and the verdict goes back to the shard of the client. What
 * concerns one client, or one channel, is handled in order, one at a time: it is a lane. Different
 * lanes do not wait for each other. Pure: workers are reached through functions, time is passed in.
 * One thread.
 */
#ifndef ODY_HUB_CALLS_H
#define ODY_HUB_CALLS_H

#include "base/list.h"
#include "hub/hub.h"
#include "ody/worker.h"

typedef struct ody_calls ody_calls;

/** How long a call may wait for a free worker (ms). A worker may have to start first. */
#define ODY_CALL_WAIT 30000

/** One worker; embedded in whoever holds its connection. Zeroed before ody_calls_worker_add. */
typedef struct ody_calls_worker {
    ody_list_node idle; /* linked: free */
    ody_list_node busy; /* linked: `lane` is what it works on; the first began first */
    struct ody_calls_lane *lane;
    uint64_t began_at;
    bool leaving; /* wants nothing after what it works on */
} ody_calls_worker;

/** How workers are reached. They must not call back into ody_calls_*. */
typedef struct ody_calls_wire {
    /** Sends a call. @return 0 or ODY_EMEMORY: the call has failed, the worker is to be removed. */
    int (*send)(void *context, ody_calls_worker *worker, const ody_worker_call *call);
    /** The worker takes too long: ends its process. It is already removed. */
    void (*kill)(void *context, ody_calls_worker *worker);
    void *context;
} ody_calls_wire;

/** Numbers for the status. */
typedef struct ody_calls_state {
    unsigned workers; /* connected */
    unsigned busy;
    uint64_t queued; /* waiting for a free worker */
    uint64_t queue_limit;
    uint64_t handled;   /* calls and notices that were answered */
    uint64_t failed;    /* user code threw, or its process ended */
    uint64_t timed_out; /* took too long, or waited too long for a worker */
    uint64_t refused;   /* calls that found the queue full */
    uint64_t dropped;   /* notices that found the queue full */
    uint64_t lost;      /* workers that ended in the middle of a call, or were killed */
} ody_calls_state;

/**
 * @param options borrowed. @param shards their number. @param transport for verdicts, as
 *        ody_requests_new takes it. @return NULL without memory.
 */
ody_calls *ody_calls_new(const ody_options *options, unsigned shards,
                         const ody_transport *transport, void *context);
/** How workers are reached; must be set before the first is added. */
void ody_calls_set_wire(ody_calls *calls, const ody_calls_wire *wire);
/** Other options take the place of those that it has. @param options borrowed. */
void ody_calls_reload(ody_calls *calls, const ody_options *options);
/** Drops what waits, without verdicts. No worker may be there any more. NULL is fine. */
void ody_calls_free(ody_calls *calls);

/** Mail CALL or NOTICE of a shard. Takes it. */
void ody_calls_mail(ody_calls *calls, ody_mail *take_mail, uint64_t now);
/**
 * A worker has registered. Its interest holds from now on, for all; shards learn of it by mail
 * before the worker gets its first call.
 * @return 0 or ODY_EMEMORY: nothing has changed.
 */
int ody_calls_worker_add(ody_calls *calls, ody_calls_worker *worker,
                         const ody_worker_interest *interest, uint64_t now);
/** A worker is gone; what it was at has failed. One that was never added is fine. */
void ody_calls_worker_remove(ody_calls *calls, ody_calls_worker *worker, uint64_t now);
/**
 * A worker has answered.
 * @return 0, or ODY_EPROTOCOL when it had not been asked: it is to be removed.
 */
int ody_calls_result(ody_calls *calls, ody_calls_worker *worker, const ody_worker_answer *answer,
                     uint64_t now);
/**
 * A worker wants no more calls.
 * @return whether it is through: true when it is idle, false while it works on something. Then it
 *         is through with its answer.
 */
bool ody_calls_worker_leave(ody_calls *calls, ody_calls_worker *worker);
/** Ends what takes or waits too long. Call several times a second. */
void ody_calls_advance(ody_calls *calls, uint64_t now);
/** The numbers now. */
ody_calls_state ody_calls_look(const ody_calls *calls);

#endif

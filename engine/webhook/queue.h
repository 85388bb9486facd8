/* SPDX-License-Identifier: MIT */
/*
 * What is to be told to whom: notices are smoothed, filtered for each webhook and queued; requests
 * come out, signed, and how they went comes back. A webhook that fails delays nobody else. Bounded
 * in events and bytes. Pure: time is passed in, and somebody else sends. One thread.
 */
#ifndef ODY_WEBHOOK_QUEUE_H
#define ODY_WEBHOOK_QUEUE_H

#include <stdbool.h>
#include "ody/options.h"
#include "webhook/limits.h"
#include "webhook/notice.h"
#include "webhook/numbers.h"

typedef struct ody_webhook_queue ody_webhook_queue;
typedef struct ody_webhook_hook ody_webhook_hook;

/** One request that is to be sent. Borrowed until its end is told. */
typedef struct ody_webhook_request {
    ody_webhook_hook *hook; /* whose it is */
    const char *url;        /* borrowed from the options: until the next reload only */
    const char *key;        /* likewise */
    const char *signature;
    ody_view body;
} ody_webhook_request;

/** Numbers of all webhooks together. */
typedef struct ody_webhook_queue_state {
    ody_webhook_numbers all;
    uint64_t hooks;
    uint64_t held;     /* notices that may still be undone */
    uint64_t smoothed; /* notices that undid each other */
} ody_webhook_queue_state;

/**
 * @param options borrowed until others take their place.
 * @param limits borrowed.
 * @return NULL without memory.
 */
ody_webhook_queue *ody_webhook_queue_new(const ody_options *options,
                                         const ody_webhook_limits *limits);
/**
 * Other options take the place of those that it has. What waits for a webhook with the same app and
 * URL stays; what waits for others is dropped. A request on the way may end as it likes.
 * @param options borrowed.
 * @return 0; ODY_EMEMORY: all is as it was, the old options are still in use.
 */
int ody_webhook_queue_reload(ody_webhook_queue *queue, const ody_options *options);
/** Drops everything without counting it. No request may be on the way. NULL is fine. */
void ody_webhook_queue_free(ody_webhook_queue *queue);

/** Something has happened. What cannot be queued is dropped and counted. */
void ody_webhook_queue_take(ody_webhook_queue *queue, const ody_webhook_notice *notice,
                            uint64_t now);
/**
 * The next request that is to be sent now. Its end must be told.
 * @param unix_ms the time by the calendar, for the receiver.
 * @return false when there is none.
 */
bool ody_webhook_queue_next(ody_webhook_queue *queue, uint64_t now, uint64_t unix_ms,
                            ody_webhook_request *request);
/**
 * How a request ended. The hook may be freed by that.
 * @param reason why it was not delivered, for the log; NULL: it was.
 */
void ody_webhook_queue_end(ody_webhook_queue *queue, ody_webhook_hook *hook, const char *reason,
                           uint64_t now);
/** When ody_webhook_queue_next is to be asked again if nothing happens before; UINT64_MAX: never.
 */
uint64_t ody_webhook_queue_due(const ody_webhook_queue *queue);

/**
 * The server begins to stop: who leaves from now on is sent away, to come back to the next one. Of
 * that nobody is told, nor of departures that are still held: the next server may have told of the
 * return already.
 */
void ody_webhook_queue_drain(ody_webhook_queue *queue);
/** It stops: nothing waits any more, and what fails is dropped. */
void ody_webhook_queue_hurry(ody_webhook_queue *queue);
/** Drops and counts everything; requests on the way may still end. */
void ody_webhook_queue_give_up(ody_webhook_queue *queue);
/** Whether nothing waits, is held or is on the way. */
bool ody_webhook_queue_idle(const ody_webhook_queue *queue);

/** The numbers now. */
ody_webhook_queue_state ody_webhook_queue_look(const ody_webhook_queue *queue);
/** Those of the webhook that stands at index in the options, or NULL when there is none. */
const ody_webhook_numbers *ody_webhook_queue_hook(const ody_webhook_queue *queue, size_t index);

#endif

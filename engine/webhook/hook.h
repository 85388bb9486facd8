/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: what waits for one webhook. Events leave in their order, in batches, one
 * request at a time, so that order is kept whatever fails. A batch that is under way stays as it
 * is, to the byte, until it is delivered or given up: a receiver can know it again. Pure: time is
 * passed in. One thread.
 */
#ifndef ODY_WEBHOOK_HOOK_H
#define ODY_WEBHOOK_HOOK_H

#include "base/bytes.h"
#include "base/list.h"
#include "ody/auth.h"
#include "webhook/limits.h"
#include "webhook/notice.h"
#include "webhook/numbers.h"
#include "webhook/origin.h"

#define ODY_WEBHOOK_NEVER UINT64_MAX

typedef struct ody_webhook_hook {
    ody_list_node leaving;     /* linked: out of the configuration, its last request on the way */
    const ody_webhook *config; /* NULL when leaving */
    uint32_t app;              /* number */
    unsigned index;            /* its place in the configuration */
    struct ody_webhook_hook *next_of_app;
    const ody_webhook_limits *limits;
    ody_webhook_numbers *total; /* of all webhooks, counted along */
    ody_webhook_numbers numbers;

    ody_list events;        /* oldest first */
    uint64_t batch;         /* how many of the first are under way; 0: none */
    uint64_t batch_time;    /* ms since 1970 */
    uint64_t first_attempt; /* of the batch */
    uint64_t not_before;    /* pause after a failure */
    unsigned failures;      /* since the last success */
    bool in_flight;
    bool hurried; /* nothing waits, and nothing is tried again */
    ody_bytes body;
    char signature[ODY_SIGNATURE_HEX + 1];
    char app_id[65]; /* these two for the log */
    char origin[ODY_WEBHOOK_ORIGIN];
} ody_webhook_hook;

/** What has become of a request. */
typedef enum ody_webhook_outcome {
    ODY_WEBHOOK_DELIVERED,
    ODY_WEBHOOK_RECOVERED, /* delivered after failures */
    ODY_WEBHOOK_FAILED,    /* after a success */
    ODY_WEBHOOK_FAILED_AGAIN,
} ody_webhook_outcome;

/** @param limits and total borrowed. @param url and app_id for its names in the log.
 *  @return NULL without memory. */
ody_webhook_hook *ody__hook_new(const ody_webhook_limits *limits, ody_webhook_numbers *total,
                                const char *app_id, const char *url);
/** Drops what waits without counting it. NULL is fine. */
void ody__hook_free(ody_webhook_hook *hook);

/** Whether it is to be told of one of those kinds (bits) in channel. */
bool ody__hook_wants(const ody_webhook_hook *hook, uint32_t kinds, ody_view channel);
/** Appends an event, or drops and counts it. @param room bytes that all may take more. */
void ody__hook_add(ody_webhook_hook *hook, ody_view event, uint64_t room, uint64_t now);
/** Counts an event that could not even be made, for want of memory. */
void ody__hook_lose(ody_webhook_hook *hook);
/** When it has a request to send; ODY_WEBHOOK_NEVER: nothing waits, or one is on the way. */
uint64_t ody__hook_due(const ody_webhook_hook *hook);
/**
 * Makes the request, which is on the way from now on: hook->body and hook->signature.
 * @param unix_ms the time of a new batch.
 * @return 0, or ODY_EMEMORY: it is tried again after a pause, and nothing is lost unless it
 * hurries.
 */
int ody__hook_begin(ody_webhook_hook *hook, ody_view secret, uint64_t now, uint64_t unix_ms);
/** The request has come to its end. */
ody_webhook_outcome ody__hook_end(ody_webhook_hook *hook, bool delivered, uint64_t now);
/** From now on nothing waits for others or for a pause, and what fails is dropped. */
void ody__hook_hurry(ody_webhook_hook *hook);
/** Drops all that is not on the way, because its webhook is taken out. */
void ody__hook_retire(ody_webhook_hook *hook);
/** Drops everything, because the server stops. */
void ody__hook_give_up(ody_webhook_hook *hook);

#endif

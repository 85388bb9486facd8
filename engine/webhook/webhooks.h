/* SPDX-License-Identifier: MIT */
/*
 * Webhooks: tells receivers over HTTP what happens in the apps. Whoever tells it something never
 * waits: notices go through a bounded mailbox to a thread of its own, which exists only once there
 * is a webhook. Made, told, reloaded and asked by one thread (the API thread, or whoever has it
 * stopped).
 */
#ifndef ODY_WEBHOOK_WEBHOOKS_H
#define ODY_WEBHOOK_WEBHOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include "ody/error.h"
#include "ody/options.h"
#include "webhook/limits.h"
#include "webhook/notice.h"
#include "webhook/numbers.h"
#include "webhook/origin.h"

typedef struct ody_webhooks ody_webhooks;

/** Webhooks that have numbers of their own; those that stand behind them are only in the sum. */
#define ODY_WEBHOOKS_SHOWN 64

typedef struct ody_webhooks_setup {
    const ody_options *options;       /* borrowed until others take their place */
    const ody_webhook_limits *limits; /* borrowed, or NULL: ODY_WEBHOOK_LIMITS */
    const char *ca_file;              /* borrowed. PEM file with the authorities to trust, or NULL:
                                         those that SSL_CERT_FILE names, or else the system's */
} ody_webhooks_setup;

/** Numbers of all webhooks together. */
typedef struct ody_webhooks_state {
    ody_webhook_numbers all;
    uint64_t hooks;
    uint64_t held;            /* notices that may still be undone */
    uint64_t smoothed;        /* notices that undid each other */
    uint64_t dropped_mailbox; /* notices that found the mailbox full, or no memory for them */
} ody_webhooks_state;

/**
 * Sets libcurl up for the process: call it before the first thread.
 * @return 0, ODY_EMEMORY.
 */
int ody_webhooks_new(const ody_webhooks_setup *setup, ody_webhooks **webhooks, ody_error *error);
/** Starts the thread if there is a webhook. @return 0 or ODY_ESYSTEM. */
int ody_webhooks_start(ody_webhooks *webhooks, ody_error *error);
/** Something has happened. What is not wanted, or has no room, is dropped; the latter is counted.
 */
void ody_webhooks_tell(ody_webhooks *webhooks, const ody_webhook_notice *notice);
/** Has it take over other options, soon; starts the thread when the first webhook comes.
 *  @param options of base/options.h: it takes a reference. */
void ody_webhooks_reload(ody_webhooks *webhooks, const ody_options *options);
/**
 * From now on clients leave because the server sends them away, to come back to the next one. Of
 * that nobody is told, nor of who left a moment ago: the next one may have told of the return.
 */
void ody_webhooks_drain(ody_webhooks *webhooks);
/**
 * Tries once to send what waits, then ends the thread. What is still there is dropped and counted.
 * One that was not started is fine.
 * @param ms that it may take.
 */
void ody_webhooks_stop(ody_webhooks *webhooks, uint32_t ms);
/** Frees everything. Stopped or not started. NULL is fine. */
void ody_webhooks_free(ody_webhooks *webhooks);

/** The numbers of a moment ago. Never waits. */
ody_webhooks_state ody_webhooks_look(const ody_webhooks *webhooks);
/** Those of the webhook at index of the options, below ODY_WEBHOOKS_SHOWN. Never waits. */
ody_webhook_numbers ody_webhooks_look_at(const ody_webhooks *webhooks, size_t index);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: sends requests by libcurl's multi interface. Receivers are what the
 * configuration says and nothing else: no redirects, no other protocols, no proxies, cookies or
 * passwords of the environment; certificates are verified. What they answer is thrown away. All
 * functions but ody__sender_wake are for one thread.
 */
#ifndef ODY_WEBHOOK_SENDER_H
#define ODY_WEBHOOK_SENDER_H

#include "webhook/queue.h"

typedef struct ody_webhook_sender ody_webhook_sender;

/**
 * The first one sets libcurl up for the process: before the first thread.
 * @param limits borrowed.
 * @param ca_file PEM file with the authorities to trust, or NULL: those of the system. Borrowed.
 * @return NULL without memory.
 */
ody_webhook_sender *ody__sender_new(const ody_webhook_limits *limits, const char *ca_file);
/** Breaks off what is on the way. NULL is fine. */
void ody__sender_free(ody_webhook_sender *sender);
/**
 * Starts a request. Its body is borrowed until its end, everything else is copied.
 * @return 0 or ODY_EMEMORY: there will be no end.
 */
int ody__sender_start(ody_webhook_sender *sender, const ody_webhook_request *request);
/**
 * Goes on with what is on the way, without waiting.
 * @param ended a request of hook has come to its end. @param reason NULL: it was answered with 2xx;
 *        else why it is not delivered.
 */
void ody__sender_work(ody_webhook_sender *sender,
                      void (*ended)(void *context, ody_webhook_hook *hook, const char *reason),
                      void *context);
/** Sleeps until there is work, until it is woken, or for so many ms. */
void ody__sender_wait(ody_webhook_sender *sender, uint64_t ms);
/** Ends the wait, or the next one. Any thread. */
void ody__sender_wake(ody_webhook_sender *sender);

#endif

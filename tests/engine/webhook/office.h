/* SPDX-License-Identifier: MIT */
/* A queue of webhooks with two apps, a clock of its own, and receivers that are the test itself. */
#ifndef ODY_TEST_WEBHOOK_OFFICE_H
#define ODY_TEST_WEBHOOK_OFFICE_H

#include "ody/error.h"
#include "test.h"
#include "webhook/queue.h"

#define OFFICE_HOOKS 4
#define OFFICE_START 5000         /* ms */
#define OFFICE_UNIX 1700000000000 /* ms since 1970 at that moment */
#define OFFICE_ALL ((1u << ODY_WEBHOOK_EVENTS) - 1)

typedef struct office {
    ody_app apps[2]; /* "shop" with one key, "game" with two */
    ody_webhook hooks[OFFICE_HOOKS];
    ody_options options;
    ody_webhook_limits limits;
    ody_webhook_queue *queue;
    uint64_t now;
} office;

/** Fills everything in: one webhook of "shop" that wants everything. The test may change it. */
void office_prepare(office *self);
/** Makes the queue. */
void office_open(office *self);
/** Both. */
void office_simple(office *self);
void office_close(office *self);

/** Something happens in an app, by its number. @param user may be NULL. */
void office_tell_app(office *self, uint32_t app, ody_webhook_event kind, const char *channel,
                     const char *user);
/** In "shop". */
void office_tell(office *self, ody_webhook_event kind, const char *channel, const char *user);
/** A client event in "shop" without a user. */
void office_whisper(office *self, const char *channel, const char *event, const char *data);

/** Whether a request is to be sent now. */
bool office_next(office *self, ody_webhook_request *request);
/** The request ends. @param reason NULL: it was delivered. */
void office_end(office *self, const ody_webhook_request *request, const char *reason);
/** Waits for what is due next, takes the request, checks its body and delivers it. */
#define office_expect(self, literal)                                                               \
    do {                                                                                           \
        ody_webhook_request office_request;                                                        \
        office_await((self), &office_request);                                                     \
        CHECK_TEXT(office_events(office_request.body), literal);                                   \
        office_end((self), &office_request, NULL);                                                 \
    } while (0)
/** The clock goes to the moment that the queue waits for, if it waits for one. */
void office_skip(office *self);
/** Lets time pass until there is a request; fails the test when there will be none. */
void office_await(office *self, ody_webhook_request *request);
/** What stands between the brackets of a body. */
ody_view office_events(ody_view body);

/** The numbers. */
ody_webhook_numbers office_all(const office *self);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Private to this room: says in the log that events were dropped, once for each reason and then at
 * most once a minute with how many more. Time is passed in. One thread.
 */
#ifndef ODY_WEBHOOK_REPORT_H
#define ODY_WEBHOOK_REPORT_H

#include <stdbool.h>
#include "webhook/numbers.h"

#define ODY_WEBHOOK_REPORT_PAUSE 60000 /* ms */

/** What was said last of one reason. */
typedef struct ody_webhook_said {
    uint64_t count;
    uint64_t again; /* when it may be said again */
} ody_webhook_said;

/** Zeroed: nothing was said yet. */
typedef struct ody_webhook_report {
#define ODY_WEBHOOK_REPORT_FIELD(name, text) ody_webhook_said name;
    ODY_WEBHOOK_DROPS(ODY_WEBHOOK_REPORT_FIELD)
#undef ODY_WEBHOOK_REPORT_FIELD
    ody_webhook_said mailbox;
} ody_webhook_report;

/**
 * Says what is new.
 * @param mailbox events that found the mailbox full.
 * @param last nothing will be said any more, so that nothing may wait.
 */
void ody__webhook_report(ody_webhook_report *report, const ody_webhook_numbers *total,
                         uint64_t mailbox, bool last, uint64_t now);

#endif

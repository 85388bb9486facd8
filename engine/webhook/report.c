/* SPDX-License-Identifier: MIT */
/* The lines about dropped events. */
#include "webhook/report.h"

#include "ody/log.h"

static void say(ody_webhook_said *said, uint64_t count, const char *reason, bool last, uint64_t now)
{
    if (count == said->count || (now < said->again && !last)) {
        return;
    }
    ody_log(ODY_LOG_WARNING, "events for webhooks were dropped", ODY_STRING("reason", reason),
            ODY_NUMBER("events", count - said->count), ODY_NUMBER("since_start", count));
    said->count = count;
    said->again = now + ODY_WEBHOOK_REPORT_PAUSE;
}

void ody__webhook_report(ody_webhook_report *report, const ody_webhook_numbers *total,
                         uint64_t mailbox, bool last, uint64_t now)
{
#define REPORT(name, text) say(&report->name, total->dropped_##name, text, last, now);
    ODY_WEBHOOK_DROPS(REPORT)
#undef REPORT
    say(&report->mailbox, mailbox, "they came faster than they could be taken", last, now);
}

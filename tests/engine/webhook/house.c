/* SPDX-License-Identifier: MIT */
/* A house of webhooks. */
#include "house.h"

#include <signal.h>
#include "apps.h"
#include "ody/log.h"
#include "test.h"

void house_prepare(house *self)
{
    *self = (house){.limits = ODY_WEBHOOK_LIMITS};
    self->limits.window = 5;
    self->limits.smoothing = 20;
    self->limits.retry_first = 20;
    self->limits.retry_most = 40;
    test_apps(&self->options, 1, "key", "secret");
    self->options.webhooks = self->hooks;
    ody_log_set_level(ODY_LOG_ERROR + 1);
    signal(SIGPIPE, SIG_IGN);
}

void house_add_hook(house *self, const char *url, const char *prefixes)
{
    self->hooks[self->options.webhook_count++] =
        (ody_webhook){"1", url, prefixes, (1u << ODY_WEBHOOK_EVENTS) - 1};
}

void house_start(house *self)
{
    const ody_webhooks_setup setup = {
        .options = &self->options, .limits = &self->limits, .ca_file = self->ca_file};
    ody_error error;

    CHECK_EQUAL(ody_webhooks_new(&setup, &self->webhooks, &error), 0);
    CHECK_EQUAL(ody_webhooks_start(self->webhooks, &error), 0);
}

void house_end(house *self)
{
    ody_webhooks_stop(self->webhooks, 0);
    ody_webhooks_free(self->webhooks);
}

void house_tell(house *self, const char *channel)
{
    ody_webhooks_tell(self->webhooks, &(ody_webhook_notice){.kind = ODY_WEBHOOK_SUBSCRIPTION_COUNT,
                                                            .data = ODY_VIEW("1"),
                                                            .channel = ody_view_of(channel)});
}

ody_webhook_numbers house_all(const house *self)
{
    return ody_webhooks_look(self->webhooks).all;
}

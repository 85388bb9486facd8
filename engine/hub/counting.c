/* SPDX-License-Identifier: MIT */
/* A number that is told late is told as it is then: nothing is lost by waiting. */
#include "hub/counting.h"

#include <stdio.h>
#include "hub/fanout.h"
#include "hub/gate.h"
#include "wire/encode.h"

#define NOBODY ((ody_socket_id){0})
#define RETRY_MS ODY_WHEEL_TICK_MS
#define NUMBER_TEXT 12 /* bytes of a 32-bit number with its NUL */

/* Returns false when it is to be tried again. */
static bool tell_subscribers(ody_hub *hub, ody_channel *channel)
{
    ody_bytes *text = ody__hub_scratch(hub);
    ody_fanout fanout;

    if (ody__fanout_blocked(hub, channel)) {
        return false;
    }
    ody_encode_subscription_count(text, ody_channel_name(channel), channel->members.count);
    if (ody__fanout_make(hub, channel, text, NOBODY, &fanout) < 0) {
        return false;
    }
    ody__fanout_send(hub, channel, &fanout);
    return true;
}

static void notice(ody_hub *hub, const ody_hub_app *app, const ody_channel *channel)
{
    char number[NUMBER_TEXT];
    int length = snprintf(number, sizeof(number), "%u", channel->members.count);

    ody__notice(
        hub, app, ODY_CALL_SUBSCRIPTION_COUNT, NOBODY,
        &(ody_mail_texts){.channel = ody_channel_name(channel), .data = {number, (size_t)length}});
}

static void tell(ody_counting *counting)
{
    ody_channel *channel = counting->channel;
    ody_hub *hub = counting->hub;
    const ody_hub_app *app = ody__app_find(hub, channel->app);

    if (!app->app->subscription_count || counting->told == channel->members.count) {
        return;
    }
    if (!tell_subscribers(hub, channel)) {
        ody_wheel_arm(&hub->wheel, &counting->timer, hub->now + RETRY_MS);
        return;
    }
    counting->told = channel->members.count;
    counting->told_at = hub->now;
    notice(hub, app, channel);
}

static void fire(ody_timer *timer, uint64_t now)
{
    (void)now;
    tell(ody_container_of(timer, ody_counting, timer));
}

int ody__counting_begin(ody_hub *hub, const ody_hub_app *app, ody_channel *channel)
{
    ody_counting *counting;

    if (!app->app->subscription_count || channel->counting || channel->presence ||
        channel->kind.type == ODY_CHANNEL_USER) {
        return 0;
    }
    counting = ody_calloc(1, sizeof(*counting));
    if (!counting) {
        return ODY_EMEMORY;
    }
    counting->hub = hub;
    counting->channel = channel;
    counting->timer.fire = fire;
    channel->counting = counting;
    return 0;
}

void ody__counting_changed(ody_channel *channel)
{
    ody_counting *counting = channel->counting;
    uint64_t next;

    if (!counting) {
        return;
    }
    if (channel->members.count == 0) {
        ody_wheel_cancel(&counting->hub->wheel, &counting->timer);
    }
    if (ody_timer_armed(&counting->timer)) {
        return;
    }
    next = counting->told_at + ODY_COUNTING_INTERVAL;
    if (channel->members.count > ODY_COUNTING_MANY && counting->hub->now < next) {
        ody_wheel_arm(&counting->hub->wheel, &counting->timer, next);
    } else {
        tell(counting);
    }
}

void ody__counting_end(ody_channel *channel)
{
    ody_counting *counting = channel->counting;

    if (counting) {
        ody_wheel_cancel(&counting->hub->wheel, &counting->timer);
        ody_free(counting);
        channel->counting = NULL;
    }
}

/* SPDX-License-Identifier: MIT */
/* Each thread knows whether it holds its wakes back; most do not. */
#include "base/wakes.h"

#include <stddef.h>

static _Thread_local ody_wakes *holding;

void ody_wakes_hold(ody_wakes *wakes)
{
    holding = wakes;
}

void ody_wakes_send(ody_wakes *wakes)
{
    for (unsigned index = 0; index < wakes->count; index++) {
        wakes->held[index].wake(wakes->held[index].context);
    }
    wakes->count = 0;
    wakes->posts = 0;
}

/* Somebody who took his mail in the meantime is waked for the next again, once. */
static bool holds(const ody_wakes *wakes, const void *context)
{
    for (unsigned index = 0; index < wakes->count; index++) {
        if (wakes->held[index].context == context) {
            return true;
        }
    }
    return false;
}

static void hold(ody_wakes *wakes, void (*wake)(void *context), void *context)
{
    if (wakes->count == ODY_WAKES_MAX) {
        wake(context);
    } else if (!holds(wakes, context)) {
        wakes->held[wakes->count].wake = wake;
        wakes->held[wakes->count++].context = context;
    }
}

void ody_wakes_posted(void (*wake)(void *context), void *context)
{
    ody_wakes *wakes = holding;

    if (!wakes) {
        if (wake) {
            wake(context);
        }
        return;
    }
    if (wake) {
        hold(wakes, wake, context);
    }
    if (++wakes->posts >= ODY_WAKES_POSTS) {
        ody_wakes_send(wakes);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * A hierarchical timer wheel: arming, moving and cancelling cost the same at ten timers and at a
 * million. Ticks are 64 ms wide, so a timer fires up to one tick late and never early. One thread;
 * time is passed in.
 */
#ifndef ODY_BASE_WHEEL_H
#define ODY_BASE_WHEEL_H

#include <stdint.h>
#include "base/list.h"

#define ODY_WHEEL_TICK_MS 64
#define ODY_WHEEL_LEVELS 4
#define ODY_WHEEL_SLOTS 64

typedef struct ody_timer ody_timer;
struct ody_timer {
    ody_list_node node;
    uint64_t due; /* ms of the wheel's clock */
    void (*fire)(ody_timer *timer, uint64_t now);
};

typedef struct ody_wheel {
    uint64_t tick; /* the last tick that was run */
    size_t armed;
    ody_list slots[ODY_WHEEL_LEVELS][ODY_WHEEL_SLOTS];
} ody_wheel;

/** Makes a wheel without timers. @param now ms of the clock that it will be advanced with. */
void ody_wheel_init(ody_wheel *wheel, uint64_t now);
/** Arms timer (fire is set, node zeroed) for `due`; an armed one is moved. Far times are clamped
 * and armed again by the wheel itself. */
void ody_wheel_arm(ody_wheel *wheel, ody_timer *timer, uint64_t due);
/** Disarms; a timer that is not armed stays as it is. */
void ody_wheel_cancel(ody_wheel *wheel, ody_timer *timer);
/** Fires all that is due at `now`. A firing timer is disarmed first and may arm, cancel or free
 *  any timer, itself included. */
void ody_wheel_advance(ody_wheel *wheel, uint64_t now);

/** Whether timer waits in a wheel. */
static inline bool ody_timer_armed(const ody_timer *timer)
{
    return ody_list_linked(&timer->node);
}

#endif
